#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What BOOTX64.EFI carries is loader.efi, by a decoder of its own (efi/pure/unpack.h has the format)."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from pe_file import PeFile
from support import paths
from support.tap import Suite, check

suite = Suite()


class Steps:
    def __init__(self, packed):
        self.rest = iter(packed)

    def count(self, count, most):
        more = 255 if count == most else 0
        while more == 255:
            more = next(self.rest)
            count += more
        return count

    def unpack(self, size):
        data = bytearray()
        distance = None
        while len(data) < size:
            first = next(self.rest)
            plain, kind, length = first >> 6, first >> 3 & 7, first & 7
            for _ in range(self.count(plain, 3)):
                data.append(next(self.rest))
            if len(data) == size:
                break
            if kind:
                distance = next(self.rest) + 1
                distance += 256 * (kind - 1 + (next(self.rest) if kind == 7 else 0))
            for _ in range(self.count(length, 7) + 2):
                data.append(data[-distance])
        return bytes(data)


def carried():
    """What the one relocated pointer of the file leads to, up to the end of the section."""
    file = PeFile(paths.LOADER)
    places = [address for _, address in file.relocations()]
    check(len(places) == 1, f"{len(places)} relocations")
    target, = struct.unpack("<Q", file.read(places[0], 8))
    section = file.section(".rdata")
    return section.data[target - file.image_base - section.address:]


@suite.case
def the_booted_file_unpacks_to_the_loader_byte_for_byte():
    packed = carried()
    size, = struct.unpack_from("<I", packed)
    with open(paths.UNPACKED, "rb") as file:
        loader = file.read()
    check(size == len(loader), f"{size} bytes, the loader has {len(loader)}")
    check(Steps(packed[4:]).unpack(size) == loader, "the bytes differ")


@suite.case
def the_booted_file_has_less_than_three_quarters_of_the_loaders_bytes():
    check(os.path.getsize(paths.LOADER) <= 0.75 * os.path.getsize(paths.UNPACKED), "packing does not pay")


if __name__ == "__main__":
    suite.run()
