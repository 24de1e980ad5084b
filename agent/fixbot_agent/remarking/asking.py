"""A change shown to models, from who is asked to what is shown: remarks as comments, those that a test proves apart from those that nothing does."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fixbot_agent.asking.conversing.looking import TOOLS
from fixbot_agent.models import Spent
from fixbot_agent.remarking.critic import Critic, Held, Remark, Said
from fixbot_agent.remarking.holding import Holding
from fixbot_agent.remarking.place import Place, opened_at
from fixbot_agent.remarking.telling import Around, opening
from fixbot_agent.reviewing import Change, Comment
from fixbot_agent.runs import Kept, Run
from fixbot_agent.settings import Places, Settings
from fixbot_agent.solving import overlay
from fixbot_agent.solving.account import Account
from fixbot_agent.solving.seating import Asking, seated
from fixbot_agent.tools import Toolbox
from fixbot_analysis.ports import Progress, Silent
from fixbot_repair.checks import Severity

ROLE = "review"
STEPS = 24  # answers of a model to one change, where nobody says otherwise
UNCHECKED = 5  # remarks that no program could check, at most
_LONGEST_WHY = 300
_PROVED = "shown by a test: passes before this change, fails with it"
_NEW = (
    "a test of the model's fails with it; what it tests was not there before, so what should happen is the model's word"
)
_NONE = "not checked by a program"


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of whom. `model` is asked first, with `fallback`; without it those of the role. `steps` of 0: as many as is usual.

    `kept` is the run that is gone through again (`replays`): then nobody is asked.
    """

    settings: Settings
    places: Places
    run: Run
    model: str = ""
    fallback: tuple[str, ...] = ()
    steps: int = 0
    trusted: bool = False
    kept: Kept | None = None
    replays: bool = False
    say: Callable[[str], None] = lambda _: None
    progress: Progress = field(default_factory=Silent)


@dataclass(frozen=True, slots=True)
class Told:
    """What models made of a change: `shown` are remarks that a test proves, `unchecked` others; of `left_out` ones how many, by why.

    `by` is who answered, "" where nobody did and `why`. `notes` are what is to be said of it.
    """

    shown: tuple[Comment, ...] = ()
    unchecked: tuple[Comment, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    by: str = ""
    why: str = ""
    models: tuple[Spent, ...] = ()
    notes: tuple[str, ...] = ()


def remark(task: Task, change: Change, comments: Sequence[Comment]) -> Told:
    """Effect: ask models about `change`, of which checks said `comments`, and let them look at the project; run the tests that they give.

    Raises UsageFailure for a model that is not configured, RepairError for a head that cannot be laid out.
    """
    notes: list[str] = []
    account = Account(task.settings, task.run, notes.append, ROLE)
    account.budget.steps = steps_of(task.settings, task.steps)
    asking = Asking(
        ROLE, task.settings, task.places, task.run, task.model, task.fallback, task.kept, task.replays, task.say
    )
    model = seated(asking, account)
    if model is None:
        return Told(why="offline is set, and no model of the role 'review' is on this machine")
    with opened_at(change, task.settings, task.places.index, task.progress, trusted=task.trusted) as place:
        if place.ground is not None and not task.replays:
            overlay.keep(task.run, place.ground)
        if place.why_not:
            notes.append(f"no test of a model can be run: {place.why_not}")
        task.say(f"asking {model.name or 'the run'}, which looks at the change")
        toolbox = Toolbox(place.desk, TOOLS)
        around = Around.of(change)
        holding = Holding(change, comments, toolbox, place.root, "\n".join(around.said))
        critic = Critic(
            model, toolbox, account.budget, task.run, task.say, [], holding, place.sides, tuple(change.after)
        )
        first = opening(
            change, around, comments, toolbox, steps=account.budget.steps, tests=_tests(place), clean=task.run.redact
        )
        for message in first:
            critic.say(message)
        said = critic.work()
        return _told(said, change, tuple(account.tally.spent), (*notes, *model.notes))


def steps_of(settings: Settings, steps: int) -> int:
    """How many answers a review may ask of models, where `steps` were wished for (0: as many as is usual)."""
    return steps or min(settings.max_steps, STEPS)


def _tests(place: Place) -> str:
    """How tests can be run, for a model."""
    if place.sides is None:
        return "No test can be run here: leave `test` out."
    kind = place.sides.kind
    form = "functions named test_…" if kind == "pytest" else "methods named test_… of a unittest.TestCase"
    return f"Tests are run by {kind}, contained and without network, at the top of the project: {form}."


def _told(said: Said, change: Change, models: tuple[Spent, ...], notes: tuple[str, ...]) -> Told:
    stopped = " ".join(said.stopped.message.split())[:_LONGEST_WHY] if said.stopped else ""
    if not said.answered and not said.remarks:
        why = stopped or "nothing of what the model said could be read"
        return Told(left_out=said.left_out, why=why, models=models, notes=notes)
    more = (f"the model's review was not finished: {stopped}",) if stopped else ()
    made = [(r, _comment(r, change, said.by)) for r in said.remarks]
    open_ = [comment for r, comment in made if r.held is not Held.TEST]
    left = dict(said.left_out) | ({"many": len(open_) - UNCHECKED} if len(open_) > UNCHECKED else {})
    shown = tuple(comment for r, comment in made if r.held is Held.TEST)
    return Told(shown, tuple(open_[:UNCHECKED]), left, said.by, "", models, (*notes, *more))


def _comment(remark: Remark, change: Change, by: str) -> Comment:
    """The remark as a comment; one that nothing proves is never more than a note."""
    claim, proved = remark.claim, remark.held is Held.TEST
    head = {Held.TEST: _PROVED, Held.NEW: _NEW}.get(remark.held, _NONE)
    rows = change.after[claim.path].decode("utf-8", "replace").split("\n")[claim.line - 1 : claim.end_line]
    code = "\n".join(row.strip() for row in rows)
    words = f"{ROLE}\0{claim.path}\0{code}\0{claim.text}"
    return Comment(
        path=claim.path,
        line=claim.line,
        end_line=claim.end_line,
        kind="correctness",
        message=claim.text,
        evidence="\n".join(filter(None, (head, remark.why))),
        suggestion="",
        fingerprint=hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest(),
        tool="model",
        rule="shown-by-test" if proved else "not-checked",
        severity=claim.severity if proved else Severity.INFO,
        checked=str(remark.held),
        by=by,
        claimed=claim.severity,
        test=claim.test,
    )
