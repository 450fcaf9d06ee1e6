# SPDX-License-Identifier: BSD-2-Clause
"""EFI programs of the tests, which change the firmware and then start the unmodified loader."""

import glob
import os
import threading

from support import disk, paths

_COMPILE = ["clang", "--target=x86_64-unknown-windows", "-std=c17", "-O2", "-ffreestanding",
            "-fshort-wchar", "-mno-red-zone", "-mno-stack-arg-probe", "-fno-stack-protector",
            "-mgeneral-regs-only", "-DGNU_EFI_USE_MS_ABI", "-Wall", "-Wextra", "-Werror", "-nostdinc",
            "-isystem", "/usr/include/efi", "-isystem", "/usr/include/efi/x86_64"]


class EfiProgram:
    """The program of the folder NAME beside the tests; built once, when it is first asked for."""

    def __init__(self, name):
        self._name = name
        self._lock = threading.Lock()
        self._folder = None

    def path(self):
        with self._lock:
            if self._folder is None:
                self._folder = self._build()
            return os.path.join(self._folder.name, f"{self._name}.efi")

    def _build(self):
        folder = paths.scratch_folder()
        parent = os.path.join(paths.BOOT_TESTS, "parent")
        objects = []
        # The compiler may call memset and memcpy; the loader's own ones do.
        for source in [os.path.join(paths.CHECKOUT, "efi", "firmware", "memory.c"),
                       *sorted(glob.glob(f"{parent}/*.c")),
                       *sorted(glob.glob(f"{paths.BOOT_TESTS}/{self._name}/*.[cS]"))]:
            objects.append(os.path.join(folder.name, f"{len(objects)}.obj"))
            paths.run_tool(*_COMPILE, "-isystem", paths.compiler_headers(), f"-I{parent}",
                           "-c", source, "-o", objects[-1])
        paths.run_tool("lld-link", "-subsystem:efi_application", "-entry:efi_main",
                       "-nodefaultlib", f"-out:{folder.name}/{self._name}.efi", *objects)
        return folder

    def make_disk(self, folder, image_name, words, files):
        """A boot disk on which the program, told the words, starts the loader."""
        return disk.make(folder, image_name, self._files(words, files), loader=self.path())

    def share_disk(self, words, files):
        """The same, made once for all who ask for it."""
        return disk.shared(self._files(words, files), loader=self.path())

    @staticmethod
    def _files(words, files):
        # As it runs: what the unpacker asks of the firmware is no part of what is counted.
        with open(paths.UNPACKED, "rb") as file:
            return {"loader.efi": file.read(), **words, **files}
