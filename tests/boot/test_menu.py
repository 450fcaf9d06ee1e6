#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Several entries: who boots when nobody, and when somebody presses a key."""

from support import disk, paths
from support.dump import errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

PROMPT = "hoist: a number picks an entry"
FOREVER = "timeout: no\n"

suite = Suite()


def entries(head):
    """Three entries, one of them nested; each boots the stub with another command line."""
    stub = "protocol: hoist\npath: /stub.elf\ncmdline: "
    return f"{head}/One\n{stub}first\n/Folder\n//Two\n{stub}second\n//Three\n{stub}third\n".encode()


def boots_entry(head, wanted, act=None, prompt=True, **options):
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = disk.make(folder, "esp", {"hoist.conf": entries(head), "stub.elf": stub.read()})
        with Machine([Disk(image)], monitor=True, **options) as machine:
            if act is not None:
                machine.wait_for(PROMPT)
                act(machine)
            machine.expect_status(STATUS_PASSED)
            log = machine.log
            check(errors(log) == [], "no error is expected")
            check(f"hoist-stub: command line: {wanted}\n" in log, f"another entry than {wanted}")
            check(log.count(PROMPT) == int(prompt), "the prompt")
            check(log.split(PROMPT)[0].count(" 2  Folder > Two\n") == int(prompt), "the list of the entries")


@suite.case
def without_a_timeout_the_first_entry_boots_at_once():
    boots_entry("", "first", prompt=False)


@suite.case
def default_entry_boots_without_a_key_when_the_time_is_up():
    boots_entry("timeout: 2\ndefault_entry: 3\n", "third")


@suite.case
def the_default_entry_boots_when_there_is_no_serial_port_to_press_keys_at():
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        text = entries("timeout: 2\ndefault_entry: 2\n")
        image = disk.make(folder, "esp", {"hoist.conf": text, "stub.elf": stub.read()})
        with Machine([Disk(image)], serial=False) as machine:
            machine.expect_status(STATUS_PASSED)


@suite.case
def a_digit_over_the_serial_port_picks_its_entry():
    boots_entry(FOREVER, "second", lambda machine: machine.type("2"))


@suite.case
def a_digit_on_the_keyboard_picks_its_entry():
    def press(machine):
        machine.monitor.execute("send-key", keys=[{"type": "qcode", "data": "3"}])

    boots_entry(FOREVER, "third", press, devices=["VGA"])


@suite.case
def the_arrow_keys_move_the_mark_over_the_serial_port_and_the_clock_stops():
    def press(machine):
        machine.type("\x1b[B")
        machine.wait_for(" * 2  Folder > Two\n")
        machine.type("\x1b[B")
        machine.wait_for(" * 3  Folder > Three\n")
        machine.type("\r")

    boots_entry("timeout: 60\n", "third", press)


@suite.case
def an_entry_beyond_the_ninth_has_a_number_of_two_digits():
    stub = "protocol: hoist\npath: /stub.elf\ncmdline: number "
    text = FOREVER + "".join(f"/E{i}\n{stub}{i}\n" for i in range(1, 13))
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as kernel:
        image = disk.make(folder, "esp", {"hoist.conf": text.encode(), "stub.elf": kernel.read()})
        with Machine([Disk(image)]) as machine:
            machine.wait_for(PROMPT)
            machine.type("1")
            machine.wait_for(" * 1  E1\n")
            machine.type("2")
            machine.expect_status(STATUS_PASSED)
            check("hoist-stub: command line: number 12\n" in machine.log, "another entry than the twelfth")


@suite.case
def another_key_picks_the_default_entry():
    boots_entry(FOREVER + "default_entry: 2\n", "second", lambda machine: machine.type("\r"))


@suite.case
def a_digit_without_an_entry_picks_the_default_entry():
    boots_entry(FOREVER, "first", lambda machine: machine.type("7"))


if __name__ == "__main__":
    suite.run()
