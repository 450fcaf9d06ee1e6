#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the page-table library costs as one header, held against its separate files: instructions. Prints TAP."""

import concurrent.futures
import os
import shutil
import sys

import measure

# The same work may take this much more; counts are exact, so what is allowed is the compilers' freedom to inline
# otherwise where they see everything at once.
LIMIT = 1.02
# Mapping by 4K and by the best fit, unmapping, protecting by cursor, visiting.
NAMES = ("W1", "W4", "W6", "W7", "W8-W1", "W8-W4")


def figures(compiler, name):
    """Instructions per leaf of the separate files, and of the one header; the same frames."""
    apart, frames = measure.instructions_of(f"{compiler}-general", name, "library")
    single, frames_of_single = measure.instructions_of(f"{compiler}-single", name, "library")
    if frames != frames_of_single:
        raise RuntimeError(f"{frames} frames by the separate files, {frames_of_single} by the one header")
    return apart, single


def main():
    """Measures every workload with the library of both compilers."""
    cases = [(compiler, name) for name in NAMES for compiler in ("gcc", "clang")]
    failed = 0
    print(f"1..{len(cases)}")
    if shutil.which("valgrind") is None:
        for number, (compiler, name) in enumerate(cases, 1):
            print(f"ok {number} - {name} ({compiler}) # SKIP no valgrind here")
        return 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = [pool.submit(figures, *case) for case in cases]
    for number, ((compiler, name), result) in enumerate(zip(cases, results), 1):
        problem = result.exception()
        apart, single = (0.0, 0.0) if problem else result.result()
        good = problem is None and 0 < single <= LIMIT * apart
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - as_one_header_{name}_costs_no_more ({compiler})")
        print(f"# {problem}" if problem else
              f"# {apart:.2f} instructions, as one header {single:.2f}: {single / max(apart, 1e-9):.3f} of that")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
