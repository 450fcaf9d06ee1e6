#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seeds in corpus/ (elf, movable, config, paging_hostile, mapping_read, plan): good files, and each kind of hostile one.

The seeds are committed, so this runs only when a kind is added: tests/fuzz/make_seeds.py. It writes the same bytes
every time. The fuzzer starts from what is there; it does not need the script.
"""

import pathlib
import random
import struct

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
BASE = 0xFFFFFFFF80000000
READ, WRITE, EXECUTE = 4, 2, 1

HEADER = dict(magic=b"\x7fELF", elf_class=2, data=1, ident_version=1, type=2, machine=62, version=1,
              entry=BASE, phoff=64, ehsize=64, phentsize=56, phnum=None)


def segment(flags, offset, va, file_size, size=None, alignment=0x100, kind=1):
    return struct.pack("<IIQQQQQQ", kind, flags, offset, va, va, file_size,
                       file_size if size is None else size, alignment)


def elf(segments, size=0x600, **changes):
    """A file of `size` bytes with these program headers; `changes` replace fields of its header."""
    fields = dict(HEADER, **changes)
    count = len(segments) if fields["phnum"] is None else fields["phnum"]
    header = fields["magic"] + bytes([fields["elf_class"], fields["data"], fields["ident_version"]])
    header = header.ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", fields["type"], fields["machine"], fields["version"],
                          fields["entry"], fields["phoff"], 0, 0, fields["ehsize"],
                          fields["phentsize"], count, 64, 0, 0)
    return (header + b"".join(segments)).ljust(size, b"\x90")[:size]


TEXT = segment(READ | EXECUTE, 0x300, BASE, 0x80)
RODATA = segment(READ, 0x400, BASE + 0x1000, 0x40)
DATA = segment(READ | WRITE, 0x500, BASE + 0x2000, 0x20, 0x1234)
GOOD = [TEXT, RODATA, DATA]


def text(**changes):
    """The good kernel with another first segment."""
    values = dict(flags=READ | EXECUTE, offset=0x300, va=BASE, file_size=0x80)
    values.update(changes)
    return elf([segment(**values), RODATA, DATA])


ELF_SEEDS = {
    "good": elf(GOOD),
    "good-one-segment": elf([TEXT], size=0x380),
    "good-unsorted": elf([DATA, TEXT, RODATA]),
    "good-lowest": elf([segment(READ | EXECUTE, 0x300, 0xFFFF800000000000, 0x80)],
                       entry=0xFFFF800000000000),
    "good-highest": elf([segment(READ | EXECUTE, 0x300, 0xFFFFFFFFFFFFE000, 0x80, 0x1000)],
                        entry=0xFFFFFFFFFFFFEFFF),
    "good-with-notes": elf([segment(READ, 0, 0, 0, kind=6), TEXT, segment(READ, 9, 9, 9, kind=4),
                            segment(READ | WRITE, 0, 0, 0, kind=0x6474E551)]),
    "good-shared-page": elf([TEXT, segment(READ | EXECUTE, 0x400, BASE + 0x100, 0x40)]),
    "good-large-alignment": elf([segment(READ | EXECUTE, 0x300, 0xFFFF800000000300, 0x80,
                                         alignment=1 << 40)], entry=0xFFFF800000000300),
    "good-many-headers": elf([segment(0, 0, 0, 0, kind=0)] * 16 + [TEXT]),
    "empty": b"",
    "magic-cut": b"\x7fEL",
    "header-cut": elf(GOOD)[:63],
    "table-cut": elf(GOOD)[:64 + 3 * 56 - 1],
    "script": b"#!/bin/sh\nexit 0\n",
    "class-32": elf(GOOD, elf_class=1),
    "class-odd": elf(GOOD, elf_class=9),
    "big-endian": elf(GOOD, data=2),
    "data-odd": elf(GOOD, data=0),
    "ident-version": elf(GOOD, ident_version=0),
    "version": elf(GOOD, version=2),
    "relocatable": elf([], type=1, phentsize=0),
    "dynamic": elf(GOOD, type=3),
    "core": elf(GOOD, type=4),
    "aarch64": elf(GOOD, machine=183),
    "header-size": elf(GOOD, ehsize=52),
    "program-header-size": elf(GOOD, phentsize=32),
    "no-program-headers": elf([]),
    "too-many-headers": elf(GOOD, phnum=0xFFFF),
    "table-outside": elf(GOOD, phoff=0x600 - 3 * 56 + 1),
    "table-overflow": elf(GOOD, phoff=0xFFFFFFFFFFFFFFF0),
    "interpreter": elf([segment(READ, 0x300, BASE, 1, kind=3)] + GOOD),
    "nothing-to-load": elf([segment(READ, 0x300, BASE, 0x80, kind=4)]),
    "file-size": text(size=0x7F),
    "outside-file": text(file_size=0x301),
    "file-overflow": text(offset=0xFFFFFFFFFFFFFF00, file_size=0x100, size=0x200),
    "alignment": text(alignment=0x180),
    "congruence": text(offset=0x310),
    "lower-half": text(va=0x200000),
    "not-canonical": text(va=0xFFFF7FFFFFFFF000),
    "wraps": text(va=0xFFFFFFFFFFFFE000, size=0x2001),
    "last-page-one-byte": elf([segment(READ | EXECUTE, 0x300, 0xFFFFFFFFFFFFE000, 0x80, 0x1001)],
                              entry=0xFFFFFFFFFFFFE000),
    "last-page": text(va=0xFFFFFFFFFFFFF000),
    "good-huge": elf([segment(READ | EXECUTE, 0x300, 0xFFFF800000000000, 0x80, 0x7FFFFFFFE000)]),
    "write-execute": text(flags=READ | WRITE | EXECUTE),
    "unreadable": text(flags=EXECUTE),
    "overlap": text(size=0x1001),
    "overlap-one-byte": elf([TEXT, segment(READ | EXECUTE, 0x400, BASE + 0x7F, 0x40, alignment=1)]),
    "touching": elf([TEXT, segment(READ | EXECUTE, 0x400, BASE + 0x80, 0x40, alignment=1)]),
    "rights-on-page": elf([TEXT, segment(READ, 0x400, BASE + 0x100, 0x40)]),
    "entry-outside": elf(GOOD, entry=BASE + 0x1000),
    "entry-behind": elf(GOOD, entry=BASE + 0x80),
}

RELATIVE, TYPE_64, GLOB_DAT, JUMP_SLOT = 8, 1, 6, 7
DATA_VA = 0x2500
NAMES = b"\0here\0weak\0far\0ifunc\0"


def symbol(name, info, section, value):
    return struct.pack("<IBBHQQ", NAMES.index(name), info, 0, section, value, 8)


SYMBOLS = symbol(b"\0", 0, 0, 0) + symbol(b"here", 0x11, 1, 0x310) + symbol(b"weak", 0x20, 0, 0) + \
    symbol(b"far", 0x10, 0, 0) + symbol(b"ifunc", 0x1A, 1, 0x320)


def rela(place, kind, index=0, addend=0):
    return struct.pack("<QIIq", place, kind, index, addend)


def movable(relocations=b"", compressed=(), linkage=b"", tags=None, size=0x700, base=0, **changes):
    """
    A file of type DYN, linked to `base`: code at 300, tables at 1400 (relocations, then those of DT_RELR, of DT_JMPREL,
    symbols, names, hash), data at 2500 with the dynamic section behind 40 bytes.
    """
    packed = b"".join(struct.pack("<Q", entry) for entry in compressed)
    parts = [relocations, packed, linkage, SYMBOLS, NAMES.ljust(32, b"\0"), struct.pack("<II", 1, 5)]
    places = [base + 0x1180 + sum(map(len, parts[:i])) for i in range(len(parts))]
    found = {7: places[0], 8: len(relocations), 9: 24, 36: places[1], 35: len(packed), 37: 8, 23: places[2],
             2: len(linkage), 20: 7, 6: places[3], 11: 24, 5: places[4], 10: len(NAMES), 4: places[5], **(tags or {})}
    section = b"".join(struct.pack("<QQ", tag, value) for tag, value in found.items() if value is not None)
    section += bytes(16)
    tables = b"".join(parts)
    segments = [segment(READ | EXECUTE, 0x300, base + 0x300, 0x80),
                segment(READ, 0x180, base + 0x1180, len(tables), alignment=1),
                segment(READ | WRITE, 0x500, base + DATA_VA, 0x40 + len(section), 0x400),
                segment(READ, 0x540, base + DATA_VA + 0x40, len(section), kind=2, alignment=8),
                segment(READ, 0x500, base + DATA_VA, 0x40, 0xB00, kind=0x6474E552, alignment=1)]
    whole = bytearray(elf(segments, size=size, type=3, entry=base + 0x300, **changes))
    whole[0x180:0x180 + len(tables)] = tables
    whole[0x500:0x540] = bytes(0x40)
    whole[0x540:0x540 + len(section)] = section
    return bytes(whole)


def note(name, kind, wishes):
    """A kernel with a note between its headers and its code."""
    packed = struct.pack("<III", len(name), len(wishes), kind) + name.ljust(-(-len(name) // 4) * 4, b"\0") + wishes
    whole = bytearray(elf([segment(READ | EXECUTE, 0x300, BASE, 0x80),
                           segment(READ, 0x200, 0, len(packed), kind=4, alignment=4)]))
    whole[0x200:0x200 + len(packed)] = packed
    return bytes(whole)


MOVABLE_SEEDS = {
    "good-relative": movable(rela(DATA_VA, RELATIVE, 0, 0x310) + rela(DATA_VA + 0x13, RELATIVE, 0, -5)),
    "good-symbols": movable(rela(DATA_VA, TYPE_64, 1, 3) + rela(DATA_VA + 8, GLOB_DAT, 2), linkage=rela(
        DATA_VA + 16, JUMP_SLOT, 1)),
    "good-compressed": movable(compressed=(DATA_VA, 0x7, DATA_VA + 0x30, 1)),
    "good-upper-half": movable(rela(BASE + DATA_VA, RELATIVE, 0, 5), base=BASE),
    "good-without-tables": movable(tags={tag: None for tag in (4, 5, 6, 7, 10, 23, 36)}),
    "good-note": note(b"Hoist\0", 1, struct.pack("<5I", 1, 0x20000, 4, 4, 5)),
    "good-other-note": note(b"GNU\0", 5, bytes(16)),
    "good-fixed": elf(GOOD),
    "note-version": note(b"Hoist\0", 1, struct.pack("<5I", 99, 0, 0, 0, 0)),
    "note-type": note(b"Hoist\0", 2, bytes(20)),
    "note-long": note(b"Hoist\0", 1, b"\1" * 24),
    "undefined": movable(rela(DATA_VA, GLOB_DAT, 3)),
    "indirect": movable(rela(DATA_VA, JUMP_SLOT, 4)),
    "symbol-outside": movable(rela(DATA_VA, TYPE_64, 9)),
    "symbols-uncounted": movable(rela(DATA_VA, TYPE_64, 9), tags={4: None}),
    "gnu-hash": movable(rela(DATA_VA, TYPE_64, 9), tags={4: None, 0x6FFFFEF5: 0x1180}),
    "type": movable(rela(DATA_VA, 10, 1)),
    "target-outside": movable(rela(0x380, RELATIVE)),
    "target-in-gap": movable(compressed=(DATA_VA + 0x3F8, 3)),
    "target-in-table": movable(rela(0x1198, RELATIVE) + rela(DATA_VA, RELATIVE)),
    "bitmap-first": movable(compressed=(3,)),
    "overflow": movable(rela(DATA_VA, RELATIVE, 0, -(1 << 63))),
    "table-outside": movable(rela(DATA_VA, RELATIVE), tags={7: 0x2000}),
    "entry-size": movable(rela(DATA_VA, RELATIVE), tags={9: 16}),
    "without-addends": movable(tags={17: 0x1180}),
    "library": movable(tags={1: 1}),
}

SAMPLE = """# A comment
timeout: 3
default_entry: 2
serial: yes
verbose: no

/Kernel
    protocol: hoist
    path: boot():/kernel.elf
    cmdline: root=/dev/x quiet # still the value

/+Others
//Old
    protocol: hoist
    kernel_path: /old/kernel.elf
    kernel_cmdline:
//Deep
///Deeper
////Deepest
    path: /a
"""

CONFIG_SEEDS = {
    "good": SAMPLE.encode(),
    "good-crlf": SAMPLE.replace("\n", "\r\n").encode(),
    "good-byte-order-mark": b"\xef\xbb\xbf" + SAMPLE.encode(),
    "good-no-last-line-end": b"/T\npath: /x",
    "good-options": b"/T\nresolution: 1024x768x32\nstack: 64K\nframebuffer: no\nkaslr: yes\npaging_mode: 5level\n"
                    b"max_paging_mode: 5level\nmin_paging_mode: 4level\nwx: protocol\nearly_faults: no\nruntime: yes\n",
    "good-modules": b"/T\nmodule_path: /a\nmodule_cmdline: x\nmodule_path: /b\nmodule_string:\n# module_path: /c\n",
    "module-path-empty": b"/T\nmodule_path:\n",
    "choice": b"/T\nwx: off\n", "size": b"/T\nstack: 1T\n", "resolution": b"/T\nresolution: 1024\n",
    "good-wait": b"TIMEOUT: No\n/T\n",
    "good-umlauts": "/Größe €\npath: /ä/€\n".encode(),
    "warnings": b"path: /x\nquiet: yes\n/T\nserial: no\ncolour: red\npath: /a\npath: /b\n",
    "empty": b"", "no-entry": b"timeout: 1\n",
    "utf16-little": b"\xff\xfe" + "/T\n".encode("utf-16-le"), "utf16-big": b"\xfe\xff" + "/T\n".encode("utf-16-be"),
    "nul": b"/T\n\0\n", "escape": b"/T\x1b[2J\n",
    "latin1": b"/T\ncmdline: gr\xfc\xdfe\n", "utf8-cut": b"/T\xe2\x82", "utf8-overlong": b"/T\xc0\xaf\n",
    "mac-line-ends": b"/T\rpath: /x\r",
    "elf": ELF_SEEDS["good"][:256],
    "no-colon": b"/T\npath\n", "no-key": b"/T\n: x\n",
    "no-title": b"/T\n//\n", "no-parent": b"/T\n///U\n",
    "too-deep": b"/A\n//B\n///C\n////D\n/////E\n",
    "no-value": b"/T\npath:\n",
    "timeout-word": b"timeout: soon\n/T\n", "timeout-huge": b"timeout: 18446744073709551617\n/T\n",
    "default-zero": b"default_entry: 0\n/T\n", "default-missing": b"default_entry: 2\n/T\n",
    "switch": b"serial: on\n/T\n",
    "good-limine": b"timeout: 5\nquiet: yes\nwallpaper: boot():/w.png\ndefault_entry: 3\n/+D\ncomment: x\n//A\n"
                   b"protocol: limine\npath: boot(2):/boot/k-${ARCH}.elf\nrandomise_hhdm_base: no\n"
                   b"newer_base_revision: highest\n//B\nprotocol: efi\nimage_path: fslabel(ESP):/b.efi\n"
                   b"hash_mismatch_panic: no\n",
    "good-paths": b"/A\npath: hdd(1:2):/a#" + b"0f" * 64 +
                  b"\n/B\npath: guid(736b5698-5ae1-4dff-be2c-ef8f44a61c52):/b\n",
    "macro-again": b"${A}=x${A}\n${B}=${A}${A}\n/T\ncmdline: ${B}${B}${ARCH}\n",
    "macro-grows": b"".join(b"${%c}=%s\n" % (c, b"${%c}" % (c + 1) * 8) for c in b"ABCDEF") + b"/T\ncmdline: ${A}\n",
    "macro": b"${A}=b\n/T\npath: /${A}\n",
    "macro-open": b"/T\npath: /${A",
    "too-many-entries": b"/T\n" * 65,
    "long-line": b"/T\ncmdline: " + b"x" * 4088 + b"\n",
    "path-resource": b"/T\npath: hdd(0:1):/x\n",
    "path-partition": b"/T\npath: boot(2):/x\n",
    "path-hash": b"/T\npath: /x#00ff\n",
    "path-relative": b"/T\npath: x\n",
    "path-backslash": b"/T\npath: /x\\y\n",
    "path-emoji": "/T\npath: /\U0001f600\n".encode(),
    "path-long": b"/T\npath: /" + b"x" * 512 + b"\n",
}


def tables(*lines, flags=0, budget=5000, addresses=(0, 0x7FFFFFFFF000, 0xFFFFFFFF80001234)):
    """Flags (1: five levels, 2: absent frames are zero, 4: visits by the read hook, 8: edit), then entries."""
    return struct.pack("<4Q", flags | budget << 8, *addresses) + b"".join(lines)


def entries(frame, index, count, target, bits=7, step=0):
    """Lines of hostile_frames.h: `count` (1, or up to 256) alike, or going on by `step` pages."""
    kind = frame | (8 if step else 0) | (1 << 5 if count > 1 else 0)
    return struct.pack("<BHBBBBB", kind, index, count - 1, target, bits & 0xFF, bits >> 8 & 0x1F, step)


CHAIN = (entries(0, 0, 1, 1), entries(1, 0, 1, 2), entries(2, 0, 1, 3), entries(3, 0, 200, 4, step=1))

HOSTILE_SEEDS = {
    "empty": tables(),
    "tree": tables(*CHAIN),
    "tree-by-hook": tables(*CHAIN, flags=4),
    "tree-five-levels": tables(entries(0, 0, 1, 4), entries(4, 0, 1, 1), *CHAIN[1:], flags=1),
    "tree-edited": tables(*CHAIN, flags=8),
    "root-points-at-itself": tables(entries(0, 0, 256, 0), entries(0, 256, 256, 0)),
    "ring": tables(entries(0, 0, 256, 1), entries(1, 0, 256, 2), entries(2, 0, 256, 0)),
    "ring-edited": tables(entries(0, 0, 256, 1), entries(1, 0, 256, 2), entries(2, 0, 256, 0), flags=8),
    "absent-frames-by-hook": tables(entries(0, 0, 256, 8), flags=4),
    "large-leaves": tables(CHAIN[0], entries(1, 0, 256, 0, bits=0x1087), flags=2),
    "small-budget": tables(entries(0, 0, 256, 0), budget=3),
}


def read_back(*lines, flags=6, facts=0x2020, plan=0x0000030200010005, memory=0x0002000100030000, types=0):
    """Input of fuzz_mapping_read.c. Flags: 1 five levels, 2 1G, 4 NX, 8 little room, 16 a plan, 32 memory, 64 MTRRs."""
    return struct.pack("<4Q", flags | facts << 8, plan, memory, types) + b"".join(lines)


MAPPING_SEEDS = {
    "tree-with-all": read_back(*CHAIN, flags=2 | 4 | 16 | 32 | 64, types=0x0001000600000001),
    "tree-five-levels": read_back(entries(0, 0, 1, 4), entries(4, 0, 1, 1), *CHAIN[1:], flags=1 | 4),
    "little-room": read_back(*CHAIN, flags=4 | 8, facts=0x0000),
    "no-nx": read_back(*CHAIN, flags=0),
    "ring": read_back(entries(0, 0, 256, 1), entries(1, 0, 256, 2), entries(2, 0, 256, 0)),
    "shared": read_back(*CHAIN, entries(2, 3, 2, 3), entries(1, 9, 1, 2, bits=3), flags=2 | 4 | 32),
    "large-leaves": read_back(CHAIN[0], entries(1, 0, 256, 0, bits=0x1087), flags=2 | 4 | 32 | 64),
}


# Any bytes are a sequence of operations, a short one or a long one.
OPERATIONS_SEEDS = {f"chance-{length}": random.Random(length).randbytes(length) for length in (30, 100, 300, 1000, 3000)}


FIVE_LEVELS, HAS_1G_PAGES, HAS_NX, STRICT, NO_PAT, HAS_SCREEN, LOW_KERNEL, HAS_LOW_START = (1 << i for i in range(8))
USUAL = HAS_1G_PAGES | HAS_NX | STRICT | HAS_SCREEN
MIB, GIB = 1 << 20, 1 << 30
CONVENTIONAL, BOOT_DATA, ACPI_NVS, RUNTIME_DATA, RESERVED = 7, 4, 10, 6, 0
UNCACHED, WRITE_COMBINING, WRITE_THROUGH, WRITE_BACK = 0, 1, 2, 4


def machine(memory, pairs=(), segments=(), flags=USUAL, width=40, stride=48, va=BASE, screen=(0x80000000, 4 * MIB),
            relro=(0, 0), default=0xC00 + WRITE_BACK):
    """Input of fuzz_plan.c, by plan_input.h; types are indices of its list."""
    header = struct.pack("<8B4Q2I", flags, width - 36, stride - 33, len(pairs), max(len(segments), 1) - 1, 15, 1, 20,
                         default, va, *screen, *relro)
    lines = [struct.pack("<IIQQQQ", kind, 0, base, 0, (end - base) // 4096, 0xF).ljust(stride, b"\0")
             for kind, base, end in memory]
    return header + b"".join(pairs) + b"".join(segments or KERNEL) + b"".join(lines)


def pair(base, size, kind, gap=0, is_off=0):
    return struct.pack("<BBBBIQ", size.bit_length() - 13, kind, is_off, 0, gap, base)


def piece(size, rights, pages_before=0, is_on_page=1):
    """A segment of the kernel; rights: 1 to write, 2 to execute."""
    return struct.pack("<IHBB", size - 1, pages_before, rights, is_on_page)


KERNEL = [piece(0x3000, 2), piece(0x1800, 0), piece(0x24000, 1)]
PC = [(CONVENTIONAL, 0x1000, 0xA0000), (CONVENTIONAL, MIB, 8 * MIB), (ACPI_NVS, 8 * MIB, 9 * MIB),
      (BOOT_DATA, 9 * MIB, 16 * MIB), (CONVENTIONAL, 16 * MIB, 0x1E000000), (RUNTIME_DATA, 0x1E000000, 0x1E100000),
      (CONVENTIONAL, 0x1E100000, 512 * MIB)]
LARGE = PC + [(CONVENTIONAL, 4 * GIB, 64 * GIB)]
HOLE = [pair(3 * GIB, GIB, UNCACHED)]

PLAN_SEEDS = {
    "empty": b"",
    "pc": machine(PC, HOLE, KERNEL),
    "pc-no-screen": machine(PC, HOLE, KERNEL, flags=USUAL & ~HAS_SCREEN),
    "large": machine(LARGE, HOLE, KERNEL),
    "no-1g-pages": machine(PC + [(CONVENTIONAL, 4 * GIB, 6 * GIB)], HOLE, KERNEL, flags=USUAL & ~HAS_1G_PAGES),
    "not-strict": machine(LARGE, HOLE, KERNEL, flags=USUAL & ~STRICT),
    "no-nx-no-pat": machine(LARGE, HOLE, KERNEL, flags=HAS_1G_PAGES | STRICT | NO_PAT | HAS_SCREEN),
    "five-levels": machine(LARGE, HOLE, KERNEL, flags=USUAL | FIVE_LEVELS, width=52),
    "five-levels-low-kernel": machine(LARGE, HOLE, KERNEL, flags=USUAL | FIVE_LEVELS | LOW_KERNEL, width=52, va=0),
    "five-levels-much-ram": machine(PC + [(CONVENTIONAL, 1 << 50, (1 << 50) + GIB)], HOLE, KERNEL,
                                    flags=USUAL | FIVE_LEVELS, width=52),
    "too-much-ram": machine(PC + [(CONVENTIONAL, 1 << 50, (1 << 50) + GIB)], HOLE, KERNEL, width=52),
    "kernel-in-the-direct-map": machine(LARGE, HOLE, KERNEL, va=0xFFFF800000000000),
    "kernel-in-the-window": machine(LARGE, HOLE, KERNEL, va=0xFFFFFFFF40000000),
    "kernel-at-the-end": machine(LARGE, HOLE, KERNEL, va=0xFFFFFFFFFFFFF000),
    "kernel-large-leaves": machine(LARGE, HOLE, [piece(2 * MIB, 2), piece(2 * MIB, 0), piece(2 * MIB, 1)]),
    "kernel-shared-page": machine(PC, HOLE, [piece(0x1800, 2, is_on_page=0), piece(0x10, 2), piece(9, 1, 300)]),
    "kernel-relro": machine(PC, HOLE, [piece(0x3000, 2), piece(0x24000, 1)], relro=(1, 3)),
    "kernel-writes-its-code": machine(PC, HOLE, [piece(0x3000, 3)]),
    "screen-in-ram": machine(LARGE, HOLE, KERNEL, screen=(0x10000123, 4 * MIB)),
    "screen-high": machine(LARGE, HOLE, KERNEL, screen=(600 * GIB, 4 * MIB)),
    "screen-beyond": machine(LARGE, HOLE, KERNEL, screen=((1 << 40) - MIB, 4 * MIB)),
    "screen-huge": machine(LARGE, HOLE, KERNEL, screen=(600 * GIB, 8 * GIB)),
    "screen-in-use": machine(LARGE, HOLE, KERNEL, screen=(0x1E000000, MIB)),
    "types-in-ram": machine(LARGE, [pair(0x1D000000, MIB, UNCACHED), pair(8 * GIB, GIB, WRITE_THROUGH),
                                    pair(9 * GIB + 4096, 4096, WRITE_COMBINING), pair(0, GIB, WRITE_BACK)], KERNEL),
    "types-uncached-by-default": machine(LARGE, [pair(0, 32 * GIB, WRITE_BACK)] + HOLE, KERNEL, default=0xC00),
    "types-off": machine(LARGE, [pair(8 * GIB, MIB, UNCACHED)], KERNEL, default=4),
    "types-many": machine(LARGE, [pair(i * GIB, MIB, UNCACHED) for i in range(8, 23)], KERNEL),
    "types-with-gap": machine([(CONVENTIONAL, 4 * MIB, 512 * MIB)], [
        pair(2 * MIB, 2 * MIB, WRITE_BACK, gap=0x400), pair(7 * MIB, MIB, UNCACHED)], KERNEL, default=0xC00),
    "types-with-small-gap": machine(PC[:3], [pair(0x5000, 0x1000, UNCACHED, gap=0x102)], KERNEL),
    "map-short-descriptors": machine(PC, HOLE, KERNEL, stride=40)[:2] + b"\0" + machine(PC, HOLE, KERNEL)[3:],
    "map-of-one-page": machine([(CONVENTIONAL, 0, 4096)], HOLE, KERNEL),
    "map-without-ram": machine([(RESERVED, 0, GIB)], HOLE, KERNEL),
    "map-unsorted": machine(PC[::-1] + [(RESERVED, 0x10000800, 0x10001800), (CONVENTIONAL, 0, GIB)], HOLE, KERNEL),
    "map-beyond": machine(PC + [(CONVENTIONAL, (1 << 40) - MIB, (1 << 40) + MIB)], HOLE, KERNEL, stride=41),
    "map-wraps": machine(PC + [(RESERVED, (1 << 64) - 4096, (1 << 64) + GIB)], HOLE, KERNEL, stride=96),
}


def main():
    for kind, seeds in (("elf", ELF_SEEDS), ("movable", MOVABLE_SEEDS), ("config", CONFIG_SEEDS),
                        ("paging_hostile", HOSTILE_SEEDS), ("paging_operations", OPERATIONS_SEEDS),
                        ("mapping_read", MAPPING_SEEDS), ("plan", PLAN_SEEDS)):
        folder = CORPUS / kind
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seeds.items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
