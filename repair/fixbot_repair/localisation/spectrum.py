"""Spectra: which tests run which lines, counted once, and the formulas over the counts.

Sources of the formulas: Abreu, Zoeteweij, van Gemund, "On the Accuracy of Spectrum-based Fault Localization", TAIC PART
2007 (Ochiai); Wong, Debroy, Gao, Li, "The DStar Method for Effective Software Fault Localization", IEEE Transactions on
Reliability 63(1), 2014; Naish, Lee, Ramamohanarao, "A Model for Spectra-based Software Diagnosis", TOSEM 20(3), 2011 (Op2).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import sqrt

from fixbot_repair.checks import TestOutcome

Line = tuple[str, int]  # path, line from 1
_STEPS = 4  # how finely the nearness of a passing test is told


def ochiai(failed: float, passed: float, all_failed: float) -> float:
    """Similarity of "this line runs" and "the test fails": failed / sqrt(all_failed * (failed + passed)), 0..1.

    `failed` and `passed` count the tests of each outcome that run the line, `all_failed` all failing tests.
    """
    if failed <= 0 or all_failed <= 0:
        return 0.0
    return failed / sqrt(all_failed * (failed + passed))


def dstar(failed: float, passed: float, all_failed: float) -> float:
    """DStar with star = 2, d = failed² / (passed + all_failed - failed), brought into 0..1 as d / (1 + d): the order is the same."""
    if failed <= 0:
        return 0.0
    return failed**2 / (failed**2 + passed + max(all_failed - failed, 0.0))


def op2(failed: float, passed: float, all_failed: float, all_passed: float) -> float:
    """Op2, failed - passed / (all_passed + 1), as a share of all failing tests: 0..1."""
    return max(failed - passed / (all_passed + 1), 0.0) / all_failed if all_failed > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests run a line; `weighed` and `near` count one test by what it says.

    A failing test that runs little says more: each weighs as the reverse of its size, one on average. A passing test says
    more the more it runs of what the failing ones do (cosine of the two sets of lines).
    """

    failed: int
    passed: int
    weighed: float
    near: float


@dataclass(slots=True)
class Spectrum:
    """The counts of every line that a failing test ran. `failing` and `passing` are the tests that left a trace."""

    counts: dict[Line, Count] = field(default_factory=dict)
    failing: int = 0
    passing: int = 0


def count(outcomes: Iterable[TestOutcome], failing: Iterable[str], counts: Callable[[str], bool]) -> Spectrum:
    """Count the lines of the files that `counts`; failing tests other than those asked about are left out."""
    asked, known = frozenset(failing), tuple(outcomes)
    runs = [lines for o in known if o.test in asked and (lines := [e for e in o.lines if e[1] and counts(e[0])])]
    failed: dict[str, Counter[int]] = {}
    weighed: dict[str, dict[int, float]] = {}
    shares = _shares([sum(len(numbers) for _, numbers in run) for run in runs])
    for run, share in zip(runs, shares, strict=True):
        for path, numbers in run:
            failed.setdefault(path, Counter()).update(numbers)
            sums = weighed.setdefault(path, {})
            for line in numbers:
                sums[line] = sums.get(line, 0.0) + share
    passing, passed = _passed(
        [o for o in known if o.ok and o.test not in asked and o.lines], {p: frozenset(c) for p, c in failed.items()}
    )
    found = Spectrum(failing=len(runs), passing=passing)
    for path, each in failed.items():
        steps = passed.get(path, [])
        for line, number in each.items():
            by_step = [counter.get(line, 0) for counter in steps]
            near = sum(step * n for step, n in enumerate(by_step)) / _STEPS
            found.counts[path, line] = Count(number, sum(by_step), weighed[path][line], near)
    return found


def _shares(sizes: list[int]) -> list[float]:
    turned = [1.0 / size for size in sizes]
    mean = sum(turned) / len(turned) if turned else 1.0
    return [each / mean for each in turned]


def _passed(
    outcomes: list[TestOutcome], wanted: dict[str, frozenset[int]]
) -> tuple[int, dict[str, list[Counter[int]]]]:
    """How many tests passed, and for each file of `wanted` who runs its lines: a counter for each step of nearness."""
    size = sum(map(len, wanted.values()))
    found = {path: [Counter[int]() for _ in range(_STEPS + 1)] for path in wanted}
    for outcome in outcomes:
        common = [(path, wanted[path].intersection(numbers)) for path, numbers in outcome.lines if path in wanted]
        own = sum(len(numbers) for path, numbers in outcome.lines if path in wanted)
        shared = sum(len(lines) for _, lines in common)
        step = round(_STEPS * shared / sqrt(size * own)) if own else 0
        for path, lines in common:
            found[path][step].update(lines)
    return len(outcomes), found
