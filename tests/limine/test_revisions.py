#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Each base revision of the Limine boot protocol, everything asked for and every promise checked by the kernel itself.
What only the test can know is held against what the kernel prints: names, files, the date, the task register.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

import kernels
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

DATE = "2031-02-03T04:05:06"
DATE_SECONDS = 1927857906
MODULES = {"boot/mod/first.bin": bytes(range(256)) * 40, "boot/mod/second.bin": b"x"}
MODULE_LINES = ["module_path: boot():/boot/mod/first.bin", "module_cmdline: the first one",
                "module_path: boot():/boot/mod/second.bin", "module_cmdline: the other"]
# A kernel at a fixed address and one that is moved by turns, as many processors as one likes.
ROWS = [(0, False, 2), (1, True, 1), (2, False, 3), (3, True, 2), (4, False, 4), (5, True, 2), (6, False, 3)]
STRICT_REVISION = 5

suite = Suite()


def start(revision, movable, processors, options=(), words=()):
    """A machine that boots such a kernel with modules."""
    kernel = kernels.build(revision, movable=movable)
    line = " ".join([f"cpus={processors}", "modules=2", "display", "newer", "usable=400", *words])
    image = kernels.image(kernel, *MODULE_LINES, *options, cmdline=line, files=MODULES)
    machine = Machine([Disk(image)], devices=["VGA"], monitor="wait" in words,
                      arguments=["-smp", str(processors), "-rtc", f"base={DATE}"])
    return kernel, line, machine


def judge(kernel, line, machine):
    result = kernels.judge(machine)
    check(result.line("loader").startswith("Hoist "), f"the loader is {result.line('loader')!r}")
    check(result.line("cmdline") == line, f"the command line is {result.line('cmdline')!r}")
    date = result.value("date", "seconds")
    check(DATE_SECONDS <= date < DATE_SECONDS + 60, f"the date is {date}, expected {DATE_SECONDS}")
    result.expect_file(0, "/boot/mod/first.bin", MODULES["boot/mod/first.bin"], "the first one")
    result.expect_file(1, "/boot/mod/second.bin", MODULES["boot/mod/second.bin"], "the other")
    result.expect_file(2, "/boot/kernel.elf", kernel, line)
    return result


def check_task_register(machine):
    """TR and LDTR lead nowhere: what a kernel cannot read of them, the emulator tells."""
    machine.wait_for("limine-kernel: waiting\n")
    registers = machine.monitor.human("info registers")
    for name in ("TR", "LDT"):
        found = re.search(rf"^{name} *=(\w+) (\w+) (\w+)", registers, re.MULTILINE)
        check([int(one, 16) for one in found.groups()[1:]] == [0, 0], f"{name} has a base or a limit: {found[0]}")


def everything_holds(revision, movable, processors, *options, more=()):
    is_strict = revision >= STRICT_REVISION
    kernel, line, machine = start(revision, movable, processors, options, ["wait" if is_strict else "fill", *more])
    with machine:
        if is_strict:
            check_task_register(machine)
        else:
            machine.expect_status(STATUS_PASSED)
        judge(kernel, line, machine)


for _row in ROWS:
    suite.add("base_revision_{0}_is_kept_to_by_a_kernel_{1}_with_{2}_processors".format(
        _row[0], "that_is_moved" if _row[1] else "at_a_fixed_address", _row[2]), everything_holds, *_row)

if os.environ.get("LONG") == "1":
    for _revision in range(7):
        for _movable in (False, True):
            for _count in (1, 4, 32):
                suite.add(f"base_revision_{_revision}_is_kept_to_with_{_count}_processors_"
                          f"{'moved' if _movable else 'fixed'}", everything_holds, _revision, _movable, _count)
            suite.add(f"base_revision_{_revision}_is_kept_to_with_strict_rights_{'moved' if _movable else 'fixed'}",
                      lambda *row: everything_holds(*row, "wx: strict", more=["wx=strict"]), _revision, _movable, 2)


if __name__ == "__main__":
    suite.run()
