#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that can be moved: where they go, what they are told of it, and what is refused in them."""

import os
import re
import struct

from support import disk, elf_maker, paths, refusals
from support.dump import Dump, errors, warnings
from support.elf_maker import ET_DYN, HIGHER_HALF, PT_NOTE, READ, WRITE, Segment, build, code
from support.kernel import StubLinker, build as build_kernel
from support.machine import STATUS_PASSED, Disk, Machine
from support.refusals import Bad, kernel
from support.tap import Suite, check

END = 0xffffffffffe00000
SLOT = 2 << 20
PT_DYNAMIC, PT_TLS, PT_STACK = 2, 7, 0x6474e551
DT_RELA, DT_RELASZ, DT_SYMTAB, DT_STRTAB, DT_STRSZ, DT_HASH = 7, 8, 6, 5, 10, 4
R_64, R_RELATIVE, R_32 = 1, 8, 10

suite = Suite()
stub = StubLinker()


def boot(kernel_file, *lines, warned=(), **options):
    """Boots a kernel that ends well; returns the dump, how far it was moved, and by what."""
    with paths.scratch_folder() as folder:
        files = {"kernel.elf": kernel_file}
        if lines:
            files["hoist.conf"] = disk.config("/kernel.elf") + "\n".join(lines + ("",)).encode()
        with Machine([Disk(disk.make(folder, "esp", files))], **options) as machine:
            machine.expect_status(STATUS_PASSED)
            log = machine.log
            check(errors(log) == [] and "\nFAIL" not in log, "an error or a failed check")
            check(warnings(log) == list(warned), f"expected the warnings {warned}")
            moved = re.findall(r"^hoist: kernel: moved by ([0-9a-f]+) \(kaslr: (\w+)\), (\d+) places relocated$",
                               log, re.MULTILINE)
            check(len(moved) == 1, "the log does not say once how far the kernel was moved")
            return Dump(log), int(moved[0][0], 16), moved[0][1]


def image_base(dump):
    return next(one.va for one in dump.ranges if one.name == "kernel segment 0")


def check_slot(dump, base_in_file, slide):
    base = image_base(dump)
    check(base == (base_in_file + slide) % (1 << 64), f"it is at {base:x}, moved by {slide:x}")
    check(HIGHER_HALF <= base < END and slide % SLOT == 0, f"{base:x} is no slot")
    relro, = dump.find("kernel relro")
    check((relro.writable, relro.executable) == (False, False), "the rights of the relocated addresses")


@suite.case
def a_kernel_goes_to_slots_of_chance_from_each_source():
    slides = set()
    for source, base, options, link in (
            ("RDRAND", 0, {}, {}),
            ("EFI_RNG_PROTOCOL", 0x1000, {"devices": ["virtio-rng-pci", "VGA"]}, {"compressed": True}),
            ("TSC", 0xffffffff90000000, {"cpu": "max,-rdrand"}, {"segment_alignment": SLOT})):
        dump, slide, said = boot(stub.link_movable(base, **link), **options)
        check(said == source, f"the place came from {said}, not {source}")
        check_slot(dump, base, slide)
        slides.add(image_base(dump) & ~(SLOT - 1))
    # That all three are one by chance is one case in a million.
    check(len(slides) > 1, f"always the same slot: {slides}")


def boots_without_chance(base, expected, link):
    dump, slide, said = boot(stub.link_movable(base, **link), "kaslr: no")
    check(said == "no", f"the place came from {said}")
    check_slot(dump, base, slide)
    check(image_base(dump) == expected, f"it is at {image_base(dump):x}")


suite.add("without_kaslr_a_kernel_linked_low_goes_to_the_lowest_slot", boots_without_chance,
          0x400000, HIGHER_HALF, {"compressed": True, "segment_alignment": SLOT})
suite.add("without_kaslr_a_kernel_linked_to_the_upper_half_stays", boots_without_chance,
          0xffffffff90001000, 0xffffffff90001000, {})


@suite.case
def a_shared_file_with_symbols_thread_local_data_and_a_note_is_a_kernel_too():
    with paths.scratch_folder() as folder:
        shared = build_kernel(folder, "symbols", ["-shared"], ["-fPIC"])
    dump, slide, _ = boot(shared)
    check(image_base(dump) == (0x200000 + slide) % (1 << 64), "it is not where it was moved to")


def boots_with_zeroes(movable, mib, aligned):
    """By as many large leaves as there is room for; in memory above 4 GiB where there is none below."""
    base = 0 if movable else HIGHER_HALF
    odd = 0 if aligned else 0x7000
    with paths.scratch_folder() as folder:
        file = build_kernel(folder, "bss", [
            *(["-pie", "--no-dynamic-linker"] if movable else ["-static"]), f"--defsym=BASE={base + odd:#x}",
            f"--defsym=ALIGNMENT={SLOT if aligned else 0x1000:#x}", f"--defsym=ZEROES={(mib << 20) + odd:#x}"])
        image = disk.make(folder, "esp", {"kernel.elf": file})
        memory = {"memory": "256M"} if mib == 64 else \
            {"memory": "1536M", "board": "q35,smm=off,max-ram-below-4g=512M"}
        with Machine([Disk(image)], **memory) as machine:
            machine.expect_status(STATUS_PASSED)
            dump = Dump(machine.log)
    data = dump.ranges[-1]
    check(data.name == "kernel segment 1" and data.size >= mib << 20, "there are no zeroes")
    check(data.counts["2M"] >= mib // 2 - 1 and data.counts["4K"] < 1024, f"its leaves are {data.counts}")
    check((data.pa >= 1 << 32) == (mib > 64), f"it lies at {data.pa:x}")


# Every pair of the three; all eight in the long run.
for size in (64, 512):
    for can_move in (False, True):
        for is_aligned in (False, True):
            if os.environ.get("LONG") != "1" and (size == 64) ^ can_move ^ is_aligned:
                continue
            suite.add(f"{'a_movable' if can_move else 'an_executable'}_kernel_with_{size}_mib_of_zeroes_"
                      f"{'aligned' if is_aligned else 'odd'}_boots", boots_with_zeroes, can_move, size, is_aligned)


@suite.case
def reading_that_takes_long_shows_how_far_it_is_once_a_second():
    large = build([Segment(HIGHER_HALF, elf_maker.PASS),
                   Segment(HIGHER_HALF + 0x1000, bytes(40 << 20), READ | WRITE)])
    with paths.scratch_folder() as folder:
        image = disk.make(folder, "esp", {"kernel.elf": large})
        with Machine([Disk(image, "ahci")]) as machine:
            machine.expect_status(STATUS_PASSED)
            shown = [int(mib) for mib in re.findall(r"hoist: reading /kernel\.elf: (\d+) of 40 MiB", machine.log)]
            steps = [high - low for low, high in zip(shown, shown[1:])]
            check(2 <= len(shown) <= 20 and 0 < shown[0] and shown[-1] <= 40, f"it says {shown}")
            check(0 < min(steps) and max(steps) <= min(steps) + 8, f"it says {shown}: not once a second")
            check(len(re.findall(r"^hoist: reading", machine.log, re.MULTILINE)) == 1, "it is not one line")


@suite.case
def what_kaslr_and_an_executable_stack_ask_in_vain_is_warned_of():
    with paths.scratch_folder() as folder:
        files = {"hoist.conf": disk.config("/kernel.elf") + b"kaslr: yes\n",
                 "kernel.elf": build([code(data=elf_maker.PASS), Segment(0, kind=PT_STACK, flags=7)])}
        with Machine([Disk(disk.make(folder, "esp", files))]) as machine:
            machine.expect_status(STATUS_PASSED)
            said = warnings(machine.log)
            check(said == ["/kernel.elf: the file asks for an executable stack (PT_GNU_STACK; often a missing "
                           ".note.GNU-stack in assembly); the stack is not executable",
                           "/kernel.elf: kaslr has no effect: the kernel cannot be moved (ET_EXEC); link it with "
                           "-pie"], f"the warnings are {said}")


def rela(place, kind, symbol=0, addend=0):
    return struct.pack("<QIIq", place, kind, symbol, addend)


def movable(relocation, *more, **tags):
    """A kernel with one relocation, and a symbol 1, "start_scheduler", that is not defined."""
    names = b"\0start_scheduler\0"
    symbols = bytes(24) + struct.pack("<IBBHQQ", 1, 0x10, 0, 0, 0, 0)
    tables = relocation + symbols + struct.pack("<II", 1, 2) + names
    values = {DT_RELA: 0x1000, DT_RELASZ: 24, DT_SYMTAB: 0x1018, DT_HASH: 0x1048, DT_STRTAB: 0x1050,
              DT_STRSZ: len(names), **{int(tag[3:]): value for tag, value in tags.items()}}
    dynamic = b"".join(struct.pack("<QQ", *pair) for pair in values.items()) + bytes(16)
    return build([code(va=0), Segment(0x1000, tables, READ), Segment(0x2000, dynamic, READ | WRITE),
                  Segment(0x2000, kind=PT_DYNAMIC, size=len(dynamic)), *more], type=ET_DYN)


def noted(kind, *wishes):
    note = struct.pack("<III", 6, 4 * len(wishes), kind) + b"Hoist\0\0\0" + struct.pack(f"<{len(wishes)}I", *wishes)
    return build([code(), Segment(HIGHER_HALF + 0x1000, note, READ),
                  Segment(HIGHER_HALF + 0x1000, note, READ, kind=PT_NOTE, alignment=4)])


@suite.case
def relocations_that_no_kernel_can_have_are_told_by_number_and_symbol():
    refusals.run([
        kernel('/kernel.elf: the symbol "start_scheduler" is not defined anywhere (relocation 0 at address 0x2000)',
               movable(rela(0x2000, R_64, 1))),
        kernel("/kernel.elf: relocation 0 at address 0x2000 has the type 10 (R_X86_64_32) (symbol: start_scheduler), "
               "which a kernel cannot have", movable(rela(0x2000, R_32, 1))),
        kernel("/kernel.elf: relocation 0 of DT_RELA would change address 0x800, which lies in no segment",
               movable(rela(0x800, R_RELATIVE))),
        kernel("/kernel.elf: relocation 0 of DT_RELA at address 0x2000 is about symbol 2, but the file has 2 symbols",
               movable(rela(0x2000, R_64, 2))),
        kernel("/kernel.elf: the table DT_RELA (0x18 bytes at address 0x3000) lies in no segment",
               movable(b"", DT_7=0x3000)),
        kernel('/kernel.elf: the file needs the shared library "start_scheduler": this is no kernel',
               movable(rela(0x2000, R_RELATIVE), DT_1=1)),
        kernel("/kernel.elf: the kernel's 3145732 KiB, aligned to 4 KiB, have no place between 0xffffffff80000000 "
               "and 0xffffffffffe00000",
               build([code(va=0), Segment(0x1000, size=3 << 30, flags=READ | WRITE)], type=ET_DYN)),
        kernel("/kernel.elf: program header 1 (PT_TLS, 0x20 bytes at address 0x5000) lies in no segment to load",
               build([code(), Segment(0x5000, kind=PT_TLS, size=32, file_size=16, offset=0)])),
        kernel("/kernel.elf: the kernel's Hoist note asks for version 99 of the hand-off or later; this loader has "
               "version 3", noted(1, 99, 0, 0, 0, 0)),
        kernel("/kernel.elf: the kernel has a Hoist note of type 7, which this loader does not know",
               noted(7, 1, 0, 0, 0, 0)),
        Bad("/lib/libc.so: program header 0 asks for an interpreter (PT_INTERP): this is a program for an operating "
            "system, no kernel (or a kernel linked without --no-dynamic-linker)",
            {"hoist.conf": disk.config("/lib/libc.so"),
             "lib/libc.so": build([Segment(0, b"/lib/ld.so\0", kind=elf_maker.PT_INTERP), code(va=0x1000)],
                                  type=ET_DYN)}),
    ])


if __name__ == "__main__":
    suite.run()
