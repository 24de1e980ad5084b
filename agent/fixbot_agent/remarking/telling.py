"""What a model is told of a change before it looks: how to review, messages, the diff, who leans on what changed, what is said already."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.models import Message
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.remarking.hunks import diff
from fixbot_agent.remarking.leaning import leaning
from fixbot_agent.reviewing import Change, Comment
from fixbot_agent.tools import Toolbox
from fixbot_agent.tools.outcome import clip
from fixbot_repair.errors import GitError
from fixbot_repair.git import Repository
from fixbot_repair.git.messages import messages

_MESSAGES = 4000  # characters of what commits say
_LEANING = 9000  # of who leans on what changed
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
        "leaning": fenced(
            "graph", clean(clip("\n\n".join(leaning(change, toolbox.desk)), _LEANING)) or "(nothing known)"
        ),
        "said": fenced("checks", clean(clip("\n".join(_told(comments)), _SAID)) or "(nothing)"),
        "tests": tests,
        "steps": str(steps),
    }
    return [
        Message(Role.SYSTEM, render("review_system"), prompt=version("review_system")),
        Message(Role.USER, render("review_task", **told), prompt=version("review_task")),
    ]


def _told(comments: Sequence[Comment]) -> Iterator[str]:
    for c in comments:
        last = f"-{c.end_line}" if c.end_line != c.line else ""
        yield f"- {c.path}:{c.line}{last}: {' '.join(c.message.split())} ({c.tool} {c.rule})"


def _others(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _FILES} more"] if len(names) > _FILES else []
    return "\n".join([*names[:_FILES], *more])
