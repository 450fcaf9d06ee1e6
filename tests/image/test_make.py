#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is typed at a terminal: make's help, run and debug, Ctrl-C, and how the runner is used wrongly."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.sources import project_files
from support.machine import clean
from support.tap import Suite, check

TIME_LIMIT_SECONDS = 120
PROMISED_TARGETS = {"all", "run", "test", "debug", "image", "deps", "format", "lint", "clean", "help"}
STARTED = b"hoist-stub: entered at"

suite = Suite()


def environment(**changes):
    # A make above this test has its own ideas of flags and of jobs.
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
    return {**kept, **changes}


def start(*command, **changes):
    return subprocess.Popen(command, cwd=paths.CHECKOUT, env=environment(**changes), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def run(*command, **changes):
    """Returns the status and the output; what takes too long is ended and has no status."""
    with start(*command, **changes) as process:
        try:
            output, _ = process.communicate(timeout=TIME_LIMIT_SECONDS)
            return process.returncode, clean(output)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, clean(process.communicate()[0])


def group_is_gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@suite.case
def help_lists_every_target_with_the_comment_beside_it():
    makefile = ""
    for part in project_files(with_new=False):
        if part == "Makefile" or part.endswith(".mk") and not part.startswith("examples/"):
            with open(os.path.join(paths.CHECKOUT, part), encoding="utf-8") as file:
                makefile += file.read().replace("\\\n", " ")
    phony = {name for names in re.findall(r"^\.PHONY:(.*)", makefile, re.MULTILINE) for name in names.split()}
    status, said = run("make", "--no-print-directory", "help")
    listed = dict(re.findall(r"^  ([a-z-]+) +(\S.*)$", said, re.MULTILINE))
    check(status == 0 and PROMISED_TARGETS <= phony, f"targets: {sorted(phony)}")
    check(set(listed) == phony, f"help lists {sorted(set(listed) ^ phony)} differently:\n{said}")
    for name, text in listed.items():
        check(re.search(rf"^{name}:.*## {re.escape(text)}$", makefile, re.MULTILINE), f"{name}: {text}")


@suite.case
def a_command_line_reaches_the_kernel_unharmed():
    words = "words with  spaces 'quotes' \"more\" $dollar $(shell) `x` back\\slash * # ; & quiet"
    with paths.scratch_folder() as folder:
        kernel = os.path.join(folder, "it's a, kernel $x.elf")
        shutil.copy(paths.STUB, kernel)
        status, said = run("make", "run", f"CMDLINE={words}", f"KERNEL={kernel}", "MEM=256M", "CPU=qemu64",
                           "QEMU_ARGS=-name * -rtc base=utc", f"TIMEOUT={TIME_LIMIT_SECONDS}")
    check(status == 0, f"status {status}\n{said}")
    check(f"hoist: command line: {words}\n" in said, f"not there: {words}\n{said}")
    check(" checks passed, 0 failed" in said, said)


def ended_by(end, expected, *command):
    """Starts a guest that hangs, ends it, and looks for what is left."""
    with paths.scratch_folder() as folder, start(*command, TMPDIR=folder, HOIST_CMDLINE="hang") as process:
        seen = b""
        for line in process.stdout:
            seen += line
            if STARTED in line:
                break
        check(STARTED in seen, f"the guest did not start:\n{clean(seen)}")
        check(os.listdir(folder) != [], "the runner keeps its files elsewhere")
        end(process)
        try:
            seen += process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            check(False, f"it went on:\n{clean(seen)}")
        deadline = time.monotonic() + 10
        while not group_is_gone(process.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        check(group_is_gone(process.pid), "a process is left")
        check(os.listdir(folder) == [], f"files are left: {os.listdir(folder)}")
        check(process.returncode in expected, f"status {process.returncode}\n{clean(seen)}")


@suite.case
def ctrl_c_ends_the_guest_and_leaves_nothing():
    ended_by(lambda process: os.killpg(process.pid, signal.SIGINT), {2, 130, -signal.SIGINT},
             "make", "run", "CMDLINE=hang")


@suite.case
def a_signal_to_the_runner_alone_ends_the_guest_too():
    ended_by(lambda process: process.terminate(), {143}, paths.RUNNER, "--loader", paths.LOADER, paths.STUB)


@suite.case
def the_debugger_stops_at_the_kernels_entry_with_its_symbols():
    with paths.scratch_folder() as folder:
        status, said = run("make", "debug", "GDB_ARGS=-batch -ex bt -ex 'print/x $pc' -ex 'info symbol $pc'",
                           TMPDIR=folder)
        check(status == 0, f"status {status}\n{said}")
        check(re.search(r"^#0 +(0x\w+ in )?kernel_entry \(\) at .*\.S:\d+$", said, re.MULTILINE),
              f"no back trace with a source line:\n{said}")
        check(re.search(r"^\$1 = 0xffffffff80", said, re.MULTILINE), f"not in the higher half:\n{said}")
        check("kernel_entry in section .text" in said, said)
        deadline = time.monotonic() + 10
        while os.listdir(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
        check(os.listdir(folder) == [], f"files are left: {os.listdir(folder)}")


@suite.case
def wrong_use_of_the_runner_is_told_in_one_line():
    kernel = ("--loader", paths.LOADER, paths.STUB)
    for expected, words, arguments in (
            (2, "no kernel named", ()), (2, "--cpu wants a value", ("--cpu",)),
            (2, "unknown option --unknown", ("--unknown", *kernel)),
            (2, "one kernel at a time", (*kernel, "other.elf")),
            (2, "exclude each other", ("--image", paths.IMAGE, *kernel)),
            (2, "10s: no number of seconds", ("--timeout", "10s", *kernel)),
            (2, "hvf: tcg or kvm", ("--accel", "hvf", *kernel)),
            (1, "/nowhere/OVMF.fd: no such file", ("--firmware", "/nowhere/OVMF.fd", *kernel)),
            (1, "/nowhere/a.img: no such file", ("--image", "/nowhere/a.img")),
            (1, "/nowhere/loader: no such file", (*kernel, "--loader", "/nowhere/loader"))):
        status, said = run(paths.RUNNER, *arguments)
        check(status == expected, f"{arguments}: expected status {expected}, got {status}: {said}")
        check(said.startswith("hoist-run: ") and said.count("\n") == 1 and words in said, f"it said {said!r}")
    status, said = run(paths.RUNNER, *kernel, HOIST_CMDLINE="two\nlines")
    check(status == 2 and "one line" in said, f"{status}: {said}")
    status, said = run(paths.RUNNER, "--help")
    check(status == 0 and "Exit status: 0 passed, 1 failed, 2 wrong usage, 3 fault" in said, said)


@suite.case
def what_qemu_refuses_is_a_failure_and_not_a_hang():
    status, said = run(paths.RUNNER, "--cpu", "z80", "--timeout", "60", "--image", paths.IMAGE)
    check(status == 1 and "z80" in said and "QEMU ended with status 1" in said, f"{status}: {said}")


if __name__ == "__main__":
    # Ignored by whoever started the tests (a shell's &), it would be ignored by what they start, which
    # begins with the default instead of a handler. Python's own one ends guests and removes files here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    built, output = run("make", "all")
    if built != 0:
        sys.exit(f"Bail out! make all: {output}")
    suite.run()
