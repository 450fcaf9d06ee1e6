#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Firmware that lacks things or does not do as asked, until the loader would leave it: faulty/ starts
the loader with doctored tables.

The loader says what is wrong, or gets as far as leaving; there the test turns it back (RAM goes bad).
Either way it has given back all it had taken, and the next run starts. What comes of leaving a
faulty firmware is test_faulty_boots.py's to say.
"""

import re

from support import disk
from support.dump import Dump
from support.faulty import TURN_BACK, TURNED_BACK, Guest
from support.tap import Failure, Suite, check

OUT = r'it says "out of resources" \(status 0x8000000000000009\)'
DEVICE_ERROR = r'the firmware says "device error" \(status 0x8000000000000007\)'
NO_MEMORY = re.compile(rf"the firmware gave no memory for the (.+) \(\d+ \w+\); {OUT}|"
                       rf"the firmware refused 16 places for the (.+), the last of "
                       rf"\d+ \w+ at 0x[0-9a-f]+; {OUT}")
# What the loader needs memory for, in any case.
STEPS = {"configuration", "memory map", "kernel", "stack", "hand-off", "fault reporter", "plan", "page tables"}
PAUSE = "hoist: back to the firmware after a key"

suite = Suite()
# Two guests, so that both cores have one.
memory = Guest()
others = Guest(devices=["VGA"])


def line(guest, faults, files=None, back=True):
    """Decorator: the function judges the runs of a line of faults."""
    words = f"{faults} no-conin" + f" {TURN_BACK}" * back
    number = guest.add(words, files)

    def add(function):
        def judge():
            runs = guest.runs(number)
            try:
                function(runs)
            except Failure as failure:
                raise Failure(f"{failure}\n{guest.describe(number)}") from None
        suite.add(function.__name__, judge)
        return function
    return add


def goes_on(runs):
    """In each run the loader gets as far as leaving."""
    for run in runs:
        run.turned_back()


def add(name, guest, faults, sentence=None, files=None):
    """A case of one run: the sentence that it ends with; None: it goes on to leaving."""
    def judge(runs):
        run, = runs
        run.says(sentence or TURNED_BACK)

    judge.__name__ = name
    line(guest, faults, files)(judge)


def swept(runs, sentence):
    """All runs but the last end with the sentence; that one goes on."""
    check(len(runs) > 1, "nothing was swept")
    for run in runs[:-1]:
        run.says(sentence)
    runs[-1].turned_back()


# ---- memory ----------------------------------------------------------------------------------------------------

@line(memory, "each fail-allocation")
def when_memory_runs_out_at_any_step_its_name_is_told_and_everything_given_back(runs):
    swept(runs, NO_MEMORY.pattern)
    found = [NO_MEMORY.fullmatch(run.errors[0]) for run in runs[:-1]]
    names = {match[1] or match[2] for match in found}
    check(STEPS <= names, f"no run failed for the {sorted(STEPS - names)}")


@line(memory, "each fail-one-allocation")
def when_one_allocation_fails_the_boot_goes_on_elsewhere_or_its_name_is_told(runs):
    check(len(runs) > len(STEPS), f"{len(runs)} runs")
    for run in runs[:-1]:
        check(len(run.errors) == 1 and (NO_MEMORY.fullmatch(run.errors[0]) or
                                        TURNED_BACK.fullmatch(run.errors[0])), f"got {run.errors}")
    runs[-1].turned_back()
    check(sum(TURNED_BACK.fullmatch(run.errors[0]) is not None for run in runs) > 4,
          "no place is picked again")


@line(memory, "each wrong-map")
def a_memory_map_that_cannot_be_read_at_any_time_is_told(runs):
    swept(runs, rf"the firmware's memory map cannot be read; {DEVICE_ERROR}")


add("a_map_that_does_not_fit_three_times_is_read_the_fourth_time", memory, "too-small=3")
add("a_map_that_no_buffer_is_large_enough_for_is_told", memory, "too-small=9",
    r'the firmware\'s memory map cannot be read; the firmware says "buffer too small" \(status .*\)')
add("ram_that_is_gone_before_the_firmware_is_left_is_told", memory, "")
add("a_map_that_grows_each_time_is_read_all_the_same", memory, "growing-map=6")
add("descriptors_that_are_longer_than_the_structure_are_stepped_over", memory, "more-stride=72")
add("a_map_unsorted_with_overlaps_and_empty_and_unknown_entries_is_made_orderly", memory, "odd-map=2")
add("a_map_of_a_thousand_entries_is_read", memory, "many-pieces=900")
add("a_map_with_all_of_this_is_read", memory, "many-pieces=300 odd-map=2 more-stride=8 growing-map=3")
add("when_all_places_are_taken_the_number_is_told", memory, "places-taken=1000",
    r"the firmware refused 16 places for the kernel, the last of .* at 0x[0-9a-f]+; "
    r'it says "not found" \(status .*\)')
add("a_rule_that_the_tables_break_is_told_and_nothing_is_booted", memory, "stray-bits",
    r'the page tables break the rule "plan" in \d+ of \d+ places, the first at 0x[0-9a-f]+ \(.+\)')
add("without_memory_where_it_is_asked_for_the_step_is_told", memory, "high-memory", NO_MEMORY.pattern)


@line(memory, "far-ram=512")
def ram_beyond_the_address_width_of_the_cpu_is_left_out_with_a_warning(runs):
    goes_on(runs)
    warning, = runs[0].warnings
    check(re.fullmatch(r"2 MiB of RAM lie beyond the \d\d address bits of this CPU and are left out",
                       warning), f"it warned {warning!r}")


@line(memory, "places-taken=5")
def places_that_somebody_else_took_are_picked_again(runs):
    goes_on(runs)
    check(runs[0].text.count("faulty: a place is taken") == 5, "fewer than 5 places were taken")


TOO_LITTLE = (r"too little memory for the (.+): .+ needed, .+ free in all, .+ in one piece|"
              r"no piece of free memory fits the (.+): .+ needed, aligned to .+, .+|"
              r"the firmware gave no memory for the (.+) \(.+\); .*")


PAGE_COUNTS = (1, 4, 9, 15, 25, 35, 45, 50, 60, 62, 66, 70, 75, 80)
tight = [memory.add(f"free-pages={count} no-conin {TURN_BACK}") for count in PAGE_COUNTS]


@suite.case
def with_few_free_pages_the_step_that_they_do_not_suffice_for_is_told():
    steps = []
    for number in tight:
        run, = memory.runs(number)
        run.says(f"{TOO_LITTLE}|{TURNED_BACK.pattern}")
        found = re.fullmatch(TOO_LITTLE, run.errors[0])
        steps.append(found and next(filter(None, found.groups())))
    check(len(set(steps)) > 4, f"with {PAGE_COUNTS} pages memory did not suffice for {steps}")


@line(memory, "free-pages=400")
def with_just_enough_free_pages_the_boot_goes_on(runs):
    goes_on(runs)


# ---- files -----------------------------------------------------------------------------------------------------

@line(others, "each fail-open")
def a_file_that_cannot_be_opened_is_told(runs):
    swept(runs, rf"/\w+\.\w+: the file cannot be opened; {DEVICE_ERROR}")


@line(others, "each fail-info")
def a_file_whose_size_cannot_be_had_is_told(runs):
    swept(runs, rf"/\w+\.\w+: the file's size cannot be found; {DEVICE_ERROR}")


@line(others, "each fail-read")
def a_read_that_fails_is_told_whichever_it_is(runs):
    swept(runs, rf"/\w+\.\w+: reading at offset \d+ failed; {DEVICE_ERROR}")


@line(others, "each empty-read")
def a_read_that_gives_nothing_is_told_whichever_it_is(runs):
    swept(runs, r"/\w+\.\w+: the file ends early: .* wanted at offset \d+, .* got")


@line(others, "each half-read")
def a_read_that_gives_half_is_gone_on_with_whichever_it_is(runs):
    check(len(runs) > 4, "few reads")
    goes_on(runs)


@line(others, "short-reads=300")
def reads_of_a_few_bytes_are_put_together(runs):
    # .data, .rodata and .text of the stub take some 70 reads each.
    goes_on(runs)
    check(runs[0].text.count("faulty: a short read") > 100, "no reads were short")


add("a_file_that_ends_before_its_size_is_told_with_numbers", others, "end-at=20480",
    r"/kernel\.elf: the file ends early: .* wanted at offset \d+, .* got")
add("a_device_that_fails_while_it_is_read_is_told_with_the_offset", others, "broken-at=20480",
    rf"/kernel\.elf: reading at offset \d+ failed; {DEVICE_ERROR}")
add("a_loader_that_came_from_no_device_says_so", others, "no-device",
    r"/hoist\.conf: there is no file system on the device that the loader was started from; "
    r"the firmware says .*")

# ---- consoles, tables, time ------------------------------------------------------------------------------------

EMPTY = r"/kernel\.elf: the kernel file is empty \(0 bytes\)"


@line(others, "no-conout", {"kernel.elf": b""})
def without_consoles_an_error_comes_once_by_serial_port_and_the_loader_goes_back_at_once(runs):
    runs[0].says(EMPTY)
    check(PAUSE not in runs[0].text, "a key is waited for where there are none")


for names in ("no-conout", "no-stderr", "no-conout no-stderr", "no-acpi", "no-tables"):
    add(f"with_{names.replace('-', '_').replace(' ', '_and_')}_the_boot_goes_on", others, names)

ENTRY = "protocol: hoist\npath: /kernel.elf\ncmdline:"


def two_entries(head):
    return {"hoist.conf": f"{head}default_entry: 2\n/One\n{ENTRY} first\n/Two\n{ENTRY} second\n".encode(),
            "kernel.elf": b""}


@line(others, "", two_entries("timeout: no\n"))
def without_conin_the_default_entry_boots_though_the_menu_would_wait_for_ever(runs):
    runs[0].says(EMPTY)
    check("hoist: booting Two: " in runs[0].text, "another entry is booted")


WATCHED = others.add("watchdog=3", two_entries("timeout: 20\n"))


@suite.case
def the_watchdog_is_off_while_the_menu_waits_longer_than_it():
    run, = others.runs(WATCHED)
    run.says(EMPTY)
    check("20 seconds" in run.text and PAUSE in run.text, "nothing was waited for")


# ---- displays --------------------------------------------------------------------------------------------------

def screen(name, faults, warning=None, is_there=False):
    def judge(runs):
        run, = runs
        run.turned_back()
        dump = Dump(run.text)
        check((dump.find("framebuffer") != []) == is_there, "a framebuffer is mapped, or not, without reason")
        check(len(run.warnings) == (warning is not None) and
              all(re.fullmatch(f"the screen is not used: {warning}", text) for text in run.warnings),
              f"expected the warning {warning!r}, got {run.warnings}")
        for place in dump.find("framebuffer"):
            also = [one.name for one in dump.ranges if one.cache != "wc" and
                    one.pa < place.pa + place.size and place.pa < one.pa + one.size]
            check(place.cache == "wc" and not also, f"the framebuffer is also mapped as {also}")

    judge.__name__ = name
    line(others, faults)(judge)


for what, faults in (("no_display", "gop-missing"), ("a_display_without_a_mode", "gop-no-mode"),
                     ("a_mode_without_information", "gop-no-info"),
                     ("a_display_that_can_only_copy", "gop-format=3"),
                     ("an_unknown_pixel_format", "gop-format=9"), ("a_framebuffer_at_0", "gop-base=1")):
    screen(f"with_{what}_the_boot_goes_on_without_a_framebuffer", faults)

for what, faults, warning in (
        ("a_framebuffer_of_no_size", "gop-size=1", "its pixels take 1875 KiB, more than the 0 bytes .*"),
        ("a_framebuffer_smaller_than_its_mode", "gop-size=100", ".*, more than the 100 bytes .*"),
        ("a_mode_of_no_width", "gop-width=1", ".* 0 x 600 pixels .*"),
        ("a_mode_of_no_height", "gop-height=1", ".* 800 x 0 pixels .*"),
        ("a_mode_higher_than_its_framebuffer", "gop-height=0xffffffff", "its pixels take .*"),
        ("lines_of_no_length", "gop-pitch=1", ".* in lines of 0 pixels"),
        ("lines_shorter_than_the_mode", "gop-pitch=100", ".* in lines of 100 pixels"),
        ("lines_longer_than_anything", "gop-pitch=0xffffffff", ".* in lines of 4294967295 pixels"),
        ("pixels_without_bits", "gop-mask=1", ".* of 0 bits .*"),
        ("a_framebuffer_that_wraps_around", "gop-base=0xfffffffffffff000", ".* does not fit .*"),
        ("a_framebuffer_beyond_the_processor", "gop-base=0x10000000000000", ".* does not fit .*")):
    screen(f"with_{what}_the_boot_goes_on_with_a_warning", faults, warning)

for what, faults in (("in_ram", "gop-in-ram"), ("said_to_be_larger_than_anything", "gop-size=0xffffffffffffffff"),
                     ("of_pixels_with_less_bits", "gop-mask=0xff00"),
                     ("where_the_kernel_would_lie", "gop-base=0x100000"),
                     ("at_no_page", "gop-base=0xe0000123"), ("across_4_gib", "gop-base=0xfffff000")):
    screen(f"a_framebuffer_{what}_is_mapped_alone_and_write_combining", faults, is_there=True)

if __name__ == "__main__":
    suite.run()
