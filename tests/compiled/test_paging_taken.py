#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The page-table library taken by another project: as a copied folder by its list, and as one header. Prints TAP."""

import filecmp
import pathlib
import re
import shutil
import sys

from checks import COMPILERS, report, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "boot"))

from support import document

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = document.texts(ROOT / "paging" / "README.md", "example-file", "program.c")[0]
OUTPUT = document.texts(ROOT / "paging" / "README.md", "output")[0]
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
KERNEL = ["-ffreestanding", "-mno-red-zone", "-mgeneral-regs-only", "-mcmodel=kernel", "-fno-pic"]
CXX = {"gcc": "g++", "clang": "clang++"}


def listed(folder):
    """The sources that the list names."""
    return [folder / line for line in (folder / "sources.list").read_text(encoding="ascii").split("\n")
            if line.endswith(".c")]


def prints_the_same(folder, program):
    """A program of the README says what the README says."""
    said = run(program)
    assert said == OUTPUT, f"{program.relative_to(folder)} printed: {said!r}"


def the_copied_folder_builds_by_its_list(compiler, folder):
    """Hosted and freestanding, from its list alone, with nothing of the checkout beside it."""
    copy = folder / "a copy"
    shutil.copytree(ROOT / "paging", copy)
    assert sorted(listed(copy)) == sorted(copy.glob("*.c")), "sources.list does not name every source once"
    (folder / "use.c").write_text(PROGRAM, encoding="ascii")
    run(compiler, "-std=c17", *STRICT, "-I", copy, folder / "use.c", *listed(copy), "-o", folder / "use")
    prints_the_same(folder, folder / "use")
    for source in listed(copy):
        run(compiler, "-std=c17", *STRICT, *KERNEL, "-c", source, "-o", folder / "kernel.o")
    for header in sorted(copy.glob("*.h")):
        if header.name not in {"fill.h", "build.h", "change.h", "leaf.h", "listing.h", "sharing.h", "steps.h", "walk.h",
                               "any_size.h"}:
            (folder / "use.cc").write_text(f'#include "{header.name}"\n', encoding="ascii")
            run(CXX[compiler], "-std=c++17", *STRICT, "-I", copy, "-fsyntax-only", folder / "use.cc")


FORMATS_INTERNAL = {"tree_check.h", "tree_memory.h", "tree_supply.h", "tree_traverse.h"}
# Descriptions are C: initialisers by name. C++ has them from format_list.h.
FORMATS_IN_C = {"x86_formats.h", "aarch64_formats.h", "riscv_formats.h", "armv7_formats.h", "table_entry.h"}
# A build of its own for each architecture that has page tables of its own, with its format as the constant.
CROSS = [("i386-none-elf", "hoist_x86_32"), ("i386-none-elf", "hoist_x86_pae"),
         ("aarch64-none-elf", "hoist_aarch64_16k"), ("riscv64-none-elf", "hoist_riscv_sv48"),
         ("armv7a-none-eabi", "hoist_armv7_short"), ("armv7a-none-eabi", "hoist_armv7_lpae")]


def the_formats_build_by_their_list(compiler, folder):
    """Hosted and freestanding, with the folder above; the public headers as C++17 too."""
    copy = folder / "a copy"
    shutil.copytree(ROOT / "paging", copy)
    formats = copy / "formats"
    assert sorted(listed(formats)) == sorted(formats.glob("*.c")), "formats/sources.list: not every source once"
    include = ["-I", copy, "-I", formats]
    for source in listed(formats):
        run(compiler, "-std=c17", *STRICT, *include, "-c", source, "-o", folder / "hosted.o")
        run(compiler, "-std=c17", *STRICT, *KERNEL, *include, "-c", source, "-o", folder / "kernel.o")
    for header in sorted(formats.glob("*.h")):
        if header.name not in FORMATS_INTERNAL | FORMATS_IN_C:
            (folder / "use.cc").write_text(f'#include "{header.name}"\n', encoding="ascii")
            run(CXX[compiler], "-std=c++17", *STRICT, *include, "-fsyntax-only", folder / "use.cc")


def the_formats_build_for_their_own_architectures(compiler, folder):
    """By Clang, freestanding, with the format as a constant, and without help from a run-time library."""
    paging = ROOT / "paging"
    for target, name in CROSS:
        for source in listed(paging / "formats"):
            built = folder / "cross.o"
            run(compiler, f"--target={target}", "-std=c17", "-O2", "-ffreestanding", *STRICT, "-I", paging, "-I",
                paging / "formats", f"-DHOIST_TREE_FORMAT={name}", "-c", source,
                "-o", built)
            helpers = re.findall(r" U (__\w+)", run("llvm-nm", built))
            assert not [helper for helper in helpers if "mem" not in helper], f"{target} {source.name} needs {helpers}"


def the_one_header_does_what_the_folder_does(compiler, folder):
    """Two translation units, one with the implementation; C++17; freestanding."""
    one = folder / "hoist_paging.h"
    run(ROOT / "tools" / "package" / "one-header", ROOT / "paging", one)
    assert not re.search(r'#include "', one.read_text(encoding="ascii")), "a local include is left"
    (folder / "use.c").write_text(PROGRAM, encoding="ascii")
    (folder / "library.c").write_text('#define HOIST_PAGING_IMPLEMENTATION\n#include "hoist_paging.h"\n'
                                      '#include "hoist_paging.h"\n', encoding="ascii")
    run(compiler, "-std=c17", *STRICT, folder / "use.c", folder / "library.c", "-o", folder / "use")
    prints_the_same(folder, folder / "use")
    # Included first for what it declares and later for the rest, as happens with a header of one's own between.
    (folder / "late.c").write_text('#include "hoist_paging.h"\n#define HOIST_PAGING_IMPLEMENTATION\n'
                                   '#define HOIST_PAGING_CPU\n#define HOIST_PAGING_ANY_SIZE\n'
                                   '#include "hoist_paging.h"\n', encoding="ascii")
    run(compiler, "-std=c17", *STRICT, *KERNEL, "-c", folder / "late.c", "-o", folder / "late.o")
    (folder / "use.cc").write_text('#define HOIST_PAGING_CPU\n#include "hoist_paging.h"\n#include "hoist_paging.h"\n'
                                   "hoist_access a = hoist_kernel_data();\n", encoding="ascii")
    run(CXX[compiler], "-std=c++17", *STRICT, "-fsyntax-only", folder / "use.cc")


def the_one_header_is_the_same_each_time(compiler, folder):
    """Its bytes do not depend on the folder or the order of files."""
    del compiler
    copy = folder / "copy"
    (copy / "efi" / "pure").mkdir(parents=True)
    shutil.copytree(ROOT / "paging", copy / "paging")
    shutil.copy(ROOT / "LICENSE", copy)
    shutil.copy(ROOT / "efi" / "pure" / "version.h", copy / "efi" / "pure")
    for name, root in (("a.h", ROOT), ("b.h", copy)):
        run(ROOT / "tools" / "package" / "one-header", root / "paging", folder / name)
    assert filecmp.cmp(folder / "a.h", folder / "b.h", shallow=False), "two runs differ"
    assert "Redistributions of source code" in (folder / "a.h").read_text(encoding="ascii")[:2000], "no licence on top"


def main():
    """Runs every check with both compilers."""
    checks = (the_copied_folder_builds_by_its_list, the_formats_build_by_their_list,
              the_one_header_does_what_the_folder_does, the_one_header_is_the_same_each_time)
    pairs = [(check, compiler) for check in checks for compiler in COMPILERS][:-1]
    pairs.append((the_formats_build_for_their_own_architectures, "clang"))
    return report(pairs)


if __name__ == "__main__":
    sys.exit(main())
