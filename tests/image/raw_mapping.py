# SPDX-License-Identifier: BSD-2-Clause
"""Page tables as bytes, written down from SDM volume 3, section 4.5; and what holds them: flat memory, ELF cores."""

import struct

PRESENT, WRITE, USER, LARGE, GLOBAL = 1, 2, 4, 0x80, 0x100
NO_EXECUTE = 1 << 63
LINK = PRESENT | WRITE
TABLE_BYTES = 4096
ENTRIES = 512
NAMES = {"QEMU": b"QEMU\0\0\0\0"}


def index(va, level):
    return va >> 12 + 9 * (level - 1) & 0x1ff


class Memory:
    """Physical memory with tables, which are taken from the front, one after another."""

    def __init__(self, levels=4, base=0):
        self.levels = levels
        self.base = base
        self.data = bytearray()
        self.root = self.table()

    def table(self):
        self.data += bytes(TABLE_BYTES)
        return self.base + len(self.data) - TABLE_BYTES

    def get(self, table, slot):
        return struct.unpack_from("<Q", self.data, table - self.base + 8 * slot)[0]

    def put(self, table, slot, entry):
        struct.pack_into("<Q", self.data, table - self.base + 8 * slot, entry)

    def map(self, va, pa, rights, level=1, link=LINK):
        """One leaf, with the tables above it."""
        table = self.root
        for above in range(self.levels, level, -1):
            if not self.get(table, index(va, above)):
                self.put(table, index(va, above), self.table() | link)
            table = self.get(table, index(va, above)) & 0xffffffffff000
        self.put(table, index(va, level), pa | rights | PRESENT | (LARGE if level > 1 else 0))

    def table_at(self, va, level):
        """The table of this level on the way to an address."""
        table = self.root
        for above in range(self.levels, level, -1):
            table = self.get(table, index(va, above)) & 0xffffffffff000
        return table


def state_note(cr3, cr4):
    """The state of a CPU as QEMU's dump-guest-memory has it."""
    body = struct.pack("<II", 1, 440) + bytes(18 * 8 + 10 * 24) + struct.pack("<6Q", 0, 0, 0, cr3, cr4, 0)
    return struct.pack("<III", 5, len(body), 0) + NAMES["QEMU"] + body


def core(segments, notes=b"", machine=62, file_class=2):
    """An ELF core; each segment is (physical address, bytes)."""
    count = len(segments) + 1
    place = 64 + 56 * count
    headers = struct.pack("<IIQQQQQQ", 4, 0, place, 0, 0, len(notes), len(notes), 0)
    body = notes
    for pa, data in segments:
        headers += struct.pack("<IIQQQQQQ", 1, 7, place + len(body), 0, pa, len(data), len(data), 0)
        body += data
    header = b"\x7fELF" + bytes((file_class, 1, 1)) + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 4, machine, 1, 0, 64, 0, 0, 64, 56, count, 0, 0, 0)
    return header + headers + body
