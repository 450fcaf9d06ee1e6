#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kernel files that are no kernels, or none for this machine: one sentence each, and on it goes."""

import re

from support import elf_maker as elf
from support import document, refusals
from support.disk import config, overstate_size
from support.elf_maker import EXECUTE, HIGHER_HALF, READ, WRITE, Segment, build, code
from support.refusals import Bad, kernel
from support.tap import Suite

suite = Suite()
BASE = HIGHER_HALF


@suite.case
def missing_files_and_directories_are_told_by_name():
    refusals.run([
        Bad("nothing to boot: the boot volume has neither /hoist.conf nor /kernel.elf", {}),
        Bad("/boot/none.elf: there is no such file on the boot volume",
            {"hoist.conf": config("/boot/none.elf")}),
        Bad("/boot/none.elf: there is no such file on the boot volume",
            {"hoist.conf": config("/boot/none.elf"), "boot/other": b""}),
        Bad("/boot: this is a directory, not a file",
            {"hoist.conf": config("/boot")}, directories=["boot"]),
        Bad("/boot/: this is a directory, not a file",
            {"hoist.conf": config("boot():/boot/")}, directories=["boot"]),
        Bad("/: this is a directory, not a file", {"hoist.conf": config("/")}),
        Bad("/kernel.elf: this is a directory, not a file", {}, directories=["kernel.elf"]),
        Bad("/hoist.conf: this is a directory, not a file",
            {"kernel.elf": build()}, directories=["hoist.conf"]),
    ])


@suite.case
def what_is_no_elf_kernel_for_this_machine_is_told_by_name():
    refusals.run([
        kernel("/kernel.elf: the kernel file is empty (0 bytes)", b""),
        kernel("/kernel.elf: the file is cut off: it has 63 bytes, but an ELF header needs "
               "64 bytes", build(cut=63)),
        kernel("/kernel.elf: the file is cut off: it has 4 bytes, but an ELF header needs "
               "64 bytes", build(cut=4)),
        kernel("/kernel.elf: this is no ELF file (it starts with 0x4d5a9000)",
               b"MZ\x90\x00" + bytes(1000)),
        kernel("/kernel.elf: this is no ELF file (it starts with 0x23)", b"#"),
        kernel("/kernel.elf: this is a 32-bit ELF file; a 64-bit kernel is needed",
               build(elf_class=1)),
        kernel("/kernel.elf: the ELF class is 9, which is neither 32-bit nor 64-bit",
               build(elf_class=9)),
        kernel("/kernel.elf: this is a big-endian ELF file; x86-64 is little-endian",
               build(data=2)),
        kernel("/kernel.elf: the ELF version is 7; only version 1 is known", build(version=7)),
        kernel("/kernel.elf: the file is for machine 183 (AArch64); x86-64 (62) is needed",
               build(machine=183)),
        kernel("/kernel.elf: the file is for machine 4660; x86-64 (62) is needed",
               build(machine=0x1234)),
        kernel("/kernel.elf: this is a relocatable object file (ET_REL); link it into an "
               "executable", build(type=elf.ET_REL)),
        kernel("/kernel.elf: the ELF type is 4; an executable (ET_EXEC, 2, or ET_DYN, 3) is needed",
               build(type=4)),
    ])


@suite.case
def broken_program_headers_are_told_by_number():
    refusals.run([
        kernel("/kernel.elf: the file has 0 program headers: nothing to load", build(segments=[])),
        kernel("/kernel.elf: the file has 65535 program headers, more than the 256 allowed",
               build(count=0xffff)),
        kernel("/kernel.elf: a program header has 55 bytes instead of 56",
               build(program_header_bytes=55)),
        kernel("/kernel.elf: a program header has 64 bytes instead of 56",
               build(program_header_bytes=64)),
        kernel("/kernel.elf: the ELF header says it has 52 bytes instead of 64",
               build(header_bytes=52)),
        kernel("/kernel.elf: the program headers (56 bytes at offset 4096) lie outside the file "
               "of 4103 bytes", build(table_offset=4096)),
        kernel("/kernel.elf: the program headers (56 bytes at offset 64) lie outside the file "
               "of 100 bytes", build(cut=100)),
        kernel("/kernel.elf: the program headers (56 bytes at offset 0xffffffffffffffe0) "
               "end beyond 64 bits", build(table_offset=(1 << 64) - 32)),
        kernel("/kernel.elf: none of the 1 program headers is a segment to load (PT_LOAD)",
               build([code(kind=elf.PT_NOTE)])),
        kernel("/kernel.elf: program header 1 asks for an interpreter (PT_INTERP): this is a "
               "program for an operating system, no kernel (or a kernel linked without "
               "--no-dynamic-linker)",
               build([code(), Segment(kind=elf.PT_INTERP, data=b"/lib/ld.so\0")])),
        kernel("/kernel.elf: the file has more than 64 segments to load",
               build([code(va=BASE + 4096 * i) for i in range(65)])),
    ])


@suite.case
def segments_that_cannot_be_are_told_by_number():
    end = 1 << 64
    refusals.run([
        kernel("/kernel.elf: segment 0 has 4096 bytes in the file, but only 4095 bytes in memory",
               build([code(data=bytes(4096), size=4095)])),
        kernel("/kernel.elf: segment 0 (7 bytes at offset 4096) lies outside the file of "
               "4102 bytes", build(cut=4102)),
        kernel("/kernel.elf: segment 1 (0x2000 bytes at offset 0xfffffffffffff000) ends beyond "
               "64 bits", build([code(), Segment(BASE + 0x1000, offset=end - 0x1000,
                                                 file_size=0x2000, size=0x2000)])),
        kernel("/kernel.elf: segment 0 asks for an alignment of 0x1800, which is no power of two",
               build([code(alignment=0x1800)])),
        kernel("/kernel.elf: segment 0 has address 0xffffffff80000000 and file offset 0x1004, "
               "which differ modulo its alignment of 0x1000", build([code(offset=0x1004,
                                                                          file_size=3)])),
        kernel("/kernel.elf: segment 0 has address 0xffffffff80000000 and file offset 0x1000, "
               "which differ modulo its alignment of 0x200000", build([code(alignment=1 << 21)])),
        kernel("/kernel.elf: segment 0 is at address 0x100000, below the higher half, which "
               "starts at 0xffff800000000000", build([code(va=0x100000)])),
        kernel("/kernel.elf: segment 0 is at address 0xffff7ffffffff000, below the higher half, "
               "which starts at 0xffff800000000000", build([code(va=0xffff7ffffffff000)])),
        kernel("/kernel.elf: segment 1 at address 0xfffffffffffff000 with 0x2000 bytes wraps "
               "around the address space", build([code(), Segment(end - 0x1000, size=0x2000)])),
        kernel("/kernel.elf: segment 1 at address 0xffffffff90000000 with 0xffffffffffffffff "
               "bytes wraps around the address space",
               build([code(), Segment(0xffffffff90000000, size=end - 1)])),
        kernel("/kernel.elf: segment 1 at address 0xffffffffffffe000 with 0x1001 bytes reaches "
               "into the last page of the address space",
               build([code(), Segment(end - 0x2000, size=0x1001)])),
    ])


@suite.case
def rights_and_overlaps_are_told_by_number_and_address():
    parts = refusals.run([
        kernel("/kernel.elf: segment 0 at address 0xffffffff800000b0 (454 bytes) is both writable and executable",
               build([code(va=BASE + 0xb0, flags=READ | WRITE | EXECUTE, size=454)])),
        kernel("/kernel.elf: segment 0 at address 0xffffffff80000000 (8 KiB) is both writable "
               "and executable", build([code(flags=READ | WRITE | EXECUTE, size=0x2000)])),
        kernel("/kernel.elf: segment 1 at address 0xffffffff80001000 is not readable (flags 0x0); "
               "every page is", build([code(), Segment(BASE + 0x1000, size=1, flags=0)])),
        kernel("/kernel.elf: segments 0 and 1 overlap at address 0xffffffff80001fff",
               build([code(size=0x2000), Segment(BASE + 0x1fff, size=1)])),
        kernel("/kernel.elf: segments 2 and 0 overlap at address 0xffffffff80000000",
               build([code(), Segment(BASE + 0x10000, size=1),
                      Segment(BASE - 0x1000, size=0x1001)])),
        kernel("/kernel.elf: segments 0 and 1 have different rights but share the page at "
               "0xffffffff80000000; align them to 4 KiB",
               build([code(), Segment(BASE + 0x800, b"data", READ | WRITE)])),
        kernel("/kernel.elf: segments 1 and 0 have different rights but share the page at "
               "0xffffffff80001000; align them to 4 KiB",
               build([code(va=BASE + 0x1800), Segment(BASE, size=0x1001, flags=READ)])),
        kernel("/kernel.elf: the entry point 0xffffffff80001000 lies in no executable segment",
               build([code(), Segment(BASE + 0x1000, b"data", READ | WRITE)], entry=BASE + 0x1000)),
        kernel("/kernel.elf: the entry point 0xffffffff80000007 lies in no executable segment",
               build(entry=BASE + 7)),
        kernel("/kernel.elf: the entry point 0x0 lies in no executable segment", build(entry=0)),
    ])
    document.holds_what_is_shown("README.md", "test_bad_kernels", parts[0])


@suite.case
def a_volume_that_ends_early_is_told_with_the_offset():
    whole = build([code(size=0x8000, file_size=0x8000, data=elf.NOT_REFUSED)])
    text = config("/kernel.elf")
    refusals.run([
        kernel(re.compile(r'/kernel\.elf: reading at offset 4096 failed; the firmware says '
                          r'"volume corrupted" \(status 0x800000000000000a\)'), whole,
               damage=lambda image: overstate_size(image, "KERNEL  ELF", 0x9000)),
        Bad(re.compile(r'/kernel\.elf: reading at offset 0 failed; the firmware says '
                       r'"volume corrupted" \(status 0x800000000000000a\)'), {"kernel.elf": b""},
            damage=lambda image: overstate_size(image, "KERNEL  ELF", 0x9000)),
        Bad(re.compile(r'/hoist\.conf: reading at offset 0 failed; the firmware says '
                       r'"volume corrupted" \(status 0x800000000000000a\)'),
            {"hoist.conf": text}, damage=lambda image: overstate_size(image, "HOIST~1 CON", 9999)),
    ])


if __name__ == "__main__":
    suite.run()
