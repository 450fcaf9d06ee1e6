#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that are unusual and right: all of them boot."""

import os

from support import disk, elf_maker, paths
from support.dump import Dump, errors
from support.elf_maker import HIGHER_HALF, PT_NOTE, READ, WRITE, Segment, build
from support.kernel import StubLinker, build as build_kernel
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

DATA_START = 1 << 20

suite = Suite()
stub = StubLinker()


def boot(kernel, **options):
    """Boots a kernel that ends well, and returns what was printed."""
    with paths.scratch_folder() as folder:
        image = disk.make(folder, "esp", {"kernel.elf": kernel})
        with Machine([Disk(image)], **options) as machine:
            machine.expect_status(STATUS_PASSED)
            log = machine.log
            check(errors(log) == [] and "\nFAIL" not in log, "an error or a failed check")
            return Dump(log), log


def segments(dump):
    return [one for one in dump.ranges if one.name.startswith("kernel segment")]


def check_large(dump, base):
    text, rodata, data = segments(dump)
    check((text.va, text.executable, text.writable) == (base, True, False), "the code's place")
    # Without NX everything can be executed, and the dump says so.
    check((rodata.executable, rodata.writable) == (not dump.has_nx, False), "the constants' rights")
    check((data.executable, data.writable) == (not dump.has_nx, True), "the data's rights")
    for one in (text, rodata):
        check(one.va % (2 << 20) == 0 and one.counts["2M"] == 1 and one.counts["4K"] > 0,
              f"{one.name} is not mapped by one large leaf and small ones")
    check(data.counts["2M"] >= 33, f"{data.name} has {data.counts['2M']} large leaves")


@suite.case
def a_kernel_aligned_to_2_mib_is_mapped_by_large_leaves():
    kernel = stub.link(HIGHER_HALF, large=True, segment_alignment=2 << 20)
    check_large(boot(kernel)[0], HIGHER_HALF)


@suite.case
def a_kernel_that_could_be_mapped_by_large_leaves_gets_frames_that_allow_it():
    base = 0xffffffffa0000000
    kernel = stub.link(base, large=True, segment_alignment=2 << 20, stated_alignment=0x1000)
    check_large(boot(kernel, cpu="max,-nx")[0], base)


@suite.case
def segments_of_4_kib_alignment_get_large_leaves_only_inside_themselves():
    dump, _ = boot(stub.link(HIGHER_HALF + 0x1000, large=True))
    check(sum(one.counts["2M"] for one in segments(dump)) >= 33, "no large leaves")
    ends = [(one.va, one.va + one.size) for one in segments(dump)]
    check(all(ends[i][1] == ends[i + 1][0] for i in range(2)), "the segments do not meet")


def boots_at(base, devices=()):
    dump, log = boot(stub.link(base), devices=devices)
    check(segments(dump)[0].va == base, "the kernel is not where it was linked")
    check(len(dump.find("stack")) == 1, "there is no stack")
    check(len(dump.find("framebuffer")) == len(devices), "the framebuffer is not as it should be")
    return dump, log


for address in (0xffffffff80200000, 0xffffffffffe00000, 0xffffff8000000000, 0xffffc00000000000,
                0xffff900000001000, 0xffff80f000000000):
    suite.add(f"the_stub_boots_at_{address:x}", boots_at, address, ("VGA",))


@suite.case
def a_kernel_where_the_direct_map_would_be_moves_it_and_boots():
    dump, _ = boots_at(0xffff800000300000)
    check(dump.find("direct map")[0].va == 0xffff808000001000, "the direct map was not moved")


@suite.case
def with_wx_protocol_the_direct_map_is_all_writable():
    kernel = stub.link(HIGHER_HALF)
    with paths.scratch_folder() as folder:
        config = "/Stub\n    protocol: hoist\n    path: /kernel.elf\n    wx: protocol\n"
        image = disk.make(folder, "esp", {"kernel.elf": kernel, "hoist.conf": config.encode()})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            check(errors(machine.log) == [] and "\nFAIL" not in machine.log, "a failed check")
            pieces = Dump(machine.log).find("direct map")
    check(all(piece.writable for piece in pieces), "a piece of the direct map is read-only")


@suite.case
def a_kernel_where_the_loaders_gigabyte_would_be_moves_it_and_boots():
    dump, _ = boots_at(0xffffffff40000000, ("VGA",))
    stack, = dump.find("stack")
    check(stack.va == 0xffffffff00001000, f"the stack is at {stack.va:x}")


@suite.case
def a_kernel_across_two_gigabytes_moves_the_loaders_gigabyte_below_both():
    dump, _ = boots_at(0xffffffff3ffff000, ("VGA",))
    stack, = dump.find("stack")
    check(stack.va == 0xfffffffec0001000, f"the stack is at {stack.va:x}")


@suite.case
def what_the_file_does_not_hold_is_zero_even_in_memory_that_was_used():
    with paths.scratch_folder() as folder:
        kernel = build_kernel(folder, "zeroes")
        junk = os.path.join(folder, "junk")
        with open(junk, "wb") as file:
            file.write(b"\xa5" * (80 << 20))
        dump, _ = boot(kernel, memory="256M", arguments=[
            "-device", f"loader,file={junk},addr={DATA_START:#x},force-raw=on"])
    check(segments(dump)[-1].size > 64 << 20, "the kernel has no 64 MiB of data")


@suite.case
def segments_of_equal_rights_may_share_a_page():
    # mov al, [rip + second]; or al, [rip + gap]; out f4, al; hlt
    first = bytes.fromhex("8a05fa0700000a05f5070000e6f4f4")
    dump, _ = boot(build([Segment(HIGHER_HALF, first),
                          Segment(HIGHER_HALF + 0x800, b"\x10"),
                          Segment(HIGHER_HALF + 0xfff, b"xyz")]))
    check([(one.va, one.size, one.executable) for one in segments(dump)] ==
          [(HIGHER_HALF, 0x1000, True), (HIGHER_HALF + 0x1000, 0x1000, True)],
          "the pages are not those of the segments, each once")


@suite.case
def headers_that_ask_for_nothing_are_passed_over():
    base = HIGHER_HALF
    headers = [Segment(base, elf_maker.PASS, alignment=0)]
    headers += [Segment(base + 0x2000 * i, b"x", READ | WRITE, alignment=1) for i in range(1, 64)]
    headers += [Segment(0x1000, size=0, flags=7), Segment(0, kind=PT_NOTE, offset=1 << 62),
                Segment(0, kind=0x6474e551, flags=6), Segment(0, kind=0x60000001, size=1 << 60)]
    headers += [Segment(0, kind=0)] * (256 - len(headers))
    dump, _ = boot(build(headers))
    check(len(segments(dump)) == 64, f"{len(segments(dump))} segments are mapped")


@suite.case
def an_offset_outside_the_file_is_no_error_where_nothing_is_read():
    boot(build([Segment(HIGHER_HALF, elf_maker.PASS),
                Segment(HIGHER_HALF + 0x1000, size=0x5000, flags=READ | WRITE, offset=1 << 40)]))


@suite.case
def an_alignment_of_1_gib_is_honoured():
    dump, _ = boot(build([Segment(HIGHER_HALF + 0x1000, elf_maker.PASS, offset=0x1000,
                                  alignment=1 << 30)]), memory="2G")
    check(segments(dump)[0].pa == (1 << 30) + 0x1000, f"it is at {segments(dump)[0].pa:x}")


if __name__ == "__main__":
    suite.run()
