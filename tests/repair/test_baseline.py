"""The first run of all tests ends in time, and what matters most is known even where the suite is long."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from fixbot_repair.baseline import baseline
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus

FILES = [f"test_{n:02}.py" for n in range(20)]


@dataclass
class Suite:
    """A suite of one test a file, each taking `seconds`; it notes what it was asked for."""

    seconds: float = 0.02
    loaded: frozenset[str] = frozenset()
    asked: list[Sequence[str] | None] = field(default_factory=list)

    def collect(self) -> tuple[str, ...]:
        return tuple(f"{f}::test" for f in FILES)

    def run(
        self,
        ids: Sequence[str] | None = None,
        *,
        trace: bool = False,
        per_test_seconds: float = 60.0,
        fail_fast: bool = False,
        until: float = float("inf"),
    ) -> Feedback:
        if ids is not None and not ids:
            return Feedback()
        self.asked.append(ids)
        found: list[TestOutcome] = []
        files = FILES if ids is None else [i.partition("::")[0] for i in ids]
        for file in files:
            if time.monotonic() + self.seconds > until:
                break
            time.sleep(self.seconds)
            status = TestStatus.FAILED if file == FILES[-1] else TestStatus.PASSED
            found.append(TestOutcome(f"{file}::test", status, seconds=self.seconds))
        return Feedback(outcomes=tuple(found), unrun=len(files) - len(found))


def test_a_suite_that_has_the_time_is_run_once_in_its_own_order() -> None:
    suite = Suite(seconds=0.0)

    feedback = baseline(suite, near=lambda: FILES[-1:], until=time.monotonic() + 60)

    assert suite.asked == [None]
    assert [o.test for o in feedback.outcomes] == [f"{f}::test" for f in FILES]


@pytest.mark.parametrize("ahead", [True, False])
def test_of_a_suite_that_is_too_long_what_is_near_is_known(ahead: bool) -> None:
    suite = Suite()

    feedback = baseline(suite, near=lambda: FILES[-1:], ahead=ahead, until=time.monotonic() + 0.25)

    assert feedback.failing == (f"{FILES[-1]}::test",)
    assert feedback.passing
    assert len(feedback.outcomes) + feedback.unrun == len(FILES)
    assert suite.asked == ([FILES[-1:], None] if ahead else [None, FILES[-1:]])


def test_what_had_only_a_short_time_is_not_called_failing() -> None:
    class Slow(Suite):
        def run(self, ids: Sequence[str] | None = None, **how: Any) -> Feedback:
            found = super().run(ids, **how)
            if ids is not None:
                return replace(found, outcomes=())  # no time is left by then
            time.sleep(0.2)
            return replace(found, outcomes=tuple(replace(o, status=TestStatus.TIMEOUT) for o in found.outcomes[:3]))

    feedback = baseline(Slow(seconds=0.0), until=time.monotonic() + 0.1)
    assert feedback.failing == ()
    assert feedback.unrun == 3
