#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every fenced block of README.md, CONTRIBUTING.md and the documents does what it says, or says why a test cannot do it.

What the line before a block may say is in support/document.py. For each document a line is printed: its blocks, those
that are run or held against something, and those that are not run, with the reasons.
"""

import glob
import os
import re
import shutil

from support import document, paths
from support.tap import Left, Suite, check

README = os.path.join(paths.CHECKOUT, "README.md")
PAGING_README = os.path.join(paths.CHECKOUT, "paging", "README.md")
PATTERNS = ("*.md", "paging/*.md", "examples/*.md", "docs/*.md", "docs/decisions/*.md")
DOCUMENTS = sorted(path for pattern in PATTERNS for path in glob.glob(os.path.join(paths.CHECKOUT, pattern)))
SANITIZE = "-fsanitize=address,undefined"
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)")

suite = Suite()


def name_of(path):
    return os.path.relpath(path, paths.CHECKOUT)


@suite.case
def every_block_of_every_document_has_a_mark():
    counted = {"blocks": 0, "not run": 0}
    for path in DOCUMENTS:
        found = document.blocks(path)
        for block in found:
            check(block.problem is None, f"{block.problem}\n{block.text}")
        reasons = [document.left_out(block) for block in found if document.left_out(block)]
        drawings = sum(block.kind == "picture" for block in found)
        counted = {"blocks": counted["blocks"] + len(found), "not run": counted["not run"] + len(reasons)}
        if found:
            print(f"# {name_of(path)}: {len(found)} blocks, {len(found) - len(reasons) - drawings} run or held against "
                  f"what is, {drawings} drawings, {len(reasons)} not run{': ' if reasons else ''}{'; '.join(reasons)}",
                  flush=True)
    check(counted["blocks"] >= 50, f"only {counted['blocks']} blocks are seen")
    print(f"# all documents: {counted['blocks']} blocks, {counted['not run']} not run", flush=True)


def commands_do_what_they_say(path):
    with paths.scratch_folder() as folder:
        document.run(path, folder)


def commands(path):
    return sum(block.kind in ("example-run", "output of") for block in document.blocks(path))


# The longest first, so that none is left over at the end.
for one in sorted(DOCUMENTS, key=commands, reverse=True):
    if commands(one):
        suite.add(f"the_commands_of_{name_of(one).replace('/', '_')}_do_what_they_say", commands_do_what_they_say, one)


def tool_is_there(tool):
    if shutil.which(tool) is None:
        raise Left(f"needs the package {tool} (make deps-guides)")


def of_kind(kind):
    return [block for path in DOCUMENTS for block in document.blocks(path) if block.kind == kind]


# Their blocks are run with the others of the document, where the tool is there.
for one in sorted({block.word for block in of_kind("example-run") if block.word}):
    suite.add(f"{one}_is_there_for_the_blocks_that_need_it", tool_is_there, one)


@suite.case
def every_configuration_shown_is_read_without_a_warning():
    with paths.scratch_folder() as folder:
        program = os.path.join(folder, "read_config")
        paths.run_tool("clang", "-std=gnu17", SANITIZE, "-Iefi/pure", "-Ipaging", "-Iprotocol",
                       "tests/boot/support/read_config.c", os.path.join(paths.BUILD, "host", "clang", "libhoist.a"), "-o",
                       program, cwd=paths.CHECKOUT)
        check(of_kind("config"), "no document shows a configuration")
        shown = of_kind("config") + [block for block in of_kind("example-file") if block.word.endswith(".conf")]
        for block in shown:
            try:
                paths.run_tool(program, input=block.text)
            except RuntimeError as said:
                check(False, f"{block.where}: {said}\n{block.text}")


@suite.case
def every_declaration_shown_compiles_behind_its_header():
    with paths.scratch_folder() as folder:
        for block in of_kind("compiles with"):
            source = os.path.join(folder, "shown.c")
            with open(source, "w", encoding="utf-8") as file:
                file.write(f'#include "{block.word}"\n{block.text}')
            paths.run_tool("clang", "-std=c17", "-Wall", "-Wextra", "-Werror", "-Iprotocol", "-Ipaging", "-fsyntax-only",
                           source, cwd=paths.CHECKOUT)


@suite.case
def every_test_that_shows_a_block_is_there_and_reads_it():
    for block in of_kind("shown by"):
        check(os.access(os.path.join(paths.CHECKOUT, block.word), os.X_OK), f"{block.where}: there is no {block.word}")
        with open(os.path.join(paths.CHECKOUT, block.word), encoding="utf-8") as file:
            words = file.read()
        check(re.search(r"\bdocument\.\w+", words) and os.path.basename(block.where.split(":")[0]) in words,
              f"{block.where}: {block.word} does not read it")


@suite.case
def every_link_leads_to_a_file_and_to_a_heading():
    for path in DOCUMENTS:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for target, heading in LINK.findall(text):
            place = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            check(os.path.exists(place), f"{name_of(path)}: {target}")
            if heading:
                with open(place, encoding="utf-8") as file:
                    heads = re.findall(r"^#+ (.*)$", file.read(), re.MULTILINE)
                anchors = {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}
                check(heading in anchors, f"{name_of(path)}: {target}#{heading}")


def lines_of_kernel(path):
    return document.texts(path, "example-file", "kernel.c")[0].count("\n")


@suite.case
def the_readme_has_a_kernel_of_one_page_and_the_page_tables_readme_one_of_under_40_lines():
    for path, limit in ((README, 45), (PAGING_README, 39)):
        check(lines_of_kernel(path) <= limit, f"{name_of(path)}: {lines_of_kernel(path)} lines")


if __name__ == "__main__":
    suite.run()
