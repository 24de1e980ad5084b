"""The loop with a model that answers a question: look, answer, and once more where what it cites is not there."""

from dataclasses import dataclass, field, replace

from fixbot_agent.asking.answer import Sentence
from fixbot_agent.asking.conversing.citing import Checked, Citations
from fixbot_agent.asking.conversing.loop import Loop
from fixbot_agent.asking.conversing.reading import ANSWER, claims
from fixbot_agent.models import Reply, ToolCall
from fixbot_agent.prompts import fenced
from fixbot_agent.tools import Outcome
from fixbot_analysis.errors import FixbotError

_PAST = "history"  # the tool that shows what the files no longer hold
_UNCITED = (
    "no sentence of the answer cites lines: give the places that show what it says; where the project has nothing of the sort, those of "
    "what comes nearest, or of where it would have to be"
)


def _put_back(checked: Checked, whole: int) -> str:
    """Why an answer goes back, for people."""
    if not whole:
        return "the answer holds no sentence that can be read"
    sentences = f"{whole} {'sentence' if whole == 1 else 'sentences'}"
    bad = len(checked.problems)
    verbs = "cites what does not show what it says" if bad == 1 else "cite what does not show what they say"
    said = [f"{bad} of {sentences} {verbs}"] if bad else []
    said += [f"{len(checked.doubts)} of {sentences} name what is nowhere"] if checked.doubts else []
    return "; ".join(said) or "the answer cites no lines"


def _wrong(checked: Checked, whole: int) -> list[str]:
    """What is wrong with an answer, for the model; empty where it can be shown as it is."""
    if not whole:
        return ["the answer held no sentence that could be read"]
    said = [*checked.problems, *checked.doubts]
    return said if checked.cites or checked.problems else [_UNCITED, *said]


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it: the sentences that stand, the number of those that do not, who gave them, and what stopped it where something did."""

    sentences: tuple[Sentence, ...] = ()
    left_out: int = 0
    by: str = ""
    stopped: FixbotError | None = None


def _is_better(said: Said, before: Said) -> bool:
    """Whether an answer is to be shown in the place of the one before it: it says something, and does not lose all lines."""
    return bool(said.sentences) and (_cites(said) or not _cites(before))


def _cites(said: Said) -> bool:
    return any(sentence.places for sentence in said.sentences)


@dataclass(slots=True)
class Dialogue(Loop[Said]):
    """One model (or a chain of them) at one question; its sentences are held against the files."""

    ANSWER = ANSWER
    HURRY = "ask_now"

    citations: Citations
    _best: Said | None = field(default=None, init=False)  # the first answer, some of which did not stand

    def work(self) -> Said:
        """Effect: let the model look until it answers, or something runs out. Raises nothing of the model's."""
        ended = self.looped()
        return replace(self._best or Said(), stopped=ended) if isinstance(ended, FixbotError) else ended

    def weighed(self, reply: Reply, written: str) -> Said | None:
        """Effect: what an answer comes to; None where it is put back."""
        checked = self.citations.checked(claims(written))
        said = Said(checked.sentences, len(checked.problems), reply.model)
        whole = len(checked.sentences) + len(checked.problems)
        self.run.event(
            "cited", sentences=whole, hold=len(checked.sentences), problems=[*checked.problems, *checked.doubts]
        )
        wrong = _wrong(checked, whole)
        if self._best is not None or not wrong:
            return self._best if self._best is not None and not _is_better(said, self._best) else said
        self._best = said
        self.tell(f"    {_put_back(checked, whole)}: put back")
        problems = fenced("check", self.run.redact("\n".join(f"- {p}" for p in wrong)))
        self.put_back(reply, "ask_again", problems=problems)
        return None

    def used(self, call: ToolCall) -> Outcome:
        """Effect: do what `call` asks for; names that were looked for, or stand in the past, may be spoken of."""
        outcome = self.toolbox.use(call)
        self.citations.looked(call.arguments, outcome.text if outcome.ok and call.name == _PAST else "")
        return outcome
