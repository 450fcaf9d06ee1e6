# SPDX-License-Identifier: BSD-2-Clause
"""Runs a program without a system on an emulated machine and reads its lines; each program is a case of TAP."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import check

TIME_LIMIT_SECONDS = 60
GROUP = "make deps-cross"
_COUNT = re.compile(r"^(\d+) checks passed, (\d+) failed$", re.MULTILINE)


def kernel_of(program):
    return os.path.join(paths.BUILD, "formats", program + ".elf")


def read_count(program, least_checks, log):
    """The program's own checks all passed, and they are as many as they should be."""
    count = _COUNT.search(log)
    check(count, f"{program} did not come to its end:\n{log}")
    check(int(count[2]) == 0 and "NOT OK" not in log, f"{program}:\n{log}")
    check(int(count[1]) >= least_checks, f"{program} made {count[1]} checks, not {least_checks}")


def judge(program, least_checks, *command):
    """Runs a program and returns the log, which tells of success."""
    kernel = kernel_of(program)
    try:
        done = subprocess.run([*command, "-kernel", kernel, "-nographic", "-no-reboot", "-monitor", "none"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIME_LIMIT_SECONDS, check=False)
        log = done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        log = (late.stdout or b"").decode(errors="replace") + f"\nout of time after {TIME_LIMIT_SECONDS} s"
    read_count(program, least_checks, log)
    return log


def run(suite, emulator, package):
    """The suite; or, without the emulator, a line for each case that says what is missing."""
    if shutil.which(emulator) is not None:
        suite.run()
    print(f"1..{len(suite.cases)}")
    for number, case in enumerate(suite.cases, 1):
        print(f"ok {number} - {case[0]} # SKIP needs {package}: {GROUP}")
