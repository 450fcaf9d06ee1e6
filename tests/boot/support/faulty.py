# SPDX-License-Identifier: BSD-2-Clause
"""Builds faulty/, the firmware with faults, and disks that start the loader through it."""

import glob
import os
import threading

from support import disk, paths

_COMPILE = ["clang", "--target=x86_64-unknown-windows", "-std=c17", "-O2", "-ffreestanding",
            "-fshort-wchar", "-mno-red-zone", "-mno-stack-arg-probe", "-fno-stack-protector",
            "-mgeneral-regs-only", "-DGNU_EFI_USE_MS_ABI", "-Wall", "-Wextra", "-Werror", "-nostdinc",
            "-isystem", "/usr/include/efi", "-isystem", "/usr/include/efi/x86_64"]

_lock = threading.Lock()
_built = []


def program():
    """The path of the wrapper; built once."""
    with _lock:
        if not _built:
            folder = paths.scratch_folder()
            room = os.path.join(paths.BOOT_TESTS, "faulty")
            objects = []
            # The compiler may call memset and memcpy; the loader's own ones do.
            for source in sorted(glob.glob(f"{room}/*.c")) + [
                    os.path.join(paths.CHECKOUT, "efi", "firmware", "memory.c")]:
                objects.append(os.path.join(folder.name, f"{len(objects)}.obj"))
                paths.run_tool(*_COMPILE, "-isystem", paths.compiler_headers(), "-c", source,
                               "-o", objects[-1])
            path = os.path.join(folder.name, "faulty.efi")
            paths.run_tool("lld-link", "-subsystem:efi_application", "-entry:efi_main",
                           "-nodefaultlib", f"-out:{path}", *objects)
            _built.extend([path, folder])
        return _built[0]


def make(folder, name, faults, files):
    """A boot disk on which the loader is started with the faults named."""
    with open(paths.LOADER, "rb") as file:
        loader = file.read()
    return disk.make(folder, name, {"loader.efi": loader, "faults": faults.encode(), **files},
                     loader=program())
