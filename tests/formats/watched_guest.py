# SPDX-License-Identifier: BSD-2-Clause
"""
A program without a system that stops to be looked at: it says LOOK, waits for a character, and goes on.

Until then it has said what the library reads from its tables, a line for each leaf; the emulator's monitor says what
the emulated CPU reads from the same tables.
"""

import os
import subprocess
import tempfile
import threading
import time

import bare_guest
from support.qmp import Monitor
from support.tap import check


class Leaf:
    """A line LEAF: addresses, what it allows by itself and below its links, the access that stands for it."""

    __slots__ = ("va", "size", "pa", "own_rights", "rights", "access", "cache")

    def __init__(self, words):
        first, last, self.pa, self.own_rights, self.rights, self.access, self.cache = (int(word, 16) for word in words)
        self.va, self.size = first, last - first + 1


class Guest:
    """A running program. Use it in a with statement: at the end the emulator is gone, whatever happened."""

    def __init__(self, program, *command):
        self._folder = tempfile.TemporaryDirectory(prefix="hoist-formats-")
        socket = os.path.join(self._folder.name, "monitor")
        self._process = subprocess.Popen(
            [*command, "-kernel", bare_guest.kernel_of(program), "-display", "none", "-serial", "stdio", "-no-reboot",
             "-qmp", f"unix:{socket},server=on,wait=off"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._timer = threading.Timer(bare_guest.TIME_LIMIT_SECONDS, self._process.kill)
        self._timer.start()
        self.monitor = None
        self.log = ""
        try:
            self.monitor = Monitor(socket, time.monotonic() + bare_guest.TIME_LIMIT_SECONDS)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._timer.cancel()
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        if self.monitor is not None:
            self.monitor.close()
        self._folder.cleanup()

    def wait(self):
        """Reads until the program wants to be looked at, or is at its end."""
        for line in self._process.stdout:
            self.log += line.decode(errors="replace").replace("\r\n", "\n")
            if line.strip() == b"LOOK":
                return
        check(False, f"the program never said LOOK:\n{self.failures()}")

    def finish(self):
        """Lets the program go on to its end, and returns the emulator's status."""
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self.log += self._process.stdout.read().decode(errors="replace").replace("\r\n", "\n")
        return self._process.wait()

    def failures(self):
        """The log without the lines that only another program reads, and without those of success."""
        return "\n".join(line for line in self.log.split("\n") if not line.startswith(("LEAF ", "OK ")))

    def leaves(self):
        return [Leaf(line.split()[1:]) for line in self.log.split("\n") if line.startswith("LEAF ")]

    def check_memory(self):
        """A line WORD has an address and what stands there, wherever that is."""
        lines = [line.split()[1:] for line in self.log.split("\n") if line.startswith("WORD ")]
        check(lines, "the program names no word of memory")
        for address, word in lines:
            found = self.monitor.read_physical(int(address, 16), 4, self._folder.name)
            check(int.from_bytes(found, "little") == int(word, 16), f"at {address} stands {found.hex()}, not {word}")


def stretches(leaves, kind_of):
    """Leaves that lie side by side and are of one kind, as one: (start, size, kind)."""
    joined = []
    for leaf in leaves:
        kind = kind_of(leaf)
        if joined and sum(joined[-1][:2]) == leaf.va and joined[-1][2] == kind:
            joined[-1] = (joined[-1][0], joined[-1][1] + leaf.size, kind)
        else:
            joined.append((leaf.va, leaf.size, kind))
    return joined


def check_same(what, library, emulator):
    """Two lists that have the same in them; a few of the differences are told."""
    ours, theirs = set(library), set(emulator)
    check(ours == theirs, f"{what}: only the library has {sorted(ours - theirs)[:5]}, "
                          f"only the emulator {sorted(theirs - ours)[:5]}")
    check(len(library) == len(emulator), f"{what}: some are there twice")
