#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Machines of all kinds: what was mapped is what was planned, on each of them.

On each machine the stub does its checks and waits; then the page tables that are in use are read
from outside and held against what the loader printed and what the kernel was handed.

With HOIST_MATRIX=all all machines of support/machines.py are booted, otherwise a dozen of them.
"""

import itertools
import os
import struct

from support import machines, pairs, paths
from support.dump import check_once, errors, warnings
from support.mapping import Mapping, check_all, check_memory, check_raw
from support.raw_tables import RawTables, check_first_space
from support.tap import Failure, Suite, check

# All but accessed and dirty, of which the reader knows nothing, and most of an address.
DAMAGED_BITS = (0, 1, 2, 3, 4, 7, 8, 9, 11, 12, 13, 20, 21, 29, 39, 51, 52, 58, 62, 63)
NO_NX = "this CPU has no NX, so every mapping can be executed"

suite = Suite()


def boot(row):
    with open(paths.STUB, "rb") as file:
        image = machines.image_for(row, file.read())
    with paths.scratch_folder() as folder, machines.start(row, image) as machine:
        machine.wait_for("hoist-stub: waiting\n")
        machine.monitor.execute("stop")
        judge(row, machine.log, Mapping(machine, folder))


def judge(row, log, mapping):
    """What the loader and the stub said, on a machine of which we know what it has."""
    has_nx = row["cpu"] != "max,-nx"
    dump = mapping.dump
    check(errors(log) == [], f"no error is expected, got {errors(log)}")
    check(warnings(log) == ([] if has_nx else [NO_NX]), f"other warnings: {warnings(log)}")
    check("\nFAIL" not in log, "the stub reports a check that failed")
    check(log.count(" checks passed, 0 failed") == 1, "the stub's summary is not there once")
    check_once(log)
    check_all(mapping, has_nx)
    check(mapping.tables.levels == int(row["levels"][-1]), f"{mapping.tables.levels} levels are in use")
    check(len(dump.find("framebuffer")) == (row["display"] in ("VGA", "ramfb")),
          f"display {row['display']}, but {len(dump.find('framebuffer'))} framebuffers are mapped")
    check_direct_map(row, [one for one in dump.ranges if one.va >> 63 and one.cache == "wb" and
                           one.name.startswith("direct map")])


def check_direct_map(row, direct):
    size = machines.size_of(row)
    ram = sum(one.size for one in direct)
    check(size * 17 // 20 < ram <= size, f"{ram} bytes of RAM in the direct map of {size}")
    check(len({one.va - one.pa for one in direct}) == 1, "the direct map has more than one offset")
    # RAM above 4 GiB starts at a whole GiB on all of them.
    huge = sum(one.counts["1G"] for one in direct) << 30
    has_1g = row["cpu"] not in ("max,-pdpe1gb", "qemu64")
    check(huge >= size - (4 << 30) if has_1g else huge == 0,
          f"{huge} bytes by leaves of 1 GiB in the direct map")


@suite.case
def every_possible_pair_of_two_properties_is_booted():
    rows = machines.matrix()
    check(len(rows) >= machines.MACHINES_MIN, f"{len(rows)} machines")
    seen = {frozenset(pair) for row in rows for pair in pairs.pairs_of(row)}
    places = [[(name, value) for value in values] for name, values in machines.AXES.items()]
    every = {frozenset(pair) for first, second in itertools.combinations(places, 2)
             for pair in itertools.product(first, second)}
    listed = pairs.forbidden_pairs(machines.IMPOSSIBLE)
    check(listed <= every, f"no pairs of the matrix: {[sorted(pair) for pair in listed - every]}")
    check(every - seen == listed, "not booted: " +
          ", ".join(map(str, sorted(sorted(pair) for pair in every - seen ^ listed))))
    check(all(machines.IMPOSSIBLE.values()), "an impossible pair has no reason")


@suite.case
def every_value_of_every_property_is_among_the_dozen():
    sample = machines.matrix()[:machines.SAMPLE_COUNT]
    for name, values in machines.AXES.items():
        check({row[name] for row in sample} == set(values), f"a value of {name} is not booted")


class Damaged:
    """A monitor that tells what it told before, but for one bit of the guest's memory."""

    def __init__(self, mapping, address, bit):
        self.human = mapping.monitor.human
        self._chunks = mapping.tables.chunks
        self._address, self._bit = address, bit

    def read_physical(self, start, size_bytes, _):
        data = bytearray(self._chunks.get(start, bytes(size_bytes)))
        if start <= self._address < start + size_bytes:
            data[self._address - start + self._bit // 8] ^= 1 << self._bit % 8
        return bytes(data)


def entries_of_all_kinds(tables):
    """For each kind of entry the address and the text of one: {text: address}."""
    found = {}
    links = {entry & 0x000ffffffffff000: level - 1 for _, level, entry in tables.links}
    for table, level in {**links, tables.root: tables.levels}.items():
        chunk = table - table % len(next(iter(tables.chunks.values())))
        for i, entry in enumerate(struct.unpack_from("<512Q", tables.chunks[chunk], table - chunk)):
            kind = "absent" if entry == 0 else "leaf" if level == 1 or entry >> 7 & 1 else "link"
            found[f"{kind} of level {level}, flags {entry & (1 << 63 | 0x19f):x}"] = table + 8 * i
    return found


@suite.case
def a_wrong_bit_in_an_entry_of_any_kind_is_noticed():
    row = {**machines.matrix()[0], "memory": "3G", "display": "VGA"}
    with open(paths.STUB, "rb") as file:
        image = machines.image_for(row, file.read())
    with paths.scratch_folder() as folder, machines.start(row, image) as machine:
        machine.wait_for("hoist-stub: waiting\n")
        machine.monitor.execute("stop")
        mapping = Mapping(machine, folder)
        intact, kinds = mapping.tables, entries_of_all_kinds(mapping.tables)
        check(len(kinds) > 12, f"few kinds of entries: {list(kinds)}")
        for text, address in kinds.items():
            for bit in DAMAGED_BITS:
                try:
                    mapping.tables = RawTables(Damaged(mapping, address, bit), folder,
                                               intact.physical_bits, intact.pat)
                    check_first_space(mapping.tables)
                    check_raw(mapping)
                    check_memory(mapping)
                except Failure:
                    mapping.tables = intact
                else:
                    check(False, f"bit {bit} of the entry at {address:x} ({text}) changed, unnoticed")


COUNT = None if os.environ.get("HOIST_MATRIX") == "all" else machines.SAMPLE_COUNT
for one in machines.matrix()[:COUNT]:
    suite.add(f"the_mapping_is_the_planned_one_on_{machines.name_of(one)}", boot, one)

if __name__ == "__main__":
    suite.run()
