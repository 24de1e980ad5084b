"""One entry of a bibliography and the values derived from its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, List, Optional

from .names import Name, is_others, parse_names

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DASH = re.compile(r"\s*(?:-{1,3}|\u2013|\u2014)\s*")


@dataclass(frozen=True)
class PageRange:
    """First and last page as they are printed; ``last`` is empty for a single page."""

    first: str
    last: str = ""

    def format(self, dash: str = "\u2013") -> str:
        if not self.last or self.last == self.first:
            return self.first
        return self.first + dash + self.last


def parse_pages(text: str) -> Optional[PageRange]:
    """Read ``97-111``, ``97--111``, ``1023-7`` (for 1023-1027), ``e12`` or ``iv-x``."""
    text = text.strip()
    if not text:
        return None
    parts = _DASH.split(text, maxsplit=1)
    if len(parts) == 1 or not parts[0]:
        return PageRange(text)
    first, last = parts
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return PageRange(first, last)


@dataclass
class Entry:
    """An entry: what it is, its key and its fields (names in lower case)."""

    kind: str
    key: str
    fields: Dict[str, str] = field(default_factory=dict)
    line: int = 0

    def get(self, name: str, default: str = "") -> str:
        return self.fields.get(name.lower(), default)

    def _people(self, name: str) -> List[Name]:
        return parse_names(self.get(name))

    @property
    def authors(self) -> List[Name]:
        """The authors that are named, without ``others``."""
        return [name for name in self._people("author") if not is_others(name)]

    @property
    def editors(self) -> List[Name]:
        return [name for name in self._people("editor") if not is_others(name)]

    @property
    def creators(self) -> List[Name]:
        """Who the entry is listed under: its authors, else its editors."""
        return self.authors or self.editors

    @property
    def open_ended(self) -> bool:
        """Whether the list of creators ends in ``others``."""
        people = self._people("author") or self._people("editor")
        return bool(people) and is_others(people[-1])

    @property
    def year(self) -> Optional[int]:
        """The year, from ``year`` or from the first four digits of ``date``."""
        for name in ("year", "date"):
            match = _YEAR.search(self.get(name))
            if match:
                return int(match.group())
        return None

    @property
    def title(self) -> str:
        return self.get("title")

    @property
    def pages(self) -> Optional[PageRange]:
        return parse_pages(self.get("pages"))
