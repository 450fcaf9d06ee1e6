#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Firmware that lacks things or does not do as asked: faulty/ starts the loader with doctored tables.

Where the loader can do without, the stub boots. Where it cannot, it says so, has given back all it
had taken, and the next disk boots.
"""

import re

from support import disk, faulty, paths
from support.dump import Dump, check_once, errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

_END = re.compile(r"^faulty: round (\d+) status (\d+) pages (\d+) files (\d+) events (\d+)$",
                  re.MULTILINE)
LOAD_ERROR = 1

suite = Suite()


def run(faults, kernel=None, config=None, status=STATUS_PASSED, **options):
    """Starts the loader with faults, and a good disk after it; returns the log up to there."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        good = stub.read()
        files = {"kernel.elf": good if kernel is None else kernel}
        if config is not None:
            files["hoist.conf"] = config
        disks = [Disk(faulty.make(folder, "faulty", faults, files)),
                 Disk(disk.make(folder, "good", {"kernel.elf": good}))]
        with Machine(disks, **options) as machine:
            machine.expect_status(status)
            check("faulty: /faults" not in machine.log and "unknown fault" not in machine.log,
                  "the test's own program failed")
            yield machine


def boots(faults, words="", times=1, **options):
    """The stub boots in spite of the faults, from the first disk; the log has the words so often."""
    for machine in run(faults, **options):
        log = machine.log
        check(errors(log) == [] and not _END.search(log), "the loader gave up")
        Dump(log)
        check_once(log)
        check(log.count("\nHoist 0") == 1, "the loader ran more than once")
        check(words == "" or log.count(words) == times,
              f"the log has {words!r} {log.count(words)} times, not {times} times")


def refuses(faults, sentence, **options):
    """The loader says the sentence, holds nothing any more, and the good disk boots."""
    for machine in run(faults, **options):
        said = errors(machine.log)
        check(len(said) == 1 and re.fullmatch(sentence, said[0]),
              f"expected {sentence!r}, got {said}")
        check_ends(machine.log, 1)
        waits = "hoist: back to the firmware after a key" in machine.log
        check(waits == ("no-conin" not in faults), "a key is waited for, or not, without reason")


def check_ends(log, count):
    ends = [[int(number) for number in end] for end in _END.findall(log)]
    wanted = [[i + 1, LOAD_ERROR, 0, 0, 0] for i in range(count)]
    check(ends == wanted, f"expected runs that end with {wanted}, got {ends} "
                          "(round, status, pages, files and events not given back)")


for name in ("no-conout", "no-conin", "no-stderr", "no-conout no-conin no-stderr"):
    suite.add(f"with_{name.replace('-', '_').replace(' ', '_and_')}_the_kernel_boots", boots, name)
for name in ("no-acpi", "no-tables"):
    suite.add(f"with_{name.replace('-', '_')}_the_kernel_boots_and_is_told_no_rsdp", boots, name,
              "hoist-stub: no RSDP\n")


@suite.case
def without_conout_and_serial_port_the_kernel_boots():
    for _ in run("no-conout no-conin", serial=False):
        pass


@suite.case
def without_consoles_an_error_comes_once_by_serial_port_and_the_loader_goes_back_at_once():
    refuses("no-conout no-conin", r"/kernel\.elf: the kernel file is empty \(0 bytes\)", kernel=b"")


@suite.case
def without_conin_the_default_entry_boots_though_the_menu_would_wait_for_ever():
    entry = "protocol: hoist\npath: /kernel.elf\ncmdline:"
    text = f"timeout: no\ndefault_entry: 2\n/One\n{entry} first\n/Two\n{entry} second\n"
    boots("no-conin", "hoist-stub: command line: second\n", config=text.encode())


@suite.case
def keys_that_have_gone_stale_are_asked_for_again():
    boots("stale-keys=3", "faulty: a key goes stale", 3)


@suite.case
def a_map_that_grows_all_the_time_is_read_all_the_same():
    boots("growing-map=6 stale-keys=5", "faulty: the map grows", 6)


@suite.case
def a_map_that_outgrows_its_buffer_while_leaving_is_told_and_the_machine_restarts():
    for machine in run("stale-keys=1 outgrown-map=1", status=0, ticks="shift=10"):
        said = errors(machine.log)
        check(len(said) == 1 and re.fullmatch(
            r"the memory map outgrew its buffer while the firmware was left: 1000000 bytes needed, "
            r"\d+ .* there", said[0]), f"got {said}")
        check("restarts in a moment" in machine.log, "the restart is not told")


@suite.case
def keys_that_always_go_stale_are_told_and_the_machine_restarts():
    # The loader waits for ten seconds of the TSC: an instruction is more of them than elsewhere.
    for machine in run("stale-keys=1000", status=0, ticks="shift=10"):
        said = errors(machine.log)
        check(said == ['the firmware could not be left in 8 tries; it says "invalid parameter" '
                       "(status 0x8000000000000002)"], f"got {said}")
        check("restarts in a moment" in machine.log, "the restart is not told")


@suite.case
def places_that_somebody_else_took_are_picked_again():
    boots("places-taken=5", "faulty: a place is taken", 5)


@suite.case
def when_all_places_are_taken_the_number_is_told():
    refuses("places-taken=1000", r"the firmware refused 16 places for the kernel, the last of .* "
                                 r'at 0x[0-9a-f]+; it says "not found" \(status .*\)')


@suite.case
def when_memory_runs_out_at_any_step_its_name_is_told_and_everything_given_back():
    steps = ["configuration", "memory map", "kernel", "stack", "hand-off", "plan", "page tables"]
    out = r'it says "out of resources" \(status 0x8000000000000009\)'
    for machine in run("fail-each-allocation", config=disk.config("/kernel.elf")):
        said = errors(machine.log)
        check(len(said) == len(steps), f"{len(steps)} failures are expected, got {said}")
        for step, sentence in zip(steps, said):
            check(re.fullmatch(rf"the firmware gave no memory for the {step} \(\d+ \w+\); {out}|"
                               rf"the firmware refused 16 places for the {step}, the last of "
                               rf"\d+ \w+ at 0x[0-9a-f]+; {out}", sentence),
                  f"a sentence about the {step} is expected, got {sentence!r}")
        check_ends(machine.log, len(steps))


@suite.case
def reads_of_a_few_bytes_are_put_together():
    # 300 bytes at most: .data, .rodata and .text of the stub take some 70 reads each.
    for machine in run("short-reads=300"):
        check(errors(machine.log) == [] and not _END.search(machine.log), "the loader gave up")
        check(machine.log.count("faulty: a short read") > 100, "no reads were short")


@suite.case
def a_file_that_ends_before_its_size_is_told_with_numbers():
    refuses("end-at=20480", r"/kernel\.elf: the file ends early: .* wanted at offset \d+, .* got")


@suite.case
def a_device_that_fails_while_it_is_read_is_told_with_the_offset():
    refuses("broken-at=20480", r"/kernel\.elf: reading at offset \d+ failed; the firmware says "
                               r'"device error" \(status 0x8000000000000007\)')


@suite.case
def a_loader_that_came_from_no_device_says_so():
    refuses("no-device", r"/hoist\.conf: there is no file system on the device that the loader was "
                         r"started from; the firmware says .*")


if __name__ == "__main__":
    suite.run()
