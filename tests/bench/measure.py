# SPDX-License-Identifier: BSD-2-Clause
"""Runs the workloads of tests/bench/paging.c, which the Makefile has built, and reads what they cost."""

import dataclasses
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / "build" / "bench"


@dataclasses.dataclass(frozen=True)
class Workload:
    """What is measured; goals are instructions per leaf, look-up or call, frames the fewest that the tree can have."""

    name: str
    title: str
    frames: int
    goal: float | None


WORKLOADS = (
    Workload("W1", "map 1 GiB by 4K", 515, 4),
    Workload("W2", "map 64 GiB by 2M", 66, 4),
    Workload("W3", "map 4 TiB by 1G", 9, 5),
    Workload("W4", "map 200 odd regions, best fit", 219, 7),
    Workload("W4e", "the same, known to be empty", 219, 7),
    Workload("W5-W1", "translate random addresses of W1", 515, 45),
    Workload("W5-W4", "translate random addresses of W4", 219, 45),
    Workload("W5q-W1", "the same with size, leaf and effective rights", 515, None),
    Workload("W6", "unmap W1, keeping the tables", 515, 2),
    Workload("W6f", "unmap W1, freeing the tables", 515, None),
    Workload("W7", "protect every second 4K of 64 MiB by 2M, by cursor", 35, 60),
    Workload("W7p", "the same by single calls", 35, None),
    Workload("W8-W1", "visit W1 in merged runs", 515, 8),
    Workload("W8-W4", "visit W4 in merged runs", 219, 11),
)

# Of tests/bench/mapping/mapping.c: tables read back, judged, and shown as text.
MAPPINGS = (
    Workload("1T", "1 TiB by 1G, one range", 3, 2000),
    Workload("1G", "1 GiB by 4K, one range", 515, 2000),
    Workload("1T-apart", "1 TiB by 1G, a range each", 3, None),
    Workload("1G-reversed", "1 GiB by 4K, a range each", 515, None),
    Workload("1G-apart", "the same, frames in no order", 515, None),
)
MAPPING_SAMPLES = (
    Workload("1T", "1 TiB by 1G, one range", 3, 2000),
    Workload("16M", "16 MiB by 4K, one range", 11, 2000),
    Workload("64M-reversed", "64 MiB by 4K, a range each", 35, None),
    Workload("64M-apart", "the same, frames in no order", 35, None),
)


def program(variant):
    """A variant is compiler and options: gcc-general, clang-plain ..."""
    return str(BENCH / variant / "workloads")


def run(command):
    """What it printed, to both streams; it must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}")
    return done.stdout


def time_of(variant, workload, what, warmth, repetitions):
    """Median nanoseconds per leaf, the number of leaves, and frames."""
    said = run([program(variant), workload, what, str(repetitions), warmth]).split()
    return float(said[0]), int(said[1]), int(said[2])


def instructions_of(variant, workload, what):
    """Instructions per leaf, and frames. Start-up cancels: it is in both runs."""
    collected = []
    for repetitions in (1, 2):
        said = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=run_once",
                    program(variant), workload,
                    what, str(repetitions), "warm"])
        collected.append(int(re.search(r"Collected : (\d+)", said)[1]))
        _, leaves, frames = re.search(r"^([\d.]+) (\d+) (\d+)$", said, re.MULTILINE).groups()
    return (collected[1] - collected[0]) / int(leaves), int(frames)


def text_bytes(variant):
    """Machine code of the library's objects."""
    objects = [str(path) for path in sorted((BENCH / variant / "paging").glob("*.o"))]
    return sum(int(size) for size in re.findall(r"^\.text\S* +(\d+)", run(["size", "-A", *objects]), re.MULTILINE))
