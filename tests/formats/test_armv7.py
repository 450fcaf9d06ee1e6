#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An ARMv7 CPU uses tables of short and of long descriptors that the library made, and says what it finds in them."""

import bare_guest
from support.tap import Suite

EMULATOR = "qemu-system-arm"
MACHINE = (EMULATOR, "-M", "virt", "-cpu", "cortex-a15", "-m", "256M")

suite = Suite()

suite.add("the_cpu_and_the_library_agree_on_short_descriptors", bare_guest.judge, "armv7-short", 14000, *MACHINE)
suite.add("the_cpu_and_the_library_agree_on_lpae", bare_guest.judge, "armv7-lpae", 20000, *MACHINE)

if __name__ == "__main__":
    bare_guest.run(suite, EMULATOR, "qemu-system-arm")
