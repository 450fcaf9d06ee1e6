#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two checkouts in different folders, built at different times by different people: the same bytes."""

import hashlib
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "boot"))

from support import paths
from support.sources import project_files
from support.tap import Suite, check

LOADER = "build/esp/EFI/BOOT/BOOTX64.EFI"
# FAT keeps times in steps of two seconds.
TIME_STEP_SECONDS = 2.5
LONG_AGO = 1_000_000_000

suite = Suite()


def export(target):
    """Copies what belongs to the project, with what is not committed yet."""
    for name in project_files(with_new=True):
        os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
        shutil.copy2(os.path.join(paths.CHECKOUT, name), os.path.join(target, name))


def build(folder, mask, **changes):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("MAKE", "MFLAGS", "LC_")) and
                   key not in ("SOURCE_DATE_EPOCH", "TZ", "LANG")}
    environment.update(changes)
    result = subprocess.run(["make", "image"], cwd=folder, env=environment, umask=mask, check=False,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    check(result.returncode == 0, f"make image in {folder}:\n{result.stdout}")


def digest(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@suite.case
def two_checkouts_in_different_folders_give_the_same_loader_kernel_and_image():
    with paths.scratch_folder() as scratch:
        first = os.path.join(scratch, "a")
        second = os.path.join(scratch, "somewhere", "else", "with-a-longer-name")
        export(first)
        shutil.copytree(first, second)
        for folder, _, names in os.walk(first):
            for name in names:
                os.utime(os.path.join(folder, name), (LONG_AGO, LONG_AGO))
        build(first, 0o022, TZ="Pacific/Auckland", LANG="C")
        time.sleep(TIME_STEP_SECONDS)
        build(second, 0o077, TZ="America/New_York", LANG="C.UTF-8", HOME=scratch, USER="somebody",
              MAKEFLAGS="-j3")
        for name in (LOADER, "build/loader.efi", "build/loader.debug.efi", "build/kernel-stub.elf", "build/hoist.img"):
            check(digest(first, name) == digest(second, name), f"{name} differs")


if __name__ == "__main__":
    suite.run()
