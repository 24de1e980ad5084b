"""What the tests have to say for a candidate to be good, and how long each may take to say it."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tally import ABSENT
from fixbot_repair.verification.fleeting import is_among, stood_for, vanished
from fixbot_repair.verification.forks import Asked
from fixbot_repair.verification.impact import Impact
from fixbot_repair.verification.verdict import Trial, Verdict

NO_ORACLE = "no test fails that a fix could be held against"
SLOWEST = 8.0  # seconds of CPU that a test to be mended may have while searching
_SHORTEST = 0.1  # seconds of CPU that every test may have while searching
_SHORTEST_HUNG = 0.25  # the same for one that did not end before: nobody knows what it needs
_LATER = 5.0  # times as much, when what ended for its time is asked again
_PATIENCE = 5.0  # times what it took before; of slow tests less
_SLOW_PATIENCE, _ROOM = (
    2.0,
    0.1,
)  # times that, and so many seconds more, are enough: a trace made it slow, or it is asked again
_ALONG = 0.5  # seconds that tests may take which are asked along with one in doubt
_LONGEST_WALL = 600.0  # seconds of one request
_MOST_ASKED = 20  # tests that refused something and are asked without any change
_QUICK = 20.0  # seconds that all tests took, where they are run once without any change for that
_FINAL = 60.0  # seconds that a test may have at the end, or ten times what it took before


class Oracle:
    """The judgement of tests; shared by all workers, who only read it but for what `impact` learns.

    `failing` are the tests to mend: `brisk` ones first, `hanging` ones, which did not end before, when those pass. Without any,
    `mending` says whether a candidate is thereby unfixed, or judged by what it breaks alone.
    """

    def __init__(self, baseline: Feedback, failing: tuple[str, ...], *, mending: bool = True) -> None:
        self.baseline = baseline
        self.failing = failing
        self.mending = mending
        self.impact = Impact(baseline)
        self._seconds = {o.test: o.seconds for o in baseline.outcomes if o.status is not TestStatus.TIMEOUT}
        # What did not end before may only be slow: it waits until the others pass, and has more time then.
        hung = {o.test for o in baseline.outcomes if o.status is TestStatus.TIMEOUT}
        self.brisk = tuple(t for t in failing if t not in hung) or failing[:1]
        self.hanging = tuple(t for t in failing if t not in self.brisk)
        self._xfailing = frozenset(o.test for o in baseline.outcomes if o.status is TestStatus.XFAILED)
        self._usual = min(_patience(max(self._seconds.values(), default=0.02)), SLOWEST)
        self._hung = dict.fromkeys(hung, max(self._usual, _SHORTEST_HUNG))
        self._fit: set[str] = set()
        self._known = frozenset(o.test for o in baseline.outcomes)
        self._fleeting: set[str] = set()  # of these, the ones that are called otherwise each time
        self._broken: dict[str, TestOutcome] = {}  # those that passed at the start and fail now without any change
        self.is_measured = False  # whether all tests were run anew without any change

    @property
    def final_seconds(self) -> float:
        """Seconds that a test may have in the last word."""
        return min(max(_FINAL, 10.0 * max(self._seconds.values(), default=1.0)), 600.0)

    def asked(self, ids: tuple[str, ...], limit: float | None = None, *, patient: bool = False) -> Asked:
        """The tests `ids` with their limits: seconds of CPU learned from what each took before, `patient` ones of more.

        One that is to be mended may need as long as the slowest of all, as it may have stopped early; or `limit`.
        """
        times = _LATER if patient else 1.0
        usual = min(times * self._usual if limit is None else limit, SLOWEST)
        limits = {} if limit is not None else {t: times * own for t in ids if (own := self._own(t))}
        wall = 10.0 * usual + 2.0 * sum(self._seconds.get(t, usual) for t in ids) + 10.0
        return Asked(ids, usual, min(wall, _LONGEST_WALL), limits)

    def _own(self, test: str) -> float:
        """The limit of a test that has one of its own, else 0."""
        is_known = test in self._seconds and test not in self.brisk
        return _patience(self._seconds[test]) if is_known else self._hung.get(test, 0.0)

    def is_fit(self, test: str) -> bool:
        """Whether a warm process is known to run `test` as a fresh one does."""
        return test in self._fit

    def doubtful(self, test: str, others: Iterable[str]) -> tuple[str, ...]:
        """`test` and the quickest of those `others` that passed before and of which a warm process knows nothing yet."""
        passing = frozenset(self.baseline.passing) - self._fit - {test}
        found, left = [test], _ALONG
        for other in sorted(passing.intersection(others), key=lambda t: (self._seconds.get(t, left), t)):
            left -= self._seconds.get(other, left)
            if left <= 0.0:
                break
            found.append(other)
        return tuple(found)

    def passed(self, tests: Iterable[str]) -> None:
        """Learn that `tests` passed in a warm process."""
        self._fit.update(tests)

    def judged(
        self, candidate: Candidate, outcomes: Mapping[str, TestOutcome], ids: tuple[str, ...], bad: Verdict
    ) -> Trial:
        """The verdict when the tests `ids` should all pass and these are the outcomes there are, in running order."""
        passed = tuple(t for t, o in outcomes.items() if self._holds(o))
        wrong = [t for t in ids if t not in outcomes or not self._holds(outcomes[t])]
        if not wrong:
            return Trial(candidate, Verdict.PLAUSIBLE, passed)
        first = next((t for t in outcomes if t in wrong), wrong[0])
        late = first in outcomes and outcomes[first].status is TestStatus.TIMEOUT
        return Trial(candidate, bad, passed, (first,), why=_reason(outcomes, first), late=late)

    def last_word(self, candidate: Candidate, feedback: Feedback, disputed: Collection[str] = ()) -> Trial:
        """The verdict when `feedback` is what all tests did in their own order.

        The tests `disputed` (ids, of all parameters where they name none) refuse nothing; those of them that fail are the trial's `failed`.
        """
        outcomes = {o.test: o for o in feedback.outcomes}
        passed = tuple(t for t, o in outcomes.items() if self._holds(o))
        held = {*passed, *stood_for(self._fleeting, self._known, passed)}
        excused = [t for t in (*self.failing, *self.baseline.passing) if t not in held and is_among(t, disputed)]
        as_before = [t for t in self.baseline.passing if t not in held and self._fails_as_unchanged(outcomes.get(t))]
        held.update(excused, as_before)
        for ids, bad in ((self.failing, Verdict.UNFIXED), (self.baseline.passing, Verdict.REGRESSING)):
            if broken := tuple(t for t in ids if t not in held):
                new = [p for p in feedback.problems if p not in self.baseline.problems]
                note = f" (note: {new[0]})" if new else ""
                return Trial(candidate, bad, passed, broken, why=f"{_reason(outcomes, broken[0])}{note}")
        notes = (*self._unmarked(outcomes), *(f"{test} fails the same without the change" for test in as_before))
        return Trial(candidate, Verdict.PLAUSIBLE, passed, tuple(dict.fromkeys(excused)), notes=notes)

    def _unmarked(self, outcomes: Mapping[str, TestOutcome]) -> Iterator[str]:
        """What is to be said of tests that were expected to fail and pass now, strictly marked or not."""
        now = [
            t
            for t, o in outcomes.items()
            if t in self._xfailing and o.status in (TestStatus.PASSED, TestStatus.XPASSED)
        ]
        yield from (f"{test} was expected to fail and passes now: its mark can go" for test in now)

    def doubted(self, trial: Trial, feedback: Feedback) -> tuple[str, ...]:
        """Tests for which `trial` was refused though they may only be called otherwise each time: worth asking for without any change."""
        return vanished(trial.failed, self._known, feedback)

    def fleeting(self, tests: Iterable[str]) -> None:
        """Learn that there are no such `tests` any more even without any change."""
        self._fleeting.update(tests)

    def refusing(self, trial: Trial) -> tuple[str, ...]:
        """Tests that `trial` was refused for, and that may fail without any change by now: worth asking, where they are few."""
        return trial.failed if trial.verdict is Verdict.REGRESSING and len(trial.failed) <= _MOST_ASKED else ()

    def is_quick(self) -> bool:
        """Whether all tests may be run once more for a doubt."""
        return sum(self._seconds.values()) <= _QUICK and not self.baseline.unrun

    def unchanged(self, feedback: Feedback) -> None:
        """Learn how tests end without any change now."""
        self._broken.update((o.test, o) for o in feedback.outcomes if not self._holds(o) and o.message != ABSENT)

    def _fails_as_unchanged(self, outcome: TestOutcome | None) -> bool:
        """Whether a test ends as it does without any change: the same error, its words aside."""
        known = self._broken.get(outcome.test) if outcome is not None else None
        return known is not None and outcome is not None and _kind(known) == _kind(outcome)

    def unheld(self, candidate: Candidate) -> Trial | None:
        """The verdict where there is nothing that a fix could be held against; None where there is."""
        return None if self.failing or not self.mending else Trial(candidate, Verdict.UNFIXED, why=NO_ORACLE)

    def _holds(self, outcome: TestOutcome) -> bool:
        """Whether this is a pass; an expected failure is one only where the test was expected to fail before, and is none to mend."""
        if outcome.test not in self._xfailing:
            return outcome.status is TestStatus.PASSED
        is_wanted = outcome.test in self.failing
        return outcome.status in (TestStatus.PASSED, TestStatus.XPASSED) or (
            outcome.status is TestStatus.XFAILED and not is_wanted
        )


def _patience(seconds: float) -> float:
    """Seconds of CPU for a test that took so many, the first time it is asked."""
    return max(_SHORTEST, min(_PATIENCE * seconds, _SLOW_PATIENCE * seconds + _ROOM))


def _kind(outcome: TestOutcome) -> tuple[TestStatus, str]:
    return outcome.status, outcome.message.partition(":")[0]


def _reason(outcomes: Mapping[str, TestOutcome], test: str) -> str:
    found = outcomes.get(test)
    return f"{test}: {found.status} {found.message}".strip() if found else f"{test} did not run"
