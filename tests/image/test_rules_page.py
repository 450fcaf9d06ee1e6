#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/rules.md names files and tests: they exist, and each test is in one of the files beside it."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

PAGE = os.path.join(paths.CHECKOUT, "docs", "rules.md")
_TERM = re.compile(r"`([^`]+)`")
_TEST = re.compile(r"^[a-z0-9]+(_[a-z0-9]+){3,}$")

suite = Suite()


def rows():
    with open(PAGE, encoding="utf-8") as page:
        for line in page:
            if line.startswith("| ") and not line.startswith("| rule "):
                yield line.split(" | ")


def is_file(term):
    return "/" in term or term == "Makefile"


@suite.case
def every_file_that_is_named_is_there():
    named = [term for row in rows() for cell in row[1:] for term in _TERM.findall(cell) if is_file(term)]
    check(len(named) > 60, f"only {len(named)} files are named")
    for name in named:
        check(os.path.isfile(os.path.join(paths.CHECKOUT, name)), f"there is no {name}")


@suite.case
def every_test_that_is_named_is_in_a_file_beside_it():
    count = 0
    for row in rows():
        terms = _TERM.findall(row[2])
        text = ""
        for name in filter(is_file, terms):
            with open(os.path.join(paths.CHECKOUT, name), encoding="utf-8") as file:
                text += file.read()
        for test in filter(_TEST.match, terms):
            count += 1
            check(re.search(rf"\b{test}\b", text), f"{test} is in none of the files beside it")
    check(count > 40, f"only {count} tests are named")


@suite.case
def every_rule_has_something_that_shows_it():
    for row in rows():
        check(len(row) == 3 and _TERM.search(row[2]), f"nothing shows: {row[0]}")


if __name__ == "__main__":
    suite.run()
