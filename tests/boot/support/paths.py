# SPDX-License-Identifier: BSD-2-Clause
"""Where things are: the checkout, what the build made, the firmware."""

import os
import shutil
import subprocess
import tempfile

CHECKOUT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BOOT_TESTS = os.path.join(CHECKOUT, "tests", "boot")
BUILD = os.path.abspath(os.environ.get("HOIST_BUILD", os.path.join(CHECKOUT, "build")))

LOADER = os.path.join(BUILD, "esp", "EFI", "BOOT", "BOOTX64.EFI")
# What that one unpacks and starts; boots as well.
UNPACKED = os.path.join(BUILD, "loader.efi")
STUB = os.path.join(BUILD, "kernel-stub.elf")
IMAGE = os.path.join(BUILD, "hoist.img")
RUNNER = os.path.join(CHECKOUT, "tools", "hoist-run")

# The 2 MiB firmware starts in half the time of the 4 MiB one.
FIRMWARE = os.environ.get("HOIST_FIRMWARE", "/usr/share/OVMF/OVMF_CODE.fd")
OTHER_FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
QEMU = os.environ.get("HOIST_QEMU", "qemu-system-x86_64")


def scratch_folder():
    """A folder of its own for one guest; it goes away with the object."""
    return tempfile.TemporaryDirectory(prefix="hoist-boot-")


def compiler_headers():
    """The freestanding headers of clang, for code that is built with -nostdinc."""
    resources = subprocess.run(["clang", "-print-resource-dir"], check=True, capture_output=True,
                               text=True).stdout.strip()
    return os.path.join(resources, "include")


def run_tool(*arguments, **options):
    """Runs a build tool; its output is the exception's text when it fails."""
    if shutil.which(arguments[0]) is None:
        raise FileNotFoundError(f"{arguments[0]} is not installed")
    result = subprocess.run(arguments, capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: status {result.returncode}\n"
                           f"{result.stdout}{result.stderr}")
    return result.stdout
