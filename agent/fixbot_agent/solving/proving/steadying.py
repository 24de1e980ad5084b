"""Failing tests of the project asked once more, alone and untraced: what failed only that once (by chance, by load, by a trace) is no goal."""

import math
import time
from collections.abc import Sequence

from fixbot_repair.checks.tests import Runner

_SHARE = 0.1  # of the time, for asking again
_SECONDS = 10.0  # that one test may take
_MOST = 40  # tests that are asked again; where more fail, it is not for chance


def steady(runner: Runner, tests: Sequence[str], seconds: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Effect: run `tests` again in a share of `seconds`. Those that still fail, or that there was no time for; and what is said of the others."""
    if not tests or len(tests) > _MOST:
        return tuple(tests), ()
    until = time.monotonic() + _SHARE * seconds if math.isfinite(seconds) else math.inf
    passing = set(runner.run(list(tests), per_test_seconds=_SECONDS, until=until).passing)
    said = tuple(
        f"{test} failed once and passes alone: no patch is held against it" for test in tests if test in passing
    )
    return tuple(test for test in tests if test not in passing), said
