# SPDX-License-Identifier: BSD-2-Clause
"""
Reads the raw tables of a live kernel, of four levels or five, and holds four readings of them
against each other, leaf for leaf: the raw entries, `info tlb`, what hoist_visit saw, and the
kernel's own book of what should be there. Accessed and dirty bits are left out.
"""

from support.raw_tables import RawTables
from support.tap import check

_NX = 63
_ADDRESS = 0x000ffffffffff000
_STATE = 0x60
# P and RW, or P, RW and US: a link grants all, or all to the kernel.
_LINKS = (0x3, 0x7)


def bit(entry, number):
    return entry >> number & 1


class LiveTables(RawTables):
    """All tables of a kernel that has built its own."""

    def __init__(self, monitor, folder, physical_bits):
        super().__init__(monitor, folder, physical_bits)
        for place, level, entry in self.links:
            check(entry & ~(_ADDRESS | 1 << 5) in _LINKS,
                  f"the entry of level {level} for {place:x} is {entry:x}: that is no plain link")


def encode(access, size, has_nx):
    """All bits of a leaf but its address: SDM volume 3, tables 4-16, 4-18 and 4-20."""
    large = size > 4096
    entry = 1 | access.writable << 1 | access.user << 2 | (access.cache & 3) << 3
    entry |= (access.cache >> 2) << (12 if large else 7) | large << 7 | access.is_global << 8
    entry |= (access.software & 7) << 9 | (access.software >> 3) << 52
    return entry | (has_nx and not access.executable) << 63


def check_raw(book, raw, has_nx):
    for wanted, leaf in zip(book, raw):
        text = f"{wanted.va:x} (entry {leaf.entry:x}):"
        check((leaf.va, leaf.pa, leaf.size) == (wanted.va, wanted.pa, wanted.size),
              f"{text} {wanted.size:x} bytes to {wanted.pa:x} are in the book, the tables have "
              f"{leaf.size:x} bytes at {leaf.va:x} to {leaf.pa:x}")
        bits = leaf.entry & ~(_ADDRESS & ~(leaf.size - 1) | _STATE)
        expected = encode(wanted.access, wanted.size, has_nx)
        check(bits == expected, f"{text} its bits are {bits:x}, and should be {expected:x}")
        check(leaf.pat_index == wanted.access.cache, f"{text} another cache type")
        check((leaf.writable, leaf.user, leaf.executable) ==
              (wanted.access.writable, wanted.access.user,
               wanted.access.executable or not has_nx),
              f"{text} the links above it take rights away")
    check(len(book) == len(raw), f"{len(book)} leaves are in the book, the tables have {len(raw)}")


def check_tlb(book, tlb, has_nx):
    for wanted, leaf in zip(book, tlb):
        text = f"{wanted.va:x}:"
        # The emulator prints software bits as part of the address.
        check((leaf.va, leaf.pa & (1 << 52) - 1) == (wanted.va, wanted.pa),
              f"{text} to {wanted.pa:x} is in the book, the emulator has {leaf.va:x} to "
              f"{leaf.pa:x}")
        check((leaf.large, leaf.writable, leaf.user, leaf.is_global, leaf.no_execute) ==
              (wanted.size > 4096, wanted.access.writable, wanted.access.user,
               wanted.access.is_global, has_nx and not wanted.access.executable),
              f"{text} the emulator has other bits")
        check((leaf.write_through, leaf.no_cache) ==
              (bool(wanted.access.cache & 1), bool(wanted.access.cache & 2)),
              f"{text} the emulator has other cache bits")
    check(len(book) == len(tlb), f"{len(book)} leaves are in the book, the emulator has {len(tlb)}")


def check_visited(raw, visited, has_nx):
    """What hoist_visit told, member for member, against the raw entries."""
    for leaf, seen in zip(raw, visited):
        text = f"{leaf.va:x} (entry {leaf.entry:x}): hoist_visit"
        check((seen.va, seen.pa, seen.size, seen.entry & ~_STATE) ==
              (leaf.va, leaf.pa, leaf.size, leaf.entry & ~_STATE),
              f"{text} has {seen.size:x} bytes at {seen.va:x} to {seen.pa:x}, entry {seen.entry:x}")
        check((seen.effective.readable, seen.effective.writable, seen.effective.user,
               seen.effective.executable) == (True, leaf.writable, leaf.user, leaf.executable),
              f"{text} has other effective rights")
        check((seen.leaf.readable, seen.leaf.writable, seen.leaf.user, seen.leaf.executable,
               seen.leaf.is_global) ==
              (True, bool(bit(leaf.entry, 1)), bool(bit(leaf.entry, 2)),
               not (has_nx and bit(leaf.entry, _NX)), bool(bit(leaf.entry, 8))),
              f"{text} has other rights of the leaf")
        check(seen.leaf.cache == leaf.pat_index, f"{text} has cache type {seen.leaf.cache}")
    check(len(raw) == len(visited),
          f"the tables have {len(raw)} leaves, hoist_visit saw {len(visited)}")


def compare(stop, tables, tlb):
    check(stop.root == tables.root, f"the root is {stop.root:x}, and CR3 is {tables.root:x}")
    check(stop.levels == tables.levels, f"{stop.levels} levels are printed, there are "
                                        f"{tables.levels}")
    check_raw(stop.book, tables.leaves, tables.has_nx)
    check_tlb(stop.book, tlb, tables.has_nx)
    check_visited(tables.leaves, stop.visited, tables.has_nx)
    check(len(tables.tables) == stop.table_count,
          f"hoist_visit saw {stop.table_count} tables, there are {len(tables.tables)}")
