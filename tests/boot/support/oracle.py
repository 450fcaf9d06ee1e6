# SPDX-License-Identifier: BSD-2-Clause
"""
Two readers of a guest's page tables, neither of which knows the loader.

The first is the emulator's own: `info tlb` and `gva2gpa`. It shows neither the PAT bit nor reserved
bits nor the entries above the leaves, so the second walks the raw tables from CR3 and looks at every
bit (Intel SDM volume 3, section 4.5, tables 4-14 to 4-20). Accessed and dirty bits are left out:
the CPU sets them as it likes.
"""

import re
import struct

from support.tap import check

_TLB_LINE = re.compile(r"^([0-9a-f]{16}): ([0-9a-f]{16}) ([X-])([G-])([P-])([D-])([A-])([C-])([T-])"
                       r"([U-])([W-])$")
_REGISTER = {name: re.compile(rf"\b{name}=([0-9a-f]+)") for name in ("CR3", "CR4", "EFER", "RIP")}

_CACHE_NAMES = {0: "uc", 1: "wc", 4: "wt", 5: "wp", 6: "wb", 7: "uc-"}

_PRESENT, _WRITABLE, _USER, _PWT, _PCD, _LARGE, _GLOBAL, _NX = 0, 1, 2, 3, 4, 7, 8, 63
_EFER_NXE = 1 << 11
_CR4_LA57 = 1 << 12
_CR4_PGE = 1 << 7


def canonical(address, levels=4):
    width = 12 + 9 * levels
    return address | (1 << 64) - (1 << width) if address >> width - 1 & 1 else address


def register(monitor, name):
    return int(_REGISTER[name].search(monitor.human("info registers")).group(1), 16)


class TlbLeaf:
    """A line of `info tlb`."""

    def __init__(self, match):
        self.va, self.pa = int(match.group(1), 16), int(match.group(2), 16)
        (self.no_execute, self.is_global, self.large, _, _, self.no_cache, self.write_through,
         self.user, self.writable) = (match.group(i) != "-" for i in range(3, 12))


def read_tlb(monitor):
    lines = monitor.human("info tlb").splitlines()
    matches = [_TLB_LINE.match(line) for line in lines]
    check(lines and all(matches), "info tlb prints something unknown")
    return [TlbLeaf(match) for match in matches]


def bit(entry, number):
    return entry >> number & 1


class RawLeaf:
    """A leaf as the raw entry says, with the rights of the whole walk."""

    def __init__(self, va, size, entry, walk):
        large = size > 4096
        self.va = va
        self.size = size
        self.entry = entry
        self.pa = entry & 0x000ffffffffff000 & ~(size - 1)
        walk = walk + [entry]
        self.writable = all(bit(one, _WRITABLE) for one in walk)
        self.executable = not any(bit(one, _NX) for one in walk)
        self.user = all(bit(one, _USER) for one in walk)
        self.pat_index = bit(entry, 12 if large else 7) << 2 | bit(entry, _PCD) << 1 | \
            bit(entry, _PWT)


class RawTables:
    """
    All tables reachable from CR3, read as bytes out of the guest's memory.

    `physical_bits` is the processor's, `pat` the value of the guest's PAT register. Reading checks
    what must hold for every entry of a kernel's first address space.
    """

    def __init__(self, monitor, folder, physical_bits, pat):
        self._monitor = monitor
        self._folder = folder
        self._reserved = (1 << 52) - (1 << physical_bits)
        self._pat = pat
        self.efer_nxe = bool(register(monitor, "EFER") & _EFER_NXE)
        cr4 = register(monitor, "CR4")
        self.levels = 5 if cr4 & _CR4_LA57 else 4
        check(not cr4 & _CR4_PGE, "CR4.PGE is set")
        self.root = register(monitor, "CR3")
        check(self.root & 0xfff == 0, f"CR3 is {self.root:x}, which is no plain address")
        self.tables = []
        self.leaves = []
        self._walk(self.root, self.levels, 0, [])

    def cache_of(self, leaf):
        return _CACHE_NAMES[self._pat >> 8 * leaf.pat_index & 0xff]

    def _walk(self, table, level, va, parents):
        check(table not in self.tables, f"the table at {table:x} is reached twice")
        self.tables.append(table)
        data = self._monitor.read_physical(table, 4096, self._folder)
        for index, entry in enumerate(struct.unpack("<512Q", data)):
            span = 1 << 12 + 9 * (level - 1)
            place = canonical(va + index * span, self.levels)
            if not bit(entry, _PRESENT):
                check(entry == 0, f"the entry for {place:x} is {entry:x}: not present, not 0 either")
                continue
            self._check_bits(entry, place)
            if level == 1 or bit(entry, _LARGE):
                check(level < 4, f"the entry of level {level} for {place:x} is {entry:x}: "
                                 "bit 7 is reserved")
                # In a large leaf bit 12 is the PAT bit, and the address begins at its size.
                check(level == 1 or entry & (span - 1) >> 13 << 13 == 0,
                      f"the leaf for {place:x} is {entry:x}: reserved bits of its size are set")
                self.leaves.append(RawLeaf(place, span, entry, parents))
            else:
                self._check_parent(entry, place)
                self._walk(entry & 0x000ffffffffff000, level - 1, va + index * span,
                           parents + [entry])

    def _check_bits(self, entry, place):
        text = f"the entry for {place:x} is {entry:x}:"
        check(not bit(entry, _USER), f"{text} user code may use it")
        check(not bit(entry, _GLOBAL), f"{text} it is global")
        check(not entry & self._reserved, f"{text} address bits beyond the processor's are set")
        check(not entry & 0x7ff << 52, f"{text} bits 62 to 52 are set")
        check(not entry & 7 << 9, f"{text} bits 11 to 9 are set")
        check(self.efer_nxe or not bit(entry, _NX), f"{text} bit 63 is reserved without EFER.NXE")

    @staticmethod
    def _check_parent(entry, place):
        text = f"the table entry for {place:x} is {entry:x}:"
        check(bit(entry, _WRITABLE) and not bit(entry, _NX), f"{text} a parent must restrict nothing")
        check(not bit(entry, _PWT) and not bit(entry, _PCD), f"{text} its table is not write-back")


def translate(monitor, address):
    """The guest-physical address that the emulator finds, or None."""
    text = monitor.human(f"gva2gpa 0x{address:x}").strip()
    if text.startswith("gpa: "):
        return int(text.split()[1], 16)
    check(text == "Unmapped", f"gva2gpa prints {text!r}")
    return None
