#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Limits on what the page-table library costs: instructions per leaf, and frames. Never wall time. Prints TAP."""

import concurrent.futures
import os
import shutil
import sys

import measure

# Instructions per leaf or look-up, where the library is built with -O2 -mgeneral-regs-only.
# Today's figures stand beside the limits, GCC 12 then Clang 14; no limit is above its goal.
LIMITS = {
    "W1": 2.9,  # 2.6, 2.6; the goal is 4
    "W2": 2.9,  # 2.6, 2.7; 4
    "W3": 3.3,  # 2.9, 3.0; 5
    "W4": 7,  # 6.6, 7.0; 7
    "W4e": 7,  # 6.0, 6.3; 7
    "W5-W1": 45,  # 45.0, 45.0; 45
    "W5-W4": 42,  # 38.0, 38.0; 45
    "W5q-W1": 170,  # 147, 164; none
    "W6": 2,  # 1.8, 1.7; 2
    "W6f": 0.25,  # 0.2, 0.2; none
    "W7": 56,  # 50.7, 50.9; 60
    "W7p": 280,  # 238, 258; none
    "W8-W1": 6,  # 5.3, 4.4; 8
    "W8-W4": 8,  # 7.1, 6.3; 11
}


def complaint(variant, workload):
    """What is wrong with one workload, or nothing."""
    instructions, frames = measure.instructions_of(variant, workload.name, "library")
    limit = LIMITS[workload.name]
    if frames != workload.frames:
        return f"{frames} frames, not {workload.frames}"
    if not 0 < round(instructions, 2) <= limit:
        return f"{instructions:.2f} instructions per leaf, the limit is {limit}"
    return None


def main():
    """Runs every workload of both compilers."""
    cases = [(f"{compiler}-general", workload) for workload in measure.WORKLOADS for compiler in ("gcc", "clang")]
    failed = 0
    print(f"1..{len(cases)}")
    if shutil.which("valgrind") is None:
        for number, (variant, workload) in enumerate(cases, 1):
            print(f"ok {number} - {workload.name} ({variant}) # SKIP no valgrind here")
        return 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = [pool.submit(complaint, *case) for case in cases]
    for number, ((variant, workload), result) in enumerate(zip(cases, results), 1):
        problem = str(result.exception() or result.result() or "")
        failed += problem != ""
        print(f"{'not ok' if problem else 'ok'} {number} - the_cost_of_{workload.name}_stays_in_its_limits ({variant})")
        if problem:
            print("\n".join("# " + line for line in problem.splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
