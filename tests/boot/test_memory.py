#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Too little memory: the number needed and the number there, and back to the firmware."""

import re

from support import refusals
from support.dump import errors, size_of
from support.elf_maker import HIGHER_HALF, READ, WRITE, Segment, build, code
from support.refusals import kernel
from support.tap import Suite, check

SIZE = r"(\d+ (?:bytes|KiB|MiB|GiB|TiB))"
TOO_LITTLE = re.compile(f"too little memory for the kernel: {SIZE} needed, {SIZE} free in all, "
                        f"{SIZE} in one piece")
NO_PIECE = re.compile(f"no piece of free memory fits the kernel: {SIZE} needed, aligned to {SIZE}, "
                      f"the largest piece has {SIZE}")

suite = Suite()


def large(sentence, size, **options):
    """A kernel with so many bytes of memory behind its one page of code."""
    base = HIGHER_HALF if size < 1 << 30 else 0xffffc00000000000
    return kernel(sentence, build([code(va=base),
                                   Segment(base + 0x1000, size=size - 0x1000, flags=READ | WRITE,
                                           **options)]))


def told_sizes(part, expression):
    return [size_of(size) for size in expression.fullmatch(errors(part)[0]).groups()]


@suite.case
def a_kernel_larger_than_memory_is_refused_with_both_numbers():
    sizes = [512 << 20, 256 << 20, 1 << 40, 0x3fffffffe000]
    parts = refusals.run([large(TOO_LITTLE, size) for size in sizes], memory="256M")
    for size, part in zip(sizes, parts):
        needed, free, largest = told_sizes(part, TOO_LITTLE)
        check(needed == size, f"{size} bytes are needed, but {needed} were told")
        check(100 << 20 < largest <= free < 256 << 20,
              f"{free} bytes free and {largest} in one piece cannot be on 256 MiB")


@suite.case
def a_kernel_a_little_too_large_for_any_piece_is_refused_with_both_numbers():
    part = refusals.run([large(TOO_LITTLE, 1 << 40)], memory="256M")[0]
    _, free, largest = told_sizes(part, TOO_LITTLE)
    check(largest < free, "all free memory is one piece: this test cannot tell anything")
    size = largest + (free - largest) // 2 & ~0xfff
    part = refusals.run([large(NO_PIECE, size)], memory="256M")[0]
    needed, _, now = told_sizes(part, NO_PIECE)
    check(needed == size, f"{size} bytes are needed, but {needed} were told")
    check(now < needed, f"a piece of {now} bytes would have been large enough for {needed}")


@suite.case
def an_alignment_that_no_free_memory_has_is_refused_with_the_number():
    part = refusals.run([large(NO_PIECE, 64 << 20, offset=0x1000, alignment=1 << 30)], memory="256M")[0]
    needed, alignment, _ = told_sizes(part, NO_PIECE)
    check((needed, alignment) == (64 << 20, 1 << 30), f"told: {needed}, aligned to {alignment}")


@suite.case
def a_kernel_of_all_the_free_memory_there_is_is_refused_on_64_mib():
    part = refusals.run([large(TOO_LITTLE, 1 << 40)], memory="64M")[0]
    _, free, largest = told_sizes(part, TOO_LITTLE)
    check(largest < free < 64 << 20, f"{free} bytes free, {largest} in one piece on 64 MiB")
    anything = re.compile(f"(?:{TOO_LITTLE.pattern})|(?:{NO_PIECE.pattern})")
    refusals.run([large(anything, free - 0x1000 * pages) for pages in (0, 1, 2, 4)], memory="64M")


if __name__ == "__main__":
    suite.run()
