"""What is offered at a place: completion items, inline text, and how long it took."""

from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_analysis.source import Span

MOST_ITEMS = 100
MOST_MEMBERS = 300  # after a dot: what a receiver is known to have is listed, however unlikely


class ItemKind(StrEnum):
    """What an item stands for, in the words that editors know."""

    PARAMETER = "parameter"
    VARIABLE = "variable"
    FUNCTION = "function"
    METHOD = "method"
    CLASS = "class"
    MODULE = "module"
    ATTRIBUTE = "attribute"
    KEYWORD = "keyword"
    TEXT = "text"  # seen in code after the same words; no definition was found


@dataclass(frozen=True, slots=True)
class Item:
    """One name that may stand at the place. `score` in 0..1 is its estimated probability; items come best first.

    `source` says where it was found (``local``, ``enclosing``, ``module``, ``import``, ``member``, ``builtin``,
    ``keyword``, ``argument``, ``library``, ``package``, ``override``, ``expected``, ``string``, ``auto-import``, ``codemodel``). `insert_text` replaces the word that is being typed (:attr:`Completion.word`).
    """

    label: str
    kind: ItemKind
    score: float
    source: str
    detail: str = ""  # a signature, or the module it comes from
    insert_text: str = ""
    brings: str = ""  # the import statement that choosing it needs; :func:`import_edits` says where it goes


@dataclass(frozen=True, slots=True)
class Inline:
    """Text for the rest of the line: it replaces the bytes of `replace` (in the document's data).

    `score` in 0..1 is the estimated probability of the whole text; `source` is ``codemodel`` or ``model:NAME``.
    """

    text: str
    replace: Span
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Completion:
    """Everything that is offered at one place. `word` are the bytes of the word under way (empty between words)."""

    inline: tuple[Inline, ...]
    items: tuple[Item, ...]
    milliseconds: float
    word: Span = field(default_factory=lambda: Span(0, 0))
