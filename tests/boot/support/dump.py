# SPDX-License-Identifier: BSD-2-Clause
"""Reads what the loader prints: its mapping, its errors."""

import re

from support.tap import check

SIZES = {"4K": 1 << 12, "2M": 1 << 21, "1G": 1 << 30}

_RANGE = re.compile(
    r"^([0-9a-f]{16})-([0-9a-f]{16}) ([0-9a-f]{12,16}) +(\d+ (?:bytes|KiB|MiB|GiB|TiB)) "
    r"+((?:\d+x(?:4K|2M|1G) ?)+?) +r([w-])([x-])(u?g?) +(\S+) +([^:\n]*): (.*?)((?: ! [^!\n]+)*)$", re.MULTILINE)
_TABLES = re.compile(r"^(\d+) table frames used, (\d+) counted, from ([0-9a-f]+) on; ", re.MULTILINE)
_RULE = re.compile(r"^(pass|FAIL|set aside) +([a-z-]+) +([^:\n]+): (.*)$", re.MULTILINE)
_FIRMWARE = "hoist: the firmware's page tables:"
_CACHES = {"write-back": "wb", "write-combining": "wc", "uncached": "uc", "write-through": "wt",
           "write-protected": "wp"}
_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


def size_of(text):
    """The number of bytes that "12 KiB" means."""
    number, unit = text.split()
    return int(number) * _UNITS.get(unit, 1)


class Range:
    """A line of the dump."""

    def __init__(self, match):
        self.va, last, self.pa = (int(match.group(i), 16) for i in (1, 2, 3))
        self.size = size_of(match.group(4))
        check(last == self.va + self.size - 1, f"the end of the range at {self.va:x} is not its start and length")
        self.counts = {"4K": 0, "2M": 0, "1G": 0}
        for part in match.group(5).split():
            number, size = part.split("x")
            self.counts[size] = int(number)
        self.writable = match.group(6) == "w"
        self.executable = match.group(7) == "x"
        self.cache = _CACHES[match.group(9)]
        self.memory = match.group(10).split(", ")
        self.name = match.group(11)
        check(match.group(8) == "" and match.group(12) == "",
              f"{self.name} is marked: {match.group(8)} {match.group(12)}")

    def leaves(self):
        """
        The leaves that the line promises, as (va, pa, size): at each place the largest one that
        is among those counted, aligned on both sides and not longer than what is left.
        """
        sizes = sorted((SIZES[name] for name, count in self.counts.items() if count), reverse=True)
        offset = 0
        while offset < self.size:
            for size in sizes:
                if ((self.va + offset) | (self.pa + offset)) % size == 0 and \
                        offset + size <= self.size:
                    yield self.va + offset, self.pa + offset, size
                    offset += size
                    break
            else:
                check(False, f"no leaf of the sizes printed fits at {self.va + offset:x} "
                             f"of {self.name}")


class Dump:
    """The whole mapping as printed; checked for what can be seen without the tables."""

    def __init__(self, log):
        log = log.split(_FIRMWARE)[0]
        self.ranges = [Range(match) for match in _RANGE.finditer(log)]
        tables = _TABLES.findall(log)
        check(self.ranges, "the log has no mapping")
        check(len(tables) == 1 and tables[0][0] == tables[0][1],
              f"the log does not say once that frames and count agree: {tables}")
        self.table_count = int(tables[0][0])
        self.tables_pa = int(tables[0][2], 16)
        self.has_nx = not all(one.executable for one in self.ranges)
        self.rules = {name: (verdict, rest) for verdict, name, _, rest in _RULE.findall(log)}
        check(len(self.rules) == 12, f"verdicts are printed for {sorted(self.rules)}")
        self.check_ranges()

    def check_rules(self, aside=()):
        """Every rule passes but those that are set aside."""
        for name, (verdict, rest) in self.rules.items():
            check(verdict == ("set aside" if name in aside else "pass"), f"the rule {name}: {verdict}, {rest}")

    def check_ranges(self):
        end = 0
        for one in self.ranges:
            check(one.va >= end, f"{one.name} at {one.va:x} overlaps the line before, "
                                 "or stands twice")
            check(not (self.has_nx and one.writable and one.executable), f"{one.name} is writable and executable")
            counted = {name: 0 for name in SIZES}
            for _, _, size in one.leaves():
                counted[next(name for name in SIZES if SIZES[name] == size)] += 1
            check(counted == one.counts, f"{one.name} has leaves {one.counts}, "
                                         f"but the addresses allow {counted}")
            end = one.va + one.size

    def find(self, name):
        return [one for one in self.ranges if one.name == name]


def errors(log):
    return re.findall(r"^hoist: error: (.*)$", log, re.MULTILINE)


def warnings(log):
    return re.findall(r"^hoist: warning: (.*)$", log, re.MULTILINE)


def check_once(log):
    """Every line of the loader is there once: neither a console nor our own code doubled it."""
    lines = [line for line in log.splitlines()
             if line.startswith("hoist: ") or _RANGE.match(line)]
    doubled = {line for line in lines if lines.count(line) > 1}
    check(not doubled, f"lines that came more than once: {sorted(doubled)}")
