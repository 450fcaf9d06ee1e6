# SPDX-License-Identifier: BSD-2-Clause
"""Reads the two lists of mutants that are kept by hand: breakages.txt and survivors.txt.

A note is a line `FILE [FUNCTION]: SENTENCE`, then lines that begin with `-`, what stands there, and lines that begin
with `+`, what is to stand there instead (none: nothing). Blanks and line ends do not count, so laying a file out
anew does not matter. A line that begins with `#` is a comment.
"""

import collections
import re

import c_code
import mutations

Note = collections.namedtuple("Note", "path place sentence old new")


class BadNote(Exception):
    """A note that cannot be read, or does not fit the source any more."""


def read(path):
    """All notes of a file."""
    notes = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        head = re.fullmatch(r"(\S+)(?: ([\w#]+))?: (.+)", " ".join(line for line in lines if line[0] not in "-+"))
        old = mutations.squeezed(" ".join(line[1:] for line in lines if line[0] == "-"))
        new = mutations.squeezed(" ".join(line[1:] for line in lines if line[0] == "+"))
        if head is None or not old or old == new:
            raise BadNote(f"{path.name}: cannot be read:\n{block}")
        notes.append(Note(head[1], head[2] or "", head[3], old, new))
    return notes


def mutant_of(note, text):
    """The mutant that a note asks for. The snippet must be there, and only once: in the function, if one is named."""
    pattern = r"\s+".join(re.escape(word) for word in note.old.split())
    start, end = 0, len(text)
    if note.place:
        regions = [region for region in c_code.regions_of(text) if region.name == note.place]
        if len(regions) != 1:
            raise BadNote(f"{note.path}: no function {note.place}: {note.sentence}")
        start, end = regions[0].tokens[0].start, regions[0].tokens[-1].end
    found = list(re.compile(pattern).finditer(text, start, end))
    if len(found) != 1:
        raise BadNote(f"{note.path}: {len(found)} places, not one, for `{note.old}`: {note.sentence}")
    return mutations.Mutant(note.path, note.place, "listed", text.count("\n", 0, found[0].start()) + 1, note.old,
                            note.new, found[0].start(), found[0].end(), note.new)
