#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The pages for people who take the loader: every block is typed, word for word, in one folder for each page.

`<!-- example-file: NAME -->` before a fenced block: the block is a file of that name.
`<!-- example-run -->`: the block is typed; HOIST names the checkout, PREFIX where Hoist is installed.
`<!-- not run: REASON -->`: the block needs what a test does not have. Another block is an error.
"""

import os
import re
import shutil
import subprocess
import textwrap

from support import paths
from support.machine import clean
from support.tap import Suite, check

DOCUMENTS = ("integrate-loader.md", "hardware.md")
TIME_LIMIT_SECONDS = 300
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (?:example-file: (?P<name>[\w.-]+)|(?P<run>example-run)|not run: (?P<reason>.+?)) -->\s*\Z")

suite = Suite()


def document(name):
    with open(os.path.join(paths.CHECKOUT, "docs", name), encoding="utf-8") as file:
        return file.read()


def blocks(text):
    """(mark, block) of every fenced block, in order; an unmarked one has no mark."""
    return [(_MARK.search(text[:match.start()]), textwrap.dedent(match[3])) for match in _FENCE.finditer(text)]


def every_block_is_marked(name):
    found = blocks(document(name))
    check(len(found) >= 4, f"{len(found)} blocks")
    for mark, text in found:
        check(mark, f"neither run nor marked as not run:\n{text}")
    reasons = [mark["reason"] for mark, _ in found if mark["reason"]]
    print(f"# {name}: {len(found)} blocks, {len(reasons)} not run: {'; '.join(reasons)}", flush=True)


def install(folder):
    """What `make install` puts into a prefix, as far as these pages use it."""
    for place, files in (("bin", ["tools/hoist-image", "tools/hoist-run", "tools/hoist-debug"]),
                         ("include/hoist", ["protocol/hoist.h"]), ("share/hoist", [paths.LOADER])):
        os.makedirs(os.path.join(folder, place))
        for file in files:
            shutil.copy(os.path.join(paths.CHECKOUT, file), os.path.join(folder, place))
    return folder


def every_block_does_what_it_says(name):
    with paths.scratch_folder() as folder:
        prefix = install(os.path.join(folder, "prefix"))
        work = os.path.join(folder, "work")
        os.mkdir(work)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
        environment = {**kept, "HOIST": paths.CHECKOUT, "PREFIX": prefix, "PATH": f"{prefix}/bin:{kept['PATH']}"}
        for mark, text in blocks(document(name)):
            if mark["name"]:
                with open(os.path.join(work, mark["name"]), "w", encoding="utf-8") as file:
                    file.write(text)
            elif mark["run"]:
                result = subprocess.run(["sh", "-e", "-c", text], cwd=work, env=environment, check=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        timeout=TIME_LIMIT_SECONDS)
                check(result.returncode == 0, f"status {result.returncode}\n{text}\n{clean(result.stdout)}")


for one in DOCUMENTS:
    suite.add(f"every_block_of_{one}_is_run_or_says_why_not", every_block_is_marked, one)
    suite.add(f"every_block_of_{one}_does_what_it_says", every_block_does_what_it_says, one)


@suite.case
def links_of_these_pages_lead_to_files():
    for name in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", document(name)):
            check(os.path.exists(os.path.join(paths.CHECKOUT, "docs", target)), f"{name}: {target}")


if __name__ == "__main__":
    suite.run()
