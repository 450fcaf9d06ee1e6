#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that ask for what cannot be had: one sentence each, and the firmware stays usable."""

import hashlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

import kernels
from support import refusals
from support.refusals import Bad
from support.tap import Suite

NAME = r"/boot/kernel\.elf"
WITH_PAGING = "ASKED_NOT=(1u << ENTRY_POINT | 1u << KEEP_IOMMU)"
AT = r"0x[0-9a-f]+"

suite = Suite()


def bad(sentence, kernel, *lines, files=None, **options):
    return Bad(re.compile(sentence), {"limine.conf": kernels.config(*lines), "boot/kernel.elf": kernel,
                                      **(files or {})}, **options)


@suite.case
def two_requests_of_one_kind_are_refused_by_name():
    refusals.run([
        bad(f'the kernel {NAME} has its request "framebuffer" twice, at {AT} and {AT}',
            kernels.build(3, "DUPLICATE=FRAMEBUFFER")),
        bad(f'the kernel {NAME} has its request "memory map" twice, at {AT} and {AT}',
            kernels.build(0, "DUPLICATE=MEMMAP", "MARKED", movable=True)),
    ])


@suite.case
def a_base_revision_that_nobody_knows_is_refused():
    refusals.run([
        bad(f'the kernel {NAME} asks for base revision 7 of the Limine protocol; 6 is the newest that is known',
            kernels.build(6, "TAG=7")),
        bad(f'the kernel {NAME} asks for base revision 18446744073709551615 of the Limine protocol; '
            '6 is the newest that is known', kernels.build(6, "TAG=0xffffffffffffffff", movable=True)),
    ])


@suite.case
def modules_of_the_kernels_own_that_cannot_be_had_are_refused():
    own = {"boot/own/first.bin": b"first", "there/second.bin": b"second"}
    digest = hashlib.blake2b(b"another").hexdigest()
    refusals.run([
        bad("/boot/no/such.bin: there is no such file on the boot volume",
            kernels.build(6, "INTERNAL=2", 'INTERNAL_PATH="no/such.bin"'), files=own),
        bad(f'the kernel {NAME} asks for the module "own/first.bin" to be unpacked, which this loader does not do',
            kernels.build(3, "INTERNAL=2", "INTERNAL_FLAGS=MODULE_COMPRESSED"), files=own),
        bad(f"/boot/own/first.bin has another hash than it should: from byte [0-9]+ on {AT}, not {AT}",
            kernels.build(3, "INTERNAL=1", f'INTERNAL_PATH="own/first.bin#{digest}"'), files=own),
        bad(r'the path "boot\(\):/boot/own/first.bin#12" has 2 characters behind its #; a BLAKE2b hash has 128, '
            'all of them hexadecimal digits',
            kernels.build(3, "INTERNAL=1", 'INTERNAL_PATH="own/first.bin#12"'), files=own),
    ])


@suite.case
def an_entry_point_outside_of_the_kernels_code_is_refused():
    entered, nowhere = f"the kernel {NAME} asks to be entered", "which is in no segment that can be executed"
    refusals.run([
        bad(f"{entered} at 0x1000, {nowhere}", kernels.build(3, "OTHER_ENTRY", "ASKED_NOT=0u", "ENTRY_AT=0x1000")),
        bad(f"{entered} at {AT}, {nowhere}",
            kernels.build(3, "OTHER_ENTRY", "ASKED_NOT=0u", "ENTRY_AT=image_data_start")),
    ])


@suite.case
def paging_modes_that_the_processor_has_not_are_refused():
    refusals.run([
        bad(r"the kernel asks for 5 levels of paging, but the processor has only 4 \(no LA57\)",
            kernels.build(3, WITH_PAGING, "PAGING=1, 1, 1")),
    ], cpu="max,-la57")


if __name__ == "__main__":
    suite.run()
