# SPDX-License-Identifier: BSD-2-Clause
"""
A reader of a guest's page tables that shares no code with the loader: it walks the raw entries from
CR3, with four levels or five, and looks at every bit (Intel SDM volume 3, section 4.5, tables 4-14
to 4-20). Accessed and dirty bits are left out: the CPU sets them as it likes.

The emulator's `info tlb` shows neither the PAT bit nor reserved bits nor the entries above the
leaves; this reader does.
"""

import bisect
import re
import struct

from support.tap import check

_REGISTERS = ("CR3", "CR4", "EFER")

_PRESENT, _WRITABLE, _USER, _PWT, _PCD, _LARGE, _GLOBAL = 1, 2, 4, 8, 16, 1 << 7, 1 << 8
_NX = 1 << 63
_ADDRESS = 0x000ffffffffff000
_CR4_PGE, _CR4_LA57 = 1 << 7, 1 << 12
_EFER_NXE = 1 << 11

_CACHE_NAMES = {0: "uc", 1: "wc", 4: "wt", 5: "wp", 6: "wb", 7: "uc-"}
# What the register holds after a reset, for processors that do not have it (SDM volume 3, 11.12.4).
PAT_AFTER_RESET = 0x0007040600070406

# Tables lie side by side: a call to the monitor for each would take longer than their bytes.
_CHUNK_BYTES = 1 << 16


def registers(monitor):
    text = monitor.human("info registers")
    return {name: int(re.search(rf"\b{name}=([0-9a-f]+)", text)[1], 16) for name in _REGISTERS}


class RawLeaf:
    """A leaf as the raw entry says, with the rights of the whole walk."""

    __slots__ = ("va", "size", "entry", "pa", "writable", "executable", "user", "pat_index")

    def __init__(self, va, size, entry, grants):
        self.va = va
        self.size = size
        self.entry = entry
        # In a large leaf bit 12 is the PAT bit, and the address begins at its size.
        self.pa = entry & _ADDRESS & ~(size - 1)
        grants &= entry ^ _NX
        self.writable = bool(grants & _WRITABLE)
        self.executable = bool(grants & _NX)
        self.user = bool(grants & _USER)
        self.pat_index = (entry >> (12 if size > 4096 else 7) & 1) << 2 | entry >> 3 & 3


class RawTables:
    """
    All tables reachable from CR3, read as bytes out of the guest's memory.

    Reading checks what no entry may have on any processor: bits that are reserved for one with so
    many physical address bits, and a table that is reached twice.
    """

    def __init__(self, monitor, folder, physical_bits, pat=PAT_AFTER_RESET):
        self._monitor = monitor
        self._folder = folder
        self.chunks = {}
        self.physical_bits = physical_bits
        self._reserved = (1 << 52) - (1 << physical_bits)
        self.pat = pat
        state = registers(monitor)
        self.has_nx = bool(state["EFER"] & _EFER_NXE)
        self.has_global = bool(state["CR4"] & _CR4_PGE)
        self.levels = 5 if state["CR4"] & _CR4_LA57 else 4
        self.root = state["CR3"]
        check(self.root & 0xfff == 0, f"CR3 is {self.root:x}, which is no plain address")
        self.tables = set()
        self.links = []  # (address, level, entry)
        self.leaves = []
        self._walk(self.root, self.levels, 0, _WRITABLE | _USER | _NX)
        self._starts = [leaf.va for leaf in self.leaves]

    def cache_of(self, leaf):
        return _CACHE_NAMES[self.pat >> 8 * leaf.pat_index & 0xff]

    def translate(self, address):
        """The physical address, or None."""
        place = bisect.bisect_right(self._starts, address) - 1
        leaf = self.leaves[place] if place >= 0 else None
        if leaf is None or address - leaf.va >= leaf.size:
            return None
        return leaf.pa + (address - leaf.va)

    def read(self, address, size_bytes):
        """Guest memory by its address in the guest's own address space."""
        data = b""
        while len(data) < size_bytes:
            place = self.translate(address + len(data))
            check(place is not None, f"{address + len(data):x} is not mapped")
            part = min(4096 - place % 4096, size_bytes - len(data))
            data += self._physical(place - place % 4096)[place % 4096:][:part]
        return data

    def _physical(self, page):
        """The 4 KiB at a page's address."""
        start = page - page % _CHUNK_BYTES
        if start not in self.chunks:
            self.chunks[start] = self._monitor.read_physical(start, _CHUNK_BYTES, self._folder)
        return self.chunks[start][page - start:page - start + 4096]

    def _canonical(self, address):
        width = 12 + 9 * self.levels
        return address | (1 << 64) - (1 << width) if address >> width - 1 & 1 else address

    def _walk(self, table, level, va, grants):
        check(table not in self.tables, f"the table at {table:x} is reached twice")
        self.tables.add(table)
        span = 1 << 12 + 9 * (level - 1)
        for index, entry in enumerate(struct.unpack("<512Q", self._physical(table))):
            if entry == 0:
                continue
            place = self._canonical(va + index * span)
            self._check_entry(entry, place, level, span)
            if level == 1 or entry & _LARGE:
                self.leaves.append(RawLeaf(place, span, entry, grants))
            else:
                self.links.append((place, level, entry))
                self._walk(entry & _ADDRESS, level - 1, va + index * span, grants & (entry ^ _NX))

    def _check_entry(self, entry, place, level, span):
        if entry & _PRESENT and not entry & (self._reserved | _LARGE | _NX):
            return
        text = f"the entry of level {level} for {place:x} is {entry:x}:"
        check(entry & _PRESENT, f"{text} not present, not 0 either")
        check(not entry & self._reserved, f"{text} address bits beyond the processor's are set")
        check(self.has_nx or not entry & _NX, f"{text} bit 63 is reserved without EFER.NXE")
        if level > 1 and entry & _LARGE:
            check(level <= 3, f"{text} bit 7 is reserved there")
            check(entry & (span - 1) >> 13 << 13 == 0, f"{text} reserved bits of its size are set")


def check_first_space(tables):
    """What holds for every entry of a kernel's first address space, whatever it maps."""
    check(not tables.has_global, "CR4.PGE is set")
    for place, level, entry in tables.links:
        text = f"the link of level {level} for {place:x} is {entry:x}:"
        check(entry & _WRITABLE and not entry & _NX, f"{text} a link must restrict nothing")
        check(not entry & (_PWT | _PCD), f"{text} its table is not write-back")
        _check_kernel_only(entry, text)
    for leaf in tables.leaves:
        _check_kernel_only(leaf.entry, f"the leaf for {leaf.va:x} is {leaf.entry:x}:")


def _check_kernel_only(entry, text):
    if not entry & (_USER | 0x7ff << 52 | 7 << 9 | _GLOBAL):
        return
    check(not entry & _USER, f"{text} user code may use it")
    check(not entry & 0x7ff << 52, f"{text} bits 62 to 52 are set")
    check(not entry & 7 << 9, f"{text} bits 11 to 9 are set")
    check(not entry & _GLOBAL, f"{text} it is global")
