#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Modules: the kernel gets each file, whole and in order, and one that cannot be had is refused by name."""

import random
import re

from support import disk, elf_maker, paths, refusals
from support.dump import errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.refusals import Bad
from support.tap import Suite, check

SIZES = {0: "0 bytes", 1: "1 byte", 4095: "4095 bytes", 4096: "4 KiB", 4097: "4097 bytes", 3 << 20: "3 MiB"}
# More than one page of the list of what was taken has room for.
COPIES = 260

suite = Suite()


def fnv(data):
    """What the stub makes of the bytes: FNV-1a with 64 bits."""
    total = 0xcbf29ce484222325
    for byte in data:
        total = (total ^ byte) * 0x100000001b3 % 2**64
    return f"{total:x}"


@suite.case
def modules_of_every_size_and_number_are_handed_over_whole_and_in_order():
    numbers = random.Random(4)
    small = b"one file may be many modules\n"
    lines, files, wanted = [], {"small": small}, []
    for size, words in SIZES.items():
        data = numbers.randbytes(size)
        files[f"m{size}"] = data
        lines += [f"module_path: boot():/m{size}", f"module_cmdline: a sum={fnv(data)} z"]
        wanted.append((words, f"boot():/m{size}"))
    lines += ["module_path: /small", f"module_string: sum={fnv(small)}"] * COPIES
    wanted += [(f"{len(small)} bytes", "/small")] * COPIES
    config = disk.config("/stub.elf") + "\n".join(lines).encode()
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = disk.make(folder, "esp", {"hoist.conf": config, "stub.elf": stub.read(), **files})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            log = machine.log
            check(errors(log) == [] and "\nFAIL" not in log, "an error or a failed check")
            got = re.findall(r"^hoist: module: (.*) at [0-9a-f]+: (.*)$", log, re.MULTILINE)
            check(got == wanted, f"modules: {got}")
            handed = re.findall(r"^hoist-stub: module (\S+), \d+ bytes at [0-9a-f]+: (.*)$", log, re.MULTILINE)
            check([path for path, _ in handed] == [path for _, path in wanted], f"handed over: {handed}")
            check(handed[1][1].startswith("a sum=") and handed[1][1].endswith(" z"), "a command line")
            check(log.count(" is what the file has (") == len(wanted), "a module's content was not checked")


def bad_module(sentence, path, files=None, **options):
    """An entry whose second module cannot be had; the kernel would end the guest with the wrong status."""
    text = f"/Test\nprotocol: hoist\npath: /kernel.elf\nmodule_path: /kernel.elf\nmodule_path: {path}\n"
    return Bad(sentence, {"hoist.conf": text.encode(), "kernel.elf": elf_maker.build(), **(files or {})}, **options)


def claims(name, size):
    return lambda image: disk.overstate_size(image, name, size)


@suite.case
def a_module_that_cannot_be_had_is_refused_by_name():
    refusals.run([
        bad_module("/gone.img: there is no such file on the boot volume", "/gone.img"),
        bad_module("/folder: this is a directory, not a file", "/folder", directories=["folder"]),
        bad_module(re.compile(r"too little memory for the module /big: 4 GiB needed, .*"), "/big",
                   {"big": b"x"}, damage=claims("BIG        ", 0xfffff001)),
        bad_module(re.compile(r"/cut: .*"), "boot():/cut", {"cut": b"x" * 5000},
                   damage=claims("CUT        ", 200000)),
        bad_module(re.compile(r"the path \"initrd\" .*"), "initrd"),
    ])


if __name__ == "__main__":
    suite.run()
