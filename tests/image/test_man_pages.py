#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each tool's man page: right by mandoc, with the options that --help has, and no others."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

PAGES = os.path.join(paths.CHECKOUT, "docs", "man")
TOOLS = {name.removesuffix(".1"): os.path.join(paths.CHECKOUT, "tools", name.removesuffix(".1"))
         for name in sorted(os.listdir(PAGES))}
# Built, where the others are scripts.
TOOLS["hoist-map"] = os.path.join(paths.BUILD, "hoist-map")

suite = Suite()


def page(name):
    with open(os.path.join(PAGES, f"{name}.1"), encoding="ascii") as file:
        return file.read()


def help_of(name):
    return subprocess.run([TOOLS[name], "--help"], check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL).stdout


def options_of_help(text):
    """The options that begin a line of the list."""
    found = set()
    for line in re.findall(r"^  (-.*)$", text, re.MULTILINE):
        words = re.match(r"(-[\w-]*(?: [A-Z|a-z=\[\]]+)?)(?:, (-[\w-]+))?", line)
        found |= {word.split(" ")[0] for word in words.groups() if word}
    return found


def options_of_page(text):
    found = set()
    for line in re.findall(r"^\.It (Fl .*)$", text, re.MULTILINE):
        first, _, rest = line.partition(" , ")
        for word in (first, rest and (rest if rest.startswith("Fl ") else f"Fl {rest}")):
            if word:
                found.add("-" + word.split(" ")[1])
    return found


def same_options(name):
    listed, told = options_of_help(help_of(name)), options_of_page(page(name))
    check(len(listed) >= 3, f"--help lists {listed}")
    check(listed == told, f"in one of the two alone: {sorted(listed ^ told)}")


def same_statuses(name):
    check("\n.Sh EXIT STATUS\n" in page(name) and "Exit status: " in help_of(name), "no exit status")


def is_right(name):
    result = subprocess.run(["mandoc", "-Tlint", "-Wwarning", os.path.join(PAGES, f"{name}.1")], check=False,
                            capture_output=True, text=True)
    # Pages of other packages may not be installed here.
    said = [line for line in result.stdout.splitlines() if "referenced manual not found" not in line]
    check(not said and not result.stderr, "\n".join(said) + result.stderr)


for one in TOOLS:
    if not os.path.exists(os.path.join(PAGES, f"{one}.1")):
        continue
    suite.add(f"{one}_has_the_options_of_its_help_on_its_man_page_and_no_others", same_options, one)
    suite.add(f"{one}_tells_its_exit_status_in_both", same_statuses, one)
    if shutil.which("mandoc"):
        suite.add(f"{one}_has_a_man_page_that_mandoc_finds_nothing_in", is_right, one)


@suite.case
def every_tool_of_the_user_has_a_man_page():
    tools = {name for name in os.listdir(os.path.join(paths.CHECKOUT, "tools")) if name.startswith("hoist-")}
    missing = {name for name in tools if not os.path.exists(os.path.join(PAGES, f"{name}.1"))}
    check(missing <= {"hoist-map"} and {"hoist-image", "hoist-run", "hoist-debug", "hoist-dump"} <= tools, f"none for {missing}")


if __name__ == "__main__":
    if not shutil.which("mandoc"):
        print("# mandoc is not installed (make deps-lint): the pages are not looked at by it")
    suite.run()
