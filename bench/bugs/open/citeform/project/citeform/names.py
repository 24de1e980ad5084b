"""Names of authors and editors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Sequence

OTHERS = "others"
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_DOT = re.compile(r"\.(?!-)")


@dataclass(frozen=True)
class Name:
    """One person, or an organisation when only ``family`` is set."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    @property
    def surname(self) -> str:
        """The family name with its particle, as it is cited."""
        return " ".join(part for part in (self.particle, self.family) if part)

    @property
    def initials(self) -> str:
        """Initials of the given names: ``Jean-Paul M.`` gives ``J.-P. M.``"""
        words = []
        for word in _DOT.sub(". ", self.given).split():
            pieces = [piece[0].upper() + "." for piece in word.split("-") if piece.strip(".")]
            if pieces:
                words.append("-".join(pieces))
        return " ".join(words)

    def inverted(self) -> str:
        """``Knuth, D. E.``, with the suffix at the end."""
        parts = [self.surname]
        if self.given:
            parts.append(self.initials)
        if self.suffix:
            parts.append(self.suffix)
        return ", ".join(parts)

    def natural(self) -> str:
        """``D. E. Knuth``, with the suffix after a blank."""
        return " ".join(part for part in (self.initials, self.surname, self.suffix) if part)


def _depths(text: str) -> List[int]:
    """The depth in braces of each character of the text."""
    depths = []
    depth = 0
    for char in text:
        if char == "}":
            depth = max(0, depth - 1)
        depths.append(depth)
        if char == "{":
            depth += 1
    return depths


def split_names(text: str) -> List[str]:
    """Split a list of names at each ``and`` that is not inside braces."""
    depths = _depths(text)
    parts = []
    start = 0
    for match in _AND.finditer(text):
        if depths[match.start()] == 0:
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _is_particle(word: str) -> bool:
    return word[:1].islower()


def _split_particle(words: Sequence[str]) -> List[str]:
    """Part ``de la Fuente`` into ``["de la", "Fuente"]``; the last word is always family."""
    count = 0
    while count < len(words) - 1 and _is_particle(words[count]):
        count += 1
    return [" ".join(words[:count]), " ".join(words[count:])]


def parse_name(text: str) -> Name:
    """Read ``Given von Family``, ``von Family, Given``, ``von Family, Jr., Given`` or ``{Organisation}``."""
    text = " ".join(text.split())
    if not text:
        raise ValueError("empty name")
    if text.startswith("{") and text.endswith("}"):
        return Name(text[1:-1].strip())
    if "," in text:
        parts = [part.strip() for part in text.split(",")]
        particle, family = _split_particle(parts[0].split())
        if len(parts) == 2:
            return Name(family, parts[1], particle)
        return Name(family, " ".join(parts[2:]), particle, parts[1])
    words = text.split()
    cut = len(words) - 1
    for index, word in enumerate(words[:-1]):
        if index > 0 and _is_particle(word):
            cut = index
            break
    particle, family = _split_particle(words[cut:])
    return Name(family, " ".join(words[:cut]), particle)


def parse_names(text: str) -> List[Name]:
    """Read a whole field of names; ``and others`` becomes a name of its own."""
    return [parse_name(part) for part in split_names(text)]


def is_others(name: Name) -> bool:
    return name.family.lower() == OTHERS and not name.given
