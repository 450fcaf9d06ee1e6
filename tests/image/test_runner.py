#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What hoist-run does with the loader's words, and that a hang-up takes the guest along."""

import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import elf_maker, paths
from support.tap import Suite, check

TIME_LIMIT_SECONDS = 90

suite = Suite()


def start(*arguments, **changes):
    return subprocess.Popen([paths.RUNNER, "--loader", paths.LOADER, *arguments],
                            cwd=paths.CHECKOUT, env={**os.environ, **changes},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)


@suite.case
def a_refused_kernel_ends_the_run_without_a_time_limit():
    with paths.scratch_folder() as folder:
        kernel = os.path.join(folder, "bad.elf")
        with open(kernel, "wb") as file:
            file.write(elf_maker.build(entry=0))
        with start(kernel) as process:
            try:
                said = process.communicate(timeout=TIME_LIMIT_SECONDS)[0].decode()
            except subprocess.TimeoutExpired:
                process.terminate()
                check(False, f"it did not end:\n{process.communicate()[0].decode()}")
        check(process.returncode == 1, f"status {process.returncode}:\n{said}")
        check("\nhoist: error: " in said and "\nhoist-run: the loader refused it" in said, said)


@suite.case
def the_firmwares_escape_codes_are_left_out_and_the_kernel_speaks_for_itself():
    with start("--image", paths.IMAGE, "--timeout", str(TIME_LIMIT_SECONDS)) as process:
        said = process.communicate()[0]
        check(b" 0 failed" in said and b"BdsDxe: " in said, said.decode(errors="replace"))
        firmware, left, kernel = said.partition(b"hoist: leaving the firmware\n")
        check(left, "the line that ends the firmware's part is missing")
        for code in (b"\x1b", b"\r"):
            check(code not in firmware, f"{code!r} is in the firmware's output")
        check(b"checks passed, 0 failed\r\n" in kernel, "the kernel's bytes are not as it sent them")


@suite.case
def a_hang_up_takes_the_guest_along_and_leaves_nothing_behind():
    with paths.scratch_folder() as folder:
        with start(paths.STUB, "--timeout", str(TIME_LIMIT_SECONDS), TMPDIR=folder,
                   HOIST_CMDLINE="wait") as process:
            lines = []
            for line in process.stdout:
                lines.append(line.decode(errors="replace"))
                if line.startswith(b"hoist-stub: waiting"):
                    process.send_signal(signal.SIGHUP)
            # The output's end is here: QEMU, which writes to it as well, is gone.
        check(process.returncode == 143, f"status {process.returncode}:\n{''.join(lines)}")
        check(os.listdir(folder) == [], f"left behind: {os.listdir(folder)}")


if __name__ == "__main__":
    # Ignored by whoever started the tests (nohup, a shell's &), it would be ignored by what they start.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    suite.run()
