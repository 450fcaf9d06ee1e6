#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A step of the library's traversal costs what a loop written by hand does: at most 2 % more instructions.

Builds visitor_sum.c with the library, with GCC and Clang at -O2 and -Os, and counts by callgrind. Prints TAP.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGING = HERE.parent.parent / "paging"
MOST = 1.02


def run(*command):
    """What it printed, to both streams; it must succeed."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout}")
    return done.stdout


def count(program, form):
    """Instructions inside one form, and what it found. A compiler may have given the function a suffix."""
    said = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--toggle-collect=by_{form}*",
               program, form)
    return int(re.search(r"Collected : (\d+)", said)[1]), re.search(r"^262144 leaves, sum \w+$", said, re.MULTILINE)[0]


def complaint(compiler, optimise, folder):
    """What is wrong, or nothing; and the ratio."""
    program = folder / "visitor_sum"
    run(compiler, "-std=c17", optimise, "-mgeneral-regs-only", "-Wall", "-Wextra", "-Werror", f"-I{PAGING}",
        HERE / "visitor_sum.c", *sorted(PAGING.glob("*.c")), "-o", program)
    visitor, seen_by_visitor = count(program, "visitor")
    loop, seen_by_loop = count(program, "loop")
    if seen_by_visitor != seen_by_loop:
        return f"they saw different things: {seen_by_visitor}; {seen_by_loop}", 0
    if not 0 < visitor <= MOST * loop:
        return f"{visitor} instructions, the loop takes {loop}", visitor / loop
    return None, visitor / loop


def main():
    """Both compilers, for speed and for size."""
    cases = [(compiler, optimise) for compiler in ("gcc", "clang") for optimise in ("-O2", "-Os")]
    failed = 0
    print(f"1..{len(cases)}")
    for number, (compiler, optimise) in enumerate(cases, 1):
        name = f"{number} - a_visitor_takes_the_instructions_of_a_loop ({compiler} {optimise})"
        missing = [tool for tool in (compiler, "valgrind") if shutil.which(tool) is None]
        if missing:
            print(f"ok {name} # SKIP no {missing[0]} here")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                problem, ratio = complaint(compiler, optimise, pathlib.Path(folder))
            except RuntimeError as error:
                problem, ratio = str(error), 0
        failed += problem is not None
        print(f"{'not ok' if problem else 'ok'} {name}")
        print("\n".join("# " + line for line in (problem or f"ratio {ratio:.3f}").splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
