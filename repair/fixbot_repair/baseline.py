"""The first run of all tests, traced, before anything is tried: within the time there is, those near the fault first."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tests import Runner

_SECONDS = 1.0  # that a test may take at first; one that took longer is looked at again
_PATIENT_SECONDS = 5.0
_SLOW = 0.3  # seconds of a test with a trace, that are worth knowing without
_MOST_TIMED = 30.0  # seconds of all of these together
_FIRST_SHARE = 0.6  # of the time, for what goes first where all may not fit


def baseline(
    runner: Runner, *, near: Callable[[], Sequence[str]] = tuple, ahead: bool = False, until: float = math.inf
) -> Feedback:
    """Effect: run all tests with traces. Where one seems to hang, it and its like get a second, longer chance.

    At `until` (seconds of :func:`time.monotonic`) it ends: what did not run has no outcome, and nothing is held against it later.
    `near` gives the test files that matter most: they run by themselves, before all others (`ahead`) or where not all came to their end.
    """
    half = min(until, time.monotonic() + _FIRST_SHARE * (until - time.monotonic()))
    first = _run(runner, near(), until=half) if ahead else Feedback()
    feedback = _run(runner, None, until=until if ahead else half)
    if feedback.unrun:
        feedback = _joined(first if ahead else _run(runner, near(), until=until), feedback)
    slow = [o.test for o in feedback.outcomes if o.status is TestStatus.TIMEOUT]
    again: dict[str, TestOutcome] = {}
    for few in (slow[:1], slow[1:]):
        second = runner.run(few, trace=True, per_test_seconds=_PATIENT_SECONDS, until=until)
        again.update({o.test: o for o in second.outcomes})
        if not second.passing:
            break
    feedback = _without(feedback, set(slow) - again.keys()) if time.monotonic() >= until else feedback
    return _timed(runner, replace(feedback, outcomes=tuple(again.get(o.test, o) for o in feedback.outcomes)), until)


def _run(runner: Runner, files: Sequence[str] | None, *, until: float) -> Feedback:
    if files is not None and not files:
        return Feedback()
    found = runner.run(files, trace=True, per_test_seconds=_SECONDS, until=until)
    asked = frozenset(files or ())  # that a file could be collected is no test
    return replace(found, outcomes=tuple(o for o in found.outcomes if not (o.ok and o.test in asked)))


def _joined(near: Feedback, whole: Feedback) -> Feedback:
    """What both say; where a test ran twice, what it did in the order of all."""
    known = {o.test for o in whole.outcomes}
    more = tuple(o for o in near.outcomes if o.test not in known)
    problems = dict.fromkeys((*whole.problems, *near.problems))
    return replace(
        whole, outcomes=(*whole.outcomes, *more), problems=tuple(problems), unrun=max(1, whole.unrun - len(more))
    )


def _without(feedback: Feedback, hasty: set[str]) -> Feedback:
    """`feedback` without the tests `hasty`, which had a short time only and none left for a longer one: nothing is known of them."""
    kept = tuple(o for o in feedback.outcomes if o.test not in hasty)
    return replace(feedback, outcomes=kept, unrun=feedback.unrun + len(feedback.outcomes) - len(kept))


def _timed(runner: Runner, traced: Feedback, until: float) -> Feedback:
    """Effect: run the slow tests once more without a trace, which may take most of their time: limits are learned from what they take."""
    slow = [o for o in traced.outcomes if o.seconds > _SLOW and o.status is not TestStatus.TIMEOUT]
    if not slow or sum(o.seconds for o in slow) > min(_MOST_TIMED, until - time.monotonic()):
        return traced
    found = runner.run([o.test for o in slow], per_test_seconds=_PATIENT_SECONDS, until=until)
    plain = {o.test: o for o in found.outcomes}
    return replace(traced, outcomes=tuple(_with_seconds(o, plain.get(o.test)) for o in traced.outcomes))


def _with_seconds(outcome: TestOutcome, plain: TestOutcome | None) -> TestOutcome:
    same = plain is not None and plain.status is outcome.status
    return replace(outcome, seconds=min(outcome.seconds, plain.seconds)) if plain and same else outcome
