# SPDX-License-Identifier: BSD-2-Clause
"""Builds the variants of the kernel in tests/limine/kernel, and boots them."""

import glob
import os
import re
import threading

from support import disk, paths
from support.dump import errors
from support.machine import STATUS_PASSED, Disk, Machine
from support.tap import Failure, check

ROOM = os.path.join(paths.CHECKOUT, "tests", "limine", "kernel")
# What `make` has compiled of it: all but requests.c.
OBJECTS = os.path.join(paths.BUILD, "limine")
_COMPILE = ["clang", "--target=x86_64-unknown-none-elf", "-std=gnu17", "-O2", "-ffreestanding", "-nostdinc",
            "-fno-stack-protector", "-mno-red-zone", "-mgeneral-regs-only", "-fno-builtin", "-Wall", "-Wextra",
            "-Werror", "-fpie", "-fdirect-access-external-data"]
_UUID = r"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+"
_FILE = re.compile(rf"^(file|module): size=(\w+) hash=(\w+) partition=(\w+) mbr=(\w+) disk=({_UUID}) "
                   r"part=(\S+) path=(.*?) string=(.*)$", re.MULTILINE)

_lock = threading.Lock()
_headers = []


def hash_of(data):
    """FNV-1a, as the kernel does."""
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def build(revision, *definitions, movable=False, base=None, writable_text=False):
    """A variant as bytes. Definitions are those of requests.c; `base` is where it is linked."""
    with _lock:
        if not _headers:
            _headers.append(paths.compiler_headers())
    script = os.path.join(ROOM, "link-pie.ld" if movable else "link.ld")
    with open(script, encoding="ascii") as file:
        text = file.read()
    if base is not None:
        text, count = re.subn(r"\. = (0|0xffffffff80000000);", f". = {base:#x};", text)
        check(count == 1, f"{script} is not as this test knows it")
    if writable_text:
        check("data PT_LOAD FLAGS(6)" in text, f"{script} is not as this test knows it")
        text = text.replace("data PT_LOAD FLAGS(6)", "data PT_LOAD FLAGS(7)")
        definitions += ("WRITABLE_TEXT",)
    objects = sorted(glob.glob(os.path.join(OBJECTS, "*.o")))
    check(len(objects) > 10, f"{OBJECTS} is empty: make builds it")
    with paths.scratch_folder() as folder:
        target = os.path.join(folder, "kernel.elf")
        with open(target + ".ld", "w", encoding="ascii") as file:
            file.write(text)
        paths.run_tool(*_COMPILE, "-isystem", _headers[0], f"-DBASE_REVISION={revision}",
                       *[f"-D{one}" for one in definitions], "-c", os.path.join(ROOM, "requests.c"),
                       "-o", target + ".o")
        link = ["-pie", "--no-dynamic-linker"] if movable else ["-static"]
        paths.run_tool("ld.lld", *link, "-z", "max-page-size=0x1000", "-T", target + ".ld", target + ".o", *objects,
                       "-o", target)
        with open(target, "rb") as file:
            return file.read()


def config(*lines, cmdline="", head=()):
    """A limine.conf with one entry."""
    text = [*head, "/Test", "protocol: limine", "path: boot():/boot/kernel.elf", *lines]
    return ("\n".join(text + [f"cmdline: {cmdline}"] if cmdline else text) + "\n").encode()


def image(kernel, *lines, cmdline="", files=None, head=()):
    return disk.shared({"limine.conf": config(*lines, cmdline=cmdline, head=head), "boot/kernel.elf": kernel,
                        **(files or {})})


class Result:
    """What a boot has said."""

    def __init__(self, log):
        self.log = log
        self.checks = re.findall(r"^ok: (.*)$", log, re.MULTILINE)
        self.failed = re.findall(r"^(?:# .*\n)*FAIL: .*$", log, re.MULTILINE)
        self.files = [dict(zip(("kind", "size", "hash", "partition", "mbr", "disk", "part", "path", "string"), one))
                      for one in _FILE.findall(log)]

    def line(self, start):
        found = re.findall(rf"^{start}: (.*)$", self.log, re.MULTILINE)
        check(found, f"the kernel says nothing of {start!r}")
        return found[0]

    def value(self, start, name):
        return int(re.search(rf"\b{name}=(\w+)", self.line(start))[1], 16)

    def expect_file(self, number, path, data, string):
        check(number < len(self.files), f"file {number} is missing: {self.files}")
        one = self.files[number]
        check(one["path"] == path, f"file {number} has the path {one['path']!r}, expected {path!r}")
        check(one["string"] == string, f"file {number} has the string {one['string']!r}, expected {string!r}")
        check(int(one["size"], 16) == len(data), f"file {number} has the size {one['size']}, expected {len(data):#x}")
        check(int(one["hash"], 16) == hash_of(data), f"the bytes of file {number} are not those of the volume")


def judge(machine, warnings=None):
    """The guest has ended, or waits: all checks hold."""
    result = Result(machine.log)
    if result.failed:
        raise Failure("\n".join(result.failed))
    end = re.search(r"^limine-kernel: passed=(\w+) failed=0 quiet=\w+$", result.log, re.MULTILINE)
    check(end is not None, "the kernel has not come to its end")
    check(int(end[1], 16) == len(result.checks) > 50, f"{len(result.checks)} checks were seen, {end[1]} counted")
    check(errors(result.log) == [], f"no error is expected, got {errors(result.log)}")
    if warnings is not None:
        found = re.findall(r"^hoist: warning: (.*)$", result.log, re.MULTILINE)
        check(found == list(warnings), f"expected the warnings {warnings}, got {found}")
    return result


def boot(path, devices=("VGA",), **options):
    """Boots an image until the kernel ends, and returns what it said."""
    with Machine([Disk(path)], devices=devices, **options) as machine:
        machine.expect_status(STATUS_PASSED)
        return judge(machine)
