# SPDX-License-Identifier: BSD-2-Clause
"""Runs test cases, as many at a time as there are processors, and prints TAP."""

import concurrent.futures
import os
import sys
import time
import traceback


class Failure(Exception):
    """A test that failed; the text says what was expected and what was there."""


class Left(Exception):
    """A test that cannot be run here; the text says what it needs."""


def check(condition, text):
    if not condition:
        raise Failure(text)


class Suite:
    """A list of named cases. A case is a function that raises when something is wrong."""

    def __init__(self):
        self.cases = []

    def add(self, name, function, *arguments):
        self.cases.append((name, function, arguments))

    def case(self, function):
        """Decorator: the function's name, a sentence, is the test's name."""
        self.add(function.__name__, function)
        return function

    def run(self):
        """Runs all cases, or those whose name contains a word of the command line; then exits."""
        words = sys.argv[1:]
        cases = [case for case in self.cases
                 if not words or any(word in case[0] for word in words)]
        workers = int(os.environ.get("HOIST_GUESTS", os.cpu_count() or 1))
        failed = 0

        print(f"1..{len(cases)}", flush=True)
        with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
            results = [pool.submit(_run_case, case) for case in cases]
            for number, (case, result) in enumerate(zip(cases, results), 1):
                seconds, problem = result.result()
                left = problem if isinstance(problem, Left) else None
                word = "ok" if problem is None or left else "not ok"
                print(f"{word} {number} - {case[0]}{f' # SKIP {left}' if left else ''}")
                print(f"# {seconds:.1f} s")
                if word == "not ok":
                    failed += 1
                    for line in problem.rstrip("\n").split("\n"):
                        print(f"# {line}")
                sys.stdout.flush()
        sys.exit(1 if failed else 0)


def _run_case(case):
    _, function, arguments = case
    start = time.monotonic()
    try:
        function(*arguments)
    except Left as left:
        return time.monotonic() - start, left
    except Failure as failure:
        return time.monotonic() - start, str(failure)
    except Exception:  # a broken test is a failed test, and the others go on
        return time.monotonic() - start, traceback.format_exc()
    return time.monotonic() - start, None
