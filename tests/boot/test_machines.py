#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Good boots on many machines.

Every pair of a processor, a memory size, a display, a disk and a board is booted at least once: an
orthogonal array over the field of four elements does that with 16 boots instead of 384.
"""

import itertools

from support import disk, paths
from support.dump import Dump, check_once, errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

CPUS = ["max", "max,-pdpe1gb", "max,-nx", "qemu64"]
MEMORIES = ["64M", "256M", "4G", "16G"]
DISPLAYS = ["none", "VGA", "ramfb", "bochs-display"]
BUSES = ["virtio", "ahci", "nvme"]
BOARDS = ["q35", "pc"]

suite = Suite()

# Multiplication in the field of four elements; addition is exclusive or.
_PRODUCT = [[0, 0, 0, 0], [0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2]]


def machines():
    for a, b in itertools.product(range(4), repeat=2):
        yield (CPUS[a], MEMORIES[b], DISPLAYS[a ^ b], BUSES[(a ^ _PRODUCT[2][b]) % 3],
               BOARDS[(a ^ _PRODUCT[3][b]) % 2])


def boot(cpu, memory, display, bus, board):
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = disk.make(folder, "esp", {"kernel.elf": stub.read()})
        with Machine([Disk(image, bus)], cpu, memory, board,
                     [] if display == "none" else [display]) as machine:
            machine.expect_status(STATUS_PASSED)
            judge(machine.log, cpu, memory, display)


def judge(log, cpu, memory, display):
    """What the loader and the stub said, on a machine of which we know what it has."""
    check(errors(log) == [], f"no error is expected, got {errors(log)}")
    check("\nFAIL" not in log, "the stub reports a check that failed")
    check(log.count(" checks passed, 0 failed") == 1, "the stub's summary is not there once")
    check_once(log)
    dump = Dump(log)
    check((f"{'without' if '-nx' in cpu else 'with'} NX\n") in log, "the NX bit is told wrongly")
    check(log.count("hoist: warning: this CPU has no NX") == ("-nx" in cpu),
          "the warning about NX does not fit the processor")
    check(len(dump.find("framebuffer")) == (display != "none"),
          f"display {display}, but {len(dump.find('framebuffer'))} framebuffers are mapped")
    check(all(one.cache == ("wc" if one.name == "framebuffer" else "wb") for one in dump.ranges),
          "a cache type is not the one of the name")
    direct = dump.find("direct map")
    check(all(one.va - one.pa == 0xffff800000000000 for one in direct),
          "a piece of the direct map is not at its offset")
    huge = sum(one.counts["1G"] for one in direct)
    check((huge > 0) == (cpu in ("max", "max,-nx") and memory in ("4G", "16G")),
          f"{huge} leaves of 1 GiB in the direct map")
    ram = sum(one.size for one in direct)
    size = int(memory[:-1]) << (20 if memory.endswith("M") else 30)
    check(size * 17 // 20 < ram <= size, f"{ram} bytes of RAM in the direct map of {size}")


def every_pair_of_two_properties_is_booted():
    rows = list(machines())
    for first, second in itertools.combinations(range(5), 2):
        axes = (CPUS, MEMORIES, DISPLAYS, BUSES, BOARDS)
        wanted = set(itertools.product(axes[first], axes[second]))
        there = {(row[first], row[second]) for row in rows}
        check(there == wanted, f"not booted: {sorted(wanted - there)}")


suite.case(every_pair_of_two_properties_is_booted)
# The largest and slowest first, so that none of them runs alone at the end.
for row in sorted(machines(), key=lambda row: row[1] not in ("4G", "16G")):
    suite.add("the_stub_passes_on_{}_with_{}_display_{}_{}_disk_{}".format(
        row[0].replace(",-", "_without_"), *row[1:]), boot, *row)



def memory_of(size):
    """So much memory, of which the host gives only what is used."""
    return ["-M", "memory-backend=ram",
            "-object", f"memory-backend-ram,id=ram,size={size},reserve=off"]


NVDIMM = ["-M", "nvdimm=on", "-object", "memory-backend-ram,id=nv,size=256M",
          "-device", "nvdimm,memdev=nv"]


def boot_other(cache="wc", **options):
    """A machine of which only that is known: its framebuffer is cached so, and the stub passes."""
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        image = disk.make(folder, "esp", {"kernel.elf": stub.read()})
        with Machine([Disk(image)], devices=["VGA"], **options) as machine:
            machine.expect_status(STATUS_PASSED)
            check(errors(machine.log) == [], f"no error is expected, got {errors(machine.log)}")
            check_once(machine.log)
            screen, = Dump(machine.log).find("framebuffer")
            check(screen.cache == cache, f"the framebuffer is mapped {screen.cache}")


@suite.case
def the_stub_passes_on_a_cpu_without_pat_with_an_uncached_framebuffer():
    boot_other("uc", cpu="max,-pat")


@suite.case
def the_stub_passes_on_the_oldest_64_bit_cpus():
    boot_other(cpu="Conroe")
    boot_other(cpu="Opteron_G1")


@suite.case
def the_stub_passes_with_memory_that_ends_in_the_middle_of_a_gigabyte():
    boot_other(memory="3071M")


@suite.case
def the_stub_passes_with_512_gib_and_with_1_tib_that_has_a_large_hole():
    boot_other(memory="512G", arguments=memory_of("512G"))
    boot_other(cpu="EPYC,phys-bits=42", memory="1T", arguments=memory_of("1T"))


@suite.case
def the_stub_passes_with_four_processors_and_with_persistent_memory():
    boot_other(memory="1G,slots=2,maxmem=4G", arguments=["-smp", "4", *NVDIMM])


@suite.case
def the_stub_passes_on_the_larger_firmware():
    boot_other(firmware=paths.OTHER_FIRMWARE)


if __name__ == "__main__":
    suite.run()
