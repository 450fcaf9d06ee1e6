#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Where the mapping dump goes: each word of `dump` in a guest, files read out of the volume afterwards,
volumes that cannot be written, and entries that show and do not boot.
"""

import json
import os

from support import disk, document, paths, schema
from support.dump import Dump, errors, warnings
from support.machine import STATUS_PASSED, Disk, KeptDisk, Machine
from support.tap import Suite, check

FIRMWARE = "hoist: the firmware's page tables:\n"
WRITTEN = "hoist: written: "
SHOWN = "hoist: shown, not booted\n"
ENTRY = "protocol: hoist\npath: /stub.elf\ncmdline: quiet\n"
# Room for a folder and a cluster of a file.
LEFT_BYTES = 8 << 10
FILES = ["mapping.json", "mapping.txt", "firmware.json", "firmware.txt"]

suite = Suite()


class ReadOnlyDisk(Disk):
    def arguments(self, number):
        return [one.replace("snapshot=on,", "readonly=on,") for one in super().arguments(number)]


def make(folder, lines, files=None, head=""):
    """A volume with one entry, and the lines among its own."""
    with open(paths.STUB, "rb") as stub:
        contents = {"stub.elf": stub.read(), "hoist.conf": f"{head}/Test\n{ENTRY}{lines}".encode()}
    return disk.make(folder, "esp", {**contents, **(files or {})})


def boot(image, kind=KeptDisk):
    """The log of a boot of the stub that nothing went wrong in."""
    with Machine([kind(image)]) as machine:
        machine.expect_status(STATUS_PASSED)
        check(errors(machine.log) == [], "no error is expected")
        return machine.log


def read(image, name):
    """A file of the folder /hoist, or None where it is not there."""
    listed = paths.run_tool("mdir", "-b", "-i", image, "::/hoist").lower().split()
    if f"::/hoist/{name}" not in listed:
        return None
    return paths.run_tool("mtype", "-i", image, f"::/hoist/{name}")


def table_of(log):
    """The lines of the dump, from the heading to the last rule."""
    lines = log.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("virtual "))
    last = next(i for i in range(first, len(lines)) if " plan " in lines[i] and " equal both ways" in lines[i])
    return lines[first:last + 1]


def check_pair(document, text, space):
    """The JSON says what the text says, line for line."""
    data = json.loads(document)
    check((data["format"], data["version"], data["space"]) == ("hoist-mapping", 1, space), "the document's head")
    lines = text.splitlines()
    check(lines[0].startswith("virtual "), "the text starts with something else than its heading")
    ranges = lines[1:1 + len(data["ranges"])]
    for line, one in zip(ranges, data["ranges"]):
        va, size = int(one["va"], 16), int(one["size"], 16)
        check(line.startswith(f"{va:016x}-{va + size - 1:016x} {int(one['pa'], 16):012x} "),
              f"{line!r} is another range than {one}")
        check(line.split(" ! ")[0].endswith(one["name"]) and f" {one['cache']} " in line,
              f"{line!r} has another name or type than {one}")
    words = {"pass": "pass", "fail": "FAIL", "aside": "set aside"}
    rules = lines[-12:]
    check(len(data["rules"]) == 12, "twelve rules")
    for line, one in zip(rules, data["rules"]):
        check(line.startswith(f"{words[one['verdict']]:9} {one['id']:13} {one['sentence']}: "),
              f"{line!r} is another verdict than {one}")
    return data


@suite.case
def without_a_word_the_dump_is_on_the_serial_port_alone():
    with paths.scratch_folder() as folder:
        image = make(folder, "")
        log = boot(image)
        Dump(log).check_rules()
        check(WRITTEN not in log and FIRMWARE not in log, "files or the firmware's tables")
        check("hoist" not in paths.run_tool("mdir", "-b", "-i", image, "::/").lower().replace("hoist.conf", ""),
              "a folder was made")


@suite.case
def none_shows_nothing_and_boots():
    with paths.scratch_folder() as folder:
        log = boot(make(folder, "dump: none\n"))
        check("virtual " not in log and WRITTEN not in log, "something is shown")


@suite.case
def screen_goes_through_the_firmwares_console():
    """Our own serial code is off, so what arrives at the serial port was on the console."""
    logs = {}
    for word in ("screen", "serial"):
        with paths.scratch_folder() as folder:
            logs[word] = boot(make(folder, f"dump: {word}\n", head="serial: no\n"))
    Dump(logs["screen"]).check_rules()
    check("virtual " not in logs["serial"], "the console shows what is for the serial port")


@suite.case
def files_are_on_the_volume_and_say_what_the_serial_port_says():
    with paths.scratch_folder() as folder:
        image = make(folder, "dump: serial, file\n")
        log = boot(image)
        text = read(image, "mapping.txt")
        check(text.splitlines() == table_of(log), "the text is not what the serial port had")
        data = check_pair(read(image, "mapping.json"), text, "kernel")
        check(schema.mistakes(schema.load(), data) == [], f"{schema.mistakes(schema.load(), data)}")
        check([rule["verdict"] for rule in data["rules"]] == ["pass"] * 12, "a rule did not pass")
        check(read(image, "firmware.json") is None, "the firmware's tables were not asked for")
        check(log.count(WRITTEN) == 2, "the files that are told")


@suite.case
def file_alone_writes_and_shows_nothing():
    with paths.scratch_folder() as folder:
        image = make(folder, "dump: file\n")
        log = boot(image)
        check("virtual " not in log, "the dump is shown")
        check_pair(read(image, "mapping.json"), read(image, "mapping.txt"), "kernel")


@suite.case
def old_files_that_are_longer_are_replaced_whole():
    with paths.scratch_folder() as folder:
        image = make(folder, "dump: file\n", {f"hoist/{name}": b"x" * 300000 for name in FILES})
        boot(image)
        check_pair(read(image, "mapping.json"), read(image, "mapping.txt"), "kernel")
        check(read(image, "firmware.txt") == "x" * 300000, "another file was touched")


@suite.case
def firmware_shows_its_tables_too_and_judges_them():
    with paths.scratch_folder() as folder:
        image = make(folder, "dump: all firmware\n")
        log = boot(image)
        check(log.count(FIRMWARE) == 1, "the firmware's tables are not told once")
        kernel, firmware = log.split(FIRMWARE)
        document.holds_what_is_shown("docs/architecture.md", "test_dump", firmware)
        Dump(kernel)
        text = read(image, "firmware.txt")
        data = check_pair(read(image, "firmware.json"), text, "firmware")
        check(text.splitlines() == table_of(firmware), "the text is not what the serial port had")
        verdicts = {rule["id"]: rule["verdict"] for rule in data["rules"]}
        check(verdicts["plan"] == "aside" and verdicts["tables"] == "aside", f"no plan is known: {verdicts}")
        check(data["summary"]["ranges_left_out"] == 0, "there is no room for all of the firmware's ranges")
        check(len(read(image, "mapping.json")) > 1000 and log.count(WRITTEN) == 4, "the files that are told")


@suite.case
def firmware_alone_is_shown_on_the_serial_port():
    with paths.scratch_folder() as folder:
        log = boot(make(folder, "dump: firmware\n"))
        kernel, firmware = log.split(FIRMWARE)
        Dump(kernel).check_rules()
        check(len(table_of(firmware)) > 13, "no range of the firmware")
        check(WRITTEN not in log, "a file was written")


@suite.case
def a_volume_that_is_read_only_is_a_warning_and_the_stub_boots():
    with paths.scratch_folder() as folder:
        log = boot(make(folder, "dump: file\n"), ReadOnlyDisk)
        told = [line for line in warnings(log) if "is not written" in line]
        check([line.split()[0] for line in told] == ["/hoist/mapping.json", "/hoist/mapping.txt"], f"{told}")


@suite.case
def a_volume_that_is_full_is_a_warning_and_nothing_is_left_behind():
    with paths.scratch_folder() as folder:
        image = make(folder, "dump: file\n")
        # The firmware keeps its variables on the volume as well; with those or without, it is too little.
        room = paths.run_tool("mdir", "-i", image, "::").split("bytes free")[0].split("\n")[-1]
        filler = os.path.join(folder, "filler")
        with open(filler, "wb") as file:
            file.truncate(int(room.replace(" ", "")) - LEFT_BYTES)
        paths.run_tool("mcopy", "-i", image, filler, "::")
        log = boot(image)
        told = [line for line in warnings(log) if "is not written" in line]
        check(told and told[0].startswith("/hoist/mapping.json is not written: "), f"{told}")
        check(read(image, "mapping.json") is None, "half a file is left")


@suite.case
def a_file_in_the_place_of_the_folder_is_a_warning():
    with paths.scratch_folder() as folder:
        image = make(folder, "dump: file\n", {"hoist": b"not a folder"})
        log = boot(image)
        check(len([line for line in warnings(log) if "is not written" in line]) == 2, f"{warnings(log)}")
        check(paths.run_tool("mtype", "-i", image, "::/hoist") == "not a folder", "the file was touched")


def shows_then_boots(dump_entry):
    """The first entry shows; then the menu is there again, and the second boots."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        text = f"/Show\nprotocol: dump\n{dump_entry}/Boot\n{ENTRY}dump: none\n"
        image = disk.make(folder, "esp", {"hoist.conf": text.encode(), "stub.elf": stub.read()})
        with Machine([Disk(image)]) as machine:
            machine.wait_for(SHOWN)
            machine.wait_for("hoist: a number picks an entry")
            machine.type("1")
            machine.wait_until(lambda: machine.log.count(SHOWN) == 2)
            machine.wait_until(lambda: machine.log.count("hoist: a number picks an entry") == 2)
            machine.type("2")
            machine.expect_status(STATUS_PASSED)
            check(errors(machine.log) == [], "no error is expected")
            first, second, rest = machine.log.split(SHOWN)
            check("hoist: leaving the firmware" not in first + second, "it was booted")
            check("hoist: leaving the firmware" in rest, "the second entry did not boot")
            return first, second


@suite.case
def a_dump_entry_shows_twice_the_same_and_another_entry_boots():
    first, second = shows_then_boots("path: /stub.elf\n")
    Dump(first).check_rules()
    Dump(second).check_rules()
    # What the first round took would not be free for the second.
    places = [[(one.name, one.va, one.pa, one.size) for one in Dump(log).ranges if one.name != "direct map"]
              for log in (first, second)]
    check(places[0] == places[1], f"the second round has other places: {places}")


@suite.case
def a_dump_entry_without_a_kernel_shows_the_firmwares_tables():
    first, second = shows_then_boots("")
    for log in (first, second):
        check(log.count(FIRMWARE) == 1 and log.count("virtual ") == 1, "the firmware's tables are not shown once")


if __name__ == "__main__":
    suite.run()
