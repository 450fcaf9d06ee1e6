#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hoist-map --format reads memory with tables of each format: what was mapped, and a sentence where it cannot."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

MAP = os.path.join(paths.BUILD, "hoist-map")
MAKER = os.path.join(paths.BUILD, "formats", "make-dump")
BASE = 0x100000
READ, WRITE, USER, EXECUTE = 1, 2, 4, 8
_LINE = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16}) ([0-9a-f]{12,}) \S+ (.*) kernel (\S+) user (\S+) write-back")

suite = Suite()


def formats():
    with open(os.path.join(paths.CHECKOUT, "paging", "formats", "format_list.c"), encoding="ascii") as file:
        count = len(re.findall(r"^    &hoist_", file.read(), re.MULTILINE))
    done = subprocess.run([MAP, "--format", "", "x"], capture_output=True, text=True, check=False)
    names = done.stderr.split("none of")[1].split()
    check(done.returncode == 2 and len(names) == count, done.stderr)
    return names


def dump(folder, name):
    """The file, its root, and what was mapped as (va, pa, size, rights)."""
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        done = subprocess.run([MAKER, name], stdout=file, stderr=subprocess.PIPE, text=True, check=True)
    *mapped, root = done.stderr.splitlines()
    return path, root.split()[1], [tuple(int(word, 16) for word in line.split()) for line in mapped]


def show(path, root, name, *more):
    return subprocess.run([MAP, "--format", name, "--cr3", root, "--base", hex(BASE), *more, path],
                          capture_output=True, text=True, check=False, timeout=60)


def holds(text, rights):
    """Whether `r-x` is what was asked for."""
    return text == "".join(letter if rights & bit else "-" for letter, bit in (("r", READ), ("w", WRITE), ("x", EXECUTE)))


def what_was_mapped_is_shown(name):
    with paths.scratch_folder() as folder:
        path, root, mapped = dump(folder, name)
        done = show(path, root, name)
        check(done.returncode == 0, done.stderr)
        *lines, summary = done.stdout.splitlines()
        check(re.match(rf"{name}: \d+ tables, \d+ leaves, 0 reserved entries$", summary), summary)
        check(len(lines) == len(mapped), done.stdout)
        for line, (va, pa, size, rights) in zip(lines, mapped):
            match = _LINE.match(line)
            check(match, line)
            check((int(match[1], 16), int(match[2], 16), int(match[3], 16)) == (va, va + size - 1, pa), line)
            check(holds(match[6] if rights & USER else match[5], rights), line)
            check(rights & USER or match[6] == "---", line)
        # The second has a large leaf and pages; the others have pages.
        check([len(_LINE.match(line)[4].split()) for line in lines] == [1, 2, 1], done.stdout)


@suite.case
def tables_of_every_format_are_read():
    for name in formats():
        what_was_mapped_is_shown(name)


@suite.case
def what_cannot_be_read_is_told_in_one_sentence():
    with paths.scratch_folder() as folder:
        path, root, _ = dump(folder, "riscv-sv48")
        with open(path, "rb") as file:
            memory = bytearray(file.read())
        short, circle = os.path.join(folder, "short"), os.path.join(folder, "circle")
        with open(short, "wb") as file:
            file.write(memory[:0x1000])
        at = int(root, 16) - BASE
        for index in range(512):
            memory[at + 8 * index:at + 8 * index + 8] = (int(root, 16) >> 2 | 1).to_bytes(8, "little")
        with open(circle, "wb") as file:
            file.write(memory)
        for words, status, said in (
                (("riscv-sv48", root, short), 3, "which is not in the file"),
                (("riscv-sv48", root, circle), 3, "more entries than the budget allows"),
                (("riscv-sv48", "123", path), 3, "not aligned"),
                (("riscv-sv48", "7fffffff000", path), 3, "which is not in the file"),
                (("sv48", root, path), 2, "none of x86-32"),
                (("riscv-sv48", root, folder), 3, folder),
                (("riscv-sv48", root, os.path.join(folder, "no such file")), 3, "no such file")):
            done = show(words[2], words[1], words[0])
            check(done.returncode == status and said in done.stderr and done.stderr.count("\n") == 1,
                  f"{words}: status {done.returncode}: {done.stderr}")
        for more in (("--json",), ("--html", os.path.join(folder, "page")), ("--qmp", "socket")):
            done = show(path, root, "riscv-sv48", *more)
            check(done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr)
        done = subprocess.run([MAP, "--format", "riscv-sv48", path], capture_output=True, text=True, check=False)
        check(done.returncode == 2 and "wants --cr3" in done.stderr, done.stderr)


if __name__ == "__main__":
    suite.run()
