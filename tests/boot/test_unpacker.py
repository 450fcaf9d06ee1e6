#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""BOOTX64.EFI whose packed loader cannot be started: one sentence, and the firmware goes on."""

import struct

from support import disk, paths
from support.dump import Dump, errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

NOT_LOADED = "the firmware did not load the loader that is packed in this file: status 0x8000000000000003"
NO_MEMORY = "the firmware gave no memory to unpack the loader that is packed in this file: status 0x8000000000000009"

suite = Suite()


def with_change(folder, name, old, new):
    """A boot disk on which the bytes of the file, which must be there once, are others."""
    with open(paths.LOADER, "rb") as file:
        data = file.read()
    check(data.count(old) == 1, f"{old.hex()} is there {data.count(old)} times")
    path = f"{folder}/{name}.efi"
    with open(path, "wb") as file:
        file.write(data.replace(old, new))
    return disk.make(folder, name, {}, loader=path)


@suite.case
def a_loader_that_cannot_be_started_is_told_and_the_next_boot_option_boots():
    with open(paths.UNPACKED, "rb") as file:
        loader = file.read()
    size = struct.pack("<I", len(loader))
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        # How many bytes it has stands before the first step, which has those of the DOS header as they are.
        with open(paths.LOADER, "rb") as file:
            data = file.read()
        first = data[data.index(size):][:8]
        check(first[6:] == b"MZ", f"packed is {first.hex()}")
        disks = [with_change(folder, "no-pe", first, first[:6] + b"XZ"),
                 with_change(folder, "long", first, b"\0\0\0\x7f" + first[4:]),
                 disk.make(folder, "good", {"kernel.elf": stub.read()})]
        with Machine([Disk(one) for one in disks]) as machine:
            machine.expect_status(STATUS_PASSED)
            said = errors(machine.log)
            check(said == [NOT_LOADED, NO_MEMORY], f"it says {said}")
            Dump(machine.log)


@suite.case
def the_loader_boots_without_being_packed_too():
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = disk.make(folder, "unpacked", {"kernel.elf": stub.read()}, loader=paths.UNPACKED)
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            check(errors(machine.log) == [], "there are errors")


if __name__ == "__main__":
    suite.run()
