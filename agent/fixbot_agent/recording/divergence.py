"""Where a conversation that is gone through again reads otherwise than it did."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.models import Message
from fixbot_agent.models.messages import Role

# What differs from one process to the next and means nothing: addresses in memory, times, names of private folders, marks of fences.
_NOISE = (
    (re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"), "0x…"),
    (re.compile(r"\b\d+\.\d+ ?s(?:ec(?:onds?)?)?\b"), "… s"),
    (re.compile(r"\bfixbot-[A-Za-z0-9_]{6,12}\b"), "fixbot-…"),
    (re.compile(r"(?<=<data-)[0-9a-f]{12}|(?<=</data-)[0-9a-f]{12}"), "…"),
)
_MOST_LINES = 24
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first message that reads otherwise: the `ask` it belongs to, its place there (from 0; -1 for the tools), who says it.

    `was` and `now` are its texts; "" where there is no such message.
    """

    ask: int
    message: int
    role: str
    was: str
    now: str

    @property
    def diff(self) -> str:
        """What differs, in a few lines."""
        lines = difflib.unified_diff(self.was.splitlines(), self.now.splitlines(), "then", "now", lineterm="", n=1)
        kept = [line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…" for line in lines]
        more = [f"… {len(kept) - _MOST_LINES} more lines"] if len(kept) > _MOST_LINES else []
        return "\n".join([*kept[:_MOST_LINES], *more])

    @property
    def about(self) -> str:
        """What kind of text it is, in words."""
        by_role = {
            "tools": "the tools that are offered",
            str(Role.SYSTEM): "the instructions",
            str(Role.USER): "what the model is told",
            str(Role.TOOL): "what a tool said",
            str(Role.ASSISTANT): "what the model said",
        }
        return by_role.get(self.role, "a message")


def first_difference(ask: int, was: Sequence[Message], now: Sequence[Message]) -> Divergence | None:
    """The first message of `now` that does not read as it `was`, noise aside; None when all do."""
    for place in range(max(len(was), len(now))):
        old = was[place] if place < len(was) else None
        new = now[place] if place < len(now) else None
        texts = _text(old), _text(new)
        if (old and old.role) != (new and new.role) or _quiet(texts[0]) != _quiet(texts[1]):
            role = str((new or old or now[-1]).role)
            return Divergence(ask, place, role, *texts)
    return None


def alike(was: Sequence[Message], now: Sequence[Message]) -> bool:
    """Whether `now` is the same conversation as `was`: the same speakers in turn, and the model said the same."""
    return len(was) == len(now) and all(
        a.role is b.role and (a.role is not Role.ASSISTANT or _text(a) == _text(b))
        for a, b in zip(was, now, strict=True)
    )


def _text(message: Message | None) -> str:
    if message is None:
        return ""
    return "\n".join(
        [*([message.text] if message.text else []), *(f"{c.name}({c.arguments})" for c in message.tool_calls)]
    )


def _quiet(text: str) -> str:
    for pattern, instead in _NOISE:
        text = pattern.sub(instead, text)
    return text
