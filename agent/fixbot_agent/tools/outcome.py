"""What a tool gives back."""

from dataclasses import dataclass, field
from enum import StrEnum


class End(StrEnum):
    """How a model ends its work."""

    FINISHED = "finished"
    GAVE_UP = "gave up"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model is told. `ok` is False when the call was refused; `end` is set by the tools that end the work.

    `said` is what the model said to that end; `people` are lines for people on what came; `seconds` is what the call took.
    """

    text: str
    ok: bool = True
    end: End | None = None
    said: str = ""
    people: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)


class Refused(Exception):
    """Raised inside this package when a call cannot be done; the model reads the text."""


def clip(text: str, limit: int) -> str:
    """Return `text` within `limit` characters: its head and its tail, with the number of characters left out between."""
    if len(text) <= limit:
        return text
    head, tail = limit // 3, limit - limit // 3
    return f"{text[:head]}\n… {len(text) - limit} characters left out …\n{text[-tail:]}"
