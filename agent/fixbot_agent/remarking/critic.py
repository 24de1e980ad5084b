"""The loop with a model that reviews: look, try tests on both sides, remark; and once more where a remark does not stand."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fixbot_agent.asking.conversing.loop import Loop
from fixbot_agent.models import Reply, ToolCall, ToolSpec
from fixbot_agent.prompts import fenced
from fixbot_agent.remarking.holding import Fault, Holding, say_the_same
from fixbot_agent.remarking.proving import Proof, Verdict, proof, told
from fixbot_agent.remarking.reading import ANSWER, Claim, claims, unfenced
from fixbot_agent.remarking.sides import Sides
from fixbot_agent.tools import Outcome, arguments
from fixbot_agent.tools.outcome import Refused, clip
from fixbot_analysis.errors import FixbotError
from fixbot_repair.checks import Severity

_LONGEST = 12_000  # characters of what one test gave
_WORST = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_UNREAD = "- the answer held no remarks that could be read: call `answer` with a list, which may be empty"
_REPEAT = "repeat"
_FAULTS = {
    Verdict.OLD: "old", Verdict.REFUTED: "refuted", Verdict.MENDED: "refuted", Verdict.BESIDE: "test", Verdict.BROKEN: "test",
}  # fmt: skip


class Held(StrEnum):
    """How a remark was checked."""

    TEST = "test"  # a test passes before the change and fails with it
    NEW = "new"  # a test fails with it; before, what it tests was not there
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remark:
    """One that stands: what was said, how it was checked, and what came of its test."""

    claim: Claim
    held: Held
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it: the remarks that stand, how many do not by why, who made them, and what stopped it where something did.

    `answered` says that the model came to an end that could be read.
    """

    remarks: tuple[Remark, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    by: str = ""
    stopped: FixbotError | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class TryTest:
    """Arguments of try_test."""

    code: str = arguments.text("A whole test file: imports and test functions. It may print what you want to see.")
    beside: str = arguments.text(
        "A test file of the project in whose folder it is run, where it needs what lies there (conftest.py).", ""
    )


_TRY = arguments.spec("try_test", "Run a small test before the change and with it, and see how each ends.", TryTest)


@dataclass(slots=True)
class Critic(Loop[Said]):
    """One model (or a chain of them) at one change; its remarks are held against the files, and their tests are run."""

    ANSWER = ANSWER
    HURRY = "review_now"

    holding: Holding
    sides: Sides | None
    changed: Sequence[str]
    _best: Said | None = field(default=None, init=False)  # the first answer, some of which did not stand
    _faults: list[tuple[Claim, Fault]] = field(default_factory=list, init=False)  # what of it did not

    def work(self) -> Said:
        """Effect: let the model look until it answers, or something runs out. Raises nothing of the model's."""
        ended = self.looped()
        return replace(self._best or Said(), stopped=ended) if isinstance(ended, FixbotError) else ended

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What may be called."""
        return (*self.toolbox.specs, *([_TRY] if self.sides else []), self.ANSWER)

    def used(self, call: ToolCall) -> Outcome:
        """Effect: do what `call` asks for; what of it the files do not hold may be spoken of."""
        if call.name == _TRY.name and self.sides is not None:
            outcome = self._tried(call, self.sides)
        else:
            outcome = self.toolbox.use(call)
        if outcome.ok and call.name in ("history", _TRY.name):
            self.holding.hear(outcome.text)
        return outcome

    def weighed(self, reply: Reply, written: str) -> Said | None:
        """Effect: what an answer comes to; None where it is put back. What stood before stands, and need not be said again."""
        read = claims(written)
        stand, faults = self._checked(read or ())
        problems = [_UNREAD] if read is None else [f"- {claim}: {fault.why}" for claim, fault in faults]
        self.run.event("remarked", remarks=len(stand) + len(faults), hold=len(stand), problems=problems)
        fallen = [each for each in faults if each[1].kind != _REPEAT]
        if self._best is None and (read is None or fallen):
            self._best = Said((*stand,), _counted(faults), reply.model, answered=read is not None)
            self._faults = faults
            self.tell(f"    {_put_back(len(fallen))}: put back")
            said = fenced("check", self.run.redact("\n".join(problems)))
            self.put_back(reply, "review_again", problems=said, stand=str(len(stand)))
            return None
        if self._best is None:
            return Said((*stand,), _counted(faults), reply.model, answered=True)
        all_, _ = merged([*self._best.remarks, *stand])
        left = _counted([*_given_up(self._faults, read or ()), *faults])
        return Said((*_ordered(all_),), left, reply.model, answered=read is not None or self._best.answered)

    def _tried(self, call: ToolCall, sides: Sides) -> Outcome:
        try:
            given = arguments.parse(TryTest, call.arguments)
        except Refused as error:
            return Outcome(f"Refused: {error}", ok=False)
        code = unfenced(given.code)
        if not code:
            return Outcome("Refused: 'code' is empty", ok=False)
        trial = sides.tried(code, given.beside)
        return Outcome(clip(self._shown(told(trial, "the test")), _LONGEST), ok=not trial.problem)

    def _shown(self, text: str) -> str:
        """`text` without the folders of this machine."""
        for place, shown in self.toolbox.desk.equipment.hidden:
            text = text.replace(place, shown)
        return text

    def _checked(self, read: Sequence[Claim]) -> tuple[list[Remark], list[tuple[Claim, Fault]]]:
        """Effect: hold each remark against what a program can tell; those that stand, the worst first, and the others with why not."""
        stand: list[Remark] = []
        faults: list[tuple[Claim, Fault]] = []
        for claim in read:
            placed = self.holding.placed(claim)
            found = placed if isinstance(placed, Fault) else self._proved(placed)
            if isinstance(found, Fault):
                faults.append((claim, found))
            else:
                stand.append(found)
        kept, repeated = merged(stand)
        return _ordered(kept), [*faults, *repeated]

    def _proved(self, claim: Claim) -> Remark | Fault:
        if not claim.test or self.sides is None:
            return Remark(replace(claim, test=""), Held.NONE)
        self.tell(f"    running the test of what is said of {claim.path}:{claim.line}, before the change and with it")
        found = proof(self.sides.confirmed(claim.test, claim.beside), self.changed, self.holding.new_words)
        why = self._shown(found.why)
        if found.verdict in _FAULTS:
            return Fault(_FAULTS[found.verdict], why)
        return _remark(claim, Proof(found.verdict, why))


def merged(remarks: Sequence[Remark]) -> tuple[list[Remark], list[tuple[Claim, Fault]]]:
    """The remarks that say each its own thing, in their order: of those that say one the best proven, and of these the one that says most; and the others, with what they say again."""
    kept: list[int] = []
    repeated: list[tuple[Claim, Fault]] = []
    for n in sorted(range(len(remarks)), key=lambda n: ((*Held,).index(remarks[n].held), -len(remarks[n].claim.text))):
        claim = remarks[n].claim
        same = next((remarks[k].claim for k in kept if say_the_same(remarks[k].claim, claim)), None)
        if same is None:
            kept.append(n)
        else:
            repeated.append((claim, Fault(_REPEAT, f"it says what is said at {same}: shown once")))
    return [remarks[n] for n in sorted(kept)], repeated


def _given_up(faults: Sequence[tuple[Claim, Fault]], again: Sequence[Claim]) -> list[tuple[Claim, Fault]]:
    """Those of the faults whose remarks were not said again: each remark of an answer stands for one of the same line, if there is one."""
    left = Counter((claim.path, claim.line) for claim in again)
    gone = []
    for claim, fault in faults:
        if fault.kind != _REPEAT and left[claim.path, claim.line]:
            left[claim.path, claim.line] -= 1
        else:
            gone.append((claim, fault))
    return gone


def _ordered(remarks: Sequence[Remark]) -> list[Remark]:
    """The worst first."""
    return sorted(remarks, key=lambda r: _WORST.index(r.claim.severity))


def _counted(faults: Sequence[tuple[Claim, Fault]]) -> dict[str, int]:
    return dict(Counter(fault.kind for _, fault in faults))


def _put_back(faults: int) -> str:
    """Why an answer goes back, for people."""
    if not faults:
        return "the answer cannot be read"
    return "a remark does not stand" if faults == 1 else f"{faults} remarks do not stand"


def _remark(claim: Claim, found: Proof) -> Remark:
    held = {Verdict.SHOWN: Held.TEST, Verdict.NEW: Held.NEW}.get(found.verdict, Held.NONE)
    return Remark(claim if held is not Held.NONE else replace(claim, test=""), held, found.why)


def why_left_out(left_out: Mapping[str, int]) -> Iterator[str]:
    """In words how many remarks were left out, and why."""
    words = {
        "refuted": "refuted by a test of its own", "old": "of what was there before this change", "duplicate": "said by a check already", _REPEAT: "saying what another says",
        "place": "on lines that the change does not touch", "name": "naming what is nowhere in the project", "test": "whose test shows nothing",
        "many": "not checked by a program, beyond the first five",
    }  # fmt: skip
    yield from (f"{count} {words.get(kind, kind)}" for kind, count in left_out.items() if count)
