#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Machines that the matrix (test_matrix.py) does not have: each odd in a way of its own."""

from support import disk, paths
from support.dump import check_once, errors
from support.machine import Disk, Machine
from support.machines import memory_of
from support.mapping import Mapping, check_all
from support.tap import Suite, check

NVDIMM = ["-M", "nvdimm=on", "-object", "memory-backend-ram,id=nv,size=256M",
          "-device", "nvdimm,memdev=nv"]

suite = Suite()


def boot(cache="wc", display="VGA", more_ram=(), **options):
    """A machine with a framebuffer that is cached so; the stub passes, and all mappings are right."""
    with open(paths.STUB, "rb") as stub:
        image = disk.shared({"hoist.conf": disk.config("/stub.elf", cmdline="wait"),
                             "stub.elf": stub.read()})
    with paths.scratch_folder() as folder, \
            Machine([Disk(image)], devices=[display], monitor=True, **options) as machine:
        machine.wait_for("hoist-stub: waiting\n")
        machine.monitor.execute("stop")
        check(errors(machine.log) == [], f"no error is expected, got {errors(machine.log)}")
        check(" checks passed, 0 failed\n" in machine.log, "the stub reports a check that failed")
        check_once(machine.log)
        mapping = Mapping(machine, folder)
        mapping.ram_names.update(more_ram)
        check_all(mapping)
        screen, = mapping.dump.find("framebuffer")
        check(screen.cache == cache, f"the framebuffer is mapped {screen.cache}")


@suite.case
def the_stub_passes_on_a_cpu_without_pat_with_an_uncached_framebuffer():
    boot("uc", cpu="max,-pat")


@suite.case
def the_stub_passes_on_the_oldest_64_bit_cpus():
    boot(cpu="Conroe")
    boot(cpu="Opteron_G1")


@suite.case
def the_stub_passes_with_memory_that_ends_in_the_middle_of_a_gigabyte():
    boot(memory="3071M")


@suite.case
def the_stub_passes_with_a_display_of_another_make():
    boot(display="bochs-display", memory="4G", board="pc")


@suite.case
def the_stub_passes_on_a_cpu_of_another_make_with_1_tib_that_has_a_large_hole():
    boot(cpu="EPYC,phys-bits=42", memory="1T", arguments=memory_of("1T"))


@suite.case
def the_stub_passes_with_four_processors_and_with_persistent_memory():
    boot(memory="1G,slots=2,maxmem=4G", arguments=["-smp", "4", *NVDIMM], more_ram=["nv"])


if __name__ == "__main__":
    suite.run()
