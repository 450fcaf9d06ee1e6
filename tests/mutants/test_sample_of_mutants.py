#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A sample of what `make mutants` tries: breakages of the list, and generated ones. Prints TAP.

The sample is the same every time, and one process at a time does the work: other tests run beside it.
"""

import sys

import campaign
import notes
import programs
import workshop

LISTED, GENERATED = 12, 45


def tell(number, name, problems):
    """One test; returns whether it failed."""
    print(f"{'not ok' if problems else 'ok'} {number} - {name}")
    for problem in problems:
        print("\n".join("# " + line for line in problem.splitlines()))
    return bool(problems)


def main():
    """Tries the sample."""
    print("1..3")
    failed = 0
    try:
        with workshop.Workshop("sample", 1) as shop:
            work = campaign.Campaign(shop)
            failed += tell(1, "every_snippet_and_reason_fits_the_sources", work.stale_reasons())
            listed = [work.try_listed(index) for index in work.sample_of_list(LISTED)]
            generated = [work.try_line(some) for some in work.sample_of_lines(GENERATED)]
            every = listed + generated
            for suite in programs.SLOW:
                every = work.ask_again(every, suite,
                                       lambda outcome: outcome.mutant.kind == "listed" or not outcome.sentence)
    except (notes.BadNote, workshop.Broken) as complaint:
        tell(1, "every_snippet_and_reason_fits_the_sources", [str(complaint)])
        return 1
    failed += tell(2, "the_tests_notice_breakages_of_the_list", campaign.problems_of(every[:len(listed)], []))
    failed += tell(3, "the_tests_notice_generated_mutants", campaign.problems_of([], every[len(listed):]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
