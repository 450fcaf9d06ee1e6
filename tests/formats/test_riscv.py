#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A RISC-V CPU uses tables of Sv39, Sv48 and Sv57 that the library made: what it reads, and where it faults."""

import re

import bare_guest
import watched_guest
from support.tap import Suite, check

EMULATOR = "qemu-system-riscv64"
MACHINE = (EMULATOR, "-M", "virt", "-cpu", "rv64,svnapot=on,svpbmt=on", "-m", "128M", "-bios", "none")

# Rights as a walk tells them (table_format.h), and GLOBAL of access.h.
KERNEL, USER, GLOBAL = 7, 3, 0x10
# The monitor prints an entry's cache type as bits of the address.
ADDRESS = (1 << 56) - 1
_LINE = re.compile(r"^([0-9a-f]{16}) ([0-9a-f]{16}) ([0-9a-f]{16}) ([r-])([w-])([x-])([u-])([g-])[a-][d-]$")

suite = Suite()


def letters(leaf):
    """What the library reads, as the monitor prints it; the kernel may use users' pages, but not execute them."""
    is_user = leaf.own_rights >> USER != 0
    rights = leaf.own_rights >> USER if is_user else leaf.own_rights & KERNEL
    return "".join(letter if is_set else "-" for letter, is_set in zip(
        "rwxug", (rights & 1, rights & 2, rights & 4, is_user, leaf.access & GLOBAL)))


def join(stretches):
    """Stretches that lie side by side, in both kinds of memory, as one."""
    joined = []
    for va, pa, size, kind in stretches:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2], joined[-1][3]) == (va, pa, kind):
            joined[-1] = (*joined[-1][:2], joined[-1][2] + size, kind)
        else:
            joined.append((va, pa, size, kind))
    return joined


def judge(program, least_checks):
    with watched_guest.Guest(program, *MACHINE) as guest:
        guest.wait()
        lines = [_LINE.match(line) for line in guest.monitor.human("info mem").splitlines()[2:]]
        leaves = guest.leaves()
        check(all(lines) and len(leaves) > 80, f"{len(leaves)} leaves; info mem prints something unknown")
        watched_guest.check_same(
            "info mem", join((leaf.va, leaf.pa, leaf.size, letters(leaf)) for leaf in leaves),
            join((int(line[1], 16), int(line[2], 16) & ADDRESS, int(line[3], 16), "".join(line.groups()[3:]))
                 for line in lines))
        status = guest.finish()
        bare_guest.read_count(program, least_checks, guest.failures())
        check(status == 0, f"the emulator ended with status {status}")


for mode in ("sv39", "sv48", "sv57"):
    suite.add(f"the_cpu_and_the_library_agree_on_{mode}", judge, f"riscv-{mode}", 43000)

if __name__ == "__main__":
    bare_guest.run(suite, EMULATOR, "qemu-system-misc")
