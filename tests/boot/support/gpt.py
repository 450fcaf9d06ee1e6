# SPDX-License-Identifier: BSD-2-Clause
"""Disks with a GPT (UEFI 5.3) and the partitions that a test puts on them."""

import struct
import uuid
import zlib

_SECTOR_BYTES = 512
_FIRST_SECTOR = 2048
_ENTRY_BYTES = 128
_ENTRIES = 128
_SYSTEM_PARTITION = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
_DISK = uuid.UUID("11111111-2222-3333-4444-555555555555")


def partition_guid(number):
    """The GUID that the partition of this number has, counted from 1."""
    return uuid.UUID(f"0badf00d-1234-5678-9abc-{number:012x}")


def _header(own, other, sectors, table, entries):
    head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, own, other, 34, sectors - 34,
                       _DISK.bytes_le, table, _ENTRIES, _ENTRY_BYTES, zlib.crc32(entries))
    return (head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]).ljust(_SECTOR_BYTES, b"\0")


def make(image, volumes):
    """Writes a disk whose partitions hold these images of volumes; returns its path."""
    places, at = [], _FIRST_SECTOR
    for volume in volumes:
        with open(volume, "rb") as file:
            places.append((at, file.seek(0, 2) // _SECTOR_BYTES))
        at += -(-places[-1][1] // _FIRST_SECTOR) * _FIRST_SECTOR
    sectors = at + _FIRST_SECTOR
    entries = b"".join(struct.pack("<16s16sQQQ72s", _SYSTEM_PARTITION.bytes_le, partition_guid(number).bytes_le,
                                   start, start + count - 1, 0, b"")
                       for number, (start, count) in enumerate(places, 1)).ljust(_ENTRIES * _ENTRY_BYTES, b"\0")
    record = struct.pack("<BBBBBBBBII", 0, 0, 2, 0, 0xee, 255, 255, 255, 1, sectors - 1)
    with open(image, "wb") as file:
        file.truncate(sectors * _SECTOR_BYTES)
        file.seek(446)
        file.write(record)
        file.seek(510)
        file.write(b"\x55\xaa" + _header(1, sectors - 1, sectors, 2, entries) + entries)
        file.seek((sectors - 33) * _SECTOR_BYTES)
        file.write(entries + _header(sectors - 1, 1, sectors, sectors - 33, entries))
        for volume, (start, _) in zip(volumes, places):
            with open(volume, "rb") as source:
                file.seek(start * _SECTOR_BYTES)
                file.write(source.read())
    return image
