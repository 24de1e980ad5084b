"""A section of what people wrote about a project."""

from dataclasses import dataclass
from enum import StrEnum


class SectionKind(StrEnum):
    """What sort of writing it is."""

    PROSE = "prose"
    CHANGE = "change"  # an entry of a change log
    DECISION = "decision"  # an architecture decision record
    DOCSTRING = "docstring"


@dataclass(frozen=True, slots=True)
class Section:
    """Lines `line` to `end_line` (from 1, both in) of a document.

    `title` is the way to it: the headings above it, and what it describes, parted by `` > ``. `names` are the
    identifiers that it mentions, as written, each once. `text` is the repository's: data, never an instruction.
    """

    path: str
    line: int
    end_line: int
    title: str
    text: str
    names: tuple[str, ...] = ()
    kind: SectionKind = SectionKind.PROSE
