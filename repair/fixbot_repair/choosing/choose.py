"""Plausible patches in the order in which to show them, each with what speaks for its place."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fixbot_repair.choosing.alike import leaves_alike
from fixbot_repair.choosing.asking import Field, answers
from fixbot_repair.choosing.comparing import Conduct, Difference, conducts, difference, telling
from fixbot_repair.choosing.doubting import answers_a_test, copies, idle, left_unused, reads_lost
from fixbot_repair.verification import Trial
from fixbot_repair.verification.ranking import names_lost, only_loses, smallness

_MOST_PATCHES = 16  # that are run on further inputs; those behind them keep their order
_MOST_SOURCES = 8 << 20  # bytes of the project that are looked through for what a patch copies
# What each signal counts; the sum decides. The first three as the search itself has them, the others set by hand until learnt.
SIGNALS = {
    "score": 1.0,  # logarithm of suspicion x template x naturalness
    "size": 1.0,  # logarithm of how small the change is
    "loses": -1.6,  # it only takes code, data or a decision away
    "names lost": -0.8,  # names that the edited places read and do so no more, none having come in their stead; three count
    "reads lost": -0.7,  # values that an edited function depends on no more, none having come in their stead; three count
    "left unused": -1.2,  # a variable, a parameter or what a loop runs over is still there, and nothing reads it any more
    "answers a test": -5.0,  # last, whatever else speaks for it: it compares with a value that only a failing test holds
    "idle": -1.0,  # expressions that say nothing (a value beside itself, constants compared); two count
    "alike left": -0.5,  # the text that it edits stands in the same surroundings nearby, and stays there as it was
    "copies": -1.2,  # it repeats a function that could be called
    "slower": -0.7,  # the calls of passing tests run three times the lines
    "share": 0.3,  # of the plausible patches, that behave the same
    "agreement": 0.5,  # of the other plausible patches, that do the same, call by call
    "kept changed": -3.0,  # of the calls that passing tests make: those that now do something else
    "further changed": -1.0,  # of variants of these that came to an end before: those that now do something else
    "near changed": 1.0,  # of variants of the calls that failing tests make: those that now do something else
    "failing": -3.0,  # of all calls that came to an end before: those that now raise or hang
    "still failing": -1.0,  # of the tests' calls that crashed before, and variants of them: those that still do
    "errors lost": -1.5,  # of the calls of passing tests, and variants, that the project refused: those that it refuses no more
    "breaks": -2.0,  # of the relations between results and arguments on all calls of tests: those that further calls break
    "leaves": -1.0,  # of all calls: those that now change their arguments or data of a module, and did not before
}
_LEAST_SCORE = 1e-9
_MOST_LOST = 3
_MOST_IDLE = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One plausible patch at its place. `score` is the weighted sum of `signals`; `why` says what counted, `parts` how it differs from the first."""

    trial: Trial
    score: float
    conduct: Conduct
    signals: Mapping[str, float]
    why: tuple[str, ...] = ()
    parts: Difference | None = None


def choose(trials: Sequence[Trial], field: Field, seconds: float) -> list[Choice]:
    """Effect: order plausible `trials`, the best first; for at most `seconds` they are run on further inputs.

    Without time, without calls that can be made again, or with a single patch, the order is that of size and suspicion.
    """
    began = time.monotonic()
    known = [(t, _by_itself(t, field)) for t in trials]
    known.sort(key=lambda pair: -_total(pair[1]))
    head, tail = known[:_MOST_PATCHES], known[_MOST_PATCHES:]
    seen = answers([t for t, _ in head], field, began + seconds) if len(head) > 1 else None
    conduct = (
        conducts(seen.before, seen.again, seen.after, seen.asked.near, seen.functions)
        if seen
        else [Conduct() for _ in head]
    )
    choices = [_choice(t, s, c, len(head)) for (t, s), c in zip(head, conduct, strict=True)]
    order = sorted(range(len(choices)), key=lambda n: -choices[n].score)
    if seen and order:
        keys, first = telling(seen.before, seen.again, seen.after), order[0]
        choices[first] = replace(choices[first], why=(*choices[first].why, *seen.made(keys)))
        for n in order:
            if conduct[n].cluster != conduct[first].cluster:
                choices[n] = replace(choices[n], parts=difference(seen.after[n], seen.after[first], keys))
    return [*(choices[n] for n in order), *(_choice(t, s, Conduct(), 1) for t, s in tail)]


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
        "idle": float(min(idle(patch, before), _MOST_IDLE)),
        "alike left": float(leaves_alike(patch, before)),
        "copies": float(bool(copies(patch, before, _sources(field)))),
    }


def _of_conduct(conduct: Conduct) -> dict[str, float]:
    return {
        "slower": float(conduct.is_slower),
        "share": conduct.share,
        "agreement": conduct.agreement,
        "kept changed": conduct.kept_changed,
        "further changed": conduct.further_changed,
        "near changed": conduct.near_changed,
        "failing": conduct.failing,
        "still failing": conduct.still_failing,
        "errors lost": conduct.errors_lost,
        "leaves": conduct.leaves,
        "breaks": conduct.breaks,
    }


SEEN = frozenset(_of_conduct(Conduct()))
"""The signals that are seen by running the patches on further inputs."""


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
        "idle": "it asks for or hands over the same value twice",
        "alike left": "it leaves a place alike to the one that it edits as it was",
        "loses": "it only takes something away",
        "left unused": "it leaves a name that nothing reads any more",
        "reads lost": "it depends on less than what stood there",
        "names lost": "it asks for less than what stood there",
        "slower": "the tested calls run many more lines",
    }
    yield from (words for name, words in told.items() if signals[name])
    if conduct.calls and patches > 1:
        yield f"{conduct.alike} of {patches} patches that held do the same on {conduct.calls} calls"
        if conduct.near:
            yield f"it changes what {conduct.near_changed:.0%} of {conduct.near} inputs like those of the failing tests come to"
        if conduct.kept_changed:
            yield f"it changes {conduct.kept_changed:.0%} of what passing tests see"
        if conduct.failing:
            yield f"{conduct.failing:.0%} of the calls that came to an end before do not now"
        if conduct.breaks:
            yield f"{conduct.breaks:.0%} of what holds of all results in tests does not where the patches part"
        if conduct.errors_lost:
            yield f"{conduct.errors_lost:.0%} of the calls that the project refused are refused no more"
        if conduct.leaves:
            yield f"{conduct.leaves:.0%} of the calls now change their arguments or data of a module"
