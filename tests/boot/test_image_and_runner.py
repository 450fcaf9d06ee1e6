#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""build/hoist.img as it is, and what the exit status of tools/hoist-run and `make run` tells."""

import os
import signal
import subprocess

from support import elf_maker, paths
from support.dump import Dump, errors
from support.machine import STATUS_PASSED, Disk, Machine, clean
from support.tap import Suite, check

RUNNER_PASSED, RUNNER_FAILED, RUNNER_USAGE, RUNNER_RESET, RUNNER_LATE = 0, 1, 2, 3, 124
HANG_LIMIT_SECONDS = 10

suite = Suite()


def run(command, expected, words, cmdline=None):
    """Runs a command in the checkout; `words` are texts that its output must have."""
    # A make above this test has its own ideas of flags and of jobs.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    environment.pop("MFLAGS", None)
    if cmdline is not None:
        environment["HOIST_CMDLINE"] = cmdline
    with subprocess.Popen(command, cwd=paths.CHECKOUT, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            output = clean(process.communicate(timeout=120)[0])
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = clean(process.communicate()[0])
    text = f"\n{' '.join(command)}\n--- output ---\n{output}\n--- end ---"
    check(process.returncode in expected,
          f"expected a status of {sorted(expected)}, got {process.returncode}{text}")
    for word in words:
        check(word in output, f"the output does not have {word!r}{text}")


def runner(*arguments):
    return [paths.RUNNER, "--loader", paths.LOADER, *arguments]


# The longest comes first. One after the other: both may build.
@suite.case
def make_run_tells_success_from_failure_by_its_status():
    run(["make", "run"], {0}, [" 0 failed"])
    run(["make", "run", "CMDLINE=fail"], {2}, [" 1 failed"])
    run(["make", "run", "CMDLINE=wait", f"TIMEOUT={HANG_LIMIT_SECONDS}"], {2},
        ["hoist-stub: waiting", "out of time"])


def image_boots(bus):
    with Machine([Disk(paths.IMAGE, bus)]) as machine:
        machine.expect_status(STATUS_PASSED)
        Dump(machine.log)
        check(errors(machine.log) == [] and "\nFAIL" not in machine.log, "an error or a failure")
        check("hoist: booting Hoist sample kernel: " in machine.log, "not the image's own entry")


for name in ("virtio", "ahci", "nvme", "usb"):
    suite.add(f"the_disk_image_boots_from_a_{name}_disk", image_boots, name)


@suite.case
def the_runner_gives_0_when_every_check_passed():
    run(runner("--timeout", "90", paths.STUB), {RUNNER_PASSED},
        ["hoist-stub: command line: good morning", " 0 failed"], "good morning")


@suite.case
def the_runner_boots_an_image_and_gives_0():
    run([paths.RUNNER, "--timeout", "90", "--image", paths.IMAGE], {RUNNER_PASSED}, [" 0 failed"])


@suite.case
def the_runner_gives_1_when_a_check_failed():
    run(runner("--timeout", "90", paths.STUB), {RUNNER_FAILED},
        ["FAIL the command line asks", " 1 failed", "hoist-run: "], "fail")


@suite.case
def the_runner_gives_3_and_the_reason_for_a_triple_fault():
    run(runner("--timeout", "90", paths.STUB), {RUNNER_RESET},
        ["hoist-stub: entered at", "triple fault"], "triple")


@suite.case
def the_runner_gives_3_and_the_report_for_a_fault_before_the_kernel_has_handlers():
    with paths.scratch_folder() as folder:
        kernel = os.path.join(folder, "fault.elf")
        with open(kernel, "wb") as file:
            file.write(elf_maker.build([elf_maker.code(data=bytes.fromhex("0f0b"))]))  # ud2
        run(runner("--timeout", "90", kernel), {RUNNER_RESET},
            ["hoist: early fault: invalid opcode (#UD)", "hoist: halted: ",
             "a fault that no handler of its own took"])


@suite.case
def the_runner_gives_124_and_the_reason_for_a_kernel_that_hangs():
    run(runner("--timeout", str(HANG_LIMIT_SECONDS), paths.STUB), {RUNNER_LATE},
        ["hoist-stub: entered at", "out of time"], "hang")


@suite.case
def the_runner_refuses_files_that_are_not_there():
    run(runner("/nowhere/kernel.elf"), {RUNNER_FAILED, RUNNER_USAGE}, ["/nowhere/kernel.elf"])


if __name__ == "__main__":
    suite.run()
