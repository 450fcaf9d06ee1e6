#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The borders between the rooms, read from what the compiler really opened, and the licence lines."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.sources import project_files
from support.tap import Suite, check

LICENCE = "SPDX-License-Identifier: BSD-2-Clause"
# Bytes that somebody else reads, and the licence itself.
UNMARKED = re.compile(r"^tests/fuzz/corpus/|\.png$|^LICENSE$")

# Which room may open files of which, as docs/architecture.md has it; each may open its own.
ROOMS = {
    "paging": set(),
    "paging/formats": {"paging"},
    "protocol": set(),
    "efi/pure": {"paging", "protocol"},
    "efi/reporter": {"protocol"},
    "efi/mapping": {"efi/pure", "paging", "protocol"},
    "efi/limine": {"efi/pure", "paging", "protocol"},
    "efi/firmware": {"efi/limine", "efi/mapping", "efi/pure", "efi/reporter", "paging", "protocol"},
    "efi/unpacker": {"efi/firmware", "efi/pure", "protocol"},
    "kernel-stub": {"protocol"},
}
OBJECT_FOLDERS = {"paging": "efi", "paging/formats": "library", "efi/pure": "efi", "efi/mapping": "efi",
                  "efi/limine": "efi",
                  "efi/reporter": "reporter",
                  "efi/firmware": "efi", "efi/unpacker": "unpacker", "kernel-stub": "stub"}
SYSTEM_HEADERS = {
    "paging": {"stdint.h", "stdbool.h", "stddef.h"},
    "paging/formats": {"stdint.h", "stdbool.h", "stddef.h"},
    "protocol": {"stdint.h", "stddef.h"},
}
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

suite = Suite()


def tracked():
    return project_files(with_new=False)


def read(name):
    with open(os.path.join(paths.CHECKOUT, name), encoding="utf-8") as file:
        return file.read()


def sources(room):
    """The C and assembly files of a room."""
    return sorted(name for name in os.listdir(os.path.join(paths.CHECKOUT, room))
                  if name.endswith((".c", ".S")))


def opened(room, source):
    """The files of the checkout that the compiler opened for a source."""
    path = os.path.join(paths.BUILD, OBJECT_FOLDERS[room], room, source + ".d")
    with open(path, encoding="utf-8") as file:
        rule = file.read().replace("\\\n", " ").split("\n", 1)[0]
    names = [os.path.normpath(name) for name in rule.split(": ", 1)[1].split()]
    check(f"{room}/{source}" in names, f"{path} does not name its source")
    return [name for name in names if not os.path.isabs(name)]


def room_stays_within_its_borders(room):
    allowed = ROOMS[room] | {room}
    check(sources(room), f"{room} has no sources")
    for source in sources(room):
        for name in opened(room, source):
            check(os.path.dirname(name) in allowed, f"{room}/{source} opens {name}")


for one in OBJECT_FOLDERS:
    suite.add(f"{one}_opens_no_file_of_a_room_that_it_may_not_include",
              room_stays_within_its_borders, one)


@suite.case
def the_headers_of_rooms_for_others_include_the_compilers_own_alone():
    for room, allowed in SYSTEM_HEADERS.items():
        files = [name for name in tracked()
                 if os.path.dirname(name) == room and name.endswith((".c", ".h"))]
        check(files, f"{room} has no files")
        for name in files:
            found = {header for kind, header in _INCLUDE.findall(read(name)) if kind == "<"}
            check(found <= allowed, f"{name} includes {sorted(found - allowed)}")


@suite.case
def no_include_climbs_out_of_its_folder():
    for name in tracked():
        if name.endswith((".c", ".h", ".S")) and not UNMARKED.search(name):
            for _, header in _INCLUDE.findall(read(name)):
                check(".." not in header, f"{name} includes {header}")


@suite.case
def only_firmware_code_includes_the_firmwares_headers():
    for name in tracked():
        if name.startswith(("paging/", "protocol/", "efi/pure/", "efi/mapping/", "efi/limine/", "efi/reporter/",
                            "kernel-stub/")):
            found = [header for _, header in _INCLUDE.findall(read(name)) if header.startswith("efi")]
            check(not found, f"{name} includes {found}")


@suite.case
def every_file_names_its_licence_in_its_first_line():
    for name in tracked():
        if not UNMARKED.search(name):
            lines = read(name).split("\n", 2)
            line = lines[1] if lines[0].startswith(("#!", "<?xml")) and len(lines) > 1 else lines[0]
            check(LICENCE in line, f"{name} has no licence in its first line")


if __name__ == "__main__":
    suite.run()
