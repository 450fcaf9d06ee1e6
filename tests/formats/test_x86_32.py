#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An x86 CPU in 32-bit mode uses tables with and without PAE that the library made: what it reads, where it faults."""

import bare_guest
import watched_guest
from support import oracle
from support.tap import Suite, check

# Of the memory a part lies behind 4 GiB.
MACHINE = ("qemu-system-i386", "-nodefaults", "-M", "pc,max-ram-below-4g=64M", "-m", "96M", "-cpu", "max",
           "-device", "isa-debug-exit,iobase=0xf4,iosize=4")
STATUS_PASSED = 0x10 << 1 | 1

# Rights as a walk tells them (table_format.h), and as an access asks for them (access.h).
KERNEL_WRITE, KERNEL_EXECUTE, USER_READ = 2, 4, 8
GLOBAL = 0x10

suite = Suite()


def flags_of(leaf, has_no_execute):
    """(NX, G, not cached, write-through, for users, writable) of what the library reads; cache types as PAT indices."""
    return (has_no_execute and not leaf.own_rights & KERNEL_EXECUTE, bool(leaf.access & GLOBAL), bool(leaf.cache & 2),
            bool(leaf.cache & 1), bool(leaf.own_rights & USER_READ), bool(leaf.own_rights & KERNEL_WRITE))


def compare(guest, large_bytes, has_no_execute):
    """What the emulator's monitor says of the tables is what the library reads from them."""
    leaves = guest.leaves()
    check(len(leaves) > 1000 and {leaf.size for leaf in leaves} == {0x1000, large_bytes}, f"{len(leaves)} leaves")
    # `info tlb` prints 32 bits of the address of a 4 MiB leaf, and with PAE the NX bit as one of the address.
    width = (1 << (52 if has_no_execute else 32)) - 1
    watched_guest.check_same(
        "info tlb", [(leaf.va, leaf.pa & width, leaf.size, *flags_of(leaf, has_no_execute)) for leaf in leaves],
        [(one.va, one.pa & width, large_bytes if one.large else 0x1000, one.no_execute, one.is_global, one.no_cache,
          one.write_through, one.user, one.writable) for one in oracle.read_tlb(guest.monitor)])
    watched_guest.check_same(
        "info mem", watched_guest.stretches(leaves, lambda leaf: (bool(leaf.rights & USER_READ),
                                                                  bool(leaf.rights & KERNEL_WRITE))),
        [(start, size, (user, writable)) for start, size, user, writable in oracle.read_mem(guest.monitor)])
    # Every large leaf, and some of the others.
    for leaf in [leaf for i, leaf in enumerate(leaves) if leaf.size != 0x1000 or i % 16 == 0]:
        found = oracle.translate(guest.monitor, leaf.va + leaf.size - 0x1000)
        check(found == leaf.pa + leaf.size - 0x1000, f"{leaf.va:x} is {leaf.pa:x} to the library, {found} to the CPU")
    guest.check_memory()


def judge(program, least_checks, large_bytes, has_no_execute):
    with watched_guest.Guest(program, *MACHINE) as guest:
        guest.wait()
        compare(guest, large_bytes, has_no_execute)
        status = guest.finish()
        bare_guest.read_count(program, least_checks, guest.failures())
        check(status == STATUS_PASSED, f"the emulator ended with status {status}")


suite.add("the_cpu_and_the_library_agree_on_x86_32", judge, "x86-32", 252000, 0x400000, False)
suite.add("the_cpu_and_the_library_agree_on_x86_pae", judge, "x86-pae", 226000, 0x200000, True)

if __name__ == "__main__":
    suite.run()
