#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The headers of BOOTX64.EFI and of loader.efi in it: what Secure Boot chains and firmware that enforces NX ask for."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from pe_file import (DIRECTORY_CERTIFICATE, DIRECTORY_DEBUG, DLL_DYNAMIC_BASE, DLL_NX_COMPAT,
                     FILE_RELOCS_STRIPPED, RELOCATION_DIR64, SECTION_EXECUTE, SECTION_READ,
                     SECTION_WRITE, PeFile)
from support import paths
from support.tap import Suite, check

PAGE_BYTES = 4096
SIZE_LIMIT_BYTES = 96 * 1024
DEBUG_FILE = os.path.join(paths.BUILD, "loader.debug.efi")
SBAT = """\
sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md
hoist,1,Hoist,hoist,{version},"""

suite = Suite()
FILES = {"BOOTX64.EFI": PeFile(paths.LOADER), "loader.efi": PeFile(paths.UNPACKED)}


def version():
    with open(os.path.join(paths.CHECKOUT, "efi", "pure", "version.h"), encoding="utf-8") as file:
        words = [line.split() for line in file if line.startswith("#define HOIST_LOADER_VERSION")]
    return words[0][2].strip('"')


def case(function):
    """Decorator: a case for each of the two files."""
    for name, file in FILES.items():
        suite.add(f"{function.__name__}_in_{name}", function, file)
    return function


@case
def it_is_an_efi_application_for_x86_64(loader):
    check(loader.magic == 0x20b, f"magic {loader.magic:x}, not PE32+")
    check(loader.machine == 0x8664, f"machine {loader.machine:x}")
    check(loader.subsystem == 10, f"subsystem {loader.subsystem}")
    check(loader.directories[DIRECTORY_CERTIFICATE] == (0, 0), "it is signed already")


@case
def sections_are_aligned_to_pages_and_do_not_overlap(loader):
    check(loader.section_alignment == PAGE_BYTES, f"alignment {loader.section_alignment:x}")
    end = loader.headers_size
    for one in loader.sections:
        check(one.address % PAGE_BYTES == 0, f"{one.name} is at {one.address:x}")
        check(one.address >= end, f"{one.name} overlaps what is before it")
        check(one.file_offset % loader.file_alignment == 0, f"{one.name} is at {one.file_offset:x}")
        check(one.file_offset + one.file_size <= len(loader.data), f"{one.name} leaves the file")
        end = one.address + one.size
    last = -(-end // PAGE_BYTES) * PAGE_BYTES
    check(loader.image_size == last, f"image of {loader.image_size:x}, sections end at {last:x}")


@case
def no_section_is_writable_and_executable(loader):
    for one in loader.sections:
        check(one.flags & SECTION_READ, f"{one.name} is not readable")
        check(not (one.flags & SECTION_WRITE and one.flags & SECTION_EXECUTE),
              f"{one.name} is writable and executable")


@case
def each_section_has_the_rights_of_its_kind(loader):
    enter = loader.section(".enter")
    check((enter is not None) == (loader is FILES["loader.efi"]), "the way into the kernel is in the other file")
    rights = {one.name: one.flags & (SECTION_WRITE | SECTION_EXECUTE) for one in loader.sections}
    check(rights == {".text": SECTION_EXECUTE, ".rdata": 0, ".data": SECTION_WRITE, ".sbat": 0, ".reloc": 0}
          | ({".enter": SECTION_EXECUTE} if enter else {}), f"sections and rights: {rights}")
    check(enter is None or enter.size <= 4096, "the way into the kernel is longer than its page")
    text = loader.section(".text")
    check(text.address <= loader.entry < text.address + text.size, "the entry is not in .text")


@case
def the_file_is_marked_nx_compatible_and_relocatable(loader):
    check(loader.dll_flags & DLL_NX_COMPAT, "NX_COMPAT is not set")
    check(loader.dll_flags & DLL_DYNAMIC_BASE, "DYNAMIC_BASE is not set")
    check(not loader.characteristics & FILE_RELOCS_STRIPPED, "relocations are stripped")


@case
def relocations_are_real(loader):
    found = list(loader.relocations())
    check(found, "there are none, and some firmware wants some")
    for kind, address in found:
        check(kind == RELOCATION_DIR64, f"a relocation of type {kind}")
        target, = struct.unpack("<Q", loader.read(address, 8))
        offset = target - loader.image_base
        check(0 <= offset < loader.image_size, f"{address:x} holds {target:x}, outside the image")
    check(len({address for _, address in found}) == len(found), "one place is relocated twice")


@case
def the_sbat_section_names_this_version(loader):
    section = loader.section(".sbat")
    check(section is not None, "there is no section .sbat")
    text = section.data.rstrip(b"\0").decode("ascii")
    expected = SBAT.format(version=version())
    check(text.startswith(expected) and text.endswith("\n"), f"the text is {text!r}")
    for line in text.splitlines():
        fields = line.split(",")
        check(len(fields) == 6 and all(fields), f"not six fields: {line!r}")
        check(fields[1].isdigit() and int(fields[1]) >= 1, f"no generation: {line!r}")


@case
def it_carries_no_debug_information_and_no_path_of_the_build(loader):
    for one in loader.sections:
        check(not one.name.startswith(".debug"), f"there is a section {one.name}")
    # What stays is the linker's mark of a reproducible file and an empty reference to a PDB.
    address, size = loader.directories[DIRECTORY_DEBUG]
    for entry in struct.iter_unpack("<IIHHIIII", loader.read(address, size)):
        kind, length, record = entry[4], entry[5], entry[6]
        check(kind in (2, 16), f"debug information of type {kind}")
        check(kind != 2 or not loader.read(record, length)[24:].rstrip(b"\0"), "the PDB has a name")
    for word in (b".pdb", b"/home", b"/usr", b"/tmp", paths.CHECKOUT.encode()):
        check(word not in loader.data, f"the file has the text {word!r}")


@suite.case
def the_debug_file_is_the_same_program_with_debug_information():
    loader = FILES["loader.efi"]
    debug = PeFile(DEBUG_FILE)
    names = {one.name for one in debug.sections}
    check({".debug_info", ".debug_line"} <= names, f"sections of the debug file: {sorted(names)}")
    for one in loader.sections:
        other = debug.section(one.name)
        check(other is not None, f"the debug file has no {one.name}")
        check((one.address, one.size) == (other.address, other.size), f"{one.name} has moved")
        # The debug directory in .rdata holds offsets in the file.
        if one.name != ".rdata":
            check(one.loaded == other.loaded, f"{one.name} differs")
    check(loader.entry == debug.entry, "the entry differs")
    check(paths.CHECKOUT.encode() not in debug.data, "the debug file names the checkout's folder")


@suite.case
def the_booted_file_is_no_larger_than_promised():
    size = len(FILES["BOOTX64.EFI"].data)
    check(size <= SIZE_LIMIT_BYTES, f"{size} bytes, at most {SIZE_LIMIT_BYTES} are promised")


if __name__ == "__main__":
    suite.run()
