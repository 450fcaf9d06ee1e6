#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What Hoist printed against what is really there, leaf for leaf.

The stub does its checks and waits; then QEMU's monitor reads the page tables that are in use. Each
guest is read three times: by `info tlb`, by a walk over the raw tables, and by `gva2gpa` for
addresses in and around each range.
"""

import re

from support import disk, paths, state
from support.dump import Dump
from support.machine import Disk, Machine
from support.oracle import RawTables, read_tlb, translate
from support.tap import Suite, check

suite = Suite()

# Name, processor, memory, displays; then the depth that the configuration asks for, and the state of the
# machine before the loader.
MACHINES = [
    ("with_everything_and_a_display", "max", "512M", ["VGA"]),
    ("with_4_gib_and_leaves_of_1_gib", "max", "4G", ["bochs-display"]),
    ("without_leaves_of_1_gib", "max,-pdpe1gb", "4G", []),
    ("without_nx", "max,-nx", "256M", ["VGA"]),
    ("with_64_mib", "max", "64M", ["ramfb"]),
    ("with_five_levels_that_were_switched_on", "max", "4G", ["VGA"], 5),
    ("with_five_levels_that_were_there", "qemu64,+la57", "256M", ["ramfb"], 5, "five-levels"),
    ("with_five_levels_that_were_switched_off", "max", "512M", ["VGA"], 4, "five-levels"),
]


def promised(dump):
    """All leaves of the dump, as (va, pa, size, range)."""
    return [(*leaf, one) for one in dump.ranges for leaf in one.leaves()]


def check_tlb(dump, leaves, has_nx):
    """The emulator's list, which is in ascending order too."""
    wanted = promised(dump)
    for (va, pa, size, one), leaf in zip(wanted, leaves):
        text = f"{one.name} at {va:x}:"
        check((leaf.va, leaf.pa) == (va, pa),
              f"{text} to {pa:x} is printed, the emulator has {leaf.va:x} to {leaf.pa:x}")
        check(leaf.large == (size > 4096), f"{text} the emulator has another leaf size")
        check(leaf.writable == one.writable, f"{text} the emulator has another right to write")
        check(leaf.no_execute == (has_nx and not one.executable),
              f"{text} the emulator has another right to execute")
        check(not leaf.user and not leaf.is_global, f"{text} global, or for users")
        # Write-combining is PAT entry 5: the PAT bit, which is not shown, and write-through.
        check((leaf.no_cache, leaf.write_through) == (False, one.cache == "wc"),
              f"{text} the emulator has other cache bits")
    check(len(wanted) == len(leaves),
          f"{len(wanted)} leaves are printed, the emulator has {len(leaves)}")


def check_raw(dump, tables, has_nx):
    wanted = promised(dump)
    check(tables.efer_nxe == has_nx, "EFER.NXE does not fit the processor")
    for (va, pa, size, one), leaf in zip(wanted, tables.leaves):
        text = f"{one.name} at {va:x} (entry {leaf.entry:x}):"
        check((leaf.va, leaf.pa, leaf.size) == (va, pa, size),
              f"{text} {size:x} bytes to {pa:x} are printed, the tables have {leaf.size:x} bytes "
              f"at {leaf.va:x} to {leaf.pa:x}")
        check(leaf.writable == one.writable, f"{text} the tables have another right to write")
        check(leaf.executable == (one.executable or not has_nx),
              f"{text} the tables have another right to execute")
        check(tables.cache_of(leaf) == one.cache,
              f"{text} {one.cache} is printed, the tables have {tables.cache_of(leaf)}")
    check(len(wanted) == len(tables.leaves),
          f"{len(wanted)} leaves are printed, the tables have {len(tables.leaves)}")
    end = dump.tables_pa + 4096 * dump.table_count
    check(len(tables.tables) == dump.table_count,
          f"{dump.table_count} table frames are printed, {len(tables.tables)} are in use")
    check(all(dump.tables_pa <= table < end for table in tables.tables),
          "a table lies outside the frames that are printed")


def check_translations(dump, monitor):
    covered = [(one.va, one.va + one.size) for one in dump.ranges]
    for one in dump.ranges:
        for offset in (0, one.size // 2, one.size - 1):
            found = translate(monitor, one.va + offset)
            check(found == one.pa + offset, f"{one.name}: {one.va + offset:x} goes to {found}, "
                                            f"{one.pa + offset:x} is printed")
        for address in (one.va - 1, one.va + one.size):
            if not any(start <= address < end for start, end in covered) and address >> 64 == 0:
                check(translate(monitor, address) is None,
                      f"{address:x} beside {one.name} is mapped, but not printed")


def make_disk(folder, levels, words):
    wish = b"" if levels is None else f"paging_mode: {levels}level\n".encode()
    with open(paths.STUB, "rb") as stub:
        files = {"hoist.conf": disk.config("/stub.elf", cmdline="wait") + wish,
                 "stub.elf": stub.read()}
    return state.make(folder, "esp", words, files) if words else disk.make(folder, "esp", files)


def compare(cpu, memory, devices, levels=None, words=None):
    with paths.scratch_folder() as folder:
        image = make_disk(folder, levels, words)
        with Machine([Disk(image)], cpu, memory, devices=devices, monitor=True) as machine:
            machine.wait_for("hoist-stub: waiting\n")
            log = machine.log
            check(" 0 failed\n" in log, "the stub reports a check that failed")
            dump = Dump(log)
            has_nx = "-nx" not in cpu
            bits = int(re.search(r"(\d+) physical bits", log).group(1))
            pat = int(re.search(r"the PAT is as documented \(([0-9a-f]+)\)", log).group(1), 16)
            check_tlb(dump, read_tlb(machine.monitor), has_nx)
            tables = RawTables(machine.monitor, folder, bits, pat)
            check(tables.levels == (levels or 4), f"the tables have {tables.levels} levels")
            check_raw(dump, tables, has_nx)
            check_translations(dump, machine.monitor)
            check(any(one.name == "framebuffer" for one in dump.ranges) == bool(devices),
                  "the framebuffer is not as the machine has it")
            if memory == "4G":
                huge = sum(one.counts["1G"] for one in dump.ranges)
                check((huge > 0) == (cpu == "max"), f"{huge} leaves of 1 GiB")


for name, *options in MACHINES:
    suite.add(f"the_mapping_printed_is_the_one_in_use_leaf_for_leaf_{name}", compare, *options)

if __name__ == "__main__":
    suite.run()
