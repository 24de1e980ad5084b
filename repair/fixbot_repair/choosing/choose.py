"""Plausible patches in the order in which to show them, each with what speaks for its place."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts, SymbolKind
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.choosing.behaviour import Behaviour, Behaviours, Calls, Wanted
from fixbot_repair.choosing.comparing import Conduct, Difference, conducts, difference, telling
from fixbot_repair.choosing.doubting import answers_a_test, copies, left_unused, reads_lost
from fixbot_repair.verification import Trial, Verifier
from fixbot_repair.verification.ranking import names_lost, only_loses, smallness

_MOST_PATCHES = 16  # that are run on further inputs; those behind them keep their order
_MOST_TESTS = 80  # whose calls are recorded
_MOST_SOURCES = 8 << 20  # bytes of the project that are looked through for what a patch copies
_LEAST_SECONDS = 1.0  # without which nothing is started
# What each signal counts; the sum decides. The first three as the search itself has them, the others set by hand until learnt.
SIGNALS = {
    "score": 1.0,  # logarithm of suspicion x template x naturalness
    "size": 1.0,  # logarithm of how small the change is
    "loses": -1.6,  # it only takes code, data or a decision away
    "names lost": -0.8,  # names that the edited places read and do so no more, none having come in their stead; three count
    "reads lost": -0.7,  # values that an edited function depends on no more, none having come in their stead; three count
    "left unused": -1.2,  # a variable, a parameter or what a loop runs over is still there, and nothing reads it any more
    "answers a test": -3.0,  # it compares with a value that only a failing test holds
    "copies": -1.2,  # it repeats a function that could be called
    "slower": -0.7,
    "share": 0.3,  # of the plausible patches, that behave the same
    "kept changed": -3.0,  # of the calls that passing tests make: those that now do something else
    "further changed": -1.0,  # of the further calls that came to an end before: those that now do something else
    "failing": -3.0,  # of all calls that came to an end before: those that now raise or hang
    "still failing": -1.0,  # of the calls that failed before: those that still do
}
_LEAST_SCORE = 1e-9
_MOST_LOST = 3

Facts = Callable[[str], FileFacts | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One plausible patch at its place. `score` is the weighted sum of `signals`; `why` says what counted, `parts` how it differs from the first."""

    trial: Trial
    score: float
    conduct: Conduct
    signals: Mapping[str, float]
    why: tuple[str, ...] = ()
    parts: Difference | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """What is known before choosing: who verifies, what all tests did, which must be mended, what the files define."""

    verifier: Verifier
    runner: TestRunner | None
    baseline: Feedback
    failing: tuple[str, ...]
    facts: Facts


def choose(trials: Sequence[Trial], field: Field, seconds: float) -> list[Choice]:
    """Effect: order plausible `trials`, the best first; for at most `seconds` they are run on further inputs.

    Without time, without calls that can be made again, or with a single patch, the order is that of size and suspicion.
    """
    began = time.monotonic()
    known = [(t, _by_itself(t, field)) for t in trials]
    known.sort(key=lambda pair: -_total(pair[1]))
    head, tail = known[:_MOST_PATCHES], known[_MOST_PATCHES:]
    seen = _seen([t for t, _ in head], field, began + seconds) if len(head) > 1 else None
    conduct = conducts(seen.before, seen.again, seen.after, seen.failing) if seen else [Conduct() for _ in head]
    choices = [_choice(t, s, c, len(head)) for (t, s), c in zip(head, conduct, strict=True)]
    order = sorted(range(len(choices)), key=lambda n: -choices[n].score)
    if seen and order:
        keys, first = telling(seen.before, seen.again, seen.after), order[0]
        for n in order:
            if conduct[n].cluster != conduct[first].cluster:
                choices[n] = replace(choices[n], parts=difference(seen.after[n], seen.after[first], keys))
    return [*(choices[n] for n in order), *(_choice(t, s, Conduct(), 1) for t, s in tail)]


@dataclass(frozen=True, slots=True)
class _SeenAll:
    before: Behaviour
    again: Behaviour
    after: list[Behaviour]
    failing: frozenset[int]


def _seen(trials: Sequence[Trial], field: Field, until: float) -> _SeenAll | None:
    """Effect: what the code before and each patch do; None where it cannot be known in time."""

    def left() -> float:
        return until - time.monotonic()

    if field.runner is None or left() < _LEAST_SECONDS:
        return None
    behaviours = Behaviours(field.verifier.workspace, field.runner)
    try:
        calls = behaviours.record(_tests(trials, field), _wanted(trials, field), left())
        if not calls.calls:
            return None
        versions: list[Behaviour] = []
        for contents in ({}, {}, *(field.verifier.contents(t.candidate.patch) for t in trials)):
            if left() < _LEAST_SECONDS:
                return None
            versions.append(behaviours.replay(calls, contents, left()))
    except FixbotError:
        return None
    return _SeenAll(versions[0], versions[1], versions[2:], _of_failing(calls, field.failing))


def _of_failing(calls: Calls, failing: Sequence[str]) -> frozenset[int]:
    asked = set(failing)
    return frozenset(n for n, call in enumerate(calls.calls) if call.test in asked)


def _tests(trials: Sequence[Trial], field: Field) -> list[str]:
    """The tests to mend, then those that run what the patches edit, the quick ones first."""
    edited = {path for t in trials for path in t.candidate.patch.paths}
    near = [o for o in field.baseline.outcomes if o.ok and any(path in edited for path, _ in o.lines)]
    near.sort(key=lambda o: o.seconds)
    return list(dict.fromkeys([*field.failing, *(o.test for o in near)]))[:_MOST_TESTS]


def _wanted(trials: Sequence[Trial], field: Field) -> list[Wanted]:
    """The functions that the patches edit."""
    found: dict[Wanted, None] = {}
    for trial in trials:
        for edit in trial.candidate.patch.edits:
            if edit.path in trial.candidate.patch.created:
                continue
            facts = field.facts(edit.path)
            line = field.verifier.document(edit.path).line_of(edit.span.start) + 1
            symbol = facts.enclosing(line) if facts else None
            if symbol is not None and symbol.kind is not SymbolKind.CLASS:
                found[Wanted(edit.path, symbol.name, symbol.line, symbol.end_line)] = None
    return list(found)


def _before(field: Field) -> Callable[[str], bytes]:
    return lambda path: field.verifier.document(path).data


def _by_itself(trial: Trial, field: Field) -> dict[str, float]:
    """The signals of a patch that need no run."""
    patch, before = trial.candidate.patch, _before(field)
    return {
        "score": math.log(max(trial.candidate.score, _LEAST_SCORE)),
        "size": math.log(smallness(patch)),
        "loses": float(only_loses(patch, before)),
        "names lost": float(min(names_lost(patch, before), _MOST_LOST)),
        "reads lost": float(min(reads_lost(patch, before), _MOST_LOST)),
        "left unused": float(bool(left_unused(patch, before))),
        "answers a test": float(bool(answers_a_test(patch, before, _test_sources(field)))),
        "copies": float(bool(copies(patch, before, _sources(field)))),
    }


def _of_conduct(conduct: Conduct) -> dict[str, float]:
    return {
        "slower": float(conduct.is_slower),
        "share": conduct.share,
        "kept changed": conduct.kept_changed,
        "further changed": conduct.further_changed,
        "failing": conduct.failing,
        "still failing": conduct.still_failing,
    }


def _total(signals: Mapping[str, float]) -> float:
    return math.fsum(SIGNALS[name] * value for name, value in signals.items())


def _choice(trial: Trial, alone: Mapping[str, float], conduct: Conduct, patches: int) -> Choice:
    signals = {**alone, **_of_conduct(conduct)}
    return Choice(trial, _total(signals), conduct, signals, tuple(_why(signals, conduct, patches)))


def _test_sources(field: Field) -> Iterator[bytes]:
    for path in dict.fromkeys(t.partition("::")[0] for t in field.failing):
        if (data := field.verifier.workspace.original(path)) is not None:
            yield data


def _sources(field: Field) -> Iterator[tuple[str, bytes]]:
    """The project's Python files as they were, up to a size; read when asked for, which few patches do."""
    size = 0
    for path in field.verifier.workspace.paths:
        data = field.verifier.workspace.original(path) if path.endswith(".py") else None
        if data is not None:
            size += len(data)
            if size > _MOST_SOURCES:
                return
            yield path, data


def _why(signals: Mapping[str, float], conduct: Conduct, patches: int) -> Iterator[str]:
    """What counted, in words."""
    told = {
        "answers a test": "it asks for a value that a failing test holds",
        "copies": "it repeats a function that could be called",
        "loses": "it only takes something away",
        "left unused": "it leaves a name that nothing reads any more",
        "reads lost": "it depends on less than what stood there",
        "names lost": "it asks for less than what stood there",
        "slower": "it makes the tested calls slower",
    }
    yield from (words for name, words in told.items() if signals[name])
    if conduct.calls and patches > 1:
        yield f"{conduct.alike} of {patches} plausible patches do the same on {conduct.calls} calls"
        if conduct.kept_changed:
            yield f"it changes {conduct.kept_changed:.0%} of what passing tests see"
        if conduct.failing:
            yield f"{conduct.failing:.0%} of the calls that came to an end before do not now"
