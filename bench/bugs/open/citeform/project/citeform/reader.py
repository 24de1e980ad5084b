"""Read the text format.

An entry starts with ``@kind key``; each line after it is ``name: value``.  A
line that starts with a blank goes on with the value before it, ``#`` at the
start of a line makes a comment, and ``%name = text`` defines an abbreviation
that later values may use as ``$name``.
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, Optional, Union

from .entry import Entry
from .library import CiteError, Library

ALIASES = {
    "authors": "author",
    "editors": "editor",
    "page": "pages",
    "link": "url",
    "journaltitle": "journal",
    "issue": "number",
}
_HEAD = re.compile(r"@(\w+)\s+(\S+)\s*$")
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)$")
_DEFINE = re.compile(r"%(\w+)\s*=\s*(.*)$")
_USE = re.compile(r"\$(\w+)")


class ParseError(CiteError):
    """The text of a bibliography cannot be read."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__("line %d: %s" % (line, message))
        self.line = line


class _Reader:
    def __init__(self) -> None:
        self.entries: List[Entry] = []
        self.abbreviations: Dict[str, str] = {}
        self.current: Optional[Entry] = None
        self.last: Optional[str] = None

    def expand(self, value: str) -> str:
        """Replace each known abbreviation; an unknown one stays as it is."""
        return _USE.sub(lambda match: self.abbreviations.get(match.group(1), match.group()), value)

    def feed(self, line: str, number: int) -> None:
        stripped = line.strip()
        if not stripped or line.startswith("#"):
            return
        if line[0] in " \t":
            self.go_on(stripped, number)
        elif line.startswith("@"):
            self.start(line, number)
        elif line.startswith("%"):
            self.define(line, number)
        else:
            self.add_field(line, number)

    def start(self, line: str, number: int) -> None:
        match = _HEAD.match(line)
        if match is None:
            raise ParseError("an entry starts with '@kind key'", number)
        self.current = Entry(match.group(1).lower(), match.group(2), {}, number)
        self.last = None
        self.entries.append(self.current)

    def define(self, line: str, number: int) -> None:
        match = _DEFINE.match(line)
        if match is None:
            raise ParseError("an abbreviation is '%name = text'", number)
        self.abbreviations[match.group(1)] = match.group(2).strip()

    def add_field(self, line: str, number: int) -> None:
        match = _FIELD.match(line)
        if match is None:
            raise ParseError("expected 'name: value'", number)
        if self.current is None:
            raise ParseError("a field before the first entry", number)
        name = match.group(1).lower()
        name = ALIASES.get(name, name)
        value = self.expand(match.group(2).strip())
        fields = self.current.fields
        if name in fields and name in ("author", "editor"):
            value = fields[name] + " and " + value
        elif name in fields:
            raise ParseError("field %r is given twice" % name, number)
        fields[name] = value
        self.last = name

    def go_on(self, text: str, number: int) -> None:
        if self.current is None or self.last is None:
            raise ParseError("nothing to go on with", number)
        fields = self.current.fields
        fields[self.last] = (fields[self.last] + " " + self.expand(text)).strip()


def loads(text: str) -> Library:
    """Read a bibliography from text."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        reader.feed(line.rstrip("\r"), number)
    return Library(reader.entries)


def load(path: Union[str, "os.PathLike[str]"]) -> Library:
    """Read a bibliography from a file in UTF-8, with or without a mark at its start."""
    with open(path, encoding="utf-8-sig") as stream:
        return loads(stream.read())
