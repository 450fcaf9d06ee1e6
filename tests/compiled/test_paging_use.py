#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The page-table library as somebody else would use it.

The program in paging/README.md is built, with all warnings, and prints what the README says; every header stands by
itself; the umbrella header can be included from C++; and the sources compile without any host header. Prints TAP.
"""

import pathlib
import sys

from checks import COMPILERS, report, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "boot"))

from support import document

PAGING = pathlib.Path(__file__).resolve().parent.parent.parent / "paging"
PROGRAM = document.texts(PAGING / "README.md", "example-file", "program.c")[0]
OUTPUT = document.texts(PAGING / "README.md", "output")[0]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{PAGING}"]


def example_prints_what_the_readme_says(compiler, folder):
    """Builds the README's program with the library and runs it."""
    source = folder / "example.c"
    source.write_text(PROGRAM, encoding="utf-8")
    assert PROGRAM.count("\n") < 40, "the example is no longer short"
    run(compiler, "-std=c17", *WARNINGS, source, *sorted(PAGING.glob("*.c")), "-o", folder / "example")
    said = run(folder / "example")
    assert said == OUTPUT, f"it printed: {said!r}"


def every_header_stands_by_itself(compiler, folder):
    """Each header, twice, as the only include."""
    for header in sorted(PAGING.glob("*.h")):
        source = folder / "alone.c"
        source.write_text(f'#include "{header.name}"\n#include "{header.name}"\nextern int nothing;\n',
                          encoding="utf-8")
        run(compiler, "-std=c17", *WARNINGS, "-fsyntax-only", source)


def cpp_may_include_it(compiler, folder):
    """The umbrella header in C++17."""
    source = folder / "use.cpp"
    source.write_text('#include "hoist_paging.h"\nstruct hoist_access a = hoist_kernel_data();\n', encoding="utf-8")
    run(compiler, "-x", "c++", "-std=c++17", *WARNINGS, "-fsyntax-only", source)


def no_host_header_is_needed(compiler, folder):
    """Freestanding, with the compiler's own headers alone."""
    del folder
    own = (run(compiler, "-print-file-name=include") if compiler == "gcc"
           else run(compiler, "-print-resource-dir").strip() + "/include").strip()
    for source in sorted(PAGING.glob("*.c")):
        run(compiler, "-std=c17", "-ffreestanding", "-nostdinc", "-isystem", own, "-mgeneral-regs-only", *WARNINGS,
            "-fsyntax-only", source)


def main():
    """Runs every check with both compilers."""
    checks = (example_prints_what_the_readme_says, every_header_stands_by_itself, cpp_may_include_it,
              no_host_header_is_needed)
    pairs = [(check, compiler) for check in checks for compiler in COMPILERS]
    return report(pairs)


if __name__ == "__main__":
    sys.exit(main())
