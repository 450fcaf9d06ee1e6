# SPDX-License-Identifier: BSD-2-Clause
"""faulty/, the firmware with faults, and disks that start the loader through it."""

from support.efi_program import EfiProgram

_program = EfiProgram("faulty")


def make(folder, name, faults, files):
    """A boot disk on which the loader is started with the faults named."""
    return _program.make_disk(folder, name, {"faults": faults.encode()}, files)
