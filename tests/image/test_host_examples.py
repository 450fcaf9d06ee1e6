#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The examples that run on the host: built by their Makefiles with each compiler, and what they print. Where there is no
Rust 1.63 or later, one line says so: it is 500 MB that nothing else here needs, so nothing installs it.
"""

import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.examples import EXAMPLES, ReadMemory, make, passes
from support.tap import Suite, check

COMPILERS = ("gcc", "clang")
OLDEST_RUST = (1, 63)
TEXT = "ffff800040201000 -> 040201000       12 KiB r-x\n"

suite = Suite()


def example_passes(name, lines, *arguments):
    with paths.scratch_folder() as folder:
        passes(os.path.join(EXAMPLES, name), lines, f"OUT={folder}/out", *arguments)
        status, said = make(os.path.join(EXAMPLES, name), "clean", f"OUT={folder}/out")
        check(status == 0 and os.listdir(folder) == [], f"left: {os.listdir(folder)}\n{said}")


def sample(folder):
    """The path of the sample's dump, and its CR3."""
    flat = os.path.join(folder, "flat")
    said = subprocess.run([os.path.join(folder, "sample"), flat], check=True, capture_output=True, text=True).stdout
    return flat, re.fullmatch(r"CR3 (0x[0-9a-f]+)\n", said)[1]


def a_dump_that_does_not_do_is_told_in_one_sentence(compiler):
    with paths.scratch_folder() as folder:
        memory = ReadMemory(folder, compiler)
        flat, cr3 = sample(folder)
        size = os.path.getsize(flat)
        with open(flat, "rb") as file:
            data = bytearray(file.read())
        for va, reason in (("1234", "not mapped"), ("900000000000", "not canonical")):
            check(f"0x{va}: " in memory.run(flat, cr3, va, status=1) and reason in memory.run(flat, cr3, va, status=1),
                  f"{va} is told in another way")
        for arguments, words in (((flat,), "usage: "), ((flat, "here"), "usage: "), ((flat, cr3, "-1"), "usage: "),
                                 ((flat, cr3, "1" * 17), "usage: "), ((flat, cr3, "0", "0"), "usage: "),
                                 ((flat, f"{int(cr3, 16) + 8:x}"), "not aligned"), ((flat, "1" + "0" * 13), "wider")):
            said = memory.run(*arguments, status=2)
            check(words in said, f"{arguments}: {said}")
        for place in (size, 1 << 40):
            said = memory.run(flat, f"{place:x}", status=3)
            check(f"CR3 {place:#x} lies outside of {flat}, which has {size} bytes\n" in said, said)
        check(memory.run(flat, f"{size - 0x1000:x}") == "", "the last frame is no table that maps something")
        for name, words in (("none", "No such file"), ("", "ends before")):
            check(words in memory.run(os.path.join(folder, name), cr3, status=3), f"{name!r} is told in another way")
        # Cut behind the root: the table that it points to is handed out after it.
        with open(flat, "r+b") as file:
            file.truncate(int(cr3, 16) + 0x1000)
        said = memory.run(flat, cr3, status=3)
        check(re.search(r"flat ends before the end of the table at 0x[0-9a-f]{4}\n", said), said)
        check("ends before" in memory.run(flat, cr3, "ffffffff80001234", status=3), "the address was found all the same")
        # A root that holds nothing but itself: 2^45 pages, and every entry is a link.
        root = int(cr3, 16)
        data[root:root + 4096] = struct.pack("<Q", root | 3) * 512
        with open(flat, "wb") as file:
            file.write(data)
        said = memory.run("-5", flat, cr3, status=3)
        check("budget" in said, said)


def rust_version():
    """(1, 63) and so on, or None: there is none, or one that has no toolchain behind it."""
    try:
        said = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.match(r"rustc (\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else None


def cxx_with_what_is_installed():
    with paths.scratch_folder() as folder:
        status, said = make(paths.CHECKOUT, "install", f"PREFIX={folder}/prefix")
        check(status == 0, said)
        passes(os.path.join(EXAMPLES, "cxx"), CXX_LINES, f"OUT={folder}/out", "CXX=g++", f"PREFIX={folder}/prefix")


CXX_LINES = [TEXT, "3 runs, 4 tables\n", "ffff800040201123 is 040201123\n", "ffff800040201000 is not mapped any more\n",
             "refused (0x30): a different mapping is in the way\n"]
RUST_LINES = [TEXT, "ffff800040201123 -> 040201123        4 KiB is\n", " KiB not mapped\n",
              "ffff900000006000 -> 0fee03000        4 KiB r--\n"]
for one in COMPILERS:
    suite.add(f"a_program_of_the_host_maps_splits_protects_and_prints_a_space_in_an_array ({one})", example_passes,
              "host", [TEXT, "5 table frames: done\n"], f"CC={one}")
    suite.add(f"the_sample_dump_is_walked_and_an_address_of_it_translated ({one})", example_passes, "read-memory",
              ["ffff800000000000 -> 0000000000000      4194304 KiB rw-- 4x1G\n",
               "ffffffff80001000 -> 0000000201000            8 KiB r--- 2x4K\n",
               "ffffffff80003000 -> 0000000203000         6132 KiB r-x- 509x4K 2x2M\n",
               "ffffffff80001234 is 0000000201234 r--- by a leaf of 4 KiB\n"], f"CC={one}")
    suite.add(f"a_dump_that_does_not_do_is_told_in_one_sentence ({one})",
              a_dump_that_does_not_do_is_told_in_one_sentence, one)
for one in ("g++", "clang++"):
    suite.add(f"cxx_17_owns_a_space_maps_protects_asks_and_prints ({one})", example_passes, "cxx", CXX_LINES,
              f"CXX={one}")
suite.add("cxx_17_with_what_is_installed", cxx_with_what_is_installed)


if __name__ == "__main__":
    rust = rust_version()
    if rust is None or rust < OLDEST_RUST:
        print("# remark: examples/rust is not built: there is no rustc, or one older than 1.63 (Debian package: rustc)")
    else:
        for one in COMPILERS:
            suite.add(f"rust_without_std_maps_protects_asks_and_prints ({one})", example_passes, "rust", RUST_LINES,
                      f"CC={one}")
    suite.run()
