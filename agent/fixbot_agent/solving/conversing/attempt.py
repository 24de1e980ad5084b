"""One attempt of a model: a conversation over the private copy, and the candidate that comes out of it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.models import Budget, Chain, Image
from fixbot_agent.prompts import fenced, render, visible
from fixbot_agent.recording import Recorded
from fixbot_agent.runs import Run, words
from fixbot_agent.solving.conversing.briefing import Assignment, task
from fixbot_agent.solving.conversing.conversation import Conversation
from fixbot_agent.solving.conversing.equipping import desk
from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.conversing.own_test import OwnTest, folded, shown
from fixbot_agent.solving.ground import Ground
from fixbot_agent.tools import SCRATCH, End, Toolbox
from fixbot_agent.tools.outcome import clip
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.verification import Trial, Verdict

_MOST = 20  # tests that are named
_LONGEST_NOTE = 400  # characters
_SENTENCE = re.compile(r"[.!?](?=\s+[^a-z\s])|[。！？]")  # the end of one; "e.g. a" ends none
_LONGEST_WORDS = 4000  # characters of a model's last words
_AGAIN = "it is the same change as before; "
_MOST_ROUNDS = 4  # times that a model may call its work finished


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it. `trial` is the verdict on what the model left at its end, None when it had changed nothing.

    `unfinished` is what it had changed when something ran out; `stopped` is the error that said so. `said` are its last
    words, with `gave_up` for why it gave up; `plan` is its plan as it stood then. `disputed` are tests that it holds to be wrong, with why:
    a plausible `trial` may fail these.
    """

    trial: Trial | None
    unfinished: Candidate | None = None
    said: str = ""
    stopped: FixbotError | None = None
    gave_up: bool = False
    plan: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()  # what it says to be worth remembering
    assumed: tuple[str, ...] = ()  # what it took for granted where the issue is silent
    disputed: Mapping[str, str] = field(default_factory=dict)
    own_test: OwnTest | None = None  # what it wrote to show the fault, where nothing else does


Verify = Callable[[Candidate, Collection[str]], Trial]  # a candidate, and tests that refuse nothing
Objections = Callable[[Candidate], str]


def _none(_: Candidate) -> str:
    """Nobody has anything against it."""
    return ""


class Attempting:
    """One model (or a chain of them) at one assignment. The private copy is as it was before when :meth:`run` is over."""

    def __init__(
        self,
        ground: Ground,
        assignment: Assignment,
        models: Chain | Recorded,
        budget: Budget,
        run: Run,
        tell: Callable[[str], None] = lambda _: None,
        pictures: tuple[Image, ...] = (),
    ) -> None:
        self._ground = ground
        self._assignment = assignment
        self._models = models
        self._budget = budget
        self._desk = desk(ground, assignment, run.redact)
        self._tell = tell
        self._talk = Conversation(models, Toolbox(self._desk), budget, run, tell, assignment.places, pictures)
        self._name = models.name
        self._before: tuple[Patch, Mapping[str, str], Trial] | None = None  # what was judged last, and how

    def run(self, verify: Verify, objections: Objections = _none) -> Attempt:
        """Effect: let the model work, and go on when `verify` refuses what it called finished. Raises nothing of the model's.

        What `objections` says of a patch that holds, the model hears once; the patch counts all the same.
        """
        trial: Trial | None = None
        held: Trial | None = None
        own: OwnTest | None = None
        said, gave_up = "", False
        try:
            ended = self._talk.work(
                self._talk.run.redact(
                    task(self._assignment, self._budget, Lines(self._ground.workspace, self._ground.index))
                )
            )
            for left in reversed(range(_MOST_ROUNDS)):
                said = told(ended.text)
                gave_up = ended.end is End.GAVE_UP
                candidate = self._candidate("" if gave_up else one_line(said))
                trial = self._judged(candidate, verify) if candidate else None
                against = self._objected(trial, objections) if trial and held is None else ""
                held = trial if trial and trial.verdict is Verdict.PLAUSIBLE else held
                if gave_up or trial is None or not left or (trial is held and not against):
                    break
                ended = self._talk.go_on(*_answered(trial, against))
            own = self._own_test() if trial is not None and trial is (held or trial) else None
        except (BudgetSpent, AllModelsFailed) as error:
            return Attempt(held or trial, None if held else self._candidate(""), said, error, plan=self._plan)
        finally:
            self._put_back()
        return Attempt(
            held or trial,
            None,
            said,
            gave_up=gave_up and held is None,
            plan=self._plan,
            learned=self._talk.toolbox.learned,
            assumed=tuple(filter(None, map(one_line, self._talk.toolbox.assumed[:_MOST]))),
            disputed=dict(self._talk.toolbox.disputed),
            own_test=own,
        )

    def _own_test(self) -> OwnTest | None:
        """Effect: what the model's own test shows, where no test does; its work is gone from the copy afterwards."""
        if self._assignment.failing or not self._desk.exists(SCRATCH):
            return None
        self._tell("    running the model's own test with its patch, and without")
        own = shown(self._ground)
        if own is not None and own.shows:
            self._tell(f"    it failed before and passes now: {one_line(folded(own.shows))}")
        if own is not None and own.against:
            self._tell(f"    it fails with the patch: {one_line(folded(own.against))}")
        return own

    def _objected(self, trial: Trial, objections: Objections) -> str:
        """Effect: what is said against a patch that holds; afterwards the copy holds the model's work again."""
        if trial.verdict is not Verdict.PLAUSIBLE:
            return ""
        work: dict[str, bytes | None] = {p: self._ground.workspace.read(p) for p in self._desk.touched}
        self._ground.workspace.reset()
        against = objections(trial.candidate)
        self._ground.workspace.write(work)
        if against:
            self._tell("    acceptance tests of another model fail with it: it is told")
        return against

    @property
    def _plan(self) -> tuple[str, ...]:
        return self._talk.toolbox.plan.lines()

    def _judged(self, candidate: Candidate, verify: Verify) -> Trial:
        """Effect: the verdict on `candidate`; afterwards the copy holds the model's work again."""
        disputed = dict(self._talk.toolbox.disputed)
        if self._before is not None and self._before[:2] == (candidate.patch, disputed):
            self._tell("    the same change as before: it was refused")
            return replace(self._before[2], why=f"{_AGAIN}{self._before[2].why.removeprefix(_AGAIN)}")
        work: dict[str, bytes | None] = {p: self._ground.workspace.read(p) for p in self._desk.touched}
        self._tell("    checking it: all tests run, in a fresh process")
        trial = verify(candidate, tuple(disputed))
        self._tell(f"    {_outcome(trial, shows=bool(self._assignment.failing))}")
        shows = bool(self._assignment.failing)  # without it nothing that is verified says that the fault is gone
        self._models.judged(verified=shows and trial.verdict is Verdict.PLAUSIBLE and not trial.failed)
        self._ground.workspace.write(work)
        self._before = candidate.patch, disputed, trial
        return trial

    def _candidate(self, note: str) -> Candidate | None:
        """What the model changed, as a patch; None when that is nothing."""
        before, after = {}, {}
        for path in sorted(self._desk.changed - self._ground.added):
            old = self._ground.workspace.original(path)
            if old is not None:
                before[path] = decode(path, old).data
            after[path] = decode(path, self._ground.workspace.read(path)).data
        patch = Patch.between(before, after)
        source = f"model:{self._models.name or self._name}"
        return Candidate(patch, source, 1.0, note) if patch.edits else None

    def _put_back(self) -> None:
        self._ground.workspace.reset()
        for path in self._desk.touched:
            self._ground.index.update(path, None)


def _outcome(trial: Trial, *, shows: bool) -> str:
    """How a candidate was judged, in one line for people; `shows`: whether a failing test shows what is wrong."""
    passed = f"({len(trial.passed)} passed)"
    if trial.verdict is not Verdict.PLAUSIBLE:
        return f"refused: {words.verdict(trial.verdict)}: {one_line(trial.why)}"
    if trial.failed:
        one = len(trial.failed) == 1
        disputed = f"{len(trial.failed)} {'test fails' if one else 'tests fail'}"
        return f"not verified: {disputed}, and the model says that {'it is' if one else 'they are'} wrong {passed}"
    if not shows:
        return f"no test that passed before fails now {passed}; no test shows the bug, so it stays unverified"
    return f"verified: what failed passes now, and no test that passed before fails {passed}"


def _answered(trial: Trial, against: str) -> tuple[str, str]:
    """What is said to a model that called its work finished, and the prompt that it is made of."""
    if against:
        return render("disagrees", ended=fenced("tests", against)), "disagrees"
    return render(
        "refused", verdict=words.verdict(trial.verdict), why=fenced("verdict", clip(_why(trial), 2000))
    ), "refused"


def _why(trial: Trial) -> str:
    """Why a candidate was refused, with every test that it breaks: a model can look at them by name."""
    return "\n".join([trial.why, *(f"- {test}" for test in trial.failed[:_MOST])])


def told(text: str) -> str:
    """What a model says to people, without hidden characters; a page at most."""
    return clip(visible(text.strip()), _LONGEST_WORDS)


def one_line(text: str) -> str:
    """`text` as one short line without hidden characters: fit for a report or a terminal. What is longer ends with a whole sentence, else a whole word."""
    line = visible(" ".join(text.split()))
    if len(line) <= _LONGEST_NOTE:
        return line
    head = line[: _LONGEST_NOTE - 2]
    ends = [m.end() for m in _SENTENCE.finditer(head) if m.end() > _LONGEST_NOTE // 2]
    return f"{head[: ends[-1]]} …" if ends else f"{head.rpartition(' ')[0] or head}…"
