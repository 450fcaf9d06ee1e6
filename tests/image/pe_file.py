# SPDX-License-Identifier: BSD-2-Clause
"""Reads a PE32+ file (Microsoft, PE Format) by its bytes, sharing nothing with the tools that wrote it."""

import struct

SECTION_CODE, SECTION_EXECUTE, SECTION_READ, SECTION_WRITE = 0x20, 1 << 29, 1 << 30, 1 << 31
FILE_RELOCS_STRIPPED = 0x1
DLL_HIGH_ENTROPY, DLL_DYNAMIC_BASE, DLL_NX_COMPAT = 0x20, 0x40, 0x100
DIRECTORY_CERTIFICATE, DIRECTORY_RELOCATION, DIRECTORY_DEBUG = 4, 5, 6
RELOCATION_NONE, RELOCATION_DIR64 = 0, 10


class Section:
    def __init__(self, data, strings, fields):
        raw, self.size, self.address, self.file_size, self.file_offset, _, _, _, _, self.flags = fields
        name = raw.rstrip(b"\0").decode()
        if name.startswith("/"):
            start = strings + int(name[1:])
            name = data[start:data.index(b"\0", start)].decode()
        self.name = name
        # What is loaded: the file's bytes without padding.
        self.data = data[self.file_offset:self.file_offset + min(self.size, self.file_size)]

    @property
    def loaded(self):
        """The bytes in memory: what the file does not have is zero."""
        return self.data.ljust(self.size, b"\0")


class PeFile:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = data = file.read()
        if data[:2] != b"MZ":
            raise ValueError(f"{path}: no DOS header")
        start, = struct.unpack_from("<I", data, 0x3c)
        if data[start:start + 4] != b"PE\0\0":
            raise ValueError(f"{path}: no PE header")
        (self.machine, count, self.time_stamp, symbols, symbol_count, optional_size,
         self.characteristics) = struct.unpack_from("<HHIIIHH", data, start + 4)
        optional = start + 24
        self.magic, = struct.unpack_from("<H", data, optional)
        self.entry, = struct.unpack_from("<I", data, optional + 16)
        self.image_base, self.section_alignment, self.file_alignment = \
            struct.unpack_from("<QII", data, optional + 24)
        self.image_size, self.headers_size, self.checksum = \
            struct.unpack_from("<III", data, optional + 56)
        self.subsystem, self.dll_flags = struct.unpack_from("<HH", data, optional + 68)
        directories, = struct.unpack_from("<I", data, optional + 108)
        self.directories = [struct.unpack_from("<II", data, optional + 112 + 8 * i)
                            for i in range(directories)]
        table = optional + optional_size
        strings = symbols + 18 * symbol_count
        self.sections = [
            Section(data, strings, struct.unpack_from("<8sIIIIIIHHI", data, table + 40 * i))
            for i in range(count)]

    def section(self, name):
        return next((one for one in self.sections if one.name == name), None)

    def read(self, address, size):
        for one in self.sections:
            if one.address <= address and address + size <= one.address + one.size:
                return one.loaded[address - one.address:address - one.address + size]
        raise ValueError(f"{size} bytes at {address:x} are in no section")

    def relocations(self):
        """(type, address) of each base relocation; padding is left out."""
        address, size = self.directories[DIRECTORY_RELOCATION]
        table = self.read(address, size) if size else b""
        position = 0
        while position < len(table):
            page, block = struct.unpack_from("<II", table, position)
            if block < 8 or block % 4 or position + block > len(table):
                raise ValueError(f"a relocation block of {block} bytes")
            for value, in struct.iter_unpack("<H", table[position + 8:position + block]):
                if value >> 12 != RELOCATION_NONE:
                    yield value >> 12, page + (value & 0xfff)
            position += block
