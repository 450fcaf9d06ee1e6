#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hoist-dump: what it keeps of a boot, and what it refuses. The page of it has a test of its own (tests/web)."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

TOOL = os.path.join(paths.CHECKOUT, "tools", "hoist-dump")

suite = Suite()


def run(folder, *arguments, temporary=None):
    return subprocess.run([TOOL, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=200, check=False, env=dict(os.environ, TMPDIR=temporary or folder))


def refused(folder, status, words, *arguments):
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments)
    check(done.returncode == status and words in done.stderr.splitlines()[-1],
          f"{arguments}: status {done.returncode}: {done.stderr[-400:]}")
    check(sorted(os.listdir(folder)) == before, f"{arguments}: left {os.listdir(folder)}")


@suite.case
def a_boot_with_options_is_kept_under_any_name():
    with paths.scratch_folder() as folder:
        with open(paths.STUB, "rb") as stub, open(os.path.join(folder, "-a kernel.elf"), "wb") as copy:
            copy.write(stub.read())
        dump = os.path.join(folder, "my dump")
        temporary = os.path.join(folder, "t m@@p, $(touch harm)")
        os.mkdir(temporary)
        os.mkdir(dump)
        with open(os.path.join(folder, "target"), "w", encoding="ascii") as file:
            file.write("mine")
        os.symlink("../target", os.path.join(dump, "mapping.txt"))
        done = run(folder, "-o", "my dump", "./-a kernel.elf", "--", "--cpu", "max,-nx", "--mem", "192M", temporary=temporary)
        check((done.returncode, done.stdout) == (0, ""), f"status {done.returncode}: {done.stdout}{done.stderr}")
        check(os.listdir(temporary) == [] and
              sorted(os.listdir(folder)) == ["-a kernel.elf", "my dump", os.path.basename(temporary), "target"],
              f"there is {os.listdir(folder)}")
        check(sorted(os.listdir(dump)) == ["mapping.html", "mapping.json", "mapping.txt"], "not the three files")
        with open(os.path.join(folder, "target"), encoding="ascii") as file:
            check(file.read() == "mine" and not os.path.islink(os.path.join(dump, "mapping.txt")), "written through a link")
        with open(os.path.join(folder, "my dump", "mapping.json"), encoding="ascii") as file:
            check(not json.load(file)["cpu"]["has_nx"], "the options did not reach the guest")


@suite.case
def what_cannot_be_dumped_is_refused_and_leaves_nothing():
    with paths.scratch_folder() as folder:
        with open(os.path.join(folder, "text"), "w", encoding="ascii") as file:
            file.write("no kernel")
        refused(folder, 2, "a kernel is wanted")
        refused(folder, 2, "unknown option --kernel", "--kernel", "text")
        refused(folder, 2, "-o wants a value", "-o")
        refused(folder, 2, "one kernel at a time", "text", "other")
        refused(folder, 1, "there is no such file", "absent")
        refused(folder, 1, "the image cannot be made", "--loader", "absent", "text")
        refused(folder, 1, "the loader has written no mapping.json", "text")


if __name__ == "__main__":
    suite.run()
