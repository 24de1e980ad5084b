"""The conversation that an earlier ask kept, so that the next question goes on from it word for word."""

from collections.abc import Iterator
from pathlib import Path

from fixbot_agent.asking.conversing.reading import ANSWER
from fixbot_agent.errors import UsageFailure
from fixbot_agent.models import Message, Reply
from fixbot_agent.models.messages import Role
from fixbot_agent.recording import Exchanges, pictures
from fixbot_agent.runs import Kept, Trail

ROLE = "ask"
SHOWN = "It was shown, as far as what it cites was found to be there."
_LOST = "(what came of this call was not kept)"


def last_of(trail: Trail, root: Path, name: str) -> Kept:
    """Effect: the run `name`, or for "last" the newest ask of the project in `root`. Raises RunNotFound, UsageFailure."""
    if name != "last":
        kept = trail.find(name)
        if kept.command != ROLE:
            raise UsageFailure(f"the run {kept.id} is no ask, but '{kept.command}'", "'fixbot runs list' shows what is")
        return kept
    found = next((k for k in trail.listed() if k.command == ROLE and k.root == str(root) and _answered(k)), None)
    if found is None:
        raise UsageFailure("no model has answered a question about this project yet", "ask without --continue")
    return found


def past_of(kept: Kept) -> tuple[Message, ...]:
    """Effect: reads the run. All that was said in it, and before it. Raises UsageFailure where no model answered."""
    exchanges = Exchanges.read(kept)
    ask = next((a for a in reversed(exchanges.asks) if a.role == ROLE and a.reply is not None), None)
    if ask is None or ask.reply is None:
        raise UsageFailure(f"in the run {kept.id} no model answered", "ask without --continue")
    images = pictures.by_digest(pictures.kept_in(kept))
    said = (pictures.whole(exchanges.message(n), exchanges.blobs.get(n), images) for n in ask.messages)
    return (*said, *told(ask.reply))


def told(reply: Reply) -> Iterator[Message]:
    """A last answer, and what each of its calls came to: endpoints want every call answered."""
    yield reply.said
    for call in reply.tool_calls:
        yield Message(Role.TOOL, SHOWN if call.name == ANSWER.name else _LOST, call_id=call.id)


def _answered(kept: Kept) -> bool:
    return any(e.get("kind") == "model" and e.get("role") == ROLE and e.get("reply") for e in kept.events())
