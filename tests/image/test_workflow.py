#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The workflow for GitHub runs the README's two commands, and nothing that the Makefile does not have."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.tap import Suite, check

suite = Suite()


def read(*names):
    with open(os.path.join(paths.CHECKOUT, *names), encoding="utf-8") as file:
        return file.read()


def commands():
    """What the steps run, in order."""
    return re.findall(r"^      - run: (.*)$", read(".github", "workflows", "test.yml"), re.MULTILINE)


@suite.case
def the_workflow_runs_the_two_commands_of_the_readme_on_debian_12():
    of_readme = re.findall(r"^\$ (make \w+)", read("README.md"), re.MULTILINE)
    check(of_readme == ["make run", "make test"], f"README has {of_readme}")
    check([command for command in commands() if command in of_readme] == of_readme, f"the workflow runs {commands()}")
    check("\n    container: debian:12\n" in read(".github", "workflows", "test.yml"), "it runs on another system")


@suite.case
def every_target_of_the_workflow_and_of_ci_is_one_of_the_makefile():
    listed = read("Makefile") + read("tools", "lint.mk")
    for line in commands() + read(".ci", "run").split("\n"):
        words = line.split()
        for word in words[1:] if words[:1] == ["make"] else []:
            is_there = word.startswith("-") or "=" in word or re.search(rf"^{word}:", listed, re.MULTILINE)
            check(is_there, f"no {word}: {line}")


if __name__ == "__main__":
    suite.run()
