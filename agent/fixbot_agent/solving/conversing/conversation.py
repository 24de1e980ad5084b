"""The loop with a model: ask, act, observe; when it goes round in circles a nudge, then a fresh start; until it ends or something runs out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from fixbot_agent.models import Budget, Image, Message, Model, Reply, ToolCall
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_agent.recording.forms import cleaned, of_message
from fixbot_agent.runs import Run
from fixbot_agent.solving.conversing import narrating
from fixbot_agent.solving.conversing.facts import digest_of, facts
from fixbot_agent.solving.conversing.stuck import Stuck
from fixbot_agent.tools import End, Outcome, Toolbox

_MOST_SILENT = 3  # answers in a row that call no tool
_MOST_PLANS = 4  # answers that only plan and cost no step
_MOST_KEPT = 160_000  # characters of a conversation that are sent; about 40,000 tokens
_LEFT_AFTER = 110_000  # once it is longer: cut well below, so that what is sent begins the same for many answers
_LEFT_OUT = "(older output was left out; use the tool again if you need it)"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a conversation ended, and what the model said to it."""

    end: End
    text: str


def _nobody(_: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Conversation:
    """One model (or a chain of them) at work with tools. Every message is kept in the run as it is said.

    `tell` hears a line on each step, for people. `places` are worth a look, the most suspicious first.
    """

    model: Model
    toolbox: Toolbox
    budget: Budget
    run: Run
    tell: Callable[[str], None] = _nobody
    places: Sequence[str] = ()
    pictures: tuple[Image, ...] = ()  # that the task shows
    messages: list[Message] = field(default_factory=list)
    task: str = ""
    steps: tuple[str, ...] = ()  # of the plan, as people were told last
    silent: int = 0
    planned: int = 0
    stuck: Stuck = field(default_factory=Stuck)
    helped: int = 0  # times that it was stuck

    def work(self, task: str) -> Ended:
        """Effect: let the model work on `task`. Raises BudgetSpent, AllModelsFailed; what it changed by then stays."""
        self.task = task
        self.say(Message(Role.SYSTEM, render("solve_system"), prompt=version("solve_system")))
        return self.go_on(task)

    def go_on(self, text: str, prompt: str = "solve_task") -> Ended:
        """Effect: say `text`, made of `prompt`, to the model, and let it work until it ends its work. Raises as :meth:`work` does."""
        shown = self.pictures if prompt == "solve_task" else ()
        self.say(Message(Role.USER, text, images=shown, prompt=version(prompt)))
        while True:
            if ended := self.act(self.ask()) or self.unstick():
                return ended

    def ask(self) -> Reply:
        """Effect: ask for the next answer; it costs a step."""
        self.budget.step()
        reply = self.model.complete(shortened(self.messages), self.toolbox.specs, self.budget.remaining)
        self.say(reply.said)
        for line in narrating.step(
            self.budget.steps_used, self.budget.steps, reply, mends=bool(self.toolbox.desk.failing)
        ):
            self.tell(line)
        return reply

    def act(self, reply: Reply) -> Ended | None:
        """Effect: do what the answer calls for, and tell the model; returns how it ended, None when it goes on."""
        if not reply.tool_calls:
            return self.remind(reply)
        self.silent = 0
        self.give_back(reply)
        outcomes = self.toolbox.use_all(reply.tool_calls)
        for call, outcome in zip(reply.tool_calls, outcomes, strict=True):
            self.observe(call, outcome)
        self.stuck.saw(reply.tool_calls, outcomes, digest_of(self.toolbox.desk))
        return next((Ended(o.end, o.said) for o in outcomes if o.end), None)

    def observe(self, call: ToolCall, outcome: Outcome) -> None:
        """Tell the model what came of a call: as data, without keys."""
        said = Message(Role.TOOL, fenced(call.name, self.run.redact(outcome.text)), call_id=call.id)
        self.say(said, seconds=round(outcome.seconds, 3))
        for line in narrating.came(call, outcome):
            self.tell(line)
        if call.name == "plan" and outcome.ok and self.toolbox.plan.steps != self.steps:
            self.steps = self.toolbox.plan.steps
            for line in self.toolbox.plan.lines():
                self.tell(f"    {line}")

    def remind(self, reply: Reply) -> Ended | None:
        """Tell a model that talks instead of acting what to do; one that goes on talking has given up."""
        self.silent += 1
        if self.silent >= _MOST_SILENT:
            return Ended(End.GAVE_UP, reply.text)
        said = render("use_a_tool", tools=", ".join(s.name for s in self.toolbox.specs))
        self.say(Message(Role.USER, said, prompt=version("use_a_tool")))
        return None

    def give_back(self, reply: Reply) -> None:
        """Give back the step of an answer that only plans; not for ever."""
        if all(call.name == "plan" for call in reply.tool_calls) and self.planned < _MOST_PLANS:
            self.planned += 1
            self.budget.steps_used -= 1

    def unstick(self) -> Ended | None:
        """Help a model that goes round in circles: by a word, then by a fresh start with what is known; then it ends."""
        why = self.stuck.why()
        if not why:
            return None
        self.helped += 1
        self.run.event("stuck", why=why, times=self.helped)
        offers = self.stuck.offers([s.name for s in self.toolbox.specs], self.places)
        untried = "\n".join(f"- {o}" for o in offers) or "- say with `give_up` what is missing"
        if self.helped == 1:
            self.tell(f"    it repeats itself ({why}): told so, and what was not tried")
            self.say(Message(Role.USER, render("stuck", why=why, untried=untried), prompt=version("stuck")))
        elif self.helped == 2:
            self.tell(f"    it repeats itself again ({why}): begun afresh, with what is known")
            self.begin_afresh(why, untried)
        else:
            return Ended(End.GAVE_UP, f"it went round in circles three times, the last time because {why}")
        return None

    def begin_afresh(self, why: str, untried: str) -> None:
        """Effect: from here on the model is told the task and what was found out, not what was said. The files stay as they are."""
        known = self.run.redact(facts(self.toolbox, self.stuck))
        self.messages = self.messages[:1]
        text = f"{self.task}\n\n{render('fresh_start', why=why, facts=fenced('facts', known), untried=untried)}"
        self.say(Message(Role.USER, text, images=self.pictures, prompt=version("fresh_start")))

    def say(self, message: Message, **measured: float) -> None:
        """Effect: add a message, and keep it in the run with what was measured of it."""
        self.messages.append(message)
        (name,) = self.run.blobs([of_message(cleaned(message, self.run.redact))])
        self.run.event("message", role=str(message.role), call_id=message.call_id, said=name, **measured)


def shortened(messages: Sequence[Message]) -> list[Message]:
    """Return `messages` within the size that is sent: the oldest outputs of tools go first, many at once, the newest stay."""
    left_out: set[int] = set()
    size = oldest = 0
    for place, message in enumerate(messages):
        size += len(message.text) + sum(len(c.arguments) for c in message.tool_calls)
        if size <= _MOST_KEPT:
            continue
        while size > _LEFT_AFTER and oldest < place:
            old = messages[oldest]
            if old.role is Role.TOOL and len(old.text) > len(_LEFT_OUT):
                size -= len(old.text) - len(_LEFT_OUT)
                left_out.add(oldest)
            oldest += 1
    return [replace(m, text=_LEFT_OUT) if n in left_out else m for n, m in enumerate(messages)]
