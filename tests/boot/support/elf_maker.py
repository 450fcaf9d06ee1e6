# SPDX-License-Identifier: BSD-2-Clause
"""Builds tiny ELF kernels field by field, so that any one of them can be wrong."""

import struct

HEADER_BYTES = 64
PROGRAM_HEADER_BYTES = 56
HIGHER_HALF = 0xffffffff80000000

READ, WRITE, EXECUTE = 4, 2, 1
PT_LOAD, PT_INTERP, PT_NOTE = 1, 3, 4
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3


def exit_code(value):
    """Machine code that ends the guest with isa-debug-exit: mov al, value; out f4, al; hlt; jmp."""
    return bytes([0xb0, value, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd])


PASS = exit_code(0x10)
NOT_REFUSED = exit_code(0x2a)


class Segment:
    """A program header. What is None is filled in from the bytes and from the place in the file."""

    def __init__(self, va=HIGHER_HALF, data=b"", flags=READ | EXECUTE, kind=PT_LOAD, offset=None,
                 file_size=None, size=None, alignment=0x1000):
        self.va = va
        self.data = data
        self.flags = flags
        self.kind = kind
        self.offset = offset
        self.file_size = len(data) if file_size is None else file_size
        self.size = max(self.file_size, len(data)) if size is None else size
        self.alignment = alignment

    def header(self, offset):
        return struct.pack("<IIQQQQQQ", self.kind, self.flags,
                           offset if self.offset is None else self.offset, self.va, self.va,
                           self.file_size, self.size, self.alignment)


def code(**changes):
    """The usual first segment: a page of code that should never run."""
    return Segment(**{"data": NOT_REFUSED, **changes})


def build(segments=None, entry=None, cut=None, **fields):
    """
    An ELF64 executable for x86-64 as bytes. `fields` replaces fields of the file header: elf_class,
    data, version, type, machine, header_bytes, table_offset, program_header_bytes, count.
    `cut` is the length after which the file ends.
    """
    segments = [code()] if segments is None else segments
    count = fields.get("count", len(segments))
    table_offset = fields.get("table_offset", HEADER_BYTES)
    entry = (segments[0].va if segments else HIGHER_HALF) if entry is None else entry
    ident = struct.pack("<4sBBBBQ", b"\x7fELF", fields.get("elf_class", 2), fields.get("data", 1),
                        fields.get("version", 1), 0, 0)
    order = ">" if fields.get("data") == 2 else "<"
    header = ident + struct.pack(
        order + "HHIQQQIHHHHHH", fields.get("type", ET_EXEC), fields.get("machine", 62), 1, entry,
        table_offset, 0, 0, fields.get("header_bytes", HEADER_BYTES),
        fields.get("program_header_bytes", PROGRAM_HEADER_BYTES), count, 0, 0, 0)
    table = b""
    body = b""
    body_offset = 0x1000 * -(-(HEADER_BYTES + PROGRAM_HEADER_BYTES * len(segments)) // 0x1000)
    for segment in segments:
        offset = body_offset + len(body)
        offset += (segment.va - offset) % 0x1000
        body += bytes(offset - body_offset - len(body)) + segment.data
        table += segment.header(offset)
    whole = header + table
    whole += bytes(body_offset - len(whole)) + body
    return whole if cut is None else whole[:cut]


def state_alignment(kernel, alignment):
    """Replaces the alignment in all program headers of a bytearray."""
    table, = struct.unpack_from("<Q", kernel, 32)
    count, = struct.unpack_from("<H", kernel, 56)
    for i in range(count):
        struct.pack_into("<Q", kernel, table + i * PROGRAM_HEADER_BYTES + 48, alignment)
