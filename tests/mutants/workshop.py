# SPDX-License-Identifier: BSD-2-Clause
"""Scratch copies of the checkout in which one mutant at a time is built and tested.

A pristine copy is built once. Each mutant gets a copy of that, so make compiles again what the change touches and
nothing else, by the rules of the Makefile.
"""

import collections
import math
import os
import pathlib
import queue
import shutil
import subprocess
import time

import programs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = pathlib.Path(os.environ.get("HOIST_BUILD", ROOT / "build")).resolve() / "mutants"
# What the page tables and their tests on the host are built from.
PARTS = ("Makefile", "paging", "protocol", "efi/pure", "efi/mapping", "efi/limine", "efi/reporter", "efi/unpacker", "tests/unit", "tests/property",
         "tests/tiny", "tests/bench", "tests/formats", "tests/limine", "tools/install-packages", "tools/lint.mk", "tools/pack",
         "tools/package", "tools/hoist-map")
# A mutant may be slower than the original, but not as slow as this.
SECONDS_FACTOR, SECONDS_MORE = 4, 2

# What became of a mutant: "killed", "survived" or "not compiled"; which program said so, and in which words.
Verdict = collections.namedtuple("Verdict", "state program words")
SURVIVED = Verdict("survived", "", "")
NOT_COMPILED = Verdict("not compiled", "", "")


class Broken(Exception):
    """The checkout does not build, or its tests fail before anything is broken on purpose."""


def copy(source, goal):
    """A copy with the same times of change, so that make sees nothing to do."""
    goal.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(goal)], check=True)


class Workshop:
    """Pristine copies, and benches to work at; use it as a context."""

    def __init__(self, name, workers):
        self.folder = FOLDER / name
        self.pristine = self.folder / "pristine"
        self.workers = workers
        self.seconds = {}
        self.memory = None
        self.benches = queue.Queue()

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in PARTS:
            if (ROOT / part).exists():
                copy(ROOT / part, self.pristine / part)
        for number in range(self.workers):
            self.benches.put(self.folder / f"bench-{number}")
        self.memory = programs.Memory(FOLDER / "killed.json", self.pristine)
        self.open_suite(programs.QUICK)
        return self

    def __exit__(self, *_):
        self.memory.keep()
        shutil.rmtree(self.folder, ignore_errors=True)

    def open_suite(self, suite):
        """Builds and runs it once, with nothing broken."""
        names = programs.names(self.pristine, suite)
        said = programs.make(self.pristine, suite, names, self.workers)
        if said is not None:
            raise Broken(f"the checkout does not build:\n{said}")
        seconds = {}
        for name in names:
            start = time.monotonic()
            complaint = programs.run(self.pristine, suite, name, 600)
            if complaint is not None:
                raise Broken(f"{name} fails before anything is broken: {complaint}")
            seconds[name] = time.monotonic() - start
        self.seconds[suite.name] = seconds

    def text(self, path):
        """A source file as it is."""
        return (self.pristine / path).read_text(encoding="utf-8")

    def judge(self, path, text, suite):
        """What the tests say when the file holds this text instead."""
        known = self.memory.look_up(path, text)
        if known is not None:
            return Verdict("killed", *known)
        bench = self.benches.get()
        try:
            shutil.rmtree(bench, ignore_errors=True)
            copy(self.pristine, bench)
            (bench / path).write_text(text, encoding="utf-8")
            verdict = self.judge_at(bench, path, suite)
        finally:
            self.benches.put(bench)
        if verdict.state == "killed":
            self.memory.add(path, text, verdict.program, verdict.words)
        return verdict

    def judge_at(self, bench, path, suite):
        """A few programs are built and run, then more, until one fails."""
        names = programs.names(self.pristine, suite, pathlib.PurePath(path).stem)
        for group in filter(None, (names[:1], names[1:6], names[6:])):
            said = programs.make(bench, suite, group)
            if said is not None and suite != programs.QUICK:
                raise Broken(f"what the quick suite could build does not build for the {suite.name} one:\n{said}")
            if said is not None:
                return NOT_COMPILED
            for name in group:
                limit = math.ceil(SECONDS_MORE + SECONDS_FACTOR * self.seconds[suite.name][name])
                complaint = programs.run(bench, suite, name, limit)
                if complaint is not None:
                    return Verdict("killed", name, complaint)
        return SURVIVED
