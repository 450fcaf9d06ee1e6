#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seeds in corpus/core_file: ELF cores with a root table. They are committed, as make_seeds.py's are."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "image"))

from raw_mapping import LINK, Memory, core, state_note

LA57 = 1 << 12


def self_pointing():
    """One table that is the table of every level, in several frames of one file."""
    memory = Memory()
    for slot in range(0, 512, 7):
        memory.put(memory.root, slot, (slot % 3) << 12 | LINK)
    return bytes(memory.data)


def main():
    table = self_pointing()
    good = core([(0, table)], state_note(0, 0))
    seeds = {"recursive": good, "five-levels": core([(0x1000, table)], state_note(0x1000, LA57)),
             "no-state": core([(0, table)]), "cut-off": good[:-100], "of-32-bits": core([(0, table)], file_class=1),
             "two-segments": core([(0x1000, table[:2048]), (0x1800, table[2048:]), (0, table)], state_note(0, 0))}
    folder = HERE / "corpus" / "core_file"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
