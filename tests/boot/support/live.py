# SPDX-License-Identifier: BSD-2-Clause
"""Builds live/, a kernel that changes its own tables, and reads what it lays out at a stop."""

import concurrent.futures
import glob
import os
import re
import struct
import threading

from support import paths

_COMPILE = ["clang", "--target=x86_64-unknown-none-elf", "-std=gnu17", "-O2", "-ffreestanding",
            "-nostdinc", "-fno-stack-protector", "-mno-red-zone", "-mgeneral-regs-only",
            "-mcmodel=kernel", "-fno-pic", "-Wall", "-Wextra", "-Wshadow", "-Werror"]
# What the sample kernel has already; the faults.S entries call our own handler.
_BORROWED = ["faults.S", "finish.c", "memory.c", "print.c", "serial.c"]

_STOP = re.compile(r"^live: stop (\w+): root ([0-9a-f]+), (\d) levels, (\d+) tables, "
                   r"book ([0-9a-f]+) (\d+), leaves ([0-9a-f]+) (\d+)$", re.MULTILINE)
_CPU = re.compile(r"^live: cpu: (\d) levels, nx (\d), 1g (\d), smep (\d), smap (\d), "
                  r"(\d+) physical bits$", re.MULTILINE)

_lock = threading.Lock()
_built = []


def sources():
    room = os.path.join(paths.BOOT_TESTS, "live")
    found = [file for pattern in (f"{room}/*.[cS]", f"{paths.CHECKOUT}/paging/*.c")
             for file in sorted(glob.glob(pattern))]
    return found + [os.path.join(paths.CHECKOUT, "kernel-stub", name) for name in _BORROWED]


def kernel():
    """The kernel's bytes; built once."""
    with _lock:
        if not _built:
            headers = paths.compiler_headers()
            with paths.scratch_folder() as folder:
                def compile_file(numbered):
                    target = os.path.join(folder, f"{numbered[0]}.o")
                    paths.run_tool(*_COMPILE, "-isystem", headers, f"-I{paths.CHECKOUT}",
                                   "-c", numbered[1], "-o", target)
                    return target
                with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                    objects = list(pool.map(compile_file, enumerate(sources())))
                target = os.path.join(folder, "live.elf")
                paths.run_tool("ld.lld", "-static", "-z", "max-page-size=0x200000", "-T",
                               os.path.join(paths.BOOT_TESTS, "live", "link.ld"), *objects,
                               "-o", target)
                paths.run_tool("llvm-objcopy", "--strip-debug", target)
                with open(target, "rb") as file:
                    _built.append(file.read())
        return _built[0]


class Cpu:
    """What the kernel says of its CPU."""

    def __init__(self, log):
        numbers = [int(number) for number in _CPU.search(log).groups()]
        self.levels, self.physical_bits = numbers[0], numbers[5]
        self.has_nx, self.has_1g, self.has_smep, self.has_smap = map(bool, numbers[1:5])


class Access:
    """Rights and cache type as the library writes them down (paging/access.h)."""

    def __init__(self, rights, cache, software=0):
        self.writable = bool(rights & 2)
        self.user = bool(rights & 4)
        self.executable = bool(rights & 8)
        self.is_global = bool(rights & 16)
        self.readable = bool(rights & 1)
        self.cache = cache
        self.software = software


class BookLeaf:
    """A leaf that must be there, by the kernel's own book."""

    def __init__(self, va, pa, size, access):
        self.va, self.pa, self.size, self.access = va, pa, size, access


class VisitLeaf:
    """A leaf as hoist_visit saw it."""

    def __init__(self, va, pa, entry, meaning):
        self.va, self.pa, self.entry = va, pa, entry
        self.size = 1 << 12 + 9 * ((meaning & 0xff) - 1)
        self.leaf = Access(meaning >> 8 & 0xff, meaning >> 16 & 0xff)
        self.effective = Access(meaning >> 24 & 0xff, meaning >> 16 & 0xff)


class Stop:
    """The last stop in the log, with both lists, read from the guest's memory."""

    def __init__(self, log, monitor, folder):
        match = _STOP.findall(log)[-1]
        self.name = match[0]
        self.root, book, leaves = (int(match[i], 16) for i in (1, 4, 6))
        self.levels, self.table_count = int(match[2]), int(match[3])
        book_count, leaf_count = int(match[5]), int(match[7])
        data = monitor.read_physical(book, book_count * 40, folder)
        self.book = [leaf for entry in struct.iter_unpack("<5Q", data) for leaf in _spread(*entry)]
        self.book.sort(key=lambda leaf: leaf.va)
        data = monitor.read_physical(leaves, leaf_count * 32, folder)
        self.visited = [VisitLeaf(*leaf) for leaf in struct.iter_unpack("<4Q", data)]


def _spread(va, pa, size_bytes, largest, access):
    """The leaves of a stretch: at each place the largest that is aligned and has room."""
    rights = Access(access & 0xff, access >> 8 & 0xff, access >> 16)
    end = va + size_bytes
    while va < end:
        size = largest
        while (va | pa) % size or va + size > end:
            size >>= 9
        yield BookLeaf(va, pa, size, rights)
        va, pa = va + size, pa + size
