"""What a model is told to begin with: the issue, the failing tests with their tracebacks, the suspicious places, what was tried."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fixbot_agent.models import Budget
from fixbot_agent.prompts import fenced, render
from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.finding import KINDS
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.outcome import clip
from fixbot_agent.tools.searching import described
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.index import Index
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import Symbol
from fixbot_repair.checks import TestOutcome
from fixbot_repair.issue import Issue
from fixbot_repair.issue_source import parsed
from fixbot_repair.localisation import Localisation, Suspect
from fixbot_repair.workspace import Workspace

_MOST = 20  # tests that the prompt names
_PLACES = 8  # definitions that are named as suspicious
_INSIDE = 3  # lines of one
_REASONS = 4
_TRACED = 5  # failures that are told with their tracebacks
_FRAMES = 8  # the innermost, of one traceback
_OUTLINED = 6  # files, fewer where they are large
_OUTLINE = 40  # definitions of one outline
_HEADER = 120  # characters of one
_LONGEST_ISSUE = 24_000  # characters
_LONGEST_LINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a model is told to begin with."""

    issue: Issue | None
    failing: tuple[TestOutcome, ...]
    suspects: Localisation
    broken: tuple[str, ...] = ()  # ids of all tests that failed at the start
    allow_test_edits: bool = False
    ran: tuple[TestOutcome, ...] = ()  # the first run of all tests
    tried: tuple[str, ...] = ()  # lines on what was tried and refused before
    labels: Mapping[str, str] = field(
        default_factory=dict
    )  # id of a test made from the issue -> what it checks, in words
    beside: tuple[str, ...] = ()  # further things to know, each with a heading of its own

    @property
    def tests(self) -> tuple[str, ...]:
        """Ids of the failing tests."""
        return tuple(o.test for o in self.failing)

    @property
    def places(self) -> tuple[str, ...]:
        """Suspicious definitions, each once: "path::Class.method"."""
        return tuple(dict.fromkeys(f"{s.path}::{s.symbol}" for s in self.suspects.suspects if s.symbol))


@dataclass(slots=True)
class Lines:
    """The lines of the files as they were at the start, and what they define."""

    workspace: Workspace
    index: Index
    _known: dict[str, Sequence[str]] = field(default_factory=dict)
    _documented: dict[str, frozenset[int]] = field(default_factory=dict)

    def at(self, path: str, line: int) -> str:
        """Effect: the line (from 1) without its margin, "" when there is none that may be shown."""
        lines = self.of(path)
        return lines[line - 1].strip()[:_LONGEST_LINE] if 0 < line <= len(lines) else ""

    def of(self, path: str) -> Sequence[str]:
        """Effect: all lines of a file; none where they may not be shown."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def symbols(self, path: str) -> list[Symbol]:
        """Effect: the classes, functions and methods of a file, in order."""
        try:
            return [s for s in self.index.facts(path).symbols if s.kind in KINDS] if self.of(path) else []
        except FixbotError:
            return []

    def is_code(self, path: str, line: int) -> bool:
        """Effect: whether a line does anything: one that is empty, or of a docstring, does not."""
        text = self.at(path, line)
        if not text or text.startswith("#"):
            return False
        if path not in self._documented:
            self._documented[path] = (
                frozenset(_documented("\n".join(self.of(path)))) if path.endswith(".py") else frozenset()
            )
        return line not in self._documented[path]

    def _read(self, path: str) -> Sequence[str]:
        try:
            data = None if is_secret(path) else self.workspace.original(path)
            return decode(path, data).text.split("\n") if data is not None else ()
        except FixbotError:
            return ()


def task(assignment: Assignment, budget: Budget, lines: Lines) -> str:
    """Effect: reads the files that are named. The first prompt for `assignment`."""
    beside = "".join(f"\n{part}\n" for part in assignment.beside)
    return render(
        "solve_task",
        issue=stated(assignment.issue),
        failing=failing(assignment, lines),
        suspects=fenced("places", "\n".join(suspects(assignment.suspects, lines)) or "(none)"),
        outline=fenced("outlines", "\n\n".join(_outlines(assignment.suspects, lines)) or "(none)"),
        tried=fenced("tried", "\n".join(assignment.tried) or "(nothing)"),
        beside=beside,
        steps=str(budget.steps - budget.steps_used) if budget.steps else "enough",
    )


def stated(issue: Issue | None) -> str:
    """What is to be mended, in the words of who asked."""
    if issue is None:
        return "There is no issue text: mend the failing tests."
    return fenced("issue", clip(issue.text, _LONGEST_ISSUE))


def failing(assignment: Assignment, lines: Lines) -> str:
    """Effect: reads files. The failing tests with the lines of their tracebacks."""
    none = "(none is known; reproduce the problem in a test file of your own first)"
    return fenced("tests", "\n".join(_failing(assignment, lines)) or none)


def _failing(assignment: Assignment, lines: Lines) -> Iterator[str]:
    """Each test with why it fails and the way there; of what runs an example of the issue, our own file, nothing is told."""
    told: set[tuple[tuple[str, int, str], ...]] = set()
    outcomes = assignment.failing
    for outcome in outcomes[:_MOST]:
        label = assignment.labels.get(outcome.test, "")
        yield f"- {outcome.test}{f' ({label})' if label else ''}: {clip(' '.join(outcome.message.split()), 300)}"
        ours = outcome.test.partition("::")[0] if label else ""
        frames = tuple(f for f in outcome.frames if f[0] != ours and not f[0].startswith("<"))[-_FRAMES:]
        if frames not in told and len(told) < _TRACED:
            told.add(frames)
            yield from (f"    {path}:{n} in {name}: {lines.at(path, n)}" for path, n, name in frames)
    if len(outcomes) > _MOST:
        yield f"… and {len(outcomes) - _MOST} more"


def suspects(found: Localisation, lines: Lines) -> Iterator[str]:
    """Effect: reads files. The suspicious definitions, the most suspicious first, each with the lines that made it so."""
    by_place: dict[tuple[str, str], list[Suspect]] = {}
    for each in found.suspects:
        if lines.is_code(each.path, each.line):
            by_place.setdefault((each.path, each.symbol), []).append(each)
    for (path, symbol), inside in list(by_place.items())[:_PLACES]:
        why = ", ".join(list(dict.fromkeys(w for s in inside for w in s.why))[:_REASONS])
        yield f"- {path}{f' {symbol}' if symbol else ''} ({why or 'by its words'})"
        shown = list(dict.fromkeys(s.line for s in inside))[:_INSIDE]
        yield from (f"    {path}:{n}: {lines.at(path, n)}" for n in sorted(shown))


def _outlines(found: Localisation, lines: Lines) -> Iterator[str]:
    """The definitions of the most suspicious files with their lines, those around the suspects where there are many."""
    room = 2 * _OUTLINE
    for path in found.files[:_OUTLINED]:
        symbols = lines.symbols(path)
        if not symbols or room <= 0:
            continue
        room -= min(len(symbols), _OUTLINE)
        near = {s.symbol for s in found.suspects if s.path == path}
        kept = symbols if len(symbols) <= _OUTLINE else _around(symbols, near)
        count = len(lines.of(path)) - (lines.of(path)[-1:] == [""])
        yield "\n".join([f"{path} ({count} lines):", *outline(symbols, kept)])


def outline(symbols: Sequence[Symbol], kept: Sequence[Symbol]) -> Iterator[str]:
    """A line for each definition that is kept, and one for each stretch of `symbols` that is not."""
    for is_kept, group in groupby(symbols, key=lambda s: s in kept):
        part = list(group)
        if is_kept:
            yield from (
                f"{s.line:>5}-{s.end_line:<5} {'  ' * s.qualname.count('.')}{cut(described(s), _HEADER)}" for s in part
            )
        else:
            yield f"  … {len(part)} more, lines {part[0].line} to {max(s.end_line for s in part)}"


def _around(symbols: Sequence[Symbol], near: set[str]) -> list[Symbol]:
    """So many of `symbols`, those nearest to the ones of these names."""
    places = [n for n, s in enumerate(symbols) if s.qualname in near] or [0]
    ranked = sorted(range(len(symbols)), key=lambda n: min(abs(n - p) for p in places))
    return [symbols[n] for n in sorted(ranked[:_OUTLINE])]


def _documented(source: str) -> Iterator[int]:
    """The lines of docstrings."""
    todo: list[ast.AST] = list(parsed(source))
    for node in todo:
        inside = getattr(node, "body", [])
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            todo += inside
            first = inside[0] if inside else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield from range(first.lineno, (first.end_lineno or first.lineno) + 1)
