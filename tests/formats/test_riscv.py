#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A RISC-V CPU uses tables of Sv39, Sv48 and Sv57 that the library made: what it reads, and where it faults."""

import bare_guest
from support.tap import Suite

EMULATOR = "qemu-system-riscv64"
MACHINE = (EMULATOR, "-M", "virt", "-cpu", "rv64,svnapot=on,svpbmt=on", "-m", "128M", "-bios", "none")

suite = Suite()

for mode in ("sv39", "sv48", "sv57"):
    suite.add(f"the_cpu_and_the_library_agree_on_{mode}", bare_guest.judge, f"riscv-{mode}", 640, *MACHINE)

if __name__ == "__main__":
    bare_guest.run(suite, EMULATOR, "qemu-system-misc")
