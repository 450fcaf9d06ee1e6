# SPDX-License-Identifier: BSD-2-Clause
"""Builds kernels of the tests: the stub at other addresses, and kernels of our own."""

import glob
import os
import threading

from support import elf_maker, paths

_COMPILE = ["clang", "--target=x86_64-unknown-none-elf", "-std=gnu17", "-O2", "-ffreestanding",
            "-nostdinc", "-fno-stack-protector", "-mno-red-zone", "-mgeneral-regs-only", "-Wall",
            "-Wextra", "-Werror"]
# Addresses relative to RIP alone, so that the same objects can be linked anywhere.
_ANYWHERE = ["-fpie", "-fdirect-access-external-data"]


def compile_file(source, target, options=_ANYWHERE):
    paths.run_tool(*_COMPILE, *options, "-isystem", paths.compiler_headers(),
                   f"-I{paths.CHECKOUT}/protocol", f"-I{paths.CHECKOUT}/kernel-stub",
                   "-c", source, "-o", target)


def own_source(name):
    return os.path.join(paths.BOOT_TESTS, "kernels", name)


def build(folder, name, link=("-static",), compiled=_ANYWHERE):
    """Builds kernels/NAME.c with kernels/NAME.ld, and returns the file's bytes."""
    target = os.path.join(folder, name)
    compile_file(own_source(f"{name}.c"), f"{target}.o", compiled)
    paths.run_tool("ld.lld", "-z", "max-page-size=0x1000", *link, "-T",
                   own_source(f"{name}.ld"), f"{target}.o", "-o", target)
    with open(target, "rb") as file:
        return file.read()


def _link(objects, script_name, changes, *options):
    """Links the objects by the stub's script of that name, changed, and returns the file's bytes."""
    with open(os.path.join(paths.CHECKOUT, "kernel-stub", script_name), encoding="ascii") as file:
        script = file.read()
    for old, new in changes.items():
        if old not in script:
            raise RuntimeError(f"kernel-stub/{script_name} is not as this test knows it")
        script = script.replace(old, new)
    with paths.scratch_folder() as folder:
        target = os.path.join(folder, "stub.elf")
        with open(target + ".ld", "w", encoding="ascii") as file:
            file.write(script)
        paths.run_tool("ld.lld", *options, "-T", target + ".ld", *objects, "-o", target)
        with open(target, "rb") as file:
            return file.read()


class StubLinker:
    """The stub's objects, compiled once, and linked as often as one likes."""

    def __init__(self):
        self._folder = None
        self._objects = []
        self._lock = threading.Lock()

    def objects(self):
        with self._lock:
            if self._folder is None:
                folder = paths.scratch_folder()
                room = os.path.join(paths.CHECKOUT, "kernel-stub")
                sources = glob.glob(f"{room}/*.c") + glob.glob(f"{room}/*.S")
                for source in sorted(sources) + [own_source("large.S")]:
                    target = os.path.join(folder.name, os.path.basename(source) + ".o")
                    compile_file(source, target)
                    self._objects.append(target)
                self._folder = folder
        return self._objects

    def link(self, base, large=False, segment_alignment=0x1000, stated_alignment=None):
        """
        The stub at `base` as bytes; `large` adds MiB to each segment. The program headers say the
        alignment that the segments have, or `stated_alignment`.
        """
        objects = [one for one in self.objects() if large or not one.endswith("large.S.o")]
        kernel = bytearray(_link(objects, "link.ld", {
            "0xffffffff80000000": hex(base), "ALIGN(0x1000)": f"ALIGN({segment_alignment:#x})"},
            "-static", "-z", f"max-page-size={segment_alignment:#x}"))
        if stated_alignment is not None:
            elf_maker.state_alignment(kernel, stated_alignment)
        return bytes(kernel)

    def link_movable(self, base=0, segment_alignment=0x1000, compressed=False, bss_bytes=0):
        """
        The stub as a kernel that can be moved, linked to `base`; `compressed` packs its relocations
        into DT_RELR, and `bss_bytes` more of zeroes follow the image.
        """
        objects = [one for one in self.objects() if not one.endswith("large.S.o")]
        options = ["--pack-dyn-relocs=relr"] if compressed else []
        return _link(objects, "link-pie.ld", {
            ". = 0;": f". = {base:#x};", "ALIGN(0x1000)": f"ALIGN({segment_alignment:#x})",
            "*(.bss .bss.* COMMON)": f"*(.bss .bss.* COMMON) . += {bss_bytes:#x};"},
            "-pie", "--no-dynamic-linker", "-z", f"max-page-size={segment_alignment:#x}", *options)
