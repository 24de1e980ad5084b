"""Tests whose ids are made anew each time that they are collected (of the clock, of chance, of an address): others of the same function stand in for them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tally import ABSENT

_MOST = 500  # ids that are asked for again


def vanished(lost: Iterable[str], known: Collection[str], feedback: Feedback) -> tuple[str, ...]:
    """Those of the tests `lost` that were not collected, while their function has parameters that are not among the `known` ids."""
    ran = {o.test for o in feedback.outcomes}
    new = {_function(test) for test in ran if test not in known}
    found = [test for test in lost if "[" in test and test not in ran and _function(test) in new]
    return tuple(found[:_MOST])


def absent(feedback: Feedback) -> Iterator[str]:
    """The tests that were asked for, and that there are none of."""
    return (o.test for o in feedback.outcomes if o.message == ABSENT)


def stood_for(fleeting: Collection[str], known: Collection[str], passed: Iterable[str]) -> frozenset[str]:
    """Those of the tests `fleeting` that another one of their function stands in for: one that passed, and was not among the `known` ids; each for one."""
    new = Counter(_function(test) for test in passed if test not in known)
    found = []
    for test in sorted(fleeting):
        if new[_function(test)]:
            new[_function(test)] -= 1
            found.append(test)
    return frozenset(found)


def is_among(test: str, named: Collection[str]) -> bool:
    """Whether a test is one of those `named`, by its id or, with all parameters, by its function's."""
    return test in named or _function(test) in named


def _function(test: str) -> str:
    return test.partition("[")[0]
