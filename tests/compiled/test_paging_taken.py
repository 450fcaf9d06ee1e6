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
    checks = (the_copied_folder_builds_by_its_list, the_one_header_does_what_the_folder_does,
              the_one_header_is_the_same_each_time)
    pairs = [(check, compiler) for check in checks for compiler in COMPILERS][:-1]
    return report(pairs)


if __name__ == "__main__":
    sys.exit(main())
