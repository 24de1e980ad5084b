"""What is cleaned and what comes of it: a raw suggestion at a cursor, and the text to show or why none is shown."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_analysis.source import Span
from fixbot_analysis.syntax import SyntaxTree


class Reason(StrEnum):
    """Why a suggestion is not shown; the words that statistics count."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    CHARACTERS = "unprintable characters"
    CHAT = "chat"
    SUFFIX = "says what follows"
    REPETITION = "repetition"
    BRACKETS = "brackets"
    SYNTAX = "syntax"
    NAMES = "unknown name"
    MEMBERS = "unknown member"
    INSECURE = "insecure"


@dataclass(frozen=True, slots=True)
class Draft:
    """A raw suggestion `text` for the byte `offset` of the document `data` (UTF-8), in a language of the registry.

    `block`: several lines may be shown, else one statement. `names` gives the names in scope (Python), `members` all members of a receiver
    as written where its class is wholly known, else None; without them nothing is refused for its names. `context` is what the model was
    given beside the file. `tree` is that of `data`, where the caller has it parsed.
    """

    path: str
    data: bytes
    offset: int
    text: str
    language: str = "python"
    block: bool = False
    names: Callable[[], Collection[str]] | None = None
    members: Callable[[str], Collection[str] | None] | None = None
    context: str = ""
    tree: SyntaxTree | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What came of a :class:`Draft`: `text` replaces the bytes of `replace`, or is None and `reason` says why.

    `step` is the step that refused; `changed` are the steps that changed the text, in order; `notes` are for the user (a pattern that was
    repaired), and `detail` says what was refused (an unknown name, the id of an insecure pattern).
    """

    text: str | None
    replace: Span
    reason: Reason | None = None
    step: str = ""
    detail: str = ""
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A step's verdict that nothing can be shown."""

    reason: Reason
    detail: str = ""
