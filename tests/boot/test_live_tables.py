#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The page-table library at work on the tables that the CPU runs on.

live/ is a kernel that is linked with the library's own sources and booted by Hoist. It changes its
page tables under its own feet and says, a sentence each, what the CPU made of it. After each phase
it stops, and the tables are read from outside and compared leaf for leaf.
"""

import re

from support import disk, live, paths
from support.live_tables import LiveTables, compare
from support.machine import STATUS_PASSED, Disk, Machine
from support.oracle import read_tlb
from support.tap import Suite, check

suite = Suite()

STOPS = ["takeover", "own", "rights", "stale", "flusher", "split", "gigabyte", "itself", "second",
         "end"]
# Fewer are a sign that part of the kernel was passed over.
CHECKS_MIN = 450

MACHINES = [
    ("with_four_levels", "max", 4),
    ("with_five_levels", "max", 5),
    ("without_leaves_of_1_gib", "max,-pdpe1gb,-la57", 4),
    ("without_smep_and_smap", "qemu64", 4),
    ("without_nx", "max,-nx", 4),
]


def check_cpu(name, cpu):
    """The machine is what its name says."""
    check(cpu.has_nx == ("-nx" not in name), "NX is not as it should be")
    check(cpu.has_1g == (name != "qemu64" and "pdpe1gb" not in name),
          "leaves of 1 GiB are not as they should be")
    check(cpu.has_smep == cpu.has_smap == (name != "qemu64"),
          "SMEP and SMAP are not as they should be")


def run(cpu_name, levels):
    with paths.scratch_folder() as folder:
        image = disk.make(folder, "esp", {
            # It writes to the frames of its own code by the direct map.
            "hoist.conf": disk.config("/live.elf", cmdline=str(levels)) + b"wx: protocol\n",
            "live.elf": live.kernel()})
        with Machine([Disk(image)], cpu_name, "512M", monitor=True) as machine:
            for name in STOPS:
                machine.wait_for(f"live: ready {name}\n")
                machine.monitor.execute("stop")
                cpu = live.Cpu(machine.log)
                stop = live.Stop(machine.log, machine.monitor, folder)
                check(stop.name == name, f"it stops at {stop.name}, and not at {name}")
                try:
                    compare(stop, LiveTables(machine.monitor, folder, cpu.physical_bits),
                            read_tlb(machine.monitor))
                except Exception as problem:
                    problem.args = (f"at the stop {name}: {problem}",)
                    raise
                machine.monitor.execute("cont")
                machine.type(" ")
            machine.expect_status(STATUS_PASSED)
            log = machine.log
            check("\nFAIL" not in log, "a check of the kernel failed")
            check(cpu.levels == levels, "another number of levels")
            check_cpu(cpu_name, cpu)
            passed = re.search(r"^live: (\d+) checks passed, 0 failed$", log, re.MULTILINE)
            check(passed and int(passed[1]) >= CHECKS_MIN, f"fewer than {CHECKS_MIN} checks")


for one, *options in MACHINES:
    suite.add(f"a_kernel_changes_the_tables_it_runs_on_{one}", run, *options)

if __name__ == "__main__":
    suite.run()
