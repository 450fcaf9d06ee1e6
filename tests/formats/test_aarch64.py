#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An AArch64 CPU uses tables of each granule that the library made: what it reads, where it faults, what AT says."""

import bare_guest
from support.tap import Suite

EMULATOR = "qemu-system-aarch64"
MACHINE = (EMULATOR, "-M", "virt", "-m", "256M")

suite = Suite()

for name in ("4k", "16k", "64k", "4k_39bit", "4k_52bit", "16k_52bit", "64k_52bit"):
    suite.add(f"the_cpu_and_the_library_agree_on_{name}", bare_guest.judge, f"aarch64-{name}", 30000, *MACHINE,
              "-cpu", "max")
suite.add("an_older_cpu_and_the_library_agree_on_4k", bare_guest.judge, "aarch64-4k", 30000, *MACHINE, "-cpu",
          "cortex-a72")

if __name__ == "__main__":
    bare_guest.run(suite, EMULATOR, "qemu-system-arm")
