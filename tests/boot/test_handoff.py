#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an entry may ask for, and what the firmware knows: seen by the kernel."""

import calendar
import re

from support import disk, elf_maker, paths, refusals
from support.dump import Dump, errors, warnings
from support.machine import STATUS_PASSED, Disk, Machine
from support.refusals import config
from support.tap import Suite, check

CLOCK = "2024-02-29T23:59:58"
CLOCK_SECONDS = calendar.timegm((2024, 2, 29, 23, 59, 58))

suite = Suite()


def boot(lines, **options):
    """Boots the stub with these lines in its entry; returns what was printed."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        text = disk.config("/stub.elf") + "\n".join(lines).encode()
        image = disk.make(folder, "esp", {"hoist.conf": text, "stub.elf": stub.read()})
        with Machine([Disk(image)], **options) as machine:
            machine.expect_status(STATUS_PASSED)
            log = machine.log
            check(errors(log) == [] and "\nFAIL" not in log, "an error or a failed check")
            return log


@suite.case
def the_clock_is_handed_over_and_a_large_stack_without_a_screen_when_asked_for():
    log = boot(["stack: 1025K", "framebuffer: no"], devices=["VGA"], arguments=["-rtc", f"base={CLOCK}"])
    seconds = int(re.search(r"the time of the boot is (\d+) seconds", log)[1])
    check(0 <= seconds - CLOCK_SECONDS < 120, f"the clock shows {seconds}, set to {CLOCK_SECONDS}")
    dump = Dump(log)
    check([one.size for one in dump.find("stack")] == [(1028 << 10)], "the stack's size")
    check(dump.find("framebuffer") == [], "the framebuffer is mapped")
    check("runtime code" not in log and "all runtime regions" not in log, "runtime services are mapped unasked")


@suite.case
def a_resolution_is_set_when_the_screen_has_it_and_warned_of_otherwise():
    log = boot(["resolution: 1024x768x32"], devices=["VGA"])
    check("fit together (1024 x 768, 32 bits" in log and warnings(log) == [], "1024x768 is not set")
    log = boot(["resolution: 1000x700"], devices=["VGA"])
    check(re.fullmatch(r"none of the screen's \d+ modes is 1000x700; the nearest is 1024x768x32; "
                       "the screen stays as it is", warnings(log)[0]), warnings(log))
    check("fit together (1280 x 800, 32 bits" in log, "the screen did not stay as it was")


@suite.case
def runtime_services_are_mapped_when_asked_for_and_the_firmware_can_be_moved_there():
    log = boot(["runtime: yes"], arguments=["-rtc", f"base={CLOCK}"])
    for words in ("all runtime regions are mapped", "SetVirtualAddressMap succeeds (0)", "tells the time (2024-",
                  "the SMBIOS entry point adds up to 0"):
        check(f"{words}" in log, f"the stub did not say {words!r}")
    dump = Dump(log)
    code, data = dump.find("runtime code"), dump.find("runtime data")
    check(any(one.executable for one in code) and not any(one.executable for one in data), "who is executable")
    check(not any(one.writable and one.executable for one in code), "a page is writable and executable")


def bad(sentence, line):
    return config(sentence, f"/Test\nprotocol: hoist\npath: /kernel.elf\n{line}\n",
                  {"kernel.elf": elf_maker.build()})


@suite.case
def options_that_cannot_be_had_are_refused_with_their_line():
    refusals.run([
        bad('/hoist.conf, line 4: the value in "stack: 64KB" is no size, such as 65536, 64K, 1M or 1G',
            "stack: 64KB"),
        bad('/hoist.conf, line 4: the size in "stack: 2K" is out of range: 4 KiB to 1 TiB can stand here',
            "stack: 2K"),
        bad(re.compile("too little memory for the stack: 2 GiB needed, .*"), "stack: 2G"),
        bad('/hoist.conf, line 4: the value in "resolution: big" is no resolution, such as 1024x768 or 1024x768x32',
            "resolution: big"),
        bad("/hoist.conf, line 4: the value is none of those that can stand here, `wx: strict|protocol`",
            "wx: off"),
        bad('/hoist.conf, line 4: the value in "runtime: maybe" is neither yes nor no', "runtime: maybe"),
    ])


if __name__ == "__main__":
    suite.run()
