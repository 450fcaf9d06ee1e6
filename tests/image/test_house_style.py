#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What CONTRIBUTING.md says about files and functions, and that nothing tells of the machine it was written on."""

import ast
import os
import re
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.sources import project_files
from support.tap import Suite, check

FILE_LINES_LIMIT = 400
FUNCTION_LINES_LIMIT = 70
# Bytes that are input for a fuzzer, and pictures: they have no lines.
WITHOUT_LINES = re.compile(r"^tests/fuzz/corpus/|\.png$")

suite = Suite()


def kind_of(path, text):
    if path.endswith((".c", ".h", ".S", ".ld")):
        return "c"
    if path.endswith(".py") or text.startswith("#!/usr/bin/python3\n"):
        return "python"
    if re.match(r"#!/bin/(sh|bash)\n", text):
        return "shell"
    return "make" if path.endswith(".mk") or os.path.basename(path) == "Makefile" else "text"


def files():
    """(path, kind, text) of all that is under version control or about to be."""
    for path in project_files(with_new=True):
        if not WITHOUT_LINES.search(path):
            with open(os.path.join(paths.CHECKOUT, path), encoding="utf-8", newline="") as file:
                text = file.read()
            yield path, kind_of(path, text), text


def lines_with_bad_blanks(kind, text):
    """Numbers of lines with trailing blanks, carriage returns, or tabs where there must be none."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        # Where the grammar wants a tab, it stands first in the line.
        body = line.lstrip("\t") if kind == "make" else line
        if "\t" in body or "\r" in line or line != line.rstrip():
            found.append(number)
    return found


def c_functions(text):
    """(first line, number of lines, name): bodies open and close in the first column, and nothing else does."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            first = start
            while first > 0 and lines[first - 1] and not lines[first - 1].startswith(("}", "#", "/*", " */")):
                first -= 1
            name = re.search(r"(\w+)\(", "\n".join(lines[first:start]))
            yield first + 1, number - first + 1, name[1] if name else "?"
            start = None


def shell_functions(text):
    start = name = None
    for number, line in enumerate(text.split("\n"), 1):
        opened = re.match(r"(\w+) ?\(\)", line)
        if opened:
            start, name = number, opened[1]
        elif line == "}" and start is not None:
            yield start, number - start + 1, name
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1, node.name


FUNCTIONS = {"c": c_functions, "shell": shell_functions, "python": python_functions}


def long_functions(path, kind, text):
    return [f"{path}:{line}: {name} has {length} lines"
            for line, length, name in FUNCTIONS.get(kind, lambda _: ())(text)
            if length > FUNCTION_LINES_LIMIT]


def none_of(found):
    check(not found, "\n".join(found))


@suite.case
def no_file_has_tabs_trailing_blanks_or_carriage_returns():
    none_of([f"{path}:{number}" for path, kind, text in files() for number in lines_with_bad_blanks(kind, text)])


@suite.case
def every_file_ends_with_one_line_end():
    none_of([path for path, _, text in files() if not text.endswith("\n") or text.endswith("\n\n")])


@suite.case
def no_source_file_is_longer_than_400_lines():
    lengths = [(path, text.count("\n")) for path, kind, text in files() if kind != "text"]
    none_of([f"{path} has {count} lines" for path, count in lengths if count > FILE_LINES_LIMIT])


@suite.case
def no_function_is_longer_than_70_lines():
    everything = list(files())
    counts = {kind: sum(len(list(FUNCTIONS[kind](text))) for _, one, text in everything if one == kind)
              for kind in FUNCTIONS}
    check(counts["c"] > 300 and counts["python"] > 50 and counts["shell"] > 3, f"functions seen: {counts}")
    none_of([line for path, kind, text in everything for line in long_functions(path, kind, text)])


@suite.case
def no_typedef_names_a_struct():
    none_of([f"{path}: {match[0]}" for path, kind, text in files() if kind == "c"
             for match in re.finditer(r"typedef\s+(?:struct|union|enum)\b.*", text)])


def private_words():
    """What would tell where the project was written: folders of people, this checkout's, this machine's name."""
    words = [r"/home/\w+", r"/Users/\w+", r"\b[A-Z]:\\\\?Users"]
    if paths.CHECKOUT.count("/") > 1:
        words.append(re.escape(paths.CHECKOUT) + r"\b")
    # A name of one plain word may be a word of the text.
    host = socket.gethostname()
    if re.search(r"\w{4,}[-.\d]", host) and not host.startswith("localhost"):
        words.append(rf"\b{re.escape(host)}\b")
    return re.compile("|".join(words))


@suite.case
def no_file_names_the_machine_or_a_persons_folder():
    private = private_words()
    none_of([f"{path}: {match[0]}" for path, _, text in files() if path != "tests/image/test_house_style.py"
             for match in private.finditer(text)])


@suite.case
def these_checks_notice_what_they_are_for():
    check(lines_with_bad_blanks("c", "a\n\tb\nc \nd\te\n\r\n") == [2, 3, 4, 5], "blanks in C")
    check(lines_with_bad_blanks("make", "a:\n\tb\n\tc\td\n\te \n") == [3, 4], "blanks in a Makefile")
    for kind, head, line, foot in (("c", "static int f(int a,\n             int b)\n{\n", "    x();\n", "}\n"),
                                   ("shell", "f() {\n", "    x\n", "}\n"), ("python", "def f():\n", "    x()\n", "")):
        room = FUNCTION_LINES_LIMIT - head.count("\n") - foot.count("\n")
        check(not long_functions("x", kind, head + line * room + foot), f"a function in {kind} that just fits")
        check(len(long_functions("x", kind, head + line * (room + 1) + foot)) == 1, f"a long function in {kind}")
    check(private_words().search("see /home/jane/x") and private_words().search(f"in {paths.CHECKOUT}/build"),
          "private words")


if __name__ == "__main__":
    suite.run()
