"""What a model is told to begin with: the issue, the failing tests with their tracebacks, the suspicious places, what was tried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fixbot_agent.models import Budget
from fixbot_agent.prompts import fenced, render
from fixbot_agent.solving.conversing.excerpts import excerpts
from fixbot_agent.solving.conversing.lines import Lines, around_it
from fixbot_agent.solving.conversing.ranking import grouped, telling
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.outcome import clip
from fixbot_agent.tools.searching import described
from fixbot_analysis.symbols import Symbol
from fixbot_repair.checks import TestOutcome
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Localisation, Suspect

_MOST = 20  # tests that the prompt names
_INSIDE = 3  # lines of one place
_IN_FULL = 2  # functions that are shown in full
_SHORT = 60  # lines of one that is
_REASONS = 4
_LONGEST_FAILURE, _BEGINNING = 300, 120  # characters
_TRACED = 5  # failures that are told with their tracebacks
_FRAMES = 8  # the innermost, of one traceback
_OUTLINED = 3  # files
_OUTLINE = 20  # definitions of one outline
_HEADER = 120  # characters of one
_LONGEST_ISSUE = 24_000  # characters
_LONGEST_LINE = 160  # characters
_WIDEST = 240  # characters of a line of a function in full


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


def task(assignment: Assignment, budget: Budget, lines: Lines) -> str:
    """Effect: reads the files that are named. The first prompt for `assignment`."""
    beside = "".join(f"\n{part}\n" for part in assignment.beside)
    return render(
        "solve_task",
        issue=stated(assignment.issue),
        failing=failing(assignment, lines),
        suspects=fenced("places", "\n".join(suspects(assignment.suspects, lines)) or "(none)"),
        code=fenced("code", "\n\n".join(_code(assignment, lines)) or "(none)"),
        outline=fenced("outlines", "\n\n".join(_outlines(assignment.suspects, lines)) or "(none)"),
        tried=fenced("tried", "\n".join(assignment.tried) or "(nothing)"),
        beside=beside,
        steps=str(budget.steps - budget.steps_used) if budget.steps else "enough",
    )


def _code(assignment: Assignment, lines: Lines) -> list[str]:
    said = assignment.issue.text if assignment.issue else ""
    return excerpts(_places(assignment.suspects, lines), assignment.failing, lines, said)


def stated(issue: Issue | None) -> str:
    """What is to be mended, in the words of who asked."""
    if issue is None:
        return "There is no issue text: mend the failing tests."
    return fenced("issue", clip(issue.text, _LONGEST_ISSUE))


def failing(assignment: Assignment, lines: Lines) -> str:
    """Effect: reads files. The failing tests with the lines of their tracebacks."""
    none = "(none shows what the issue tells; reproduce it in a test file of your own first)"
    return fenced("tests", "\n".join(_failing(assignment, lines)) or none)


def _failing(assignment: Assignment, lines: Lines) -> Iterator[str]:
    """Each test with why it fails and the way there; of what runs an example of the issue, our own file, nothing is told."""
    told: set[tuple[tuple[str, int, str], ...]] = set()
    outcomes = assignment.failing
    for outcome in outcomes[:_MOST]:
        label = assignment.labels.get(outcome.test, "")
        yield f"- {outcome.test}{f' ({label})' if label else ''}: {_in_short(outcome.message, told_below=bool(label))}"
        ours = outcome.test.partition("::")[0] if label else ""
        frames = tuple(f for f in outcome.frames if f[0] != ours and not f[0].startswith("<"))[-_FRAMES:]
        if frames not in told and len(told) < _TRACED:
            told.add(frames)
            yield from (f"    {path}:{n} in {name}: {lines.at(path, n)}" for path, n, name in frames)
    if len(outcomes) > _MOST:
        yield f"… and {len(outcomes) - _MOST} more"


def _in_short(message: str, *, told_below: bool) -> str:
    """A failure in one line, blanks as they are; of a test whose demand is told in full further down only its beginning."""
    whole = " ".join(line.strip() for line in message.splitlines())
    return cut(whole, _BEGINNING) if told_below else clip(whole, _LONGEST_FAILURE)


def suspects(found: Localisation, lines: Lines) -> Iterator[str]:
    """Effect: reads files. The suspicious definitions, the most suspicious first, each with the lines that made it so."""
    for inside in _places(found, lines):
        path, symbol = inside[0].path, inside[0].symbol
        why = ", ".join(list(dict.fromkeys(w for s in inside for w in s.why))[:_REASONS])
        outer = around_it(lines, path, symbol)
        within = f" inside {outer.qualname}" if outer is not None and outer.qualname != symbol else ""
        yield f"- {path}{f' {symbol}' if symbol else ''}{within} ({why or 'by its words'})"
        shown = list(dict.fromkeys(s.line for s in inside))[:_INSIDE]
        yield from (f"    {path}:{n}: {lines.at(path, n)}" for n in sorted(shown))


def _places(found: Localisation, lines: Lines) -> list[list[Suspect]]:
    """The places that are worth telling, each with its suspicious lines."""
    every = list(grouped(s for s in found.suspects if lines.is_code(s.path, s.line)).values())
    return every[: telling(every)]


def _outlines(found: Localisation, lines: Lines) -> Iterator[str]:
    """What the files of the suspicious places define, with lines: that around the places where there is much."""
    places = [inside[0] for inside in _places(found, lines)]
    for path in list(dict.fromkeys(s.path for s in places))[:_OUTLINED]:
        symbols = lines.symbols(path)
        if not symbols:
            continue
        near = {s.symbol for s in places if s.path == path}
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
