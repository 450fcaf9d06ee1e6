#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Machines that lack something: no error, the kernel boots.

Without a serial port there is no log, so the verdict is the exit status alone.
"""

from support import disk, elf_maker, paths
from support.dump import Dump, errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Suite, check

suite = Suite()

# A q35 whose keyboard controller is gone too: with no serial port nothing at all can be typed.
NO_KEYBOARD = ["-machine", "i8042=off"]


def boot(serial=True, config=None, kernel=None, good=None, **options):
    with paths.scratch_folder() as folder, open(paths.STUB, "rb") as stub:
        stub = stub.read()
        files = {"kernel.elf": stub if kernel is None else kernel}
        if config is not None:
            files["hoist.conf"] = config
        disks = [Disk(disk.make(folder, "esp", files))]
        if good:
            disks.append(Disk(disk.make(folder, "good", {"kernel.elf": stub})))
        with Machine(disks, serial=serial, **options) as machine:
            machine.expect_status(STATUS_PASSED)
            return machine.log


@suite.case
def without_a_framebuffer_the_kernel_boots():
    log = boot()
    check(Dump(log).find("framebuffer") == [] and errors(log) == [], "a framebuffer, or an error")


@suite.case
def with_a_display_that_has_no_linear_framebuffer_the_kernel_boots():
    log = boot(devices=["virtio-gpu-pci"])
    check(Dump(log).find("framebuffer") == [] and errors(log) == [], "a framebuffer, or an error")


@suite.case
def without_a_serial_port_the_kernel_boots():
    check(boot(serial=False, devices=["VGA"]) == "", "a machine without a port has a log")


@suite.case
def without_serial_port_display_and_keyboard_the_kernel_boots():
    check(boot(serial=False, arguments=NO_KEYBOARD) == "", "a machine without a port has a log")


@suite.case
def without_serial_port_display_and_keyboard_the_default_entry_boots_despite_a_menu():
    entry = "protocol: hoist\npath: /kernel.elf\n"
    text = f"timeout: 5\ndefault_entry: 2\n/Bad\nprotocol: x\n/Good\n{entry}".encode()
    check(boot(serial=False, arguments=NO_KEYBOARD, config=text) == "", "there is a log")


@suite.case
def without_a_serial_port_bad_input_goes_back_to_the_firmware_too():
    check(boot(serial=False, kernel=elf_maker.build(entry=0), good=True) == "", "there is a log")


@suite.case
def without_serial_output_asked_for_the_kernel_boots():
    log = boot(config=b"serial: no\n" + disk.config("/kernel.elf"))
    check(errors(log) == [], "no error is expected")
    check("hoist: booting" in log and "hoist: kernel:" not in log, "the details are on the firmware's console")


@suite.case
def details_asked_for_are_on_the_firmwares_console_without_serial_output_too():
    log = boot(config=b"serial: no\nverbose: yes\n" + disk.config("/kernel.elf"))
    check(len(Dump(log).ranges) > 5 and "hoist: memory: " in log, "there are details missing")


if __name__ == "__main__":
    suite.run()
