"""Failing tests held against the passing ones that are most like them: what only the failing one ran.

Source: Renieris and Reiss, "Fault Localization With Nearest Neighbor Queries", ASE 2003.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt

from fixbot_repair.checks import TestOutcome

Line = tuple[str, int]
_NEAREST = 3  # passing tests that one failing test is held against
_FAILING = 12  # failing tests that are looked at: those that ran least
_PASSING = 400  # passing tests that are compared with each, of those that ran files in common
_KIN = 0.1  # what counts for a test of the same function (other parameters), half of it for one of the same class


def contrast(
    failing: Sequence[TestOutcome], passing: Iterable[TestOutcome], counts: Callable[[str], bool]
) -> dict[Line, float]:
    """Line -> the share of the nearest passing tests, by their nearness, that did not run it: the mean over failing tests (0 for those that did not run it)."""
    runs = [(o.test, run) for o in failing if (run := _lines(o, counts))]
    few = sorted(runs, key=lambda each: _size(each[1]))[:_FAILING]
    others = [(o.test, run) for o in passing if (run := _lines(o, counts))]
    found: dict[Line, float] = {}
    for test, run in few:
        nearest = _nearest(test, run, others)
        for path, lines in run.items():
            near = [(worth, other.get(path, frozenset())) for worth, other in nearest]
            whole = sum(worth for worth, _ in near)
            for line in lines:
                share = sum(worth for worth, other in near if line not in other) / whole if near else 0.0
                found[path, line] = found.get((path, line), 0.0) + share / len(few)
    return found


def _lines(outcome: TestOutcome, counts: Callable[[str], bool]) -> dict[str, frozenset[int]]:
    return {path: frozenset(numbers) for path, numbers in outcome.lines if numbers and counts(path)}


def _size(run: Mapping[str, frozenset[int]]) -> int:
    return sum(map(len, run.values()))


def _nearest(
    test: str, run: Mapping[str, frozenset[int]], others: Sequence[tuple[str, dict[str, frozenset[int]]]]
) -> list[tuple[float, dict[str, frozenset[int]]]]:
    size = _size(run)
    likely = heapq.nlargest(_PASSING, others, key=lambda each: _kinship(test, each[0]) + _files(run, each[1]))
    scored = [
        (sum(len(lines & other[p]) for p, lines in run.items() if p in other) / sqrt(size * _size(other)), name, other)
        for name, other in likely
    ]
    best = heapq.nlargest(_NEAREST, scored, key=lambda each: (each[0] + _kinship(test, each[1]), each[1]))
    return [(near, other) for near, _, other in best if near > 0]


def _kinship(test: str, other: str) -> float:
    if test.partition("[")[0] == other.partition("[")[0]:
        return _KIN
    return _KIN / 2 if test.rpartition("::")[0] == other.rpartition("::")[0] else 0.0


def _files(run: Mapping[str, frozenset[int]], other: Mapping[str, frozenset[int]]) -> float:
    return len(run.keys() & other.keys()) / len(run.keys() | other.keys())
