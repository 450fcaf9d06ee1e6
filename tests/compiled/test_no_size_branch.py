#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each page size has a code path of its own, and nothing in it looks at a size when it runs.

Compiles paging/chain.c with GCC and Clang at -O2 and -Os and reads the disassembly: ensure_chain, set_leaf and
count_chain are three symbols each; none of them calls or jumps to anything but the functions named below, so no
engine that takes a level has been left out of line; and each carries the constants of its own size alone.
Prints TAP.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PAGING = pathlib.Path(__file__).resolve().parent.parent.parent / "paging"
COMPILERS = ("gcc", "clang")
LEVELS_OF_OPTIMISATION = ("-O2", "-Os")
FLAGS = ["-std=c17", "-ffreestanding", "-fno-stack-protector", "-mno-red-zone", "-mgeneral-regs-only",
         "-fcf-protection=none", f"-I{PAGING}"]
SIZES = ("4k", "2m", "1g")

# What a path may call. None is told the size but widen_links, which only runs on tables made by others;
# hoist_split_entry is told what leaf was found.
MAY_BE_CALLED = {
    "ensure_chain": {"hoist_check_access", "hoist_supply_get", "hoist_supply_take", "hoist_clear_entries",
                     "hoist_split_entry", "hoist_flush_now", "hoist_list_begin", "hoist_list_pages",
                     "hoist_list_end", "check_shared", "widen_links", "memset", "memcpy"},
    "set_leaf": {"hoist_check_access"},
    "count_chain": set(),
}

# The shift that leads to the index in a table of each size: all of it, or with the 3 bits of an entry's size
# left in.
INDEX_SHIFTS = {"4k": {12, 9}, "2m": {21, 18}, "1g": {30, 27}}

# What of an address says which table covers it: the mask, as a number or made by two shifts.
TABLE_MASKS = {"4k": {-(1 << 21)}, "2m": {-(1 << 30)}, "1g": {-(1 << 39), 39}}


def disassemble(compiler, optimisation, folder):
    """Returns the instructions of each function, relocations included, as lists of lines."""
    target = pathlib.Path(folder) / "chain.o"
    subprocess.run([compiler, *FLAGS, optimisation, "-c", str(PAGING / "chain.c"), "-o", str(target)], check=True)
    listing = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", str(target)], check=True,
                             capture_output=True, text=True).stdout
    functions = {}
    lines = []
    for line in listing.splitlines():
        header = re.match(r"^[0-9a-f]+ <([^>]+)>:$", line)
        if header:
            lines = functions.setdefault(header[1], [])
        elif line.strip():
            lines.append(line)
    return functions


def called_by(name, lines):
    """Names of all functions that a function calls or jumps to; `*` for a call through a pointer."""
    names = set()
    for line in lines:
        relocation = re.search(r"R_X86_64_(?:PLT32|PC32)\s+([\w.$]+)", line)
        if relocation:
            names.add(relocation[1])
        inside = re.search(r"\b(?:call|j\w+)\s+[0-9a-f]+ <([\w.$]+)(\+0x[0-9a-f]+)?>", line)
        if inside and inside[1] != name:
            names.add(inside[1])
    return names


def immediates(lines):
    """All immediate numbers of a function, as signed 64-bit numbers."""
    numbers = set()
    for line in lines:
        for text in re.findall(r"\$0x([0-9a-f]+)", line):
            value = int(text, 16)
            numbers.add(value - (1 << 64) if value >> 63 else value)
    return numbers


def shifts(lines):
    """All constants that something is shifted right by."""
    return {int(found[1], 16) for found in (re.search(r"\bshr[a-z]?\s+\$0x([0-9a-f]+),", line) for line in lines)
            if found}


def others(table, size):
    """What belongs to the other sizes and not to this one."""
    return set().union(*(table[other] for other in SIZES if other != size)) - table[size]


def check_symbols(functions):
    """Three functions of each kind, each with code of its own."""
    for kind in MAY_BE_CALLED:
        bodies = set()
        for size in SIZES:
            lines = functions.get(f"hoist_{kind}_{size}", [])
            if len(lines) < 10:
                return f"hoist_{kind}_{size} is missing or no more than a jump"
            bodies.add("\n".join(re.sub(r"^\s*[0-9a-f]+:|[0-9a-f]+ <|\+0x[0-9a-f]+>", "", x) for x in lines))
        if len(bodies) != len(SIZES):
            return f"two sizes of {kind} have the same code"
    return None


def check_calls(functions):
    """No call to a helper that would have to be told the size."""
    for kind, allowed in MAY_BE_CALLED.items():
        for size in SIZES:
            name = f"hoist_{kind}_{size}"
            more = called_by(name, functions.get(name, [])) - allowed
            if more:
                return f"{name} calls {', '.join(sorted(more))}"
    return None


def check_constants(functions):
    """set_leaf shifts by the numbers of its own size alone, ensure_chain masks with its own table's span."""
    for size in SIZES:
        found = shifts(functions.get(f"hoist_set_leaf_{size}", []))
        if not found & INDEX_SHIFTS[size]:
            return f"hoist_set_leaf_{size} does not shift by any of {sorted(INDEX_SHIFTS[size])}"
        if found & others(INDEX_SHIFTS, size):
            return f"hoist_set_leaf_{size} shifts by {sorted(found & others(INDEX_SHIFTS, size))}"
        found = immediates(functions.get(f"hoist_ensure_chain_{size}", []))
        if not found & TABLE_MASKS[size]:
            return f"hoist_ensure_chain_{size} does not mask with its table's span"
    return None


def main():
    """Runs every check on every build."""
    checks = (("each size is a function of its own", check_symbols),
              ("no path calls a function that takes a size", check_calls),
              ("each path has the constants of its own size", check_constants))
    number = 0
    failed = 0
    print(f"1..{len(COMPILERS) * len(LEVELS_OF_OPTIMISATION) * len(checks)}")
    for compiler in COMPILERS:
        for optimisation in LEVELS_OF_OPTIMISATION:
            functions = {}
            if shutil.which(compiler):
                with tempfile.TemporaryDirectory() as folder:
                    functions = disassemble(compiler, optimisation, folder)
            for title, check in checks:
                number += 1
                name = f"{number} - {title} ({compiler} {optimisation})"
                if not functions:
                    print(f"ok {name} # SKIP no {compiler} here")
                    continue
                complaint = check(functions)
                failed += complaint is not None
                print(f"{'ok' if complaint is None else 'not ok'} {name}")
                if complaint:
                    print(f"# {complaint}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
