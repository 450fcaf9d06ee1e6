# SPDX-License-Identifier: BSD-2-Clause
"""
What the emulator itself says of a guest: the leaves of its page tables, stretches of the same rights,
single translations, and what lies where in its physical memory.
"""

import re

from support.tap import check

_TLB_LINE = re.compile(r"^([0-9a-f]{16}): ([0-9a-f]{16}) ([X-])([G-])([P-])([D-])([A-])([C-])([T-])"
                       r"([U-])([W-])$")
_MEM_LINE = re.compile(r"^([0-9a-f]{16})-([0-9a-f]{16}) ([0-9a-f]{16}) ([u-])r([w-])$")
_REGION = re.compile(r"^ +([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, (\S+)\): (\S+)")


class TlbLeaf:
    """A line of `info tlb`."""

    __slots__ = ("va", "pa", "no_execute", "is_global", "large", "no_cache", "write_through", "user",
                 "writable")

    def __init__(self, match):
        self.va, self.pa = int(match[1], 16), int(match[2], 16)
        self.no_execute, self.is_global, self.large = (match[i] != "-" for i in (3, 4, 5))
        self.no_cache, self.write_through, self.user, self.writable = \
            (match[i] != "-" for i in (8, 9, 10, 11))


def read_tlb(monitor):
    lines = monitor.human("info tlb").splitlines()
    matches = [_TLB_LINE.match(line) for line in lines]
    check(lines and all(matches), "info tlb prints something unknown")
    return [TlbLeaf(match) for match in matches]


def read_mem(monitor):
    """
    The lines of `info mem`: (start, size, for users, writable), each as far as its rights go on.
    QEMU 7.2 prints none where a guest has five levels.
    """
    matches = [_MEM_LINE.match(line) for line in monitor.human("info mem").splitlines()]
    check(all(matches), "info mem prints something unknown")
    return [(int(match[1], 16), int(match[3], 16), match[4] == "u", match[5] == "w") for match in matches]


def translate(monitor, address):
    """The guest-physical address that the emulator finds, or None."""
    text = monitor.human(f"gva2gpa 0x{address:x}").strip()
    if text.startswith("gpa: "):
        return int(text.split()[1], 16)
    check(text == "Unmapped", f"gva2gpa prints {text!r}")
    return None


class PhysicalMemory:
    """What the machine has at its physical addresses, whatever the firmware says."""

    def __init__(self, monitor):
        self._ram = {}
        for view in monitor.human("info mtree -f").split("FlatView #"):
            if ' AS "memory"' in view:
                for line in view.splitlines():
                    match = _REGION.match(line)
                    if match and match[3] == "ram":
                        self._add(match[4], int(match[1], 16), int(match[2], 16) + 1)
        check(self._ram, "info mtree prints something unknown")

    def _add(self, name, start, end):
        pieces = self._ram.setdefault(name, [])
        if pieces and pieces[-1][1] == start:
            pieces[-1][1] = end
        else:
            pieces.append([start, end])

    def owner(self, start, end):
        """The name of the memory that has all of this, or None."""
        return next((name for name, pieces in self._ram.items()
                     if any(first <= start and end <= last for first, last in pieces)), None)
