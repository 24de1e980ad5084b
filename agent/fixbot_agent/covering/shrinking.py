"""What a probe does not need for what it reaches is left out (delta debugging: Zeller, Hildebrandt, IEEE TSE 2002)."""

import ast
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.covering.goals import Goals
from fixbot_agent.covering.names import Names
from fixbot_agent.covering.probe import Probe, Step
from fixbot_agent.covering.search import ODD, Found, can_be_told
from fixbot_repair.exercising import Attempt, Crew, Outcome

_MOST_ROUNDS = 12
_MOST_FORMS = 40  # in one round
_SHORT = 12  # of which each part is left out for itself


@dataclass(frozen=True, slots=True)
class Taste:
    """How odd the values of a probe are, and forms of it with more usual ones."""

    oddness: Callable[[Probe], int] = lambda _: 0
    usual: Callable[[Probe], Iterable[Probe]] = lambda _: ()

    def size(self, probe: Probe) -> int:
        """How much there is to read in it, and more for what is odd."""
        return probe.size + ODD * self.oddness(probe)


PLAIN = Taste()


def shrunk(
    found: Sequence[Found], goals: Goals, names: Names, exercise: Crew, until: float, taste: Taste = PLAIN
) -> list[Found]:
    """Effect: try smaller forms of each, as long as there is time; each reaches what it is needed for, as it did before.

    Of each the form without what is not needed, and that with the plainest values beside it. All take their rounds together.
    """

    def small(each: Sequence[Found], forms: Callable[[Probe], Iterable[Probe]]) -> list[Found]:
        return _small(each, forms, goals, names, exercise, until, taste)

    lean = small(small([_bound(each, names, exercise) for each in found], _fewer), taste.usual)
    plain = small(lean, _plainer)
    return [each for pair in zip(plain, lean, strict=True) for each in pair]


def _bound(found: Found, names: Names, exercise: Crew) -> Found:
    """Effect: tries it. `found` with names for its arguments, where the call gives nothing and changes one of them."""
    probe = replace(found.probe, binds=True)
    if found.outcome.value != "None" or found.outcome.after or not probe.bound:
        return found
    (outcome,) = exercise.attempt([probe.attempt(names)])
    return (
        replace(found, probe=probe, outcome=outcome, size=found.size + probe.size - found.probe.size)
        if outcome.kind == "returns" and outcome.after
        else found
    )


def _small(
    found: Sequence[Found],
    forms: Callable[[Probe], Iterable[Probe]],
    goals: Goals,
    names: Names,
    exercise: Crew,
    until: float,
    taste: Taste,
) -> list[Found]:
    """Effect: each in the smallest form that was found."""
    best, left = list(found), list(range(len(found)))
    for _ in range(_MOST_ROUNDS):
        if not left or time.monotonic() > until:
            break
        smaller = {n: _attempts(best[n].probe, forms, names, taste) for n in left}
        outcomes = iter(exercise.attempt([attempt for n in left for _, attempt in smaller[n]]))
        tried = {n: [(probe, next(outcomes)) for probe, _ in smaller[n]] for n in left}
        better = {n: small for n in left if (small := _first(best[n], tried[n], goals, taste)) is not None}
        for n, each in better.items():
            best[n] = each
        left = sorted(better)
    return best


def _attempts(
    probe: Probe, forms: Callable[[Probe], Iterable[Probe]], names: Names, taste: Taste
) -> list[tuple[Probe, Attempt]]:
    """The smallest forms of a probe that can be written, the smallest first."""
    found = []
    size = taste.size(probe)
    for each in sorted((p for p in forms(probe) if taste.size(p) < size), key=taste.size)[:_MOST_FORMS]:
        try:
            found.append((each, each.attempt(names)))
        except (LookupError, SyntaxError):
            continue
    return found


def _first(found: Found, tried: Sequence[tuple[Probe, Outcome]], goals: Goals, taste: Taste) -> Found | None:
    """The first of what was `tried` that reaches what `found` does, in the same way."""
    for probe, outcome in tried:
        same = (outcome.kind, outcome.error) == (found.outcome.kind, found.outcome.error)
        same = same and bool(outcome.after) >= bool(found.outcome.after)
        reached = goals.reached(outcome.lines, outcome.branches)
        if same and can_be_told(outcome) and found.needed <= reached:
            return Found(probe, outcome, reached, found.needed, taste.size(probe))
    return None


def _fewer(probe: Probe) -> Iterator[Probe]:
    """Forms with a call, a line or an argument less; without any of them first."""
    if len(probe.before) + len(probe.around) > 1:
        yield replace(probe, before=(), around=())
    for number in range(len(probe.before)):
        yield probe.without(number)
    for number in range(len(probe.around)):
        yield replace(probe, around=probe.around[:number] + probe.around[number + 1 :])
    yield from _with_steps(probe, _unsaid)


def _plainer(probe: Probe) -> Iterator[Probe]:
    """Forms with a part of a value less."""
    yield from _with_steps(probe, _simply)


def _with_steps(probe: Probe, forms: Callable[[Step], Iterator[Step]]) -> Iterator[Probe]:
    for step in forms(probe.step):
        yield replace(probe, step=step)
    if probe.making is not None:
        for step in forms(probe.making):
            yield replace(probe, making=step)
    for number, one in enumerate(probe.before):
        for step in forms(one):
            yield replace(probe, before=(*probe.before[:number], step, *probe.before[number + 1 :]))


def _unsaid(step: Step) -> Iterator[Step]:
    for number, (parameter, text) in enumerate(zip(step.target.parameters, step.values, strict=True)):
        if text is not None and parameter.default is not None:
            yield replace(step, values=(*step.values[:number], None, *step.values[number + 1 :]))


def _simply(step: Step) -> Iterator[Step]:
    for number, text in enumerate(step.values):
        for other in _simpler(text) if text is not None else ():
            yield replace(step, values=(*step.values[:number], other, *step.values[number + 1 :]))


def _simpler(text: str) -> Iterator[str]:
    """Shorter values of the same kind."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        yield from _fewer_named(text)
        return
    if isinstance(value, str | bytes):
        yield "'abc'" if isinstance(value, str) else "b'abc'"
    if isinstance(value, str | bytes | list | tuple) and value:
        half = len(value) // 2
        parts = (value[:half], value[half:], value[1:], value[:-1])
        yield from (repr(part) for part in parts if part or isinstance(value, list | tuple))  # '' is a special case
        if isinstance(value, str | list) and len(value) <= _SHORT:
            for n in range(1, len(value) - 1):
                yield (
                    repr(value[:n] + value[n + 1 :]) if isinstance(value, str) else repr([*value[:n], *value[n + 1 :]])
                )
    elif isinstance(value, dict | set) and value:
        for key in value:
            rest = {k: v for k, v in value.items() if k != key} if isinstance(value, dict) else value - {key}
            yield repr(rest)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from ("1", "2")


def _fewer_named(text: str) -> Iterator[str]:
    """Of an object that is made by names alone, a fake for instance: forms without one of them, and with a simpler value of one."""
    try:
        call = ast.parse(text, mode="eval").body
    except SyntaxError:
        return
    if not isinstance(call, ast.Call) or call.args:
        return
    for number, keyword in enumerate(call.keywords):
        rest = [*call.keywords[:number], *call.keywords[number + 1 :]]
        yield ast.unparse(ast.Call(call.func, [], rest))
        for other in _simpler(ast.unparse(keyword.value)):
            changed = ast.keyword(keyword.arg, ast.parse(other, mode="eval").body)
            yield ast.unparse(ast.Call(call.func, [], [*call.keywords[:number], changed, *call.keywords[number + 1 :]]))
