#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The kernels of examples/: built as their Makefiles say, outside of the checkout, and booted by hoist-run."""

import os
import shutil

from support import document, paths
from support.examples import EXAMPLES, make, passes
from support.tap import Suite, check

suite = Suite()


@suite.case
def the_template_kernel_boots_with_what_is_installed_alone():
    with paths.scratch_folder() as folder:
        prefix = os.path.join(folder, "prefix")
        for name, files in (("bin", ["tools/hoist-run", "tools/hoist-image"]), ("include/hoist", ["protocol/hoist.h"]),
                            ("share/hoist", [paths.LOADER])):
            os.makedirs(os.path.join(prefix, name))
            for file in files:
                shutil.copy(os.path.join(paths.CHECKOUT, file), os.path.join(prefix, name))
        kernel = os.path.join(folder, "my kernel")
        shutil.copytree(os.path.join(EXAMPLES, "kernel"), kernel)
        passes(kernel, ["kernel: hello, ", " MiB free\n"], f"PREFIX={prefix}")
        with open(os.path.join(kernel, "kernel.c"), encoding="ascii") as file:
            told = file.read().split("*/")[1]
        check(told.count("\n") <= 30, "what a kernel must do takes more than 30 lines")
        check(make(kernel, "clean")[0] == 0 and sorted(os.listdir(kernel)) == ["Makefile", "kernel.c", "kernel.ld"],
              f"left: {os.listdir(kernel)}")


def example_passes(name, *lines):
    with paths.scratch_folder() as folder:
        passes(os.path.join(EXAMPLES, name), lines, f"OUT={folder}/out")


suite.add("a_kernel_takes_over_and_uses_the_loaders_memory_again", example_passes, "takeover",
          "OK   a new space with the kernel half shared is in CR3\n", "OK   what the loader left is unmapped\n",
          "OK   the loader's memory is overwritten\n", " KiB of the loader's reclaimed\n")
suite.add("a_pager_maps_on_demand_and_its_guard_page_faults", example_passes, "pager",
          "OK   each of them took one fault\n", "OK   the guard page faults\n", "pager: 334 pages mapped on demand\n")


@suite.case
def the_readme_of_the_examples_shows_the_command_that_is_typed_here():
    shown = document.texts(os.path.join(EXAMPLES, "README.md"), "shown by")
    check(shown == ["$ make -C examples/takeover run\n"], f"README.md has {shown}")


@suite.case
def the_pager_is_a_page_and_a_half():
    with open(os.path.join(EXAMPLES, "pager", "pager.c"), encoding="ascii") as file:
        lines = file.read().count("\n")
    check(lines <= 150, f"it has {lines} lines")


if __name__ == "__main__":
    suite.run()
