"""What is asked of the versions of the code, and what they answer: the calls of tests that reach the patches, made by each."""

import ast
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.symbols import FileFacts, SymbolKind
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.choosing import generating, symbolic
from fixbot_repair.choosing.behaviour import Behaviour, Behaviours, Calls, Key, Made, Place, Questions, Wanted
from fixbot_repair.verification import Trial, Verifier

_MOST_TESTS = 80  # whose calls are recorded
_MOST_CONSTANTS = 12  # that comparisons are taken to turn at
_DECIDES = re.compile(r"\b(?:if|elif|while|assert|and|or|in|range)\b|[<>]|[=!]=")
_LITERAL = re.compile(
    r"""(?<![\w.'"])(?:[1-9]\d{0,8}|0)(?:\.\d{1,6})?(?![\w.'"])|(?<![\w'"])(?:'[^'"\\\n]{1,20}'|"[^'"\\\n]{1,20}")"""
)
_MOST_MODULES = 3
_LEAST_SECONDS = 1.0  # without which nothing is started
_DRAWING_SECONDS = 3.0  # without which hypothesis is not asked
_SYMBOLIC_SHARE = 0.5  # of the time, for CrossHair

MAKERS = frozenset({generating.SOURCE, symbolic.SOURCE})
"""Who makes further inputs, beside the guest itself."""

Facts = Callable[[str], FileFacts | None]


@dataclass(frozen=True, slots=True)
class Field:
    """What is known before choosing: who verifies, what all tests did, which must be mended, what the files define.

    `makers` are those that may be asked for further inputs, where they are installed.
    """

    verifier: Verifier
    runner: TestRunner | None
    baseline: Feedback
    failing: tuple[str, ...]
    facts: Facts
    makers: frozenset[str] = MAKERS


@dataclass(frozen=True, slots=True)
class Answers:
    """What each version did. `before` and `again` are runs of the code as it was, `asked` what all were asked."""

    before: Behaviour
    again: Behaviour
    after: Sequence[Behaviour]
    asked: Questions

    @property
    def functions(self) -> tuple[str, ...]:
        """What each call calls."""
        return tuple(f"{c.module}.{c.name}" for c in self.asked.calls.calls)

    def made(self, keys: Iterable[Key]) -> Iterator[str]:
        """Who made inputs among the calls `keys` and on how many of them versions part, in words."""
        for maker in sorted(MAKERS):
            mine = [k for k in keys if self.asked.source(k) == maker]
            if mine:
                apart = sum(len({b[k].digest for b in self.after}) > 1 for k in mine)
                yield f"{len(mine)} of these calls were made by {maker}, and the patches part on {apart} of them"


def answers(trials: Sequence[Trial], field: Field, until: float) -> Answers | None:
    """Effect: what the code before and each patch do; None where it cannot be known until then (:func:`time.monotonic`)."""

    def left() -> float:
        return until - time.monotonic()

    if field.runner is None or left() < _LEAST_SECONDS:
        return None
    behaviours = Behaviours(field.verifier.workspace, field.runner)
    try:
        calls = behaviours.record(_tests(trials, field), _wanted(trials, field), left())
        if not calls.calls:
            return None
        asked, places = _questions(calls, trials, field, left()), _places(trials, field)
        versions: list[Behaviour] = []
        patched = (field.verifier.contents(t.candidate.patch) for t in trials)
        none: Mapping[str, bytes | None] = {}
        for number, contents in enumerate((none, none, *patched)):
            if left() < _LEAST_SECONDS:
                return None
            fair = max(_LEAST_SECONDS, left() / (len(trials) + 2 - number))
            versions.append(behaviours.replay(asked, contents, fair, places if number == 1 else ()))
    except FixbotError:
        return None
    return Answers(versions[0], versions[1], versions[2:], asked)


def _tests(trials: Sequence[Trial], field: Field) -> list[str]:
    """The tests to mend, then those that run what the patches edit, the quick ones first."""
    edited = {path for t in trials for path in t.candidate.patch.paths}
    near = [o for o in field.baseline.outcomes if o.ok and any(path in edited for path, _ in o.lines)]
    near.sort(key=lambda o: o.seconds)
    return list(dict.fromkeys([*field.failing, *(o.test for o in near)]))[:_MOST_TESTS]


def _wanted(trials: Sequence[Trial], field: Field) -> list[Wanted]:
    """The functions that the patches edit."""
    found: dict[Wanted, None] = {}
    for place in _places(trials, field):
        facts = field.facts(place.path)
        for symbol in (facts.enclosing(line) for line in (place.first, place.last)) if facts else ():
            if symbol is not None and symbol.kind is not SymbolKind.CLASS:
                found[Wanted(place.path, symbol.name, symbol.line, symbol.end_line)] = None
    return list(found)


def _places(trials: Sequence[Trial], field: Field) -> list[Place]:
    """The lines that the patches edit, in files that were there; what is put between two lines edits both."""
    found: dict[Place, None] = {}
    for trial in trials:
        patch = trial.candidate.patch
        for edit in patch.edits:
            if edit.path not in patch.created:
                document = field.verifier.document(edit.path)
                first = document.line_of(max(edit.span.start - (not len(edit.span)), 0)) + 1
                found[Place(edit.path, first, document.line_of(edit.span.end) + 1)] = None
    return list(found)


def _questions(calls: Calls, trials: Sequence[Trial], field: Field, left: float) -> Questions:
    """Effect: may draw inputs, where there are some of the `left` seconds for it."""
    asked = set(field.failing)
    near = frozenset(n for n, call in enumerate(calls.calls) if call.test in asked)
    paths = dict.fromkeys(p for t in trials for p in t.candidate.patch.paths if p.endswith(".py"))
    modules = dict.fromkeys(c.module for c in calls.calls if any(_is_of(c.module, path) for path in paths))
    constants = _constants(trials, field)
    made: dict[int, tuple[Made, ...]] = {}
    if generating.SOURCE in field.makers and left >= _DRAWING_SECONDS:
        made = generating.generated(calls.calls, near, constants)
    if symbolic.SOURCE in field.makers:
        found = symbolic.parting(trials, field.verifier, calls, _SYMBOLIC_SHARE * left)
        made |= {n: (*made.get(n, ()), *more) for n, more in found.items()}
    return Questions(calls, near, constants, tuple(modules)[:_MOST_MODULES], made)


def _is_of(module: str, path: str) -> bool:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".").endswith(module)


def _constants(trials: Sequence[Trial], field: Field) -> tuple[float | str, ...]:
    """Numbers and short texts that the edited functions decide by, before or after."""
    lines = [line for text in _sources(trials, field) for line in text.split("\n") if _DECIDES.search(line)]
    edited = dict.fromkeys(e.text for t in trials for e in t.candidate.patch.edits)
    found: dict[str, float | str] = {}
    for literal in _LITERAL.findall("\n".join([*edited, *lines])):
        value = ast.literal_eval(literal)
        found.setdefault(repr(value), value)
    return tuple(found.values())[:_MOST_CONSTANTS]


def _sources(trials: Sequence[Trial], field: Field) -> list[str]:
    wanted = _wanted(trials, field)
    lines = {w.path: field.verifier.document(w.path).data.decode().split("\n") for w in wanted}
    return ["\n".join(lines[w.path][w.first - 1 : w.last]) for w in wanted]
