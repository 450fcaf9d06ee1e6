#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The build itself keeps the rooms apart: with a room's own flags, another room's headers are not found.

Dependency files tell what sources do today; this tells that they could not do otherwise. They also leave out the
headers of the system, and these are tried here.
"""

import glob
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

SYSTEM = ("stdio.h", "string.h", "efi.h")
# Room, its objects' folder, headers that it must find, headers that it must not find though they exist.
ROOMS = (
    ("paging", "efi", ("hoist_paging.h",), ("hoist.h", "plan.h", "boot.h", "check.h", *SYSTEM)),
    ("efi/pure", "efi", ("plan.h", "hoist_paging.h", "hoist.h"), ("boot.h", "check.h", *SYSTEM)),
    ("efi/limine", "efi", ("requests.h", "plan.h", "limine.h"), ("boot.h", "mapping.h", "check.h", *SYSTEM)),
    ("efi/reporter", "reporter", ("layout.h", "hoist.h"), ("hoist_paging.h", "plan.h", "boot.h", "check.h", *SYSTEM)),
    ("efi/firmware", "efi", ("boot.h", "plan.h", "hoist.h", "efi.h"), ("check.h", *SYSTEM[:2])),
    ("efi/unpacker", "unpacker", ("console.h", "unpack.h", "efi.h"), ("hoist_paging.h", "check.h", *SYSTEM[:2])),
    ("kernel-stub", "stub", ("check.h", "hoist.h"), ("hoist_paging.h", "plan.h", "boot.h", *SYSTEM)),
)

suite = Suite()


def compile_command(room, objects):
    """How the build compiles a C file of the room, without input and output."""
    source = sorted(glob.glob(f"{room}/*.c", root_dir=paths.CHECKOUT))[0]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    printed = subprocess.run(["make", "--no-print-directory", "-nB", "V=1", f"build/{objects}/{source}.o"],
                             cwd=paths.CHECKOUT, env=environment, check=True, capture_output=True,
                             text=True).stdout
    words, = (shlex.split(line) for line in printed.splitlines() if f" -c {source} " in line)
    return words[:words.index("-MMD")]


def finds(command, room, header):
    """Whether a source that lies in the room could include the header."""
    probe = f'#include <stddef.h>\n#include <stdint.h>\n#include <stdbool.h>\n#include "{header}"\n'
    result = subprocess.run([*command, "-iquote", room, "-fsyntax-only", "-x", "c", "-"], cwd=paths.CHECKOUT,
                            input=probe, capture_output=True, text=True, check=False)
    hidden = f"'{header}' file not found" in result.stderr
    check(hidden or result.returncode == 0, f"{header} in {room}:\n{result.stderr}")
    return not hidden


def room_sees_its_own_headers_only(room, objects, known, hidden):
    command = compile_command(room, objects)
    for header in known:
        check(finds(command, room, header), f"{room} does not find {header}")
    for header in hidden:
        check(not finds(command, room, header), f"{room} finds {header}")


for row in ROOMS:
    suite.add(f"{row[0]}_cannot_include_what_it_must_not_know", room_sees_its_own_headers_only, *row)


@suite.case
def every_header_that_must_be_hidden_exists_somewhere():
    everywhere = {os.path.basename(name) for name in glob.glob("**/*.h", root_dir=paths.CHECKOUT, recursive=True)}
    everywhere |= set(os.listdir("/usr/include/efi")) | set(os.listdir("/usr/include"))
    for _, _, _, hidden in ROOMS:
        check(set(hidden) <= everywhere, f"not there at all: {set(hidden) - everywhere}")


if __name__ == "__main__":
    suite.run()
