#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Boots on a firmware that lacks things or does not do as asked, and ways out of it that are none.

Up to the first try at leaving the loader could still go back (test_faulty_firmware.py). Here it
boots the stub, whose checks find nothing wrong; or, once it has tried, it says why it cannot, by
its own code, and restarts the machine.
"""

import re

from support.dump import Dump, check_once, warnings
from support.faulty import boots, resets
from support.tap import Suite, check

FOUR_GIB = 4 << 30
STALE = "faulty: a key goes stale\n"
TRIES = 8

suite = Suite()


@suite.case
def without_any_console_the_stub_boots_and_every_line_comes_once():
    log = boots("no-conout no-conin no-stderr")
    check_once(log)
    Dump(log)


@suite.case
def without_consoles_and_serial_port_the_stub_boots():
    check(boots("no-conout no-conin no-stderr", serial=False) == "", "a machine without a port has a log")


@suite.case
def without_an_rsdp_the_stub_boots_and_is_told_none():
    boots("no-acpi", "hoist-stub: no RSDP\n")


@suite.case
def without_any_table_the_stub_boots():
    boots("no-tables", "hoist-stub: no RSDP\n")


@suite.case
def one_allocation_that_fails_is_made_up_for():
    boots("fail-one-allocation=4")


@suite.case
def memory_above_4_gib_alone_is_enough():
    dump = Dump(boots("high-memory", memory="5G"))
    low = [one.name for one in dump.ranges if one.pa < FOUR_GIB and
           (one.name.startswith("kernel") or one.name in ("stack", "hand-off"))]
    check(low == [] and dump.tables_pa >= FOUR_GIB, f"below 4 GiB: {low}, tables {dump.tables_pa:x}")


@suite.case
def an_odd_map_with_longer_descriptors_is_handed_over_in_order():
    boots("odd-map more-stride=72 many-pieces=300")


@suite.case
def as_many_stale_keys_as_there_are_tries_but_one_are_got_over():
    boots(f"stale-keys={TRIES - 1}", STALE, TRIES - 1)


@suite.case
def a_rule_that_fails_is_a_warning_where_the_entry_says_so():
    entry = "/Test\nprotocol: hoist\npath: /kernel.elf\non_fail: warn\n"
    log = boots("stray-bits", "faulty: stray bits in the page tables\n", files={"hoist.conf": entry.encode()})
    told, = warnings(log)
    check(told.startswith('the page tables break the rule "plan" in '), told)
    failed = re.findall(r"^FAIL +([a-z-]+) ", log, re.MULTILINE)
    check(failed == ["plan"], f"the dump says that these failed: {failed}")
    check(" ! software bits\n" in log, "no range is marked")


@suite.case
def a_map_that_grows_before_and_while_the_firmware_is_left_is_the_one_handed_over():
    boots("growing-map=4 stale-keys=5 more-stride=8", "faulty: the map grows\n", 4)


@suite.case
def the_watchdog_does_not_end_a_boot_that_waits_longer():
    entry = "protocol: hoist\npath: /kernel.elf\ncmdline:"
    text = f"timeout: 20\ndefault_entry: 2\n/One\n{entry} first\n/Two\n{entry} second\n"
    boots("watchdog=3", "hoist-stub: command line: second\n", files={"hoist.conf": text.encode()})


@suite.case
def a_display_that_can_only_copy_is_no_framebuffer():
    check(Dump(boots("gop-format=3", devices=["VGA"])).find("framebuffer") == [], "there is one")


@suite.case
def a_framebuffer_in_ram_above_4_gib_is_drawn_on_by_the_stub():
    screen, = Dump(boots("gop-in-ram", memory="5G")).find("framebuffer")
    check(screen.pa >= FOUR_GIB and screen.cache == "wc", f"{screen.cache} at {screen.pa:x}")


@suite.case
def a_key_that_is_stale_once_more_than_there_are_tries_is_told_and_the_machine_restarts():
    resets(f"stale-keys={TRIES}", f'the firmware could not be left in {TRIES} tries; it says "invalid '
                                  r'parameter" \(status 0x8000000000000002\)')


@suite.case
def a_map_that_outgrows_its_buffer_while_leaving_is_told_and_the_machine_restarts():
    resets("stale-keys=1 outgrown-map", "the memory map outgrew its buffer while the firmware was left: "
                                        r"1000000 bytes needed, \d+ .* there")


@suite.case
def ram_that_goes_bad_between_two_tries_at_leaving_is_told_and_the_machine_restarts():
    resets("stale-keys=2 vanish-late", "the memory map changed while the firmware was left: "
                                       "0x[0-9a-f]+ was (?:free|boot services), now it is bad")


if __name__ == "__main__":
    suite.run()
