#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Four levels of page tables and five, under a firmware that runs with four or five.

No firmware here starts with five, so a program of the tests (state/) switches them on and then
starts the loader. That the tables in use are the ones printed is test_matrix.py's to say.
"""

import contextlib
import re

from support import disk, paths, state
from support.dump import Dump, check_once, errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

FIVE = "max"
NONE = "max,la57=off"
CR4 = {4: "CR4 is as documented (20)", 5: "CR4 is as documented (1020)"}

suite = Suite()


@contextlib.contextmanager
def run(wishes, firmware_levels=4, kernel=None, **options):
    """Boots the stub and returns the log. The wishes are lines of the configuration."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        files = {"kernel.elf": kernel or stub.read(),
                 "hoist.conf": disk.config("/kernel.elf") + "\n".join([*wishes, ""]).encode()}
        if firmware_levels == 5:
            image = state.make(folder, "esp", "five-levels", files)
        else:
            image = disk.make(folder, "esp", files)
        with Machine([Disk(image)], **options) as machine:
            machine.expect_status(STATUS_PASSED)
            check(machine.log.count("\nstate: five-levels\n") == (firmware_levels == 5) and
                  "state: five levels" not in machine.log, "the test's own program failed")
            check(f"\nhoist: CPU: {firmware_levels} levels," in machine.log,
                  "the depth of the firmware is told wrongly")
            yield machine.log


def boots(wishes, levels, firmware_levels=4, **options):
    """The stub passes with so many levels; the dump."""
    with run(wishes, firmware_levels, **options) as log:
        check(errors(log) == [] and "\nFAIL" not in log, f"errors: {errors(log)}")
        check_once(log)
        check(CR4[levels] in log, f"CR4 does not have {levels} levels")
        changes = re.findall(r"^hoist: five-level paging is switched (\w+) for the kernel$", log,
                             re.MULTILINE)
        check(changes == [{5: "on", 4: "off"}[levels]] * (levels != firmware_levels),
              f"a change of depth is told {changes}")
        return Dump(log)


def refuses(wishes, sentence, words=None, **options):
    """The loader says the sentence, and a good disk after it boots."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        kernel = stub.read()
        lines = "\n".join([*wishes, ""]).encode()
        files = {"kernel.elf": kernel, "hoist.conf": disk.config("/kernel.elf") + lines}
        bad = state.make(folder, "bad", words, files) if words else disk.make(folder, "bad", files)
        disks = [Disk(bad),
                 Disk(disk.make(folder, "good", {"kernel.elf": kernel}))]
        with Machine(disks, **options) as machine:
            machine.expect_status(STATUS_PASSED)
            said = errors(machine.log)
            check(len(said) == 1 and re.fullmatch(sentence, said[0]),
                  f"expected {sentence!r}, got {said}")
            return machine.log


def is_low_copy(dump):
    trampoline, = dump.find("trampoline")
    check(trampoline.pa >> 32 == 0 and dump.tables_pa >> 32 == 0,
          f"the trampoline is at {trampoline.pa:x}, the tables at {dump.tables_pa:x}")


@suite.case
def without_a_wish_the_kernel_gets_the_four_levels_of_the_firmware():
    boots([], 4)


@suite.case
def five_levels_that_the_firmware_runs_with_are_kept():
    boots([], 5, firmware_levels=5, cpu="qemu64,+la57")


@suite.case
def five_levels_are_switched_on_when_asked_for():
    is_low_copy(boots(["paging_mode: 5level"], 5))


@suite.case
def five_levels_are_switched_off_when_four_are_asked_for():
    is_low_copy(boots(["paging_mode: 4level"], 4, firmware_levels=5))


@suite.case
def limits_are_enough_to_switch():
    boots(["min_paging_mode: 5level"], 5)
    boots(["max_paging_mode: 4level"], 4, firmware_levels=5)


@suite.case
def with_the_loader_above_4_gib_the_switch_happens_below():
    is_low_copy(boots(["paging_mode: 5level"], 5, memory="5G"))
    is_low_copy(boots(["paging_mode: 4level"], 4, firmware_levels=5, memory="5G"))


@suite.case
def without_nx_and_pat_the_switch_works_too():
    boots(["paging_mode: 5level"], 5, cpu="max,-nx,-pat")


@suite.case
def five_levels_on_a_processor_that_lacks_them_are_refused():
    refuses(["paging_mode: 5level"], "the configuration asks for 5 levels of paging, but the "
                                     "processor has only 4 \(no LA57\)", cpu=NONE)


@suite.case
def limits_that_contradict_each_other_are_refused():
    refuses(["min_paging_mode: 5level", "max_paging_mode: 4level"],
            "the configuration asks for at least 5 levels of paging, and for at most 4")


@suite.case
def without_free_memory_below_4_gib_the_depth_cannot_change():
    refuses(["paging_mode: 5level"],
            r"to change the number of paging levels the trampoline \(4 KiB\) must lie below "
            r"0x100000000, and no piece of free memory there is large enough",
            words="no-low", memory="5G")


@suite.case
def where_pages_cannot_be_executed_the_firmware_is_asked_to_let_the_copy():
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = state.make(folder, "esp", "attributes", {
            "kernel.elf": stub.read(),
            "hoist.conf": disk.config("/kernel.elf") + b"paging_mode: 5level\n"})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            check(errors(machine.log) == [] and CR4[5] in machine.log, "no five levels")
            said = re.findall(r"^state: (.*)$", machine.log, re.MULTILINE)
            check(said == ["attributes", "executable"], f"the firmware was asked for {said}")


@suite.case
def without_a_change_of_depth_the_page_runs_in_its_place_where_no_other_may():
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = state.make(folder, "esp", "no-execute", {"kernel.elf": stub.read()})
        with Machine([Disk(image)]) as machine:
            machine.expect_status(STATUS_PASSED)
            page, = Dump(machine.log).find("trampoline")
            handoff, = Dump(machine.log).find("hand-off")
            check(page.pa + page.size != handoff.pa, f"the page is a copy, at {page.pa:x}")


@suite.case
def a_copy_that_cannot_be_made_executable_is_told_and_given_back_as_it_was():
    log = refuses(["paging_mode: 5level"],
                  r"the code at 0x[0-9a-f]+ that changes the number of paging levels cannot be made "
                  r'executable; the firmware says "access denied" \(status 0x800000000000000f\)',
                  words="no-execute")
    said = re.findall(r"^state: (.*)$", log, re.MULTILINE)
    check(said == ["no-execute", "writable"], f"the firmware was asked for {said}")


if __name__ == "__main__":
    suite.run()
