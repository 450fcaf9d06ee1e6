# SPDX-License-Identifier: BSD-2-Clause
"""The examples: their Makefiles, run as a user would, and the one that reads another machine's memory."""

import os
import re
import subprocess

from support import oracle, paths
from support.machine import clean
from support.tap import check

EXAMPLES = os.path.join(paths.CHECKOUT, "examples")
TIME_LIMIT_SECONDS = 180

_RUN = re.compile(r"^([0-9a-f]{16}) -> ([0-9a-f]{13}) +(\d+) KiB r([w-])([x-])([u-])((?: \d+x(?:4K|2M|1G))+)$")
_LEAF_KIB = {"4K": 4, "2M": 2 << 10, "1G": 1 << 20}


def make(folder, *arguments):
    """Runs make there; returns its status and the output."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "HOIST_"))}
    result = subprocess.run(["make", "-C", folder, *arguments], env=kept, check=False, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_LIMIT_SECONDS)
    return result.returncode, clean(result.stdout)


def passes(folder, words, *arguments):
    """`make run` there says each of these."""
    status, said = make(folder, "run", *arguments)
    check(status == 0, f"status {status}\n{said}")
    for line in words:
        check(line in said, f"{line!r} is not in\n{said}")
    check("\nFAIL" not in said and "hoist: error" not in said, said)


class ReadMemory:
    """The program of examples/read-memory, built into a folder."""

    def __init__(self, folder, compiler="cc"):
        status, said = make(os.path.join(EXAMPLES, "read-memory"), f"OUT={folder}", f"CC={compiler}")
        check(status == 0, said)
        self.program = os.path.join(folder, "read-memory")

    def run(self, *arguments, status=0):
        """What it prints; where it should fail, the one sentence that it says."""
        result = subprocess.run([self.program, *arguments], check=False, capture_output=True, text=True, timeout=60)
        check(result.returncode == status, f"{arguments}: status {result.returncode}: {result.stderr}")
        check(result.stderr.count("\n") == (status != 0), f"{arguments}: it said {result.stderr!r}")
        return result.stderr if status else result.stdout

    def agrees_with_the_emulator(self, monitor, flat, cr3, levels):
        """Each leaf of `info tlb` lies in one run, no run has more, and single addresses are where gva2gpa has them."""
        options = ["-5"] if levels == 5 else []
        matches = [_RUN.match(line) for line in self.run(*options, flat, cr3).splitlines()]
        check(len(matches) > 5 and all(matches), "no runs, or a line that is none")
        runs = [(int(one[1], 16), int(one[2], 16), int(one[3]) << 10, one[4], one[5], one[6]) for one in matches]
        leaves = oracle.read_tlb(monitor)
        for leaf in leaves:
            rights = "w" if leaf.writable else "-", "-" if leaf.no_execute else "x", "u" if leaf.user else "-"
            found = [run for run in runs if run[0] <= leaf.va < run[0] + run[2]]
            check(len(found) == 1 and leaf.va - found[0][0] == leaf.pa - found[0][1] and found[0][3:] == rights,
                  f"{leaf.va:x} -> {leaf.pa:x} {rights} of info tlb is not in {found}")
        counts = {size: sum(int(count) for one in matches for count in re.findall(rf"(\d+)x{size}", one[7]))
                  for size in _LEAF_KIB}
        check(counts["4K"] == sum(not leaf.large for leaf in leaves) and sum(counts.values()) == len(leaves),
              f"{counts} leaves, info tlb has {len(leaves)}")
        check(sum(count * _LEAF_KIB[size] for size, count in counts.items()) == sum(run[2] for run in runs) >> 10,
              "the leaves do not add up to the runs")
        for va in (runs[0][0], runs[-1][0] + 0x123, runs[-1][0] + runs[-1][2] - 1, 0x1000):
            pa = oracle.translate(monitor, va)
            said = self.run(*options, flat, cr3, f"{va:x}", status=1 if pa is None else 0)
            check("not mapped" in said if pa is None else f"{va:016x} is {pa:013x} r" in said, f"{va:x}, {pa}: {said}")
