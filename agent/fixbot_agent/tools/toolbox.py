"""All tools behind one call: whatever a model writes is answered, never raised."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fixbot_agent.models import ToolCall, ToolSpec
from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.editing import Edit, edit
from fixbot_agent.tools.looking import Search, View, search, view
from fixbot_agent.tools.outcome import End, Outcome, Refused, clip
from fixbot_agent.tools.testing import RunTests, run_tests

_LONGEST = 12_000  # characters of one answer


@dataclass(frozen=True, slots=True)
class Finish:
    """Arguments of finish."""

    summary: str = arguments.text("What was wrong and what the change does, in one or two sentences.", "")


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Arguments of give_up."""

    reason: str = arguments.text("Why, and what would be needed.")


def finish(desk: Desk, args: Finish) -> Outcome:
    """End the work; the changes are verified afterwards."""
    if not desk.changed:
        raise Refused("no file was changed yet; make the repair first, or call give_up")
    return Outcome(args.summary, end=End.FINISHED)


def give_up(_: Desk, args: GiveUp) -> Outcome:
    """End the work without a repair."""
    return Outcome(args.reason, end=End.GAVE_UP)


# name -> (description, dataclass of its arguments, what does it)
_TOOLS: dict[str, tuple[str, type, Callable[[Desk, Any], Outcome]]] = {
    "view": ("Show a file with line numbers; without a range its outline and first lines.", View, view),
    "search": ("Find text in the repository, or definitions by name.", Search, search),
    "edit": ("Replace one piece of text in a file.", Edit, edit),
    "run_tests": ("Run tests and show how they end.", RunTests, run_tests),
    "finish": ("Say that the repair is done; it is then verified.", Finish, finish),
    "give_up": ("Say that no repair can be made.", GiveUp, give_up),
}


class Toolbox:
    """The tools over one desk. `refused` counts calls that could not be done."""

    specs: tuple[ToolSpec, ...] = tuple(arguments.spec(name, said, cls) for name, (said, cls, _) in _TOOLS.items())

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.refused = 0

    def use(self, call: ToolCall) -> Outcome:
        """Effect: do what `call` asks. A call that cannot be done is answered with the reason."""
        try:
            outcome = self._done(call)
        except Refused as error:
            self.refused += 1
            return Outcome(clip(f"Refused: {error}", _LONGEST), ok=False)
        return replace(outcome, text=clip(outcome.text, _LONGEST))

    def _done(self, call: ToolCall) -> Outcome:
        if call.name not in _TOOLS:
            raise Refused(f"there is no tool {call.name[:60]!r}; there are: {', '.join(_TOOLS)}")
        _, cls, act = _TOOLS[call.name]
        return act(self.desk, arguments.parse(cls, call.arguments))
