"""The loop with a model that answers a question: look, answer, and once more where what it cites is not there."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fixbot_agent.asking.answer import Sentence
from fixbot_agent.asking.conversing.citing import Checked, Citations
from fixbot_agent.asking.conversing.reading import ANSWER, claims
from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.models import Budget, Message, Model, Reply, ToolCall
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.recording.forms import cleaned, of_message
from fixbot_agent.runs import Run
from fixbot_agent.solving.conversing import narrating
from fixbot_agent.solving.conversing.conversation import shortened
from fixbot_agent.tools import Outcome, Toolbox
from fixbot_analysis.errors import FixbotError

_PRESSED = 2  # answers before the last one, at which a model is told to come to an end
_REPEATED = 3  # calls made a second time, after which it is told, too
_PAST = "history"  # the tool that shows what the files no longer hold
_AT_ONCE = 16  # calls of one answer that are carried out
_TOO_MANY = f"Refused: more than {_AT_ONCE} calls in one answer; make those that you still need in the next one"
_AGAIN = "You made this very call before, and what came of it stands above; nothing has changed since."


_UNCITED = (
    "no sentence of the answer cites lines: give the places that show what it says; where the project has nothing of the sort, those of "
    "what comes nearest, or of where it would have to be"
)


def _put_back(checked: Checked, whole: int) -> str:
    """Why an answer goes back, for people."""
    if not whole:
        return "the answer holds no sentence that can be read"
    sentences = f"{whole} {'sentence' if whole == 1 else 'sentences'}"
    said = [f"{len(checked.problems)} of {sentences} cite what does not show what they say"] if checked.problems else []
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
class Dialogue:
    """One model (or a chain of them) at one question. Every message is kept in the run as it is said; `tell` hears what is looked at."""

    model: Model
    toolbox: Toolbox
    budget: Budget
    run: Run
    tell: Callable[[str], None]
    messages: list[Message]
    citations: Citations
    _made: set[tuple[str, str]] = field(default_factory=set)
    _repeated: int = 0
    _is_pressed: bool = False
    _best: Said | None = None  # the first answer, some of which did not stand

    def work(self) -> Said:
        """Effect: let the model look until it answers, or something runs out. Raises nothing of the model's."""
        try:
            while True:
                reply = self._ask()
                if (said := self._heard(reply)) is not None:
                    return said
        except (BudgetSpent, AllModelsFailed) as error:
            return replace(self._best or Said(), stopped=error)

    def say(self, message: Message, **measured: float) -> None:
        """Effect: add a message, and keep it in the run with what was measured of it."""
        self.messages.append(message)
        (name,) = self.run.blobs([of_message(cleaned(message, self.run.redact))])
        self.run.event("message", role=str(message.role), call_id=message.call_id, said=name, **measured)

    def _ask(self) -> Reply:
        self._press()
        self.budget.step()
        reply = self.model.complete(shortened(self.messages), (*self.toolbox.specs, ANSWER), self.budget.remaining)
        self.say(reply.said)
        return reply

    def _heard(self, reply: Reply) -> Said | None:
        """Effect: take an answer in; what it comes to where it is the last one."""
        answer = next((c for c in reply.tool_calls if c.name == ANSWER.name), None)
        if answer is None and reply.tool_calls:
            self._look(reply)
            return None
        return self._weighed(reply, self.citations.checked(claims(answer.arguments if answer else reply.text)))

    def _weighed(self, reply: Reply, checked: Checked) -> Said | None:
        """Effect: what an answer comes to; None where it is put back."""
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
        self._put_back(reply, "\n".join(f"- {p}" for p in wrong))
        return None

    def _put_back(self, reply: Reply, problems: str) -> None:
        text = render("ask_again", problems=fenced("check", self.run.redact(problems)))
        if not reply.tool_calls:
            self.say(Message(Role.USER, text, prompt=version("ask_again")))
        for call in reply.tool_calls:
            shown = text if call.name == ANSWER.name else "(not carried out: the answer came with it)"
            self.say(Message(Role.TOOL, shown, call_id=call.id, prompt=version("ask_again")))

    def _look(self, reply: Reply) -> None:
        """Effect: do what is asked for, and tell."""
        for line in narrating.step(self.budget.steps_used, self.budget.steps, reply):
            self.tell(line)
        for place, call in enumerate(reply.tool_calls):
            outcome = self._used(call) if place < _AT_ONCE else Outcome(_TOO_MANY, ok=False)
            text = fenced(call.name, self.run.redact(outcome.text))
            self.say(Message(Role.TOOL, text, call_id=call.id), seconds=round(outcome.seconds, 3))
            for line in narrating.came(call, outcome):
                self.tell(line)

    def _used(self, call: ToolCall) -> Outcome:
        made = call.name, _spelled(call.arguments)
        if made in self._made:
            self._repeated += 1
            return Outcome(_AGAIN, ok=False)
        self._made.add(made)
        outcome = self.toolbox.use(call)
        self.citations.looked(call.arguments, outcome.text if outcome.ok and call.name == _PAST else "")
        return outcome

    def _press(self) -> None:
        """Effect: tell a model to come to an end, once: few answers are left, or it goes round in circles."""
        budget = self.budget
        left = [budget.steps - budget.steps_used] if budget.steps else []
        left += [budget.calls - budget.calls_used] if budget.calls else []
        if not self._is_pressed and (self._repeated >= _REPEATED or (left and min(left) <= _PRESSED and self._made)):
            self._is_pressed = True
            self._told("ask_now")

    def _told(self, prompt: str) -> None:
        self.say(Message(Role.USER, render(prompt), prompt=version(prompt)))


def _spelled(arguments: str) -> str:
    """Arguments in one spelling."""
    try:
        return json.dumps(json.loads(arguments or "{}"), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
