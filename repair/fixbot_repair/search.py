"""Repair by search: suspects, candidates, trials, and the best of what held."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_repair.baseline import baseline
from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.candidates.generate import Naturalness
from fixbot_repair.candidates.quoted import quoted
from fixbot_repair.candidates.symptoms import Symptoms
from fixbot_repair.checks import Feedback, TestStatus
from fixbot_repair.checks.tests import Runner, TestRunner
from fixbot_repair.choosing import Choice, Confidence, Field, confidence
from fixbot_repair.issue import Task
from fixbot_repair.localisation import Localisation, Past, localise
from fixbot_repair.making import Making, symptoms
from fixbot_repair.trying import Search
from fixbot_repair.verification import Record, Trial, Verifier
from fixbot_repair.workspace import Workspace

_PATIENT_SECONDS = 5.0
_RESERVE = 3.0  # seconds kept for the last word, beside twice what all tests took
_SHARE = 0.2  # of the time there is, at most, for that

Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Repair:
    """What a search came to. `plausible` are confirmed in a fresh process, the best first; `unconfirmed` only held in forks.

    `choices` say of each of `plausible` what put it at its place.

    `stopped_by`: "found", "exhausted", "deadline", "interrupted", "nothing fails". `seconds` of wall time.
    """

    baseline: Feedback
    failing: tuple[str, ...] = ()
    localisation: Localisation = field(default_factory=Localisation)
    plausible: tuple[Trial, ...] = ()
    choices: tuple[Choice, ...] = ()
    unconfirmed: tuple[Trial, ...] = ()
    candidates: int = 0
    trials: int = 0
    stopped_by: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    confidence: Confidence | None = None  # in the first of `plausible`


@dataclass(frozen=True, slots=True)
class Hints:
    """What others know: lines that the issue's words point at (0..1), how natural code looks in this project, what was tried,
    how prone to faults definitions are by the project's past.
    """

    mentioned: Mapping[Line, float] = field(default_factory=dict)
    naturalness: Naturalness | None = None
    record: Record | None = None
    past: Past | None = None


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
    with Verifier(workspace, runner, before, failing, allow_tests=allow_tests, record=hints.record) as verifier:
        found = _suspects(task, verifier, before, failing, hints)
        search = Search(verifier, deadline - _last_word(before, deadline - began), on_event or _ignore)
        candidates = _candidates(task, _making(task, verifier, hints, symptoms(before, failing)), verifier, found)
        choices = search.best(candidates, _field(verifier, runner, before, failing))
        chancy = _passing_unpatched(runner, before, failing) if choices else ()
        if set(chancy) == set(failing):
            choices = ()
        plausible = tuple(c.trial for c in choices)
        return Repair(
            before,
            failing,
            found,
            plausible,
            choices,
            tuple(t for t in search.held if t.candidate not in [p.candidate for p in plausible]),
            search.candidates,
            verifier.trials,
            search.stopped_by,
            time.monotonic() - began,
            (*verifier.notes, *_said_of_chance(chancy, failing)),
            _confidence(search, verifier, before, failing, choices),
        )


def _confidence(
    search: Search, verifier: Verifier, before: Feedback, failing: Sequence[str], choices: Sequence[Choice]
) -> Confidence | None:
    if not choices:
        return None
    tried = search.found_after(choices[0].trial.candidate.patch)
    return confidence(choices, tried, len(failing), before, lambda path: verifier.document(path).data)


def _field(verifier: Verifier, runner: Runner, before: Feedback, failing: tuple[str, ...]) -> Field:
    tests = runner if isinstance(runner, TestRunner) else None
    return Field(verifier, tests, before, failing, _facts(verifier))


def _passing_unpatched(runner: Runner, before: Feedback, failing: Sequence[str]) -> tuple[str, ...]:
    """Effect: run the tests to mend once more on the code as it was; those that pass hang on chance or time, and prove nothing."""
    quick = [o.test for o in before.outcomes if o.test in set(failing) and o.status is not TestStatus.TIMEOUT]
    again = runner.run(quick, per_test_seconds=_PATIENT_SECONDS) if quick else Feedback()
    return tuple(o.test for o in again.outcomes if o.status is TestStatus.PASSED)


def _said_of_chance(chancy: Sequence[str], failing: Sequence[str]) -> tuple[str, ...]:
    if not chancy:
        return ()
    which = "all that was to be mended passes" if set(chancy) == set(failing) else f"{', '.join(chancy[:3])} passed"
    return (f"{which} without a patch when run again: it hangs on chance or time, and no patch is said to mend it",)


def _ignore(trial: Trial) -> None:
    """Tell nobody."""


def _suspects(task: Task, verifier: Verifier, before: Feedback, failing: tuple[str, ...], hints: Hints) -> Localisation:
    return localise(
        before,
        failing,
        _facts(verifier),
        issue=task.issue,
        paths=verifier.workspace.paths,
        mentioned=hints.mentioned,
        source=_source(verifier),
        past=hints.past,
    )


def _last_word(before: Feedback, seconds: float) -> float:
    """Seconds kept for the last word, of `seconds` in all."""
    times = (
        1.0 if before.unrun else 2.0
    )  # where not all fit, those with a trace are as many as there is time for without
    return times * sum(o.seconds for o in before.outcomes if o.ok) + min(_RESERVE, _SHARE * seconds)


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


def _source(verifier: Verifier) -> Callable[[str], bytes | None]:
    def source(path: str) -> bytes | None:
        try:
            return verifier.document(path).data
        except FixbotError:
            return None

    return source


def _making(task: Task, verifier: Verifier, hints: Hints, errors: Symptoms) -> Making:
    told = task.issue.text if task.issue else ""
    return Making(verifier.workspace.paths, _source(verifier), _facts(verifier), hints.naturalness, errors, told)


def _candidates(task: Task, making: Making, verifier: Verifier, found: Localisation) -> Iterator[Candidate]:
    """Candidates of every source, the likeliest first."""
    if task.issue:
        yield from quoted(task.issue, verifier.workspace.original)
    yield from making.of(found)
