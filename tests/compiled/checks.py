# SPDX-License-Identifier: BSD-2-Clause
"""Checks that are made once with each compiler, in a folder of their own each; prints TAP."""

import pathlib
import shutil
import subprocess
import tempfile

COMPILERS = ("gcc", "clang")


def run(*command):
    """Runs a command; returns what it printed, or raises with what it said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def report(pairs):
    """Makes each (check, compiler) of the list; the status to end with."""
    failed = 0
    print(f"1..{len(pairs)}")
    for number, (check, compiler) in enumerate(pairs, 1):
        name = f"{number} - {check.__name__} ({compiler})"
        if shutil.which(compiler) is None:
            print(f"ok {name} # SKIP no {compiler} here")
            continue
        try:
            with tempfile.TemporaryDirectory() as folder:
                check(compiler, pathlib.Path(folder))
            print(f"ok {name}")
        except AssertionError as complaint:
            failed += 1
            print(f"not ok {name}")
            print("\n".join("# " + line for line in str(complaint).splitlines()))
    return 1 if failed else 0
