#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A constant format folds away: translating by it takes the instructions of code written for that format.

Builds formats_fold.c with GCC and Clang at -O2, and counts by callgrind. Prints TAP.
"""

import functools
import pathlib
import re
import shutil
import sys

from checks import COMPILERS, report, run

HERE = pathlib.Path(__file__).resolve().parent
PAGING = HERE.parent.parent / "paging"
FORMATS = ("x86_64", "aarch64", "riscv")
# The compilers lay the two loops out differently. RISC-V's rights are looked up in the description's table, for some
# combinations are reserved; the code by hand tests their bits.
MOST = {"x86_64": 1.25, "aarch64": 1.25, "riscv": 1.5}


@functools.cache
def built(compiler, folder):
    program = folder / "formats_fold"
    run(compiler, "-std=c17", "-O2", "-mgeneral-regs-only", "-Wall", "-Wextra", "-Werror", "-I", PAGING, "-I",
        PAGING / "formats", HERE / "formats_fold.c", "-o", program)
    return program


def instructions(program, function):
    said = run("sh", "-c", f"valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect={function}* "
               f"{program} 2>&1")
    assert "the same translations" in said, said
    return int(re.search(r"Collected : (\d+)", said)[1])


def translating_takes_the_instructions_of_code_by_hand(compiler, folder):
    program = built(compiler, folder)
    for name in FORMATS:
        by_format, by_hand = (instructions(program, f"by_{form}_{name}") for form in ("format", "hand"))
        print(f"# {name}, {compiler}: {by_format / 4096:.1f} instructions by the format, {by_hand / 4096:.1f} by hand")
        assert 0 < by_format <= MOST[name] * by_hand, f"{name}: {by_format} instructions, by hand {by_hand}"


def nothing_of_the_description_is_left(compiler, folder):
    """Where a format has no reserved rights, the description is not even looked at."""
    listing = run("objdump", "-d", "--no-show-raw-insn", built(compiler, folder))
    for name in ("x86_64", "aarch64"):
        body = re.search(rf"<by_format_{name}>:\n(.*?)\n\n", listing, re.DOTALL)[1]
        left = [line for line in body.splitlines() if "(%rip)" in line or "call" in line]
        assert not left, f"by_format_{name} refers to data:\n" + "\n".join(left)


def main():
    if shutil.which("valgrind") is None:
        print("1..1\nok 1 - a_constant_format_folds_away # SKIP no valgrind here")
        return 0
    checks = (translating_takes_the_instructions_of_code_by_hand, nothing_of_the_description_is_left)
    return report([(check, compiler) for check in checks for compiler in COMPILERS])


if __name__ == "__main__":
    sys.exit(main())
