"""A debugger for one test: what to look at is said before, the test runs once in the sandbox, and what was there is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fixbot_repair.checks.finding import TestOutcome
from fixbot_repair.checks.tests import TestRunner

_PER_EXPRESSION = 2.0  # seconds
_SECONDS = 60.0  # for the test


@dataclass(frozen=True, slots=True)
class Question:
    """What to look at in a run of `test`.

    The place is a `line` (from 1) of the file `path`, or the start of the function whose definition begins within the lines `span` of it;
    with no `path` it is where the test fails. `when` must hold there, and `hit` says which of the times counts. `expressions` are
    evaluated in the frame number `frame` (0: innermost); with `watch` each time, without a stop.
    """

    test: str
    path: str = ""
    line: int = 0
    function: str = ""
    span: tuple[int, int] = (0, 0)
    when: str = ""
    hit: int = 1
    frame: int = 0
    expressions: tuple[str, ...] = ()
    watch: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there. `hits` counts how often the place was reached (with `when` holding), up to where it stopped.

    `stack` holds (path, line, function), innermost first, and `frame` which of them `locals` (name, text) and `values` (expression,
    text) are of; `watched` are the texts of all expressions, one row each time.
    """

    hits: int = 0
    stack: tuple[tuple[str, int, str], ...] = ()
    frame: int = 0
    locals: tuple[tuple[str, str], ...] = ()
    more_locals: int = 0
    values: tuple[tuple[str, str], ...] = ()
    watched: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    outcome: TestOutcome | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Debugger:
    """Asks a project's tests, one run a question: nothing is kept between two."""

    tests: TestRunner

    def ask(self, question: Question) -> Seen:
        """Effect: run the test to its end and look on the way. Raises RepairError when it cannot be run."""
        debug = {
            "path": question.path,
            "line": question.line,
            "function": question.function,
            "span": list(question.span),
            "when": question.when,
            "hit": question.hit,
            "frame": question.frame,
            "expressions": list(question.expressions),
            "watch": question.watch,
            "seconds": _PER_EXPRESSION,
        }
        report, feedback = self.tests.debugged(question.test, debug, _SECONDS)
        stopped, looked = report.stopped, report.looked
        return Seen(
            hits=_number(looked, "hits") or (1 if stopped else 0),
            stack=tuple((str(r[0]), int(str(r[1])), str(r[2])) for r in _rows(stopped, "stack") if len(r) == 3),
            frame=_number(stopped, "frame"),
            locals=tuple((str(r[0]), str(r[1])) for r in _rows(stopped, "locals") if len(r) == 2),
            more_locals=_number(stopped, "more"),
            values=tuple((str(r[0]), str(r[1])) for r in _rows(stopped, "values") if len(r) == 2),
            watched=tuple(tuple(map(str, row)) for row in _rows(looked, "seen")),
            notes=tuple(str(n) for n in cast("list[object]", looked.get("notes") or ())),
            outcome=feedback.outcomes[0] if feedback.outcomes else None,
            problems=feedback.problems,
        )


def _rows(message: Mapping[str, object], key: str) -> list[list[object]]:
    """A list of lists; what is not has been written by somebody else."""
    value = message.get(key)
    return [row for row in value if isinstance(row, list)] if isinstance(value, list) else []


def _number(message: Mapping[str, object], key: str) -> int:
    value = message.get(key)
    return value if isinstance(value, int) else 0
