"""What a model is told to begin with: the issue, the failing tests with their tracebacks, the suspicious lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixbot_agent.models import Budget
from fixbot_agent.prompts import fenced, render
from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.outcome import clip
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.checks import TestOutcome
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Localisation
from fixbot_repair.workspace import Workspace

_MOST = 20  # tests, and suspects, that the prompt names
_TRACED = 5  # failures that are told with their tracebacks
_FRAMES = 8  # the innermost, of one traceback
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

    @property
    def tests(self) -> tuple[str, ...]:
        """Ids of the failing tests."""
        return tuple(o.test for o in self.failing)


@dataclass(slots=True)
class Lines:
    """The lines of the files as they were at the start."""

    workspace: Workspace
    _known: dict[str, Sequence[str]] = field(default_factory=dict)

    def at(self, path: str, line: int) -> str:
        """Effect: the line (from 1) without its margin, "" when there is none that may be shown."""
        if path not in self._known:
            self._known[path] = self._read(path)
        lines = self._known[path]
        return lines[line - 1].strip()[:_LONGEST_LINE] if 0 < line <= len(lines) else ""

    def _read(self, path: str) -> Sequence[str]:
        try:
            data = None if is_secret(path) else self.workspace.original(path)
            return decode(path, data).text.split("\n") if data is not None else ()
        except FixbotError:
            return ()


def task(assignment: Assignment, budget: Budget, lines: Lines) -> str:
    """Effect: reads the files that are named. The first prompt for `assignment`."""
    issue = assignment.issue
    stated = (
        fenced("issue", clip(issue.text, _LONGEST_ISSUE))
        if issue
        else "There is no issue text: mend the failing tests."
    )
    none = "(none is known; reproduce the problem in a test file of your own first)"
    return render(
        "solve_task",
        issue=stated,
        failing=fenced("tests", "\n".join(_failing(assignment.failing, lines)) or none),
        suspects=fenced("places", "\n".join(_suspects(assignment.suspects, lines)) or "(none)"),
        steps=str(budget.steps) if budget.steps else "enough",
    )


def _failing(outcomes: Sequence[TestOutcome], lines: Lines) -> Iterator[str]:
    told: set[tuple[tuple[str, int, str], ...]] = set()
    for outcome in outcomes[:_MOST]:
        yield f"- {outcome.test}: {clip(' '.join(outcome.message.split()), 300)}"
        frames = outcome.frames[-_FRAMES:]
        if frames not in told and len(told) < _TRACED:
            told.add(frames)
            yield from (f"    {path}:{n} in {name}: {lines.at(path, n)}" for path, n, name in frames)
    if len(outcomes) > _MOST:
        yield f"… and {len(outcomes) - _MOST} more"


def _suspects(found: Localisation, lines: Lines) -> Iterator[str]:
    for s in found.suspects[:_MOST]:
        inside = f" in {s.symbol}" if s.symbol else ""
        yield f"- {s.path}:{s.line}{inside}: {lines.at(s.path, s.line)} ({', '.join(s.why)})"
