"""One attempt of a model: a conversation over the private copy, and the candidate that comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.models import Budget, Chain
from fixbot_agent.prompts import fenced, render, visible
from fixbot_agent.runs import Run
from fixbot_agent.solving.conversation import Conversation
from fixbot_agent.solving.ground import Ground
from fixbot_agent.tools import Desk, Toolbox
from fixbot_agent.tools.outcome import clip
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks import TestOutcome
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Localisation

_MOST = 20  # tests, and suspects, that the prompt names
_LONGEST_ISSUE = 24_000  # characters
_LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a model is told to begin with."""

    issue: Issue | None
    failing: tuple[TestOutcome, ...]
    suspects: Localisation
    allow_test_edits: bool = False

    @property
    def tests(self) -> tuple[str, ...]:
        """Ids of the failing tests."""
        return tuple(o.test for o in self.failing)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it. `candidate` is None when nothing was changed; `stopped` is the error that cut it short."""

    candidate: Candidate | None
    said: str = ""
    stopped: FixbotError | None = None


def attempt(ground: Ground, assignment: Assignment, models: Chain, budget: Budget, run: Run) -> Attempt:
    """Effect: let the model work. The private copy is as it was before when this returns, or raises."""
    desk = Desk(ground.workspace, ground.tests, ground.index, assignment.tests, assignment.allow_test_edits)
    conversation = Conversation(models, Toolbox(desk), budget, run)
    said, stopped, name = "", None, models.name
    try:
        said = one_line(conversation.work(run.redact(_task(assignment, budget))).text)
    except (BudgetSpent, AllModelsFailed) as error:
        stopped = error
    finally:
        candidate = _candidate(ground, desk, models.name or name, said)
        _put_back(ground, desk)
    return Attempt(candidate, said, stopped)


def one_line(text: str) -> str:
    """`text` as one short line without hidden characters: fit for a report, a terminal or a commit message."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= _LONGEST_NOTE else line[: _LONGEST_NOTE - 1] + "…"


def _task(assignment: Assignment, budget: Budget) -> str:
    issue = assignment.issue
    stated = (
        fenced("issue", clip(issue.text, _LONGEST_ISSUE))
        if issue
        else "There is no issue text: mend the failing tests."
    )
    return render(
        "solve_task",
        issue=stated,
        failing=fenced(
            "tests", "\n".join(_failing(assignment.failing)) or "(none is known; reproduce the problem first)"
        ),
        suspects=fenced("places", "\n".join(_suspects(assignment.suspects)) or "(none)"),
        steps=str(budget.steps) if budget.steps else "enough",
    )


def _failing(outcomes: Sequence[TestOutcome]) -> list[str]:
    lines = [f"- {o.test}: {clip(' '.join(o.message.split()), 300)}" for o in outcomes[:_MOST]]
    return [*lines, f"… and {len(outcomes) - _MOST} more"] if len(outcomes) > _MOST else lines


def _suspects(found: Localisation) -> list[str]:
    return [f"- {s.path}:{s.line} {s.symbol} ({', '.join(s.why)})" for s in found.suspects[:_MOST]]


def _candidate(ground: Ground, desk: Desk, name: str, note: str) -> Candidate | None:
    """What the model changed, as a patch; None when that is nothing."""
    before, after = {}, {}
    for path in sorted(desk.touched):
        old = ground.workspace.original(path)
        if old is not None:
            before[path] = decode(path, old).data
        after[path] = decode(path, ground.workspace.read(path)).data
    patch = Patch.between(before, after)
    return Candidate(patch, f"model:{name}", 1.0, note) if patch.edits else None


def _put_back(ground: Ground, desk: Desk) -> None:
    ground.workspace.reset()
    for path in desk.touched:
        ground.index.update(path, None)
