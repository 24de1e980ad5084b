"""Expected failures of the project that speak of an issue: tests that are marked to fail, or left out, until somebody mends what it tells."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import log

from fixbot_agent.solving.reproducing.reproduction import error_name
from fixbot_analysis.errors import SourceError
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue, Oracle
from fixbot_repair.localisation.outline import Outline, of_source

CALLED = "an expected failure of the project that speaks of this issue"
_MOST = 3  # tests
_FIRST = 3  # of all tests by the words that they share with the issue, an expected failure must be one of these
_FEWEST = 4  # words that it must have in common with it
_LEAST = 0.2  # share of the issue's words, the rare ones counting more, that it must have
_NAME = re.compile(r"[^\W\d]\w{2,}")
_NUMBER = re.compile(r"(?:#|\bgh[-_ ]?|\bissues?[-_ /#]*|\bbug[-_ #]*)(\d{1,6})(?!\d)", re.IGNORECASE)
_MOST_TOLD = 600  # characters of a failure

Source = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Awaited:
    """One of them. `is_demanded`: it fails for the issue's reason, so a patch must make it pass; else it is only shown."""

    test: str
    is_demanded: bool
    why: str
    message: str = ""

    def told(self) -> str:
        """It as a goal, in short."""
        came = " ".join(self.message.splitlines())[:_MOST_TOLD] or "it is left out"
        return f"demanded: {self.test} passes, {CALLED} ({self.why})\nnow: {came}"


def awaited(issue: Issue, feedback: Feedback, source: Source, ours: Collection[str] = ()) -> tuple[Awaited, ...]:
    """Effect: reads test files by `source`. Expected failures and left out tests that look like `issue`, those that are demanded first.

    `ours` are tests that were made from the issue: all of them look like it.
    """
    feedback = replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o.test not in ours))
    marked = [o for o in feedback.outcomes if o.status in (TestStatus.XFAILED, TestStatus.SKIPPED)]
    if not marked:
        return ()
    texts = _Texts(source)
    numbers = set(_NUMBER.findall(issue.text))
    found = list(_numbered(marked, texts, numbers, issue)) if numbers else []
    if any(o.status is TestStatus.XFAILED for o in marked):
        found += _alike(issue, feedback, texts)
    first = {each.test: each for each in reversed(found)}
    return tuple(sorted(first.values(), key=lambda each: not each.is_demanded))[:_MOST]


def _numbered(marked: list[TestOutcome], texts: "_Texts", numbers: set[str], issue: Issue) -> Iterator[Awaited]:
    """Those that name a number of the issue."""
    for outcome in marked:
        text = f"{_function(outcome.test)}\n{texts.of(outcome.test)}\n{outcome.message}"
        common = numbers.intersection(_NUMBER.findall(text))
        if common:
            fails = outcome.status is TestStatus.XFAILED and _is_reason(outcome, issue)
            yield Awaited(outcome.test, fails, f"it names number {min(common)}, as the issue does", outcome.message)


def _alike(issue: Issue, feedback: Feedback, texts: "_Texts") -> Iterator[Awaited]:
    """Expected failures that are of all tests among the likest to the issue by their words; the likest is demanded."""
    names = {_function(o.test): frozenset(_words(texts.of(o.test))) for o in feedback.outcomes}
    held = Counter(word for each in names.values() for word in each)
    worth = {word: log(1 + len(names) / held[word]) for word in _words(issue.text) if held[word]}
    whole = sum(worth.values()) or 1.0
    shares = {test: sum(worth.get(word, 0.0) for word in each) / whole for test, each in names.items()}
    first = sorted(shares, key=lambda test: (-shares[test], test))[:_FIRST]
    for outcome in feedback.outcomes:
        function = _function(outcome.test)
        if outcome.status is TestStatus.XFAILED and function in first and shares[function] >= _LEAST:
            if len(names[function] & worth.keys()) < _FEWEST:
                continue
            fails = function == first[0] and _is_reason(outcome, issue)
            why = "of all tests it is the likest to the issue" if function == first[0] else "it is like the issue"
            yield Awaited(outcome.test, fails, f"{why} by its words", outcome.message)


def _is_reason(outcome: TestOutcome, issue: Issue) -> bool:
    """Whether it fails as the issue tells: with its error; where it reports a wrong value, in an assertion."""
    raised = error_name(outcome.message)
    reported = error_name(issue.error)
    return raised == reported if reported else raised == "AssertionError"


@dataclass(slots=True)
class _Texts:
    """The sources of tests; each file is read once."""

    source: Source
    _outlines: dict[str, Outline | None] = field(default_factory=dict)

    def of(self, test: str) -> str:
        path, _, name = _function(test).partition("::")
        if path not in self._outlines:
            self._outlines[path] = self._read(path)
        outline = self._outlines[path]
        held = outline.definitions.get(name.replace("::", ".")) if outline else None
        return "\n".join(outline.lines[held.line - 1 : held.end_line]) if outline and held else ""

    def _read(self, path: str) -> Outline | None:
        data = self.source(path) if path.endswith(".py") else None
        try:
            return of_source(data) if data is not None else None
        except SourceError:
            return None


def _words(text: str) -> set[str]:
    return set(_NAME.findall(text.lower()))


def _function(test: str) -> str:
    return test.partition("[")[0]


def added(failing: Sequence[str], held: Oracle, found: Sequence[Awaited]) -> tuple[tuple[str, ...], Oracle]:
    """What a patch is held against, with those of `found` beside `failing` that it must make pass."""
    every = tuple(dict.fromkeys((*failing, *(each.test for each in found if each.is_demanded))))
    return every, Oracle.FAILING_TESTS if every and held is Oracle.NONE else held


def shown(found: tuple[Awaited, ...]) -> str:
    """The demanded ones as goals, in short."""
    return "\n\n".join(each.told() for each in found if each.is_demanded)
