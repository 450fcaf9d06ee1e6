#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The examples of README.md and of paging/README.md that boot, and those of docs/integrate-library.md, done word for word.

`<!-- example-file: NAME -->` before a fenced block: the block is a file of that name.
`<!-- example-run -->` before a fenced block: the block is typed in the folder of those files, with
HOIST naming the checkout; it ends with status 0 when the kernel passes. `<!-- example-run: TOOL -->` is
left out where there is no such tool. `<!-- not run: REASON -->`: the block is not tried; it is listed and counted.
"""

import os
import re
import shutil
import subprocess

from support import paths
from support.machine import clean
from support.tap import Suite, check

README = os.path.join(paths.CHECKOUT, "README.md")
PAGING_README = os.path.join(paths.CHECKOUT, "paging", "README.md")
_BLOCK = re.compile(r"<!-- example-(?:file: (?P<name>[\w.-]+)|run) -->\s*\n```\w*\n(?P<text>.*?)\n```",
                    re.DOTALL)
_KERNEL_LINES = 45

GUIDES = [os.path.join(paths.CHECKOUT, "docs", "integrate-library.md")]
# What stands in the line before a fence, and the fence.
_MARKED = re.compile(r"(?P<before>[^\n]*)\n```(?P<kind>\w*)\n(?P<text>.*?)\n```", re.DOTALL)
_MARKER = re.compile(r"<!-- (?P<what>example-file|example-run|not run)(?:: (?P<word>[^>]+))? -->")

suite = Suite()


def blocks(document):
    check(os.path.exists(document), f"there is no {document}")
    with open(document, encoding="utf-8") as file:
        found = list(_BLOCK.finditer(file.read()))
    files = {match["name"]: match["text"] + "\n" for match in found if match["name"]}
    return files, [match["text"] for match in found if not match["name"]]


def has_a_short_kernel(document, most_lines):
    files, commands = blocks(document)
    check(any(name.endswith(".c") for name in files), f"{document} has no example-file with a kernel")
    check(len(commands) == 1, f"{document} has {len(commands)} example-run blocks instead of one")
    longest = max(text.count("\n") for text in files.values())
    check(longest <= most_lines, f"the example has a file of {longest} lines")


def builds_and_boots(document):
    files, commands = blocks(document)
    check(files and commands, f"{document} has no example to boot")
    with paths.scratch_folder() as folder:
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith("MAKE")}
        result = subprocess.run(["sh", "-e", "-c", "\n".join(commands)], cwd=folder, check=False,
                                env={**environment, "HOIST": paths.CHECKOUT}, timeout=180,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        output = clean(result.stdout)
        check(result.returncode == 0, f"status {result.returncode}\n{commands[0]}\n{output}")
        check("hoist: leaving the firmware" in output, f"no boot is seen\n{output}")


def guide_holds(document):
    """Every block of the guide has a marker; the files are written and the commands typed, in one shell."""
    commands = []
    with open(document, encoding="utf-8") as file:
        text = file.read()
    with paths.scratch_folder() as folder:
        for block in _MARKED.finditer(text):
            marker = _MARKER.fullmatch(block["before"])
            check(marker, f"{document}: a block without a marker:\n{block['text']}")
            if marker["what"] == "example-file":
                with open(os.path.join(folder, marker["word"]), "w", encoding="utf-8") as file:
                    file.write(block["text"] + "\n")
            elif marker["what"] == "not run" or (marker["word"] and shutil.which(marker["word"]) is None):
                print(f"# not run in {os.path.basename(document)}: {marker['word']}")
            else:
                commands.append(block["text"])
        check(commands, f"{document} has no command")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
        result = subprocess.run(["sh", "-e", "-c", "\n".join(commands)], cwd=folder, check=False, timeout=300,
                                env={**environment, "HOIST": paths.CHECKOUT}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(result.returncode == 0, f"status {result.returncode}\n{clean(result.stdout)}")


@suite.case
def the_readme_has_a_kernel_of_one_page_and_the_commands_to_boot_it():
    has_a_short_kernel(README, _KERNEL_LINES)


@suite.case
def the_kernel_of_the_readme_is_built_and_boots():
    builds_and_boots(README)


@suite.case
def the_page_tables_readme_has_a_kernel_of_under_40_lines():
    has_a_short_kernel(PAGING_README, 39)


@suite.case
def the_kernel_of_the_page_tables_readme_takes_over_its_tables_and_uses_new_ones():
    builds_and_boots(PAGING_README)


for guide in GUIDES:
    suite.add(f"the_blocks_of_{os.path.basename(guide)}_do_what_they_say", guide_holds, guide)

if __name__ == "__main__":
    suite.run()
