# SPDX-License-Identifier: BSD-2-Clause
"""A small choice out of all combinations of values in which every possible pair of values occurs."""

import itertools


def pairs_of(row, size=2):
    """The pairs (or triples) of a combination, each as ((axis, value), (axis, value))."""
    return set(itertools.combinations(row.items(), size))


def forbidden_pairs(impossible):
    """`impossible` maps pairs of (axis, value) to the reason; the order within a pair is no matter."""
    return {frozenset(pair) for pair in impossible}


def is_possible(row, forbidden):
    return not any(pair <= set(row.items()) for pair in forbidden)


def choose(axes, impossible, least):
    """
    Combinations of one value of each axis, at least `least` of them: each time the one with the most
    pairs that have not occurred, then with the most triples, then the first. The same every time.
    """
    forbidden = forbidden_pairs(impossible)
    rows = [dict(zip(axes, values)) for values in itertools.product(*axes.values())]
    rows = [row for row in rows if is_possible(row, forbidden)]
    masks = [_masks(rows, size) for size in (2, 3)]
    seen = [0, 0]
    wanted = 0
    for mask in masks[0]:
        wanted |= mask
    chosen = []
    left = list(range(len(rows)))
    while left and (len(chosen) < least or seen[0] != wanted):
        best = max(left, key=lambda i: (bin(masks[0][i] & ~seen[0]).count("1"),
                                        bin(masks[1][i] & ~seen[1]).count("1"), -i))
        left.remove(best)
        chosen.append(rows[best])
        seen = [seen[0] | masks[0][best], seen[1] | masks[1][best]]
    return chosen


def _masks(rows, size):
    """For each combination a number with a bit for each of its pairs or triples."""
    numbers = {}
    return [sum(1 << numbers.setdefault(group, len(numbers)) for group in pairs_of(row, size))
            for row in rows]
