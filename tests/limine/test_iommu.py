#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""I/O memory management units that are on before the firmware runs, and what becomes of them."""

import os
import re
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

import kernels
from support import paths
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

# Control registers of QEMU's units, and what switches these on: translation, interrupt remapping; the unit, its event
# log and its commands.
VTD, VTD_ON = 0xfed90018, (0x80000000, 0x82000000)
AMD, AMD_ON = 0xfed80018, (0x1005,)
KEEPS = "ASKED_NOT=(1u << ENTRY_POINT | 1u << PAGING_MODE)"
CONNECT_SECONDS = 10

suite = Suite()


def write_registers(path, writes):
    """By the debugger's door of a machine that has not begun, in physical addresses; then it begins."""
    end = time.monotonic() + CONNECT_SECONDS
    with socket.socket(socket.AF_UNIX) as door:
        while door.connect_ex(path) != 0:
            check(time.monotonic() < end, "the emulator opens no door for a debugger")
            time.sleep(0.02)
        door.settimeout(CONNECT_SECONDS)
        for command in ["Qqemu.PhyMemMode:1", *[f"M{pa:x},4:{value.to_bytes(4, 'little').hex()}"
                                               for pa, value in writes], "D"]:
            door.sendall(f"${command}#{sum(command.encode()) & 0xff:02x}".encode())
            answer = b""
            while not re.search(rb"\$[^#]*#..", answer):
                answer += door.recv(4096)
            check(b"$OK#" in answer, f"the emulator answers {answer} to {command}")
            door.sendall(b"+")


def trace_of(device, event, writes, revision=6, *definitions):
    """Boots with a unit that is on; returns the numbers of an event of the emulator, in their order."""
    image = kernels.image(kernels.build(revision, *definitions, movable=True), cmdline="display cpus=2")
    with paths.scratch_folder() as folder:
        door, log = os.path.join(folder, "door"), os.path.join(folder, "trace")
        with Machine([Disk(image)], devices=("VGA", device), arguments=[
                "-smp", "2", "-S", "-gdb", f"unix:{door},server=on,wait=off", "-D", log, "-trace", event]) as machine:
            write_registers(door, writes)
            machine.expect_status(STATUS_PASSED)
            kernels.judge(machine)
        with open(log, encoding="ascii") as file:
            return re.findall(rf"^{event} .* (\w+)$", file.read(), re.MULTILINE)


def expect(found, expected):
    check(found == expected, f"expected {expected}, got {found}")


def vtd(event, *arguments):
    return trace_of("intel-iommu,intremap=on", event, [(VTD, value) for value in VTD_ON], *arguments)


@suite.case
def a_vtd_unit_that_is_on_is_off_when_the_kernel_runs():
    # One at a time, translation first.
    expect(vtd("vtd_reg_write_gcmd"), ["0x80000000", "0x82000000", "0x2000000", "0x0"])


@suite.case
def an_amd_unit_that_is_on_is_off_when_the_kernel_runs():
    found = trace_of("amd-iommu", "amdvi_control_status", [(AMD, value) for value in AMD_ON])
    expect(found, ["0x1005", "0x1", "0x0"])


@suite.case
def a_unit_stays_on_where_the_kernel_asks_for_that_and_before_base_revision_5():
    expect(vtd("vtd_dmar_enable", 6, KEEPS), ["1"])
    expect(vtd("vtd_dmar_enable", 4), ["1"])


if __name__ == "__main__":
    suite.run()
