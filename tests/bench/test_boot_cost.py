#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Limits on what a boot costs: instructions, table frames and memory, on a disk that does not poll. Never wall time.

`make bench-boot` has the whole picture; here are four boots of it, with 2^3 ns for an instruction: the firmware gets
to the loader sooner. What the firmware waits for apart, the counts are the same.

A busy host keeps the guest polling its disk, so chance adds instructions, and never takes any away: a boot that took
too many has two more tries.
"""

import concurrent.futures
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import boot_cost
from support.tap import Suite, check

SHIFT = 3
TRY_LIMIT = 3

# Instructions; the goals are 24, 5 and 28 million. Today's figures stand beside them.
SHOWN = boot_cost.Setting("18k")
UNSEEN = boot_cost.Setting("18k", display=False)
LARGE = boot_cost.Setting("16m")
LIMITS = {SHOWN: 5000000, UNSEEN: 4000000, LARGE: 12000000}

# 2 % of every boot above 10 million: the small ones are below that because nothing else is left in them. 162,000 today,
# of which calls to the firmware for memory are some 40,000.
PLAN_AND_BUILD_LIMIT = 200000

TABLE_FRAMES_LIMIT = 17

# Stack, tables, hand-off, both lists, the firmware's map, and the loader's own two images: packed and as it runs.
LOADER_BYTES_LIMIT = 640 << 10

suite = Suite()
boots = {}


def boot(setting, image):
    """The cheapest of up to three boots, or the first that stays within the limit."""
    cheapest = None
    for _ in range(TRY_LIMIT):
        figures = boot_cost.boot(setting, image, SHIFT)
        if cheapest is None or figures["whole"] < cheapest["whole"]:
            cheapest = figures
        if cheapest["whole"] <= LIMITS[setting] and cheapest["plan"] + cheapest["build"] <= PLAN_AND_BUILD_LIMIT:
            break
    return cheapest


def start(folder, pool):
    """Boots everything at once, as many guests at a time as the pool has."""
    for setting in LIMITS:
        boots[setting, "hoist"] = pool.submit(boot, setting, boot_cost.make_image(folder, setting, "hoist"))
    boots[SHOWN, "floor"] = pool.submit(boot, SHOWN, boot_cost.make_image(folder, SHOWN, "floor"))


def told(setting, loader="hoist"):
    return boots[setting, loader].result()


def stays_within(setting):
    whole = told(setting)["whole"]
    check(0 < whole <= LIMITS[setting],
          f"{whole} instructions, the limit is {LIMITS[setting]}: {told(setting)}")


suite.add("an_18_kib_kernel_with_a_display_stays_within_its_instructions", stays_within, SHOWN)
suite.add("an_18_kib_kernel_without_a_display_stays_within_its_instructions", stays_within, UNSEEN)
suite.add("a_16_mib_kernel_stays_within_its_instructions", stays_within, LARGE)


@suite.case
def planning_and_building_take_no_more_however_large_the_kernel_is():
    for setting in LIMITS:
        both = told(setting)["plan"] + told(setting)["build"]
        check(0 < both <= PLAN_AND_BUILD_LIMIT, f"{both} instructions: {told(setting)}")


@suite.case
def the_phases_are_the_whole_boot():
    for setting in LIMITS:
        rest = told(setting)["whole"] - sum(told(setting)[phase] for phase in boot_cost.PHASES)
        check(0 <= rest < 2000, f"{rest} instructions are in no phase")


@suite.case
def the_floor_is_below_the_loader_and_the_loader_not_far_above_it():
    floor, whole = told(SHOWN, "floor")["whole"], told(SHOWN)["whole"]
    check(0 < floor < whole < floor + LIMITS[SHOWN], f"the floor is {floor}, the loader {whole}")


@suite.case
def half_a_gigabyte_with_a_display_takes_17_table_frames_at_most():
    check(0 < told(SHOWN)["frames"] <= TABLE_FRAMES_LIMIT, f"{told(SHOWN)['frames']} frames")
    check(told(UNSEEN)["frames"] <= told(SHOWN)["frames"], "without a display there are more")


@suite.case
def a_kernel_takes_its_size_in_memory_and_no_more():
    for setting in LIMITS:
        figures = told(setting)
        check(figures["kernel_bytes"] == figures["image_bytes"],
              f"{figures['kernel_bytes']} bytes for an image of {figures['image_bytes']}")
        check(0 < figures["loader_bytes"] <= LOADER_BYTES_LIMIT, f"{figures['loader_bytes']} bytes for the loader")


if __name__ == "__main__":
    os.environ.setdefault("HOIST_TIME_LIMIT", "600")
    with tempfile.TemporaryDirectory(prefix="hoist-bench-") as scratch, \
            concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as guests:
        start(scratch, guests)
        suite.run()
