"""Repair by search: suspects, candidates, trials, and the best of what held."""

import heapq
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.candidates.generate import Generator, Naturalness, proposals
from fixbot_repair.candidates.insight import Insight
from fixbot_repair.candidates.minimise import minimised
from fixbot_repair.candidates.quoted import quoted
from fixbot_repair.candidates.symptoms import Symptoms, read
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tests import Runner
from fixbot_repair.issue import Task
from fixbot_repair.localisation import Localisation, localise
from fixbot_repair.verification import Trial, Verdict, Verifier
from fixbot_repair.verification.ranking import only_loses, ranked
from fixbot_repair.workspace import Workspace

_BASELINE_SECONDS = 1.0  # that a test may take at first; one that took longer is looked at again
_PATIENT_SECONDS = 5.0
_MOST_FILES = 8
_MORE_TRIALS = 100  # after the first plausible candidate that does not only take something away
_MORE_SHARE = 0.25  # of the time that is left then
_MORE_SECONDS = 10.0  # at most
_DOUBTED = 4  # times as much of all three after one that only does
_MOST_CONFIRMED = 4  # the best and its alternatives
_RESERVE = 3.0  # seconds kept for the last word, beside twice what all tests took

Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Repair:
    """What a search came to. `plausible` are confirmed in a fresh process, the best first; `unconfirmed` only held in forks.

    `stopped_by`: "found", "exhausted", "deadline", "interrupted", "nothing fails". `seconds` of wall time.
    """

    baseline: Feedback
    failing: tuple[str, ...] = ()
    localisation: Localisation = field(default_factory=Localisation)
    plausible: tuple[Trial, ...] = ()
    unconfirmed: tuple[Trial, ...] = ()
    candidates: int = 0
    trials: int = 0
    stopped_by: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What others know: lines that the issue's words point at (0..1), and how natural code looks in this project."""

    mentioned: Mapping[Line, float] = field(default_factory=dict)
    naturalness: Naturalness | None = None


def baseline(runner: Runner) -> Feedback:
    """Effect: run all tests with traces. Where one seems to hang, it and its like get a second, longer chance."""
    feedback = runner.run(trace=True, per_test_seconds=_BASELINE_SECONDS)
    slow = [o.test for o in feedback.outcomes if o.status is TestStatus.TIMEOUT]
    again: dict[str, TestOutcome] = {}
    for few in (slow[:1], slow[1:]):
        second = runner.run(few, trace=True, per_test_seconds=_PATIENT_SECONDS)
        again.update({o.test: o for o in second.outcomes})
        if not second.passing:
            break
    return replace(feedback, outcomes=tuple(again.get(o.test, o) for o in feedback.outcomes))


def repair(
    task: Task,
    workspace: Workspace,
    runner: Runner,
    *,
    feedback: Feedback | None = None,
    hints: Hints | None = None,
    deadline: float = float("inf"),
    on_event: Callable[[Trial], None] | None = None,
    allow_tests: bool = False,
) -> Repair:
    """Effect: search for a patch after which the failing tests of `task` pass and no other breaks.

    `feedback` is the baseline with traces (it is taken when None), `deadline` is in seconds of :func:`time.monotonic`;
    `on_event` is told of every trial. The workspace is as it was when this returns or raises. Ctrl-C ends the search, not
    the report of it.
    """
    began, hints = time.monotonic(), hints or Hints()
    before = baseline(runner) if feedback is None else feedback
    failing = task.failing or before.failing
    if not failing:
        return Repair(before, stopped_by="nothing fails", seconds=time.monotonic() - began)
    with Verifier(workspace, runner, before, failing, allow_tests=allow_tests) as verifier:
        found = localise(
            before, failing, _facts(verifier), issue=task.issue, paths=workspace.paths, mentioned=hints.mentioned
        )
        search = _Search(verifier, deadline - _last_word(before), on_event or _ignore)
        symptoms = _symptoms(before, failing)
        search.run(_candidates(task, _Making(verifier, hints, symptoms), found))
        plausible = search.confirmed()
        return Repair(
            before,
            failing,
            found,
            plausible,
            tuple(t for t in search.plausible if t.candidate not in [p.candidate for p in plausible]),
            search.candidates,
            verifier.trials,
            search.stopped_by,
            time.monotonic() - began,
            verifier.notes,
        )


def _ignore(trial: Trial) -> None:
    """Tell nobody."""


def _last_word(before: Feedback) -> float:
    return 2.0 * sum(o.seconds for o in before.outcomes if o.ok) + _RESERVE


def _facts(verifier: Verifier) -> Callable[[str], FileFacts | None]:
    known: dict[str, FileFacts | None] = {}

    def facts(path: str) -> FileFacts | None:
        if path not in known:
            try:
                known[path] = extract(verifier.document(path).data)
            except FixbotError:
                known[path] = None
        return known[path]

    return facts


def _symptoms(before: Feedback, failing: tuple[str, ...]) -> Symptoms:
    asked = frozenset(failing)
    outcomes = [o for o in before.outcomes if o.test in asked]
    return read((o.message for o in outcomes), hangs=any(o.status is TestStatus.TIMEOUT for o in outcomes))


def _candidates(task: Task, making: "_Making", found: Localisation) -> Iterator[Candidate]:
    """Candidates of every source, the likeliest first."""
    if task.issue:
        yield from quoted(task.issue, making.verifier.workspace.original)
    streams = [making.of_file(path, found) for path in found.files[:_MOST_FILES]]
    yield from heapq.merge(*streams, key=lambda c: -c.score)


class _Making:
    """Makes the candidates of a file, with what is known of the project and of the errors."""

    def __init__(self, verifier: Verifier, hints: Hints, symptoms: Symptoms) -> None:
        self.verifier = verifier
        self._hints = hints
        self._symptoms = symptoms
        self._insight = Insight(verifier.workspace.paths, _facts(verifier))

    def of_file(self, path: str, found: Localisation) -> Iterator[Candidate]:
        """Effect: reads the file. Its candidates, the likeliest first; none of what cannot be read."""
        try:
            code = Code(path, self.verifier.document(path).data, self._insight)
        except FixbotError:
            return
        suspicion = {s.line: s.score for s in found.suspects if s.path == path}
        made = proposals(code, suspicion, symptoms=self._symptoms)
        yield from Generator(code, self._hints.naturalness).candidates(made)


class _Search:
    """The loop over candidates, and when it ends."""

    def __init__(self, verifier: Verifier, deadline: float, on_event: Callable[[Trial], None]) -> None:
        self.plausible: list[Trial] = []
        self.candidates = 0
        self.stopped_by = "exhausted"
        self._verifier = verifier
        self._deadline = deadline
        self._on_event = on_event
        self._last_trial = float("inf")
        self._until = deadline
        self._is_leaving = False  # something was found that does not only take away

    def run(self, candidates: Iterator[Candidate]) -> None:
        """Effect: try candidates until they, the time or what is wanted of them run out."""
        try:
            for candidate in candidates:
                if self._is_over():
                    return
                self._try(candidate)
            self.stopped_by = "found" if self.plausible else "exhausted"
        except KeyboardInterrupt:
            self.stopped_by = "interrupted"

    def confirmed(self) -> tuple[Trial, ...]:
        """Effect: the best of what held, as small as it goes, each confirmed by a fresh process."""
        if self.stopped_by == "interrupted":
            return ()
        good: list[Trial] = []
        try:
            for trial in ranked(self.plausible, self._before)[: 3 * _MOST_CONFIRMED]:
                late = time.monotonic() > self._deadline
                if len(good) == _MOST_CONFIRMED or (good and late):
                    break
                good += self._confirmed(trial.candidate)
        except KeyboardInterrupt:
            self.stopped_by = "interrupted"
        return tuple(good)

    def _confirmed(self, candidate: Candidate) -> list[Trial]:
        small = minimised(candidate, lambda c: self._verifier.search(c).verdict is Verdict.PLAUSIBLE)
        trial = self._verifier.confirm(small)
        self._on_event(trial)
        return [trial] if trial.verdict is Verdict.PLAUSIBLE else []

    def _before(self, path: str) -> bytes:
        return self._verifier.document(path).data

    def _is_over(self) -> bool:
        if time.monotonic() > self._until:
            self.stopped_by = "found" if self.plausible else "deadline"
            return True
        if self.candidates > self._last_trial:
            self.stopped_by = "found"
            return True
        return False

    def _try(self, candidate: Candidate) -> None:
        self.candidates += 1
        trial = self._verifier.search(candidate)
        self._on_event(trial)
        # An equal one that was tried before comes back as that trial.
        if trial.verdict is Verdict.PLAUSIBLE and trial.candidate is candidate:
            self._take_leave(only_loses(candidate.patch, self._before))
            self.plausible.append(trial)

    def _take_leave(self, doubted: bool) -> None:
        """Set how much longer to look for something better than what was found, which may be `doubted`."""
        if self._is_leaving or (doubted and self.plausible):
            return
        self._is_leaving = not doubted
        now, more = time.monotonic(), _DOUBTED if doubted else 1
        left = max(0.0, self._deadline - now)
        self._until = min(self._until, now + more * min(_MORE_SHARE * left, _MORE_SECONDS))
        self._last_trial = min(self._last_trial, self.candidates + more * _MORE_TRIALS)
