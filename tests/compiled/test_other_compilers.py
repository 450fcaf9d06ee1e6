#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The build compiles loader and kernel by Clang; this compiles them by GCC, and the kernel's header as the C and C++
that kernels of others are written in. The kernel that GCC and GNU ld made has to boot, too.
"""

import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import disk, paths
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Failure, Suite, check

WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wpedantic", "-Werror"]
FREESTANDING = ["-O2", "-ffreestanding", "-nostdinc", "-fno-stack-protector", "-mno-red-zone", "-mgeneral-regs-only"]
KERNEL = ["-std=gnu17", "-mcmodel=kernel", "-fno-pic", "-fno-pie", "-fno-asynchronous-unwind-tables",
          "-Iprotocol", "-Ikernel-stub"]
PURE = ["-std=c17", "-Ipaging", "-Iprotocol", "-Iefi/pure"]
# Everything a kernel uses of the header, in the words that C and C++ share.
USE_OF_HEADER = """
#include "hoist.h"
#include "hoist.h"
int usable(const struct hoist_handoff *handoff);
int usable(const struct hoist_handoff *handoff)
{
    return handoff->magic == HOIST_MAGIC && handoff->version >= HOIST_VERSION &&
           handoff->size_bytes >= sizeof(struct hoist_handoff);
}
"""

suite = Suite()


def run(*command, text=None):
    result = subprocess.run(command, cwd=paths.CHECKOUT, input=text, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Failure(f"{' '.join(command)}\n{result.stdout}{result.stderr}")
    return result.stdout


def sources(room, ending="c"):
    found = sorted(glob.glob(f"{room}/*.{ending}", root_dir=paths.CHECKOUT))
    check(found, f"{room} has no sources")
    return found


def gcc(flags, source, target):
    headers = run("gcc", "-print-file-name=include").strip()
    run("gcc", *FREESTANDING, "-isystem", headers, *WARNINGS, *flags, "-c", source, "-o", target)


@suite.case
def gcc_compiles_the_loaders_pure_half_without_a_warning():
    for source in sources("efi/pure"):
        gcc(PURE, source, "/dev/null")


@suite.case
def a_kernel_compiled_by_gcc_and_linked_by_gnu_ld_passes_its_checks():
    with paths.scratch_folder() as folder:
        objects = []
        for source in sources("kernel-stub") + sources("kernel-stub", "S"):
            objects.append(os.path.join(folder, os.path.basename(source) + ".o"))
            gcc(KERNEL, source, objects[-1])
        kernel = os.path.join(folder, "kernel")
        run("ld", "-static", "-T", "kernel-stub/link.ld", "-z", "max-page-size=0x1000", "-z", "noexecstack",
            "-o", kernel, *objects)
        with open(kernel, "rb") as file:
            image = disk.make(folder, "esp", {"kernel.elf": file.read()})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            check(" checks passed, 0 failed" in machine.log, "the summary is not there")


def header_compiles(compiler, language, standard):
    said = run(compiler, f"-std={standard}", "-x", language, *WARNINGS, "-Wconversion", "-Iprotocol", "-c", "-o",
               "/dev/null", "-", text=USE_OF_HEADER)
    check(said == "", said)


for compiler, language, standards in (("gcc", "c", ("c11", "c17")), ("clang", "c", ("c11", "c17", "c2x")),
                                      ("g++", "c++", ("c++11", "c++20")), ("clang++", "c++", ("c++11", "c++20"))):
    for standard in standards:
        suite.add(f"{compiler}_takes_the_protocols_header_as_{standard}", header_compiles, compiler, language, standard)


if __name__ == "__main__":
    suite.run()
