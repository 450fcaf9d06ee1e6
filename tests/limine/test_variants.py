#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that ask in other ways, and machines that are odd in a way of their own; each checks every promise."""

import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

import kernels
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

NONE_LEFT_OUT = "ASKED_NOT=0u"
WITH_PAGING = "ASKED_NOT=(1u << ENTRY_POINT | 1u << KEEP_IOMMU)"
FIRST, SECOND = b"first" * 2000, b"second"
OWN = {"boot/own/first.bin": FIRST, "there/second.bin": SECOND}

suite = Suite()


def some(*rows):
    """All of them in a long run, else the first."""
    return rows if os.environ.get("LONG") == "1" else rows[:1]


def passes(kernel, *lines, words="display", files=None, head=(), warned=(), devices=("VGA",), **options):
    """The kernel passes all its checks; what is warned of is what is expected."""
    path = kernels.image(kernel, *lines, cmdline=words, files=files, head=head)
    with Machine([Disk(path)], devices=devices, **options) as machine:
        machine.expect_status(STATUS_PASSED)
        return kernels.judge(machine, warned)


def expect_ok(result, words):
    check(words in result.checks, f"the kernel has not checked {words!r}")


@suite.case
def base_revision_0_without_a_tag_takes_its_requests_from_a_list():
    for movable in some(True, False):
        passes(kernels.build(0, "WITHOUT_TAG", "LIST", NONE_LEFT_OUT, "OTHER_ENTRY", movable=movable))


@suite.case
def base_revision_0_needs_no_tag():
    passes(kernels.build(0, "WITHOUT_TAG", movable=True))


@suite.case
def what_lies_outside_of_the_markers_is_no_request():
    for revision, movable in some((2, False), (0, True), (6, True)):
        result = passes(kernels.build(revision, "MARKED", movable=movable))
        expect_ok(result, "the tag outside of the markers is left alone")


@suite.case
def the_entry_point_that_is_asked_for_is_the_one_that_is_entered():
    for movable in some(True, False):
        passes(kernels.build(3, "OTHER_ENTRY", "ASKED_NOT=(1u << KEEP_IOMMU | 1u << PAGING_MODE)", movable=movable))


@suite.case
def modules_that_the_kernel_asks_for_come_before_those_of_the_configuration():
    digest = hashlib.blake2b(FIRST).hexdigest()
    for path in some(f"own/first.bin#{digest}", "own/first.bin"):
        kernel = kernels.build(6, "INTERNAL=2", f'INTERNAL_PATH="{path}"')
        result = passes(kernel, "module_path: boot():/boot/own/first.bin", "module_cmdline: again",
                        words="display modules=3", files=OWN)
        result.expect_file(0, "/boot/own/first.bin", FIRST, "of its own, first")
        result.expect_file(1, "/boot/../there/second.bin", SECOND, "")
        result.expect_file(2, "/boot/own/first.bin", FIRST, "again")


@suite.case
def a_module_that_the_kernel_can_do_without_may_be_missing():
    result = passes(kernels.build(4, "INTERNAL=2", "INTERNAL_FLAGS=0", 'INTERNAL_PATH="no/such.bin"'),
                    words="display modules=1", files=OWN, warned=None)
    result.expect_file(0, "/boot/../there/second.bin", SECOND, "")


@suite.case
def five_levels_are_had_where_they_are_asked_for():
    # Revision 0 of the request has the preferred mode alone.
    for revision, movable, request in some((6, True, "PAGING=1, 1, 0"), (0, False, "PAGING=1, 1, 1"),
                                           (3, False, "PAGING=1, 0, 1")):
        passes(kernels.build(revision, WITH_PAGING, request, f"PAGING_REVISION={int(revision != 3)}", movable=movable),
               words="display levels=5 cpus=2", arguments=["-smp", "2"])


@suite.case
def four_levels_are_had_where_five_are_not():
    for lines, cpu in some(([], "max,-la57"), (["paging_mode: 4level"], "max")):
        passes(kernels.build(5, WITH_PAGING, "PAGING=1, 1, 0"), *lines, cpu=cpu)


@suite.case
def a_segment_that_asks_for_write_and_execute_gets_both_with_a_warning():
    result = passes(kernels.build(3, writable_text=True), warned=None)
    check("writable and executable" in result.log, "no warning of the segment is seen")
    expect_ok(result, "data can be executed, as its segment asks")


@suite.case
def strict_rights_make_the_direct_map_not_executable_and_its_text_read_only():
    for revision, movable in [(6, False), *some((0, True), (3, False))]:
        passes(kernels.build(revision, movable=movable), "wx: strict", words="display wx=strict")


@suite.case
def a_newer_base_revision_is_booted_with_the_newest_known_where_the_configuration_allows():
    passes(kernels.build(6, "TAG=7"), "newer_base_revision: highest")


@suite.case
def memory_above_4_gib_and_32_processors_are_no_trouble():
    for revision, movable in some((6, False), (2, True)):
        passes(kernels.build(revision, movable=movable), words="display cpus=32 usable=4900", memory="5G",
               arguments=["-smp", "32"])


@suite.case
def two_displays_are_two_framebuffers():
    for revision, movable in some((4, False), (0, True)):
        passes(kernels.build(revision, movable=movable), words="display=2", devices=("VGA", "bochs-display"))


@suite.case
def a_machine_without_a_display_has_no_framebuffer():
    passes(kernels.build(3, movable=True), words="cpus=1", devices=())


@suite.case
def kernels_may_be_linked_higher_and_processors_may_be_without_pages_of_1_gib():
    for revision, movable, base, board in some((4, False, 0xffffffffc0000000, "pc"),
                                               (1, True, 0xffffffff90000000, "q35"), (5, True, 0x400000, "q35")):
        passes(kernels.build(revision, movable=movable, base=base), board=board, cpu="max,-pdpe1gb")


@suite.case
def a_kernel_gets_the_least_stack_where_it_asks_for_none_and_a_large_one_where_it_asks():
    for stack, left_out in some(("0x10000", "1u << STACK_SIZE | "), ("0x400000", "")):
        passes(kernels.build(6, f"STACK={stack}", f"ASKED_NOT=({left_out}1u << ENTRY_POINT | 1u << PAGING_MODE)"),
               words="display cpus=2", arguments=["-smp", "2"])


@suite.case
def smbios_of_the_newer_kind_is_handed_over():
    for revision in some(5, 3):
        result = passes(kernels.build(revision), board="q35,smm=off,smbios-entry-point-type=64")
        check(result.value("smbios", "entry-64") != 0, "the firmware has none")


@suite.case
def x2apic_is_not_had_where_the_processor_has_none():
    passes(kernels.build(6, "X2APIC"), words="display cpus=2", arguments=["-smp", "2"])


if __name__ == "__main__":
    suite.run()
