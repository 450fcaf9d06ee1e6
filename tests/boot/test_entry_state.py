#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The processor and the interrupt controllers at the kernel's first instruction, after a program of the
tests (state/) has used what the firmware here leaves alone.

The stub checks the registers. The local APIC and the I/O APIC, which are not mapped for a kernel, are
read by the emulator's monitor.
"""

import re

from support import disk, paths, state
from support.dump import errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

suite = Suite()

_LOCAL = re.compile(r"^(LVT\w+)\s+0x([0-9a-f]{8})", re.MULTILINE)
_LINE = re.compile(r"^\s*pin (\d+) +0x([0-9a-f]{16})", re.MULTILINE)
_PIC = re.compile(r"^pic\d+: irr=\w+ imr=(\w+)", re.MULTILINE)
MASKED = 1 << 16


def boots(words, **options):
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = state.make(folder, "esp", words, {"kernel.elf": stub.read()})
        with Machine([Disk(image)], **options) as machine:
            machine.expect_status(STATUS_PASSED)
            check(all(f"\nstate: {word}\n" in machine.log for word in words.split()),
                  "the test's own program failed")
            check(errors(machine.log) == [], f"errors: {errors(machine.log)}")


@suite.case
def registers_that_the_firmware_used_are_as_documented():
    boots("registers")


@suite.case
def registers_that_the_firmware_used_are_as_documented_after_a_change_of_depth():
    boots("five-levels registers", memory="5G", cpu="max")


@suite.case
def a_processor_without_local_apic_boots():
    boots("registers", cpu="max,-apic")


def interrupt_state(words):
    """Local vectors, the I/O APIC's lines, and the masks of both 8259, as the kernel finds them."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = state.make(folder, "esp", words, {
            "kernel.elf": stub.read(), "hoist.conf": disk.config("/kernel.elf", cmdline="wait")})
        with Machine([Disk(image)], monitor=True) as machine:
            machine.wait_for("hoist-stub: waiting\n")
            check("\nstate: interrupts\n" in machine.log, "the test's own program failed")
            check(" 0 failed\n" in machine.log, "the stub reports a check that failed")
            local = machine.monitor.human("info lapic")
            others = machine.monitor.human("info pic")
    vectors = {name: int(value, 16) for name, value in _LOCAL.findall(local)}
    lines = {int(line): int(value, 16) for line, value in _LINE.findall(others)}
    return vectors, lines, _PIC.findall(others), local


@suite.case
def interrupts_of_the_firmware_are_masked_and_virtual_wires_stay():
    vectors, lines, masks, local = interrupt_state("interrupts")
    wanted = {"LVTT": (0x20051, True), "LVTPC": (0x51, True), "LVTERR": (0x51, True),
              "LVTTHMR": (0x200, False), "LVT0": (0x700, False), "LVT1": (0x400, False)}
    for name, (value, masked) in wanted.items():
        check(vectors.get(name) == (value | MASKED if masked else value),
              f"{name} is {vectors.get(name, 0):x}, expected {value:x}, masked: {masked}\n{local}")
    check(re.search(r"^Timer.*initial_count = 0\b", local, re.MULTILINE),
          f"the timer still counts:\n{local}")
    for line, (value, masked) in {18: (0x51, True), 19: (0x151, True), 20: (0x400, False),
                                  21: (0x700, False)}.items():
        found = lines.get(line, 0) & 0x1ffff & ~0x1000
        check(found == (value | MASKED if masked else value),
              f"line {line} of the I/O APIC is {found:x}, expected {value:x}, masked: {masked}")
    check(all(entry & MASKED or entry >> 8 & 7 > 1 for entry in lines.values()),
          f"a line of the I/O APIC interrupts: {lines}")
    check(masks == ["ff", "ff"], f"the 8259 have the masks {masks}")


if __name__ == "__main__":
    suite.run()
