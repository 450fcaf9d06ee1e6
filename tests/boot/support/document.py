# SPDX-License-Identifier: BSD-2-Clause
"""
The fenced blocks of a document. The line before a fence says what becomes of the block:

`<!-- example-file: NAME -->`          it is a file of that name
`<!-- example-run -->`                 it is typed in the folder of those files: HOIST names the checkout, PREFIX where
                                       Hoist is installed; the blocks of a document run in their order, in one shell
`<!-- example-run: TOOL -->`           the same, left out where there is no such tool
`<!-- output -->`                      the block before prints these lines, in this order; `...` stands for any others
`<!-- output but for numbers -->`      the same, whatever the numbers are
`<!-- output of: COMMAND -->`          that command, typed in the checkout, prints these lines, in any order, whatever
                                       the numbers are
`<!-- config -->`                      a configuration that the loader reads without an error and without a warning
`<!-- compiles with: HEADER -->`       C that compiles behind this header
`<!-- shown by: TEST -->`              that test does or shows the same: it reads the block
`<!-- picture -->`                     a drawing
`<!-- not run: REASON -->`             nothing: it needs what a test does not have

A block without such a line, or with another, is a mistake.
"""

import os
import re
import shutil
import subprocess

from . import paths
from .machine import clean
from .tap import check

TIME_LIMIT_SECONDS = 300
WITHOUT_WORD = ("example-run", "output", "output but for numbers", "config", "picture")
WITH_WORD = ("example-file", "example-run", "output of", "compiles with", "shown by", "not run")
_FENCE = re.compile(r"( *)```(\w*)")
_MARK = re.compile(r" *<!-- ([a-z][a-z -]*?)(?:: (.+))? -->")
# What differs from one machine and one build to the next: words with a digit, and all of several such in a row.
_NUMBERS = re.compile(r"(?:\b(?:[0-9a-z.]*[0-9][0-9a-z.]*|(?<=\+ )[0-9a-f]+)\b[ -]*)+", re.IGNORECASE)


class Block:
    """A fenced block: what its mark says, and the text with a line feed after each line."""

    def __init__(self, document, line, mark, text):
        self.where = f"{os.path.relpath(document, paths.CHECKOUT)}:{line}"
        found = _MARK.fullmatch(mark)
        self.kind, self.word = found.groups() if found else (None, None)
        self.text = text
        known = self.kind in (WITHOUT_WORD if self.word is None else WITH_WORD)
        self.problem = None if known else f"{self.where}: no mark that is known before the block: {mark.strip()!r}"


def blocks(document):
    """All blocks of the document, in order."""
    with open(document, encoding="utf-8") as file:
        lines = file.read().split("\n")
    found, start = [], None
    for number, line in enumerate(lines):
        if start is None and _FENCE.fullmatch(line):
            start, indent = number, _FENCE.fullmatch(line)[1]
        elif start is not None and line == f"{indent}```":
            text = "".join(f"{inner.removeprefix(indent)}\n" for inner in lines[start + 1:number])
            found.append(Block(document, start + 1, lines[start - 1] if start > 0 else "", text))
            start = None
    check(start is None, f"{document}: the block of line {(start or 0) + 1} has no end")
    return found


def texts(document, kind, word=None):
    """The blocks of one kind, of the program `program.c` by `texts(README, "example-file", "program.c")`."""
    found = [block.text for block in blocks(document) if block.kind == kind and word in (None, block.word)]
    check(found, f"{document} has no block of the kind {kind} {word or ''}")
    return found


def without_numbers(line):
    return " ".join(_NUMBERS.sub(" # ", line).split())


def holds_lines(text, said, form=str, ordered=True):
    """Each line of a block is in what was said, after `form`."""
    left = [form(line) for line in said.split("\n")]
    for line in text.rstrip("\n").split("\n"):
        if line == "...":
            continue
        check(form(line) in left, f"shown is {line!r}, which is not in\n{said}")
        place = left.index(form(line))
        left = left[place + 1:] if ordered else left[:place] + left[place + 1:]


def holds_what_is_shown(name, test, said):
    """For that test: its own log has what the document shows by it, whatever the numbers are."""
    for text in texts(os.path.join(paths.CHECKOUT, name), "shown by", f"tests/boot/{test}.py"):
        holds_lines(text, said, without_numbers, ordered=False)


def install(folder):
    """What `make install` puts into a prefix, as far as documents use it."""
    for place, files in (("bin", ["tools/hoist-image", "tools/hoist-run", "tools/hoist-debug", "tools/hoist-dump",
                                  os.path.join(paths.BUILD, "hoist-map")]),
                         ("include/hoist", ["protocol/hoist.h"]), ("share/hoist", [paths.LOADER])):
        os.makedirs(os.path.join(folder, place))
        for file in files:
            shutil.copy(os.path.join(paths.CHECKOUT, file), os.path.join(folder, place))
    return folder


def environment(prefix):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
    return {**kept, "HOIST": paths.CHECKOUT, "PREFIX": prefix, "PATH": f"{prefix}/bin:{kept['PATH']}"}


def typed(command, folder, prefix):
    """The command in a shell that stops at the first error; its status and what it said."""
    result = subprocess.run(["sh", "-e", "-c", command], cwd=folder, env=environment(prefix), check=False,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=TIME_LIMIT_SECONDS)
    return result.returncode, clean(result.stdout)


def left_out(block):
    """Why a block is not run, or None."""
    if block.kind == "example-run" and block.word and shutil.which(block.word) is None:
        return f"{block.word} is not installed"
    return block.word if block.kind == "not run" else None


def _said_by_block(said):
    """What each numbered command of `run` printed."""
    parts = re.split(r"^=== block (\d+)\n", said, flags=re.MULTILINE)
    return {int(number): text for number, text in zip(parts[1::2], parts[2::2])}


def run(document, folder):
    """Writes the files, types the commands, and holds what is shown against what they print."""
    found = blocks(document)
    prefix, work = install(os.path.join(folder, "prefix")), os.path.join(folder, "work")
    os.mkdir(work)
    for block in found:
        check(block.problem is None, block.problem)
        if block.kind == "example-file":
            with open(os.path.join(work, block.word), "w", encoding="utf-8") as file:
                file.write(block.text)
    commands = {number: block for number, block in enumerate(found)
                if block.kind == "example-run" and left_out(block) is None}
    status, said = typed("".join(f"printf '=== block {number}\\n'\n{block.text}" for number, block in commands.items()),
                         work, prefix)
    check(status == 0, f"{os.path.basename(document)}: status {status}\n{said}")
    answers, last = _said_by_block(said), None
    check(answers.keys() == commands.keys(), f"{document}: a block is lost:\n{said}")
    for number, block in enumerate(found):
        last = number if block.kind == "example-run" else last
        if block.kind in ("output", "output but for numbers"):
            check(last is not None, f"{block.where}: no example-run before it")
            if last in answers:
                holds_lines(block.text, answers[last], str if block.kind == "output" else without_numbers)
        elif block.kind == "output of":
            status, said = typed(block.word, paths.CHECKOUT, prefix)
            check(status == 0, f"{block.where}: {block.word}: status {status}\n{said}")
            holds_lines(block.text, said, without_numbers, ordered=False)
