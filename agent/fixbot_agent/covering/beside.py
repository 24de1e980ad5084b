"""The finished file among the project's other tests: which of its tests disturb these, or are disturbed by them."""

import random
import time
from collections.abc import Sequence

from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.home import is_test_file

_PART, _LEAST = 0.25, 10.0  # of the time, and seconds at least, that all runs may take where there are so many left
_LAST = 3.0  # seconds that are kept for what comes after
_ALONE = 0.32  # of these, for the others by themselves: they are run twice more
_MOST_FILES = 40
_TEST_SECONDS = 5.0


class Neighbours:
    """Runs the project's other tests beside the file that is in the workspace; those that touch the module come first, others are a sample."""

    def __init__(self, here: Ground) -> None:
        self._here = here
        self._home = here.home.path
        self._until = 0.0
        sample = [p for p in here.workspace.paths if is_test_file(p) and p not in here.tests and p != self._home]
        random.Random(here.job.seed).shuffle(sample)
        every = [*(p for p in here.tests if p != self._home), *sample]
        self._files, self._total = every[:_MOST_FILES], len(every)
        self._passing: frozenset[str] | None = None
        self._ran: list[str] | None = None
        self._left = 0

    @property
    def told(self) -> tuple[str, ...]:
        """What was run, for the user."""
        if self._ran is None:
            return ()
        if not self._ran:
            return ("No other test of the project was run beside the new ones.",) if self._files else ()
        count, total = len(self._ran), self._total
        of = f"{count} of {total} other test files" if total > 1 else "the other test file"
        shown = ", ".join(self._ran[:3]) + (", …" if count > 3 else "")
        left = f"; {self._left} left out that disturbed them or were disturbed" if self._left else ""
        return (f"The new tests were run before and after {of} of the project ({shown}){left}.",)

    def wrong(self, names: Sequence[str]) -> set[str]:
        """Effect: run tests. Which of `names`, tests of the file, are disturbed by others or disturb them."""
        if self._passing is None:
            self._passing = self._alone()
        alone = self._passing
        self._ran = list(dict.fromkeys(test.partition("::")[0] for test in sorted(alone)))
        if not alone:
            return set()
        home, ours = self._home, [f"{self._home}::{name}" for name in names]
        first, last = self._failing([home, *self._ran]), self._failing([*self._ran, home])
        wrong = {name for name in names for test in first | last if _is_of(test, f"{home}::{name}")}
        broken = sorted(first & alone)
        if broken and not wrong and self._failing([*ours, *broken]).intersection(broken):
            wrong = {test.rpartition("::")[2] for test in self._culprits(ours, broken)}
        self._left += len(wrong)
        return wrong

    def _alone(self) -> frozenset[str]:
        """Effect: run the others by themselves; those that pass, as far as there is time."""
        if not self._files:
            return frozenset()
        began = time.monotonic()
        seconds = max(0.0, min(max(_LEAST, _PART * self._here.job.seconds), self._here.left(0.0) - _LAST))
        self._until = began + seconds
        done = self._here.runner.run(self._files, per_test_seconds=_TEST_SECONDS, until=began + _ALONE * seconds)
        return frozenset(done.passing)

    def _failing(self, asked: Sequence[str]) -> frozenset[str]:
        """Effect: run them in that order; those that are seen to fail within the time."""
        if time.monotonic() >= self._until:
            return frozenset()
        done = self._here.runner.run(asked, per_test_seconds=_TEST_SECONDS, until=self._until)
        return frozenset(o.test for o in done.outcomes if o.test not in done.passing)

    def _culprits(self, ours: Sequence[str], broken: Sequence[str]) -> list[str]:
        """Effect: run parts of `ours` before `broken`; those after which these fail, all where that cannot be told apart."""
        if len(ours) == 1:
            return list(ours)
        parts = (ours[: len(ours) // 2], ours[len(ours) // 2 :])
        guilty = [part for part in parts if self._failing([*part, *broken]) & set(broken)]
        return [test for part in guilty for test in self._culprits(part, broken)] or list(ours)


def _is_of(test: str, asked: str) -> bool:
    return test == asked or test.startswith(f"{asked}[")
