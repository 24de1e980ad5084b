"""Header fields: an ordered multi-mapping, and the value syntax that many fields share."""
from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Union

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FORBIDDEN = re.compile(r"[\r\n\0]")
_LINE_END = re.compile(r"\r?\n")

Pairs = Iterable[Tuple[str, str]]


class HeaderError(ValueError):
    """A header field that must not be sent or cannot be read."""


class Headers:
    """Header fields in the order in which they were added; names ignore case."""

    def __init__(self, items: Optional[Union[Mapping[str, str], Pairs]] = None) -> None:
        self._items: List[Tuple[str, str]] = []
        if items is None:
            return
        pairs = items.items() if isinstance(items, Mapping) else items
        for name, value in pairs:
            self.add(name, value)

    @classmethod
    def parse(cls, raw: bytes) -> "Headers":
        """Read a header block up to its empty line; bytes are taken as latin-1.

        A line that starts with a space or a tab continues the line before it.
        """
        headers = cls()
        for line in _LINE_END.split(raw.decode("latin-1")):
            if not line:
                break
            if line[0] in " \t":
                if not headers._items:
                    raise HeaderError("continuation without a field")
                name, value = headers._items.pop()
                headers.add(name, value + " " + line.strip(" \t"))
                continue
            name, colon, value = line.partition(":")
            if not colon:
                raise HeaderError("no colon in header line: %r" % line)
            headers.add(name, value)
        return headers

    def add(self, name: str, value: str) -> None:
        """Add a field, next to others of the same name."""
        if not _TOKEN.fullmatch(name):
            raise HeaderError("bad field name: %r" % name)
        if _FORBIDDEN.search(value):
            raise HeaderError("bad character in the value of %s" % name)
        self._items.append((name, value.strip(" \t")))

    def set(self, name: str, value: str) -> None:
        """Replace every field of this name by one, at the place of the first."""
        lowered = name.lower()
        place = next((i for i, (n, _) in enumerate(self._items) if n.lower() == lowered), None)
        self.add(name, value)
        if place is None:
            return
        new = self._items.pop()
        rest = [item for item in self._items[place:] if item[0].lower() != lowered]
        self._items[place:] = [new] + rest

    def remove(self, name: str) -> None:
        lowered = name.lower()
        self._items = [item for item in self._items if item[0].lower() != lowered]

    def get(self, name: str, default: Optional[str] = None) -> Optional[str]:
        """The first value of this name."""
        lowered = name.lower()
        for other, value in self._items:
            if other.lower() == lowered:
                return value
        return default

    def get_all(self, name: str) -> List[str]:
        lowered = name.lower()
        return [value for other, value in self._items if other.lower() == lowered]

    def get_list(self, name: str) -> List[str]:
        """The members of a comma separated field, over all its lines."""
        return [part for value in self.get_all(name) for part in split_quoted(value, ",")]

    def copy(self) -> "Headers":
        return Headers(self._items)

    def to_bytes(self) -> bytes:
        """The header block with its closing empty line."""
        lines = ["%s: %s\r\n" % item for item in self._items]
        return ("".join(lines) + "\r\n").encode("latin-1")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[Tuple[str, str]]:
        return iter(list(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Headers):
            return NotImplemented
        return [(n.lower(), v) for n, v in self] == [(n.lower(), v) for n, v in other]


def split_quoted(value: str, separator: str) -> List[str]:
    """Split at a separator that stands outside of quotes; empty parts are dropped."""
    parts: List[str] = []
    start = 0
    quoted = escaped = False
    for position, char in enumerate(value):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            parts.append(value[start:position].strip())
            start = position + 1
    parts.append(value[start:].strip())
    return [part for part in parts if part]


def unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def parse_options(value: str) -> Tuple[str, Dict[str, str]]:
    """``text/html; charset="utf-8"`` as its main part and its parameters."""
    parts = split_quoted(value, ";")
    if not parts:
        return "", {}
    main, rest = parts[0], parts[1:]
    if value.lstrip().startswith(";"):
        main, rest = "", parts
    options: Dict[str, str] = {}
    for part in rest:
        key, _, text = part.partition("=")
        options.setdefault(key.strip().lower(), unquote(text.strip()))
    return main, options


def format_date(moment: datetime) -> str:
    """An HTTP date, always in GMT; a moment without a time zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return format_datetime(moment.astimezone(timezone.utc), usegmt=True)


def parse_date(value: str) -> Optional[datetime]:
    """The moment in UTC, or None where the text is no date."""
    try:
        moment = parsedate_to_datetime(value)
    except (IndexError, TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)
