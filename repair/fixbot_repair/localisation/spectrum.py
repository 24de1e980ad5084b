"""Spectrum-based fault localisation: lines that failing tests run and passing ones do not.

Source of the formula: Abreu, Zoeteweij, van Gemund, "On the Accuracy of Spectrum-based Fault Localization",
TAIC PART 2007 (Ochiai).
"""

from collections import Counter
from collections.abc import Iterable
from math import sqrt

from fixbot_repair.checks import TestOutcome

Line = tuple[str, int]  # path, line from 1


def ochiai(failed: int, passed: int, all_failed: int) -> float:
    """Similarity of "this line runs" and "the test fails": failed / sqrt(all_failed * (failed + passed)), 0..1.

    `failed` and `passed` count the tests of each outcome that run the line, `all_failed` all failing tests.
    """
    if failed == 0 or all_failed == 0:
        return 0.0
    return failed / sqrt(all_failed * (failed + passed))


def spectrum(outcomes: Iterable[TestOutcome], failing: Iterable[str]) -> dict[Line, float]:
    """Ochiai of every line that a failing test ran; the other failing tests than those asked about do not count."""
    asked = frozenset(failing)
    failed: Counter[Line] = Counter()
    passed: Counter[Line] = Counter()
    traced = 0
    for outcome in outcomes:
        lines = [(path, line) for path, numbers in outcome.lines for line in numbers]
        if outcome.test in asked:
            failed.update(lines)
            traced += bool(lines)
        elif outcome.ok:
            passed.update(lines)
    return {line: ochiai(count, passed[line], traced) for line, count in failed.items()}
