#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The version is semantic, and all that shows it shows the one of efi/pure/version.h (docs/releasing.md)."""

import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?")
# "Hoist 1.2.3" or "v1.2.3" or a file's name, in what people read.
SHOWN = re.compile(r"(?:\bHoist |\bhoist-|\bv|`\")(\d+\.\d+\.\d+(?:-[\w.]*\w)?)(?=[\s`\"|.,]|$)", re.MULTILINE)

suite = Suite()


def read(*path):
    with open(os.path.join(paths.CHECKOUT, *path), encoding="utf-8") as file:
        return file.read()


VERSION = re.search(r'^#define HOIST_LOADER_VERSION "(.*)"$', read("efi", "pure", "version.h"), re.MULTILINE)[1]


@suite.case
def the_version_is_semantic():
    check(SEMANTIC.fullmatch(VERSION), f"version.h has {VERSION}")


@suite.case
def every_man_page_and_every_document_shows_this_version():
    pages = glob.glob(os.path.join(paths.CHECKOUT, "docs", "man", "*.1"))
    check(len(pages) >= 5, f"man pages: {pages}")
    for page in pages:
        check(f"\n.Os Hoist {VERSION}\n" in read(page), f"{os.path.relpath(page, paths.CHECKOUT)} has another version")
    shown = 0
    for pattern in ("README.md", "*/README.md", "docs/*.md"):
        for document in glob.glob(os.path.join(paths.CHECKOUT, pattern)):
            found = SHOWN.findall(read(document))
            shown += len(found)
            check(set(found) <= {VERSION}, f"{os.path.relpath(document, paths.CHECKOUT)} shows {found}")
    check(shown >= 5, f"only {shown} places are seen")


@suite.case
def what_is_built_shows_this_version():
    with open(paths.LOADER, "rb") as file:
        booted = file.read()
    with open(paths.UNPACKED, "rb") as file:
        loader = file.read()
    check(f"Hoist {VERSION}\0".encode() in loader, "loader.efi does not have it")
    for name, data in ("loader.efi", loader), ("BOOTX64.EFI", booted):
        check(f"\nhoist,1,Hoist,hoist,{VERSION},".encode() in data, f"section .sbat of {name} has another")
    said = subprocess.run([os.path.join(paths.BUILD, "hoist-map"), "--version"], check=True, capture_output=True, text=True)
    check(said.stdout == f"hoist-map {VERSION}\n", f"hoist-map says {said.stdout}")
    for tool in ("hoist-image", "hoist-run", "hoist-debug", "hoist-dump"):
        said = subprocess.run([os.path.join(paths.CHECKOUT, "tools", tool), "--version"], check=True, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        check(said.stdout == f"{tool} {VERSION}\n", f"{tool} says {said.stdout}")
    check(f"\nVersion: {VERSION}\n" in read(paths.BUILD, "hoist_paging.pc"), "the pkg-config file has another")
    check(f"of Hoist {VERSION} as one file" in read(paths.BUILD, "hoist_paging.h")[:500], "the one header has another")


@suite.case
def the_change_log_has_this_version_or_what_will_be_in_it():
    headings = re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    check(headings[0] == "Unreleased", f"the first heading is {headings[0]}")
    released = [heading for heading in headings[1:] if not re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", heading)]
    check(not released, f"not a version and a date: {released}")


if __name__ == "__main__":
    suite.run()
