"""Whole syntactic units of a project as ranges of lines: definitions, headers, first paragraphs of docstrings, imports.

Where a header ends is read from the text, so that a unit of a file costs no decoding of that file's facts.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple
from weakref import WeakKeyDictionary

from fixbot_analysis.context.snippet import CHARACTERS_PER_TOKEN, tokens_in
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import Node
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import SymbolKind

_KEPT = 16 << 20  # bytes of files at hand
_LONGEST_HEADER, _LONGEST_STATEMENT = 60, 500  # lines
_LONGEST_PARAGRAPH = 20  # lines of a docstring
_READ_UPWARDS = 200  # lines at a time
_NO_LINE = 1 << 30  # behind every line
_STRING_OR_COMMENT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#.*|//.*")
_DEFINES = re.compile(r"\s*(?:async\s+)?(?:def|class)\b")
_IMPORTS = re.compile(r"\s*(?:from|import)\b")
_QUOTES = re.compile(r"\s*[rRuUbB]{0,2}(?P<quotes>\"\"\"|'''|\"|')(?P<said>.*)")


class Lines(NamedTuple):
    """Lines `first` to `last` (from 1, both in) of the file at `path`."""

    path: str
    first: int
    last: int


class Page:
    """One file's text, with where the parts of its definitions end (remembered by line)."""

    def __init__(self, document: Document) -> None:
        self._data = document.data
        lengths = map(len, document.data.split(b"\n")[:-1])
        self._starts = [0, *accumulate(map((1).__add__, lengths))]
        self._ascii = document.data.isascii()
        self.is_python = document.path.endswith(".py")
        self._names: dict[int, int] = {}
        self._headers: dict[int, int] = {}
        self._described: dict[int, int] = {}

    @property
    def size(self) -> int:
        """Bytes of its text."""
        return len(self._data)

    @property
    def last_line(self) -> int:
        """Number (from 1) of the last line that holds anything; 0 for an empty file."""
        starts = self._starts
        return len(starts) - 1 if starts[-1] == len(self._data) else len(starts)

    @property
    def line_count(self) -> int:
        """How many lines there are, with the empty one that a final line end begins."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """Text of a line (from 1)."""
        return self._bytes(number, number).decode("utf-8", "replace").rstrip("\r\n")

    def text(self, first: int, last: int) -> str:
        """Text of lines with a final line end; ``""`` where there are none."""
        text = self._bytes(first, last).decode("utf-8", "replace")
        return text if text.endswith("\n") or not text else text + "\n"

    def upwards(self, number: int) -> Iterator[str]:
        """Texts of the lines from `number` (from 1) up to the first; a carriage return before a line's end is part of it."""
        while number >= 1:
            first = max(1, number - _READ_UPWARDS + 1)
            rows = self._bytes(first, number).decode("utf-8", "replace").split("\n")
            yield from reversed(rows[: number - first + 1])
            number = first - 1

    def tokens(self, first: int, last: int) -> int:
        """Estimated tokens of :meth:`text`."""
        if self._ascii and first >= 1 and last < len(self._starts):
            return -(-(self._starts[last] - self._starts[first - 1]) // CHARACTERS_PER_TOKEN)
        return tokens_in(self.text(first, last))

    def name_line(self, first: int, last: int) -> int:
        """The line that names the definition in these lines, decorators left out."""
        if first not in self._names:
            lines = range(first, min(last, first + _LONGEST_HEADER) + 1) if self.is_python else ()
            self._names[first] = next((n for n in lines if _DEFINES.match(self.line(n))), first)
        return self._names[first]

    def header_end(self, first: int, last: int) -> int:
        """The last line before the body of the definition in these lines."""
        if first not in self._headers:
            self._headers[first] = self._find_header_end(first, last)
        return self._headers[first]

    def described_end(self, first: int, last: int) -> int:
        """The last line of the docstring's first paragraph; where there is none, or none so short, that of the header."""
        if first not in self._described:
            end = self.header_end(first, last)
            self._described[first] = self._paragraph_end(end + 1, last) if end < last else end
        return self._described[first]

    def _paragraph_end(self, first: int, last: int) -> int:
        """The last line of the paragraph that a docstring at line `first` begins with; the line before it where none fits."""
        opened = _QUOTES.match(self.line(first))
        if opened is None:
            return first - 1
        quotes, said = opened["quotes"], opened["said"].strip()
        if quotes in said or len(quotes) == 1:
            return first
        for number in range(first + 1, min(last, first + _LONGEST_PARAGRAPH) + 1):
            text = self.line(number).strip()
            if quotes in text:
                return number
            if said and not text:
                return number - 1
            said = said or text
        return first - 1

    def import_start(self, line: int) -> int:
        """The first line of the import of a name at `line`: in brackets a name stands below it."""
        above = range(line, max(0, line - _LONGEST_STATEMENT), -1)
        return next((n for n in above if _IMPORTS.match(self.line(n))), line)

    def statement_end(self, first: int) -> int:
        """The last line of the statement at line `first`, which may hold open brackets and continued lines."""
        depth = 0
        for number in range(first, min(self.last_line, first + _LONGEST_STATEMENT) + 1):
            bare = _STRING_OR_COMMENT.sub("", self.line(number))
            depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
            if depth <= 0 and not bare.endswith("\\"):
                return number
        return first

    def _find_header_end(self, first: int, last: int) -> int:
        start, depth = self.name_line(first, last), 0
        ends = ":" if self.is_python else "{;"
        for number in range(start, min(last, start + _LONGEST_HEADER) + 1):
            bare = _STRING_OR_COMMENT.sub("", self.line(number))
            depth += bare.count("(") + bare.count("[") - bare.count(")") - bare.count("]")
            if depth <= 0 and any(end in bare for end in ends):
                return number
        return start

    def _bytes(self, first: int, last: int) -> bytes:
        starts = self._starts
        if not 1 <= first <= len(starts):
            return b""
        return self._data[starts[first - 1] : starts[last] if last < len(starts) else len(self._data)]


class _Shelf:
    """Pages by path and content, those used last."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, str], Page] = OrderedDict()
        self._size = 0

    def get(self, path: str, content: str) -> Page | None:
        page = self._pages.get((path, content))
        if page is not None:
            self._pages.move_to_end((path, content))
        return page

    def put(self, path: str, content: str, page: Page) -> None:
        self._pages[path, content] = page
        self._size += page.size
        while self._size > _KEPT and len(self._pages) > 1:
            _, dropped = self._pages.popitem(last=False)
            self._size -= dropped.size


class Units:
    """Finds and reads the units of one index, which must not change meanwhile."""

    def __init__(self, index: Index) -> None:
        self.index = index
        shelf = _shelves.get(index)
        if shelf is None:
            shelf = _shelves[index] = _Shelf()
        self._shelf = shelf
        self._pages: dict[str, Page] = {}

    def page(self, path: str) -> Page:
        """Effect: the file at `path` as it is now; an empty page where it is gone."""
        page = self._pages.get(path)
        if page is None:
            page = self._pages[path] = self._page(path)
        return page

    def text(self, lines: Lines) -> str:
        """Effect: the text of `lines` with a final line end; ``""`` where the file is gone."""
        return self.page(lines.path).text(lines.first, lines.last)

    def tokens(self, lines: Lines) -> int:
        """Effect: estimated tokens of `lines`."""
        return self.page(lines.path).tokens(lines.first, lines.last)

    def whole(self, node: Node) -> Lines:
        """A definition with its decorators."""
        return Lines(node.path, node.line, max(node.line, min(node.end_line, self.page(node.path).last_line)))

    def name_line(self, node: Node) -> Lines:
        """The line that names a definition, decorators left out."""
        line = self.page(node.path).name_line(node.line, node.end_line)
        return Lines(node.path, line, line)

    def signature(self, node: Node) -> Lines:
        """The header of a definition, decorators left out."""
        page = self.page(node.path)
        end = page.header_end(node.line, node.end_line)
        return Lines(node.path, min(page.name_line(node.line, node.end_line), end), end)

    def header(self, node: Node) -> Lines:
        """The lines of a definition before its body, decorators included."""
        return Lines(node.path, node.line, self.page(node.path).header_end(node.line, node.end_line))

    def described(self, node: Node) -> Lines:
        """The header and the docstring's first paragraph, which says what the definition is for."""
        return Lines(node.path, node.line, self.page(node.path).described_end(node.line, node.end_line))

    def imports(self, path: str) -> Lines | None:
        """From the first to the last import above the first definition of a file; None where there are none."""
        facts = self.index.facts(path)
        body = next((s.line for s in facts.symbols[1:] if s.kind is not SymbolKind.VARIABLE), _NO_LINE)
        lines = [each.line for each in facts.imports if not each.scope and each.line < body]
        if not lines:
            return None
        page = self.page(path)
        return Lines(path, page.import_start(min(lines)), page.statement_end(page.import_start(max(lines))))

    def _page(self, path: str) -> Page:
        content = self.index.digest(path)
        page = self._shelf.get(path, content) if content else None
        if page is None:
            try:
                page = Page(self.index.tree.read(path))
            except SourceError:  # gone since it was indexed
                return Page(Document(path, b""))
            if content:  # what is not indexed may change unseen
                self._shelf.put(path, content, page)
        return page


_shelves: WeakKeyDictionary[Index, _Shelf] = WeakKeyDictionary()
