"""The loop with a model: ask, act, observe; until it ends or something runs out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fixbot_agent.models import Budget, Message, Model, Reply, ToolCall
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.recording.forms import cleaned, of_message
from fixbot_agent.runs import Run
from fixbot_agent.tools import End, Outcome, Toolbox

_MOST_SILENT = 3  # answers in a row that call no tool
_MOST_KEPT = 160_000  # characters of a conversation that are sent; about 40,000 tokens
_LEFT_OUT = "(older output was left out; use the tool again if you need it)"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a conversation ended, and what the model said to it."""

    end: End
    text: str


@dataclass(slots=True)
class Conversation:
    """One model (or a chain of them) at work with tools. Every message is kept in the run as it is said."""

    model: Model
    toolbox: Toolbox
    budget: Budget
    run: Run
    messages: list[Message] = field(default_factory=list)
    silent: int = 0

    def work(self, task: str) -> Ended:
        """Effect: let the model work on `task`. Raises BudgetSpent, AllModelsFailed; what it changed by then stays."""
        self.say(Message(Role.SYSTEM, render("solve_system"), prompt=version("solve_system")))
        return self.go_on(task)

    def go_on(self, text: str, prompt: str = "solve_task") -> Ended:
        """Effect: say `text`, made of `prompt`, to the model, and let it work until it ends its work. Raises as :meth:`work` does."""
        self.say(Message(Role.USER, text, prompt=version(prompt)))
        while True:
            if ended := self.act(self.ask()):
                return ended

    def ask(self) -> Reply:
        """Effect: ask for the next answer; it costs a step."""
        self.budget.step()
        reply = self.model.complete(shortened(self.messages), self.toolbox.specs, self.budget.remaining)
        self.say(reply.said)
        return reply

    def act(self, reply: Reply) -> Ended | None:
        """Effect: do what the answer calls for, and tell the model; returns how it ended, None when it goes on."""
        if not reply.tool_calls:
            return self.remind(reply)
        self.silent = 0
        done = zip(reply.tool_calls, self.toolbox.use_all(reply.tool_calls), strict=True)
        outcomes = [self.observe(call, outcome) for call, outcome in done]
        return next((Ended(o.end, o.text) for o in outcomes if o.end), None)

    def observe(self, call: ToolCall, outcome: Outcome) -> Outcome:
        """Tell the model what came of a call: as data, without keys."""
        self.say(Message(Role.TOOL, fenced(call.name, self.run.redact(outcome.text)), call_id=call.id))
        return outcome

    def remind(self, reply: Reply) -> Ended | None:
        """Tell a model that talks instead of acting what to do; one that goes on talking has given up."""
        self.silent += 1
        if self.silent >= _MOST_SILENT:
            return Ended(End.GAVE_UP, reply.text)
        said = render("use_a_tool", tools=", ".join(s.name for s in self.toolbox.specs))
        self.say(Message(Role.USER, said, prompt=version("use_a_tool")))
        return None

    def say(self, message: Message) -> None:
        """Effect: add a message, and keep it in the run."""
        self.messages.append(message)
        (name,) = self.run.blobs([of_message(cleaned(message, self.run.redact))])
        self.run.event("message", role=str(message.role), call_id=message.call_id, said=name)


def shortened(messages: Sequence[Message]) -> list[Message]:
    """Return `messages` within the size that is sent: the oldest outputs of tools go first, the newest stay."""
    kept = list(messages)
    size = sum(len(m.text) + sum(len(c.arguments) for c in m.tool_calls) for m in kept)
    for place, message in enumerate(kept):
        if size <= _MOST_KEPT:
            break
        if message.role is Role.TOOL and len(message.text) > len(_LEFT_OUT):
            size -= len(message.text) - len(_LEFT_OUT)
            kept[place] = replace(message, text=_LEFT_OUT)
    return kept
