"""Plausible patches in the order in which to show them, each with what speaks for its place."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts, SymbolKind
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.choosing.behaviour import Behaviour, Behaviours, Calls, Wanted
from fixbot_repair.choosing.comparing import Conduct, Difference, conducts, difference, telling
from fixbot_repair.choosing.doubting import answers_a_test, copies
from fixbot_repair.verification import Trial, Verifier
from fixbot_repair.verification.ranking import only_loses, worth

_MOST_PATCHES = 16  # that are run on further inputs; those behind them keep their order
_MOST_TESTS = 80  # whose calls are recorded
_MOST_SOURCES = 8 << 20  # bytes of the project that are looked through for what a patch copies
_LEAST_SECONDS = 1.0  # without which nothing is started
# What a patch is worth when this is so, against one of which it is not.
_ANSWERS_A_TEST = 0.05
_COPIES = 0.3
_SLOWER = 0.5
# How strongly each share counts: worth x exp(weight x share). Learned by `fixbot bench choosing`.
_WEIGHTS = {"share": 1.0, "kept_changed": -3.0, "further_changed": -1.0, "failing": -3.0, "still_failing": -1.0}

Facts = Callable[[str], FileFacts | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One plausible patch at its place. `why` says in words what counted; `parts` how it differs from the first."""

    trial: Trial
    score: float
    conduct: Conduct
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
    first = sorted(trials, key=lambda t: -_plain(t, field))
    head, tail = first[:_MOST_PATCHES], first[_MOST_PATCHES:]
    seen = _seen(head, field, began + seconds) if len(head) > 1 else None
    conduct = conducts(seen.before, seen.again, seen.after, seen.failing) if seen else [Conduct() for _ in head]
    scored = [(_score(t, field, c), n, t, c) for n, (t, c) in enumerate(zip(head, conduct, strict=True))]
    scored.sort(key=lambda row: (-row[0], row[1]))
    keys = telling(seen.before, seen.again, seen.after) if seen else []
    choices = []
    for score, number, trial, how in scored:
        parts = None
        if seen and how.cluster != scored[0][3].cluster:
            parts = difference(seen.after[number], seen.after[scored[0][1]], keys)
        choices.append(Choice(trial, score, how, tuple(_why(trial, field, how, len(head))), parts))
    return [*choices, *(Choice(t, _plain(t, field), Conduct(calls=0)) for t in tail)]


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


def _plain(trial: Trial, field: Field) -> float:
    """What a patch is worth by itself: its score, its size, and what speaks against it."""
    return worth(trial, _before(field)) * math.prod(factor for factor, _ in _doubts(trial, field))


def _score(trial: Trial, field: Field, conduct: Conduct) -> float:
    moved = sum(weight * float(getattr(conduct, name)) for name, weight in _WEIGHTS.items())
    return _plain(trial, field) * math.exp(moved) * (_SLOWER if conduct.is_slower else 1.0)


def _doubts(trial: Trial, field: Field) -> list[tuple[float, str]]:
    """(factor, reason) of what speaks against a patch."""
    patch, before = trial.candidate.patch, _before(field)
    found = []
    if value := answers_a_test(patch, before, _test_sources(field)):
        found.append((_ANSWERS_A_TEST, f"it asks for {value}, which a failing test holds"))
    if copied := copies(patch, before, _sources(field)):
        found.append((_COPIES, f"it repeats {copied}, which could be called"))
    return found


def _test_sources(field: Field) -> list[bytes]:
    paths = dict.fromkeys(t.partition("::")[0] for t in field.failing)
    return [data for path in paths if (data := field.verifier.workspace.original(path)) is not None]


def _sources(field: Field) -> list[tuple[str, bytes]]:
    """The project's Python files as they were, up to a size."""
    found, size = [], 0
    for path in field.verifier.workspace.paths:
        data = field.verifier.workspace.original(path) if path.endswith(".py") else None
        if data is not None:
            size += len(data)
            if size > _MOST_SOURCES:
                break
            found.append((path, data))
    return found


def _why(trial: Trial, field: Field, conduct: Conduct, patches: int) -> list[str]:
    """What counted, in words."""
    said = [reason for _, reason in _doubts(trial, field)]
    if only_loses(trial.candidate.patch, _before(field)):
        said.append("it only takes something away")
    if conduct.calls and patches > 1:
        said.append(f"{conduct.alike} of {patches} plausible patches do the same on {conduct.calls} calls")
        if conduct.kept_changed:
            said.append(f"it changes {conduct.kept_changed:.0%} of what passing tests see")
        if conduct.failing:
            said.append(f"{conduct.failing:.0%} of the calls that came to an end before do not now")
    if conduct.is_slower:
        said.append("it makes the tested calls slower")
    return said
