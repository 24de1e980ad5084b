"""What a model is told of a change before it looks: how to review, messages, the diff, who leans on what changed, what is said already."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.models import Message
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.remarking.hunks import diff
from fixbot_agent.reviewing import Change, Comment
from fixbot_agent.tools import Toolbox
from fixbot_agent.tools.outcome import Outcome, Refused, clip
from fixbot_agent.tools.relating import related
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.graph.queries.impact import symbols_at
from fixbot_analysis.graph.reach import is_test
from fixbot_repair.errors import GitError
from fixbot_repair.git import Repository
from fixbot_repair.git.messages import messages

_MESSAGES = 4000  # characters of what commits say
_LEANING = 9000  # of who leans on what changed
_EACH = 1500  # of it, for one definition
_MOST = 24  # definitions that are asked about
_SAID = 4000  # characters of what checks have said
_FILES = 40  # other files that are named


@dataclass(frozen=True, slots=True)
class Around:
    """What a change stands in: what its commits `said`, and the `others` of its files, which are no source."""

    said: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, change: Change) -> "Around":
        """Effect: ask git. Nothing where it cannot say."""
        try:
            said = messages(change.root, change.base, change.head)
            names = Repository.open(change.root).diff_names(change.base, change.head)
        except GitError:
            return cls()
        return cls(said, tuple(n for n in names if n not in change.before and n not in change.after))


def opening(
    change: Change,
    around: Around,
    comments: Sequence[Comment],
    toolbox: Toolbox,
    *,
    steps: int,
    tests: str,
    clean: Callable[[str], str],
) -> list[Message]:
    """Effect: reads the project and its graph. The first messages; `tests` says how a model may run any, `clean` takes keys out."""
    told = {
        "messages": fenced("commits", clean(clip("\n\n".join(around.said), _MESSAGES)) or "(not committed yet)"),
        "diff": fenced("diff", clean(diff(change, toolbox.definitions))),
        "others": fenced("files", clean(_others(around.others)) or "(none)"),
        "leaning": fenced("graph", clean(clip("\n\n".join(_leaning(change, toolbox)), _LEANING)) or "(nothing known)"),
        "said": fenced("checks", clean(clip("\n".join(_told(comments)), _SAID)) or "(nothing)"),
        "tests": tests,
        "steps": str(steps),
    }
    return [
        Message(Role.SYSTEM, render("review_system"), prompt=version("review_system")),
        Message(Role.USER, render("review_task", **told), prompt=version("review_task")),
    ]


def changed_definitions(change: Change, toolbox: Toolbox) -> list[str]:
    """Effect: asks the graph. Ids of the innermost definitions that hold changed lines, those of tests left out."""
    graph = toolbox.desk.equipment.graph
    if graph is None:
        return []
    made = graph()
    found: list[str] = []
    for path, lines in sorted(change.lines.items()):
        if lines and not is_test(path):
            found += [each for each in symbols_at(made, path, [(n, n) for n in lines]) if "::" in each]
    return list(dict.fromkeys(found))[:_MOST]


def _leaning(change: Change, toolbox: Toolbox) -> Iterator[str]:
    """Callers and tests of each changed definition."""
    for each in changed_definitions(change, toolbox):
        for kind in ("callers", "tests"):
            if text := _related(toolbox, kind, each):
                yield clip(text, _EACH)


def _related(toolbox: Toolbox, kind: str, name: str) -> str:
    try:
        outcome: Outcome = related(toolbox.desk, toolbox.definitions, kind, name, "")
    except (Refused, FixbotError):
        return ""
    return outcome.text


def _told(comments: Sequence[Comment]) -> Iterator[str]:
    for c in comments:
        last = f"-{c.end_line}" if c.end_line != c.line else ""
        yield f"- {c.path}:{c.line}{last}: {' '.join(c.message.split())} ({c.tool} {c.rule})"


def _others(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _FILES} more"] if len(names) > _FILES else []
    return "\n".join([*names[:_FILES], *more])
