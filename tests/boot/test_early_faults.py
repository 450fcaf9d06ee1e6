#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Kernels that fault before they have an IDT of their own: what the loader's fault reporter says.

The kernel is kernels/faults.c, whose command line names what it does wrong.
"""

import re
import threading

from support import disk, document, paths
from support.kernel import build
from support.machine import STATUS_PASSED, Disk, Machine
from support.screen import Picture
from support.tap import Suite, check

HALTED = "hoist: halted: /kernel.elf had not loaded an IDT of its own"
TEXT = "kernel segment 0 (r-x)"
DATA = "kernel segment 2 (rw-)"

# What the kernel does; the sentence; the line about the error code; the line about CR2, if there is one. {stack},
# {data}, {reporter} and {above} are where these lie.
FAULTS = {
    "write-text": ("page fault (#PF): write to read-only page of kernel segment 0 (r-x)",
                   "3: page present, write, supervisor", f"ffffffff80000000  {TEXT} + 0"),
    "execute-data": ("page fault (#PF): execution of non-executable page of kernel segment 2 (rw-)",
                     "11: page present, instruction fetch, supervisor", f"{{data}}  {DATA} + 0"),
    "read-null": ("page fault (#PF): read from 0000000000000000: null pointer",
                  "0: page not present, read, supervisor", "0000000000000000  null pointer"),
    "call-null": ("page fault (#PF): execution at 0000000000000000: null pointer",
                  "10: page not present, instruction fetch, supervisor", "0000000000000000  null pointer"),
    "read-nothing": ("page fault (#PF): read from ffffe00000000000: no mapping there",
                     "0: page not present, read, supervisor", "ffffe00000000000  no mapping there"),
    "overflow": ("page fault (#PF): write to {stack}: the guard page below the stack",
                 "2: page not present, write, supervisor", "{stack}  the guard page below the stack"),
    "lost-stack": ("page fault (#PF): write to 0000000000000000: null pointer",
                   "2: page not present, write, supervisor", "0000000000000000  null pointer"),
    "unmapped-data": ("page fault (#PF): read from page of kernel segment 2 (rw-), which is mapped no more: "
                      "the kernel has changed the tables",
                      "0: page not present, read, supervisor", f"{{data}}  {DATA} + 0"),
    "non-canonical": ("general protection fault (#GP): perhaps the non-canonical address 8000000000001234 in ???",
                      "0: no descriptor", None),
    "vector-14": ("page fault (#PF): by an INT instruction, for there is no error code", "none", None),
    "machine-check": ("machine check (#MC): the hardware has found an error of its own", "none", None),
    "sse": ("invalid opcode (#UD): no instruction, or one that is off (SSE needs CR4.OSFXSR)", "none",
            None),
    "divide": ("divide error (#DE): division by zero, or a quotient that is too large", "none", None),
    "double-fault": ("double fault (#DF): a fault, and another one while it was delivered", "0",
                     "{reporter}  reporter stacks (rw-) + 1ff8"),
}

suite = Suite()


class Kernel:
    """kernels/faults.c, built once."""

    def __init__(self):
        self._lock = threading.Lock()
        self._bytes = None

    def read(self):
        with self._lock:
            if self._bytes is None:
                with paths.scratch_folder() as folder:
                    self._bytes = build(folder, "faults")
        return self._bytes


kernel = Kernel()


def boot(what, lines=(), until=HALTED, **options):
    """Boots the kernel until the words are said; yields the machine, which still runs."""
    with paths.scratch_folder() as folder:
        config = disk.config("/kernel.elf", cmdline=what) + "".join(f"{line}\n" for line in lines).encode()
        image = disk.make(folder, "esp", {"kernel.elf": kernel.read(), "hoist.conf": config})
        with Machine([Disk(image)], **options) as machine:
            if until:
                machine.wait_for(f"{until}\n")
            yield machine


def mapping(log, name):
    """The address of a range of the dump."""
    found = re.search(rf"^([0-9a-f]{{16}})-.*: {name}$", log, re.MULTILINE)
    check(found, f"the dump has no {name}")
    return int(found[1], 16)


def report_of(log):
    """The lines from the sentence to the end."""
    check(log.count("hoist: early fault: ") == 1, "there is not one report")
    return log[log.index("hoist: early fault: "):].rstrip("\n").split("\n")


def check_report(what, log, cr4=0x20):
    sentence, code, address = FAULTS[what]
    places = {"stack": f"{mapping(log, 'stack') - 8:016x}", "data": f"{mapping(log, 'kernel segment 2'):016x}",
              "reporter": f"{mapping(log, 'reporter stacks') + 0x1ff8:016x}"}
    report = report_of(log)
    expected = f"hoist: early fault: {sentence.format(**places)}"
    check(re.fullmatch(re.escape(expected).replace(r"\?\?\?", "R[A-Z0-9]+"), report[0]),
          f"expected {expected!r}, got {report[0]!r}")
    check(report[1] == f"  error code {code}", f"the error code is {report[1]!r}")
    wanted = [] if address is None else [f"  CR2 {address.format(**places)}"]
    there = [line for line in report if line.startswith("  CR2")]
    check(there == wanted if wanted or "page fault" not in sentence else True,
          f"expected {wanted}, got {there}")
    check(report[-1] == HALTED, f"the end is {report[-1]!r}")
    check_registers(report, log, cr4)


def check_registers(report, log, cr4):
    text = "\n".join(report)
    values = {name: int(value, 16) for name, value in re.findall(r"([A-Z0-9]+) +([0-9a-f]{16})\b", text)}
    check(len(values) >= 22, f"only {sorted(values)} are told")
    tables = re.search(r"table frames used, \d+ counted, from ([0-9a-f]+) on", log)
    for name, value in (("CR0", 0x80010011), ("CR3", int(tables[1], 16)), ("CR4", cr4),
                        ("RFLAGS", values["RFLAGS"] & 0xcd7 | 2), ("R15", 0)):
        check(values[name] == value, f"{name} is told as {values[name]:x}")
    if values["RIP"] >= 0xffffffff80000000 and "execute-data" not in log:
        check(f"  RIP {values['RIP']:016x}  " in text and re.search(
            r"^  code at RIP ( [0-9a-f]{2}){16}$", text, re.MULTILINE), "the code is not shown")


def reports(what, **options):
    for machine in boot(what, **options):
        check("the kernel runs" in machine.log, "the kernel has not started")
        check_report(what, machine.log)


# Those that have more to show have a test of their own.
for one in sorted(FAULTS.keys() - {"write-text", "overflow"}):
    suite.add(f"the_fault_{one.replace('-', '_')}_is_reported", reports, one)


def is_on_the_screen(machine):
    with paths.scratch_folder() as folder:
        # Each line goes to the serial port first.
        machine.wait_until(lambda: HALTED in Picture(machine.monitor, folder).lines())
        shown = Picture(machine.monitor, folder).lines()
    check(shown == ["", *report_of(machine.log)], "the screen has\n" + "\n".join(shown))


@suite.case
def a_write_to_text_is_reported_on_the_screen_as_on_the_serial_port():
    for machine in boot("write-text", devices=["VGA"], monitor=True):
        check_report("write-text", machine.log)
        document.holds_what_is_shown("docs/protocol.md", "test_early_faults", machine.log)
        is_on_the_screen(machine)


@suite.case
def an_overflow_of_the_stack_is_reported_with_what_is_on_the_stack():
    for machine in boot("overflow", devices=["ramfb"], monitor=True):
        check_report("overflow", machine.log)
        report = report_of(machine.log)
        place = report.index(f"  RSP {mapping(machine.log, 'stack'):016x}  stack (rw-) + 0")
        row = "   " + " 0000000000000077" * 4
        check(report[place + 1:place + 5] == [row] * 4, f"got {report[place:]}")
        is_on_the_screen(machine)


@suite.case
def a_fault_while_reporting_is_one_line():
    for machine in boot("second-fault", until=None):
        machine.wait_for("hoist: halted")
        machine.wait_until(lambda: machine.log.endswith("\n"))
        log = machine.log
        line = log[log.index("hoist: "):].rsplit("hoist: leaving the firmware\n", 1)[1]
        address = mapping(log, "hand-off") + 0x200
        check(re.fullmatch(r"the kernel runs\n\nhoist: halted: page fault \(#PF\) at RIP ffffffff8000[0-9a-f]{4}; "
                           rf"a second fault while reporting it: page fault \(#PF\), CR2 {address:016x}\n", line),
              f"got {line!r}")


@suite.case
def without_a_serial_port_the_report_is_on_the_screen():
    for machine in boot("invalid-opcode", until=None, devices=["VGA"], monitor=True, serial=False):
        with paths.scratch_folder() as folder:
            machine.wait_until(lambda: HALTED in Picture(machine.monitor, folder).lines())
            check(any("invalid opcode (#UD)" in line for line in Picture(machine.monitor, folder).lines()),
                  "the sentence is not on the screen")


@suite.case
def on_a_cpu_without_nx_a_call_through_a_null_pointer_is_told_as_such():
    for machine in boot("call-null", cpu="max,-nx"):
        check(report_of(machine.log)[:2] == [f"hoist: early fault: {FAULTS['call-null'][0]}",
                                             "  error code 0: page not present, read, supervisor"], "another report")


@suite.case
def with_five_levels_switched_on_by_the_loader_a_fault_is_reported():
    for machine in boot("write-text", lines=["paging_mode: 5level"]):
        check_report("write-text", machine.log, cr4=0x1020)


@suite.case
def a_non_maskable_interrupt_is_told_as_such():
    for machine in boot("wait", until="waiting", monitor=True):
        machine.monitor.execute("inject-nmi")
        machine.wait_for(f"{HALTED}\n")
        check(report_of(machine.log)[0] == "hoist: early fault: non-maskable interrupt (NMI): the machine asks for "
              "attention; no instruction is to blame", "another report")


@suite.case
def without_early_faults_a_fault_resets_the_machine():
    for machine in boot("write-text", lines=["early_faults: no"], until=None):
        machine.expect_status(0)
        check("the kernel runs" in machine.log and "early fault" not in machine.log, "there is a report")
        check("reporter" not in machine.log, "the reporter is mapped")


@suite.case
def without_early_faults_the_stub_finds_no_idt():
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        config = disk.config("/kernel.elf") + b"early_faults: no\n"
        image = disk.make(folder, "esp", {"kernel.elf": stub.read(), "hoist.conf": config})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            check("\nOK   the IDT is empty\n" in machine.log, "the IDT is not empty")


if __name__ == "__main__":
    suite.run()
