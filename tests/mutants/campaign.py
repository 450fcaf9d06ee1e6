# SPDX-License-Identifier: BSD-2-Clause
"""The mutants to be tried, and what came of them."""

import collections
import concurrent.futures
import functools
import pathlib

import c_code
import mutations
import notes
import programs

HERE = pathlib.Path(__file__).resolve().parent
KILLED_PERCENT_MIN = 95

# A mutant and its verdict; sentence is what a note says of it. tried counts those of its line that did not compile.
Outcome = collections.namedtuple("Outcome", "mutant verdict sentence tried")


def key_of(mutant):
    """How survivors.txt names a mutant."""
    return mutant.path, mutant.place, mutant.old, mutant.new


class Campaign:
    """All that can be tried in a workshop."""

    def __init__(self, shop):
        self.shop = shop
        texts = {str(path.relative_to(shop.pristine)): path.read_text(encoding="utf-8")
                 for path in sorted((shop.pristine / "paging").glob("*.[ch]"))}
        families = mutations.Families(texts.values())
        self.lines = mutations.by_line(mutant for path, text in texts.items()
                                       if path.endswith(".c") or c_code.holds_code(text)
                                       for mutant in mutations.mutants_of(path, text, families))
        self.breakages = notes.read(HERE / "breakages.txt")
        self.reasons = {key_of(note): note.sentence for note in notes.read(HERE / "survivors.txt")}
        # Before anything is built: all of the list must fit the sources.
        self.listed = [notes.mutant_of(note, shop.text(note.path)) for note in self.breakages]

    def sample_of_lines(self, count):
        """So many lines, spread by a chance that is the same every time."""
        return sorted(self.lines, key=lambda some: mutations.rank("line", some[0].path, some[0].place.split("#")[0],
                                                                  some[0].old))[:count]

    def sample_of_list(self, count):
        """Indices of so many breakages, chosen in the same way."""
        return sorted(range(len(self.listed)),
                      key=lambda index: mutations.rank("list", self.breakages[index].sentence))[:count]

    def stale_reasons(self):
        """Reasons for mutants that are not there, or not there any more."""
        known = {key_of(mutant) for some in self.lines for mutant in some}
        return [f"survivors.txt: no such mutant: {path} {place}: `{old}` to `{new}`"
                for path, place, old, new in self.reasons if (path, place, old, new) not in known]

    def verdict_of(self, mutant, suite):
        """What the tests say of one mutant."""
        return self.shop.judge(mutant.path, mutations.applied(self.shop.text(mutant.path), mutant), suite)

    def try_listed(self, index):
        """The outcome of a breakage of the list."""
        return Outcome(self.listed[index], self.verdict_of(self.listed[index], programs.QUICK),
                       self.breakages[index].sentence, 0)

    def try_line(self, some):
        """The outcome of the first mutant of a line that compiles; of the last one where none does."""
        for tried, mutant in enumerate(some):
            outcome = Outcome(mutant, self.verdict_of(mutant, programs.QUICK), self.reasons.get(key_of(mutant), ""),
                              tried)
            if outcome.verdict.state != "not compiled":
                break
        return outcome

    def in_parallel(self, function, items, show):
        """Calls the function for all items; shows each result as soon as it and those before it are there."""
        results = []
        with concurrent.futures.ThreadPoolExecutor(self.shop.workers) as pool:
            for waiting in [pool.submit(function, item) for item in items]:
                results.append(waiting.result())
                show(results[-1])
        return results

    def ask_again(self, outcomes, suite, wanted=lambda outcome: True):
        """Tries survivors again, those that are wanted, with another suite; it is built for them alone."""
        again = [index for index, outcome in enumerate(outcomes)
                 if outcome.verdict.state == "survived" and wanted(outcome)]
        if again:
            self.shop.open_suite(suite)
        verdicts = self.in_parallel(lambda index: self.verdict_of(outcomes[index].mutant, suite), again,
                                    lambda verdict: None)
        result = list(outcomes)
        for index, verdict in zip(again, verdicts):
            result[index] = outcomes[index]._replace(verdict=verdict)
        return result


class Tally:
    """Counts of the generated mutants, of one file or all."""

    def __init__(self, outcomes):
        self.counts = collections.Counter(outcome.verdict.state for outcome in outcomes)
        self.not_compiled = sum(outcome.tried + (outcome.verdict.state == "not compiled") for outcome in outcomes)

    @functools.cached_property
    def percent(self):
        """Of those that compile, how many were killed."""
        compiled = self.counts["killed"] + self.counts["survived"]
        return 100 * self.counts["killed"] / compiled if compiled else 100.0


def problems_of(listed, generated):
    """What must not be: breakages that nothing notices, survivors without a reason, reasons without a survivor."""
    problems = [f"not noticed: {outcome.mutant.path}: {outcome.sentence} ({outcome.verdict.state})"
                for outcome in listed if outcome.verdict.state != "killed"]
    for outcome in generated:
        mutant = outcome.mutant
        what = f"{mutant.path}:{mutant.line} {mutant.place}:\n    - {mutant.old}\n    + {mutant.new}"
        if outcome.verdict.state == "survived" and not outcome.sentence:
            problems.append(f"survived, without a reason in survivors.txt: {what}")
        if outcome.verdict.state == "killed" and not is_expected(outcome):
            problems.append(f"killed by {outcome.verdict.program}, but survivors.txt gives a reason: {what}")
    return problems


def is_expected(outcome):
    """Whether a generated mutant may be killed: where there is no note, or one that names the only killer."""
    kind = outcome.verdict.program.split("/", maxsplit=1)[0]
    return not outcome.sentence or outcome.sentence.startswith(f"({kind})")
