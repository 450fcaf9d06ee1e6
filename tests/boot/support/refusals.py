# SPDX-License-Identifier: BSD-2-Clause
"""
Bad input, many to a boot: each bad disk is a boot option of its own, the last one boots the stub.

The loader has to say one sentence for each disk and go back to the firmware, which then tries the
next. So the stub's checks, run last, also tell that the firmware was left in order every time.
"""

import re

from support import disk, paths
from support.dump import Dump, check_once, errors, warnings
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import check

_BANNER = re.compile(r"^Hoist \d", re.MULTILINE)
_STARTED = re.compile(r"^BdsDxe: (?:loading|starting|failed).*\n?", re.MULTILINE)


class Bad:
    """What is on a disk, and the sentence that is expected: the text, or a compiled expression."""

    def __init__(self, sentence, files, directories=(), damage=None, warned=()):
        self.sentence = sentence
        self.files = files
        self.directories = directories
        self.damage = damage
        self.warned = list(warned)

    def image(self, folder, name):
        image = disk.make(folder, name, self.files, directories=self.directories)
        if self.damage is not None:
            self.damage(image)
        return image

    def judge(self, number, part):
        said = errors(part)
        check(len(said) == 1, f"disk {number}: one error sentence is expected, got {said}")
        fits = self.sentence.fullmatch(said[0]) if isinstance(self.sentence, re.Pattern) \
            else said[0] == self.sentence
        check(fits, f"disk {number}: expected {self.sentence!r}\n{'':12}got {said[0]!r}")
        check(warnings(part) == self.warned,
              f"disk {number}: expected the warnings {self.warned}, got {warnings(part)}")
        check_once(part)
        check("hoist: leaving the firmware" not in part, f"disk {number}: the firmware was left")


def kernel(sentence, data, **options):
    """A bad kernel at the path that needs no configuration."""
    return Bad(sentence, {"kernel.elf": data}, **options)


def config(sentence, text, files=None, **options):
    """A bad configuration."""
    data = text.encode() if isinstance(text, str) else text
    return Bad(sentence, {"hoist.conf": data, **(files or {})}, **options)


def run(cases, memory="512M", **options):
    """Boots all cases on one machine and judges each by its part of the log."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        disks = [Disk(case.image(folder, f"bad{number}")) for number, case in enumerate(cases)]
        disks.append(Disk(disk.make(folder, "good", {"kernel.elf": stub.read()})))
        with Machine(disks, memory=memory, **options) as machine:
            machine.expect_status(STATUS_PASSED)
            parts = _BANNER.split(_STARTED.sub("", machine.log))[1:]
            check(len(parts) == len(disks),
                  f"{len(disks)} starts of the loader are expected, got {len(parts)}")
            for number, (case, part) in enumerate(zip(cases, parts)):
                case.judge(number, part)
            check(errors(parts[-1]) == [], "the good disk is refused")
            Dump(parts[-1])
            return parts
