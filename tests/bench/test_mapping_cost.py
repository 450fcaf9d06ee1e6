#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Limits on what it costs to read tables back, to judge them and to show them: instructions per leaf. Prints TAP.

`make bench` has the figures of whole gigabytes; these are samples of them.
"""

import shutil
import sys

import measure

# Today's figures stand beside the limits, GCC 12 then Clang 14; the goal for what merges is 2,000.
LIMITS = {
    "1T": 600,  # 403, 411
    "16M": 500,  # 349, 349
    "64M-reversed": 7500,  # 6650, 6400: a line of text for each leaf
    "64M-apart": 7500,  # 6800, 6500
}


def complaint(variant, workload):
    """What is wrong with one workload, or nothing."""
    instructions, frames = measure.instructions_of(variant, workload.name, "library")
    if frames != workload.frames:
        return f"{frames} frames, not {workload.frames}"
    if not 0 < instructions <= LIMITS[workload.name]:
        return f"{instructions:.0f} instructions per leaf, the limit is {LIMITS[workload.name]}"
    return ""


def main():
    """Runs the samples of both compilers."""
    cases = [(f"{compiler}-mapping", workload) for compiler in ("gcc", "clang") for workload in measure.MAPPING_SAMPLES]
    failed = 0
    print(f"1..{len(cases)}")
    for number, (variant, workload) in enumerate(cases, 1):
        name = f"reading_{workload.name}_back_stays_in_its_limit ({variant})"
        if shutil.which("valgrind") is None:
            print(f"ok {number} - {name} # SKIP no valgrind here")
            continue
        problem = complaint(variant, workload)
        failed += problem != ""
        print(f"{'not ok' if problem else 'ok'} {number} - {name}")
        if problem:
            print("# " + problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
