#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
A kernel that never leaves its first instruction. What stands in CR3 then is what the loader has made, touched by
nobody, and all witnesses of support/mapping.py must say what the dump says.
"""

import re

from support import machines, paths
from support.dump import errors
from support.elf_maker import HIGHER_HALF, build, code
from support.mapping import Mapping, check_all
from support.tap import Suite, check

STAY = bytes([0xeb, 0xfe])  # jmp to itself
# HOIST_ENTRY_PAT of protocol/hoist.h.
PAT = 0x0007010500070406
# Processor, memory, levels of the firmware and of the kernel.
MACHINES = (("max", "64M", "4"), ("max,-pdpe1gb", "16G", "4"), ("max,-nx", "512G", "4"),
            ("max", "16G", "5"), ("max,-nx", "64M", "4-to-5"), ("max,-pdpe1gb", "512G", "5-to-4"))

suite = Suite()


def register(monitor, name):
    return int(re.search(rf"\b{name}=([0-9a-f]+)", monitor.human("info registers"))[1], 16)


def stands(cpu, memory, levels):
    row = {"cpu": cpu, "memory": memory, "board": "q35", "disk": "virtio", "display": "VGA", "firmware": "4M",
           "levels": levels}
    image = machines.image_for(row, build([code(data=STAY)]))
    with paths.scratch_folder() as folder, machines.start(row, image) as machine:
        machine.wait_for("hoist: leaving the firmware\n")
        machine.wait_until(lambda: register(machine.monitor, "RIP") == HIGHER_HALF)
        machine.monitor.execute("stop")
        mapping = Mapping(machine, folder, register(machine.monitor, "RDI"), PAT)
        has_nx = cpu != "max,-nx"
        check(errors(machine.log) == [], "no error is expected")
        check_all(mapping, has_nx)
        mapping.dump.check_rules(() if has_nx else ("write-execute", "alias", "kernel"))
        check(mapping.tables.levels == int(levels[-1]), f"{mapping.tables.levels} levels are in use")
        has_1g = any(one.counts["1G"] for one in mapping.dump.ranges)
        check(has_1g == (cpu != "max,-pdpe1gb" and memory != "64M"), "leaves of 1 GiB, or none")


for _machine in MACHINES:
    suite.add("at_the_first_instruction_on_{}_with_{}_levels_{}".format(*_machine), stands, *_machine)


if __name__ == "__main__":
    suite.run()
