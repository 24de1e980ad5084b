"""The loop in which a model looks, with tools, until it answers; what an answer is held against is for who uses it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from fixbot_agent.errors import AllModelsFailed, BudgetSpent
from fixbot_agent.models import Budget, Message, Model, Reply, ToolCall, ToolSpec
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.recording.forms import cleaned, of_message
from fixbot_agent.runs import Run
from fixbot_agent.solving.conversing import narrating
from fixbot_agent.solving.conversing.conversation import shortened
from fixbot_agent.tools import Outcome, Toolbox
from fixbot_analysis.errors import FixbotError

Answered = TypeVar("Answered")
_PRESSED = 2  # answers before the last one, at which a model is told to come to an end
_REPEATED = 3  # calls made a second time, after which it is told, too
_AT_ONCE = 16  # calls of one answer that are carried out
_TOO_MANY = f"Refused: more than {_AT_ONCE} calls in one answer; make those that you still need in the next one"
_AGAIN = "You made this very call before, and what came of it stands above; nothing has changed since."


@dataclass(slots=True)
class Loop(ABC, Generic[Answered]):
    """One model (or a chain of them) at one task. Every message is kept in the run as it is said; `tell` hears what is looked at.

    `ANSWER` is the tool that ends it, `HURRY` the prompt that asks for it.
    """

    ANSWER: ClassVar[ToolSpec]
    HURRY: ClassVar[str]

    model: Model
    toolbox: Toolbox
    budget: Budget
    run: Run
    tell: Callable[[str], None]
    messages: list[Message]
    _made: set[tuple[str, str]] = field(default_factory=set, init=False)
    _repeated: int = field(default=0, init=False)
    _is_pressed: bool = field(default=False, init=False)

    @abstractmethod
    def weighed(self, reply: Reply, written: str) -> Answered | None:
        """Effect: what an answer comes to, of which `written` are the tool's arguments or the text; None where it was put back."""

    def used(self, call: ToolCall) -> Outcome:
        """Effect: do what `call` asks for."""
        return self.toolbox.use(call)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What may be called."""
        return (*self.toolbox.specs, self.ANSWER)

    def looped(self) -> Answered | FixbotError:
        """Effect: let the model look until it answers; else what ran out. Raises nothing of the model's."""
        try:
            while True:
                reply = self._ask()
                if (said := self._heard(reply)) is not None:
                    return said
        except (BudgetSpent, AllModelsFailed) as error:
            return error

    def say(self, message: Message, **measured: float) -> None:
        """Effect: add a message, and keep it in the run with what was measured of it."""
        self.messages.append(message)
        (name,) = self.run.blobs([of_message(cleaned(message, self.run.redact))])
        self.run.event("message", role=str(message.role), call_id=message.call_id, said=name, **measured)

    def put_back(self, reply: Reply, prompt: str, **values: str) -> None:
        """Effect: tell the model, by the prompt of that name, why its answer does not stand."""
        text = render(prompt, **values)
        if not reply.tool_calls:
            self.say(Message(Role.USER, text, prompt=version(prompt)))
        for call in reply.tool_calls:
            shown = text if call.name == self.ANSWER.name else "(not carried out: the answer came with it)"
            self.say(Message(Role.TOOL, shown, call_id=call.id, prompt=version(prompt)))

    def _ask(self) -> Reply:
        self._press()
        self.budget.step()
        reply = self.model.complete(shortened(self.messages), self.specs, self.budget.remaining)
        self.say(reply.said)
        return reply

    def _heard(self, reply: Reply) -> Answered | None:
        """Effect: take an answer in; what it comes to where it is the last one."""
        answer = next((c for c in reply.tool_calls if c.name == self.ANSWER.name), None)
        if answer is None and reply.tool_calls:
            self._look(reply)
            return None
        return self.weighed(reply, answer.arguments if answer else reply.text)

    def _look(self, reply: Reply) -> None:
        """Effect: do what is asked for, and tell."""
        for line in narrating.step(self.budget.steps_used, self.budget.steps, reply):
            self.tell(line)
        for place, call in enumerate(reply.tool_calls):
            outcome = self._once(call) if place < _AT_ONCE else Outcome(_TOO_MANY, ok=False)
            text = fenced(call.name, self.run.redact(outcome.text))
            self.say(Message(Role.TOOL, text, call_id=call.id), seconds=round(outcome.seconds, 3))
            for line in narrating.came(call, outcome):
                self.tell(line)

    def _once(self, call: ToolCall) -> Outcome:
        made = call.name, _spelled(call.arguments)
        if made in self._made:
            self._repeated += 1
            return Outcome(_AGAIN, ok=False)
        self._made.add(made)
        return self.used(call)

    def _press(self) -> None:
        """Effect: tell a model to come to an end, once: few answers are left, or it goes round in circles."""
        budget = self.budget
        left = [budget.steps - budget.steps_used] if budget.steps else []
        left += [budget.calls - budget.calls_used] if budget.calls else []
        if not self._is_pressed and (self._repeated >= _REPEATED or (left and min(left) <= _PRESSED and self._made)):
            self._is_pressed = True
            self.say(Message(Role.USER, render(self.HURRY), prompt=version(self.HURRY)))


def _spelled(arguments: str) -> str:
    """Arguments in one spelling."""
    try:
        return json.dumps(json.loads(arguments or "{}"), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
