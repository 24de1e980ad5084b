"""Whole syntactic units of a project as ranges of lines: definitions, headers, first lines of docstrings, imports.

Where a header ends is read from the text, so that a unit of a file costs no decoding of that file's facts.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from fixbot_analysis.context.snippet import tokens_in
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import Node
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document

_KEPT = 256  # documents at hand
_LONGEST_HEADER = 60  # lines
_STRING_OR_COMMENT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#.*|//.*")
_DEFINES = re.compile(r"\s*(?:async\s+)?(?:def|class)\b")
_QUOTES = re.compile(r"\s*[rRuUbB]{0,2}(\"\"\"|'''|\"|')(.*)")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines `first` to `last` (from 1, both in) of the file at `path`."""

    path: str
    first: int
    last: int


class Units:
    """Finds and reads the units of one index; a file is read again when its content changed."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._documents = _read.setdefault(index, OrderedDict())

    def document(self, path: str) -> Document | None:
        """Effect: the file at `path` as it is now; None where it is gone."""
        key = (path, self.index.digest(path))
        if key in self._documents:
            self._documents.move_to_end(key)
            return self._documents[key]
        try:
            document = self.index.tree.read(path)
        except SourceError:
            document = None
        self._documents[key] = document
        if len(self._documents) > _KEPT:
            self._documents.popitem(last=False)
        return document

    def text(self, lines: Lines) -> str:
        """Effect: the text of `lines` with a final line end; ``""`` where the file is gone."""
        document = self.document(lines.path)
        if document is None:
            return ""
        start, end = document.line_span(lines.first - 1).start, document.line_span(lines.last - 1).end
        text = document.data[start:end].decode("utf-8", "replace")
        return text if text.endswith("\n") or not text else text + "\n"

    def tokens(self, lines: Lines) -> int:
        """Effect: estimated tokens of `lines`."""
        return tokens_in(self.text(lines))

    def last_line(self, path: str) -> int:
        """Number (from 1) of the last line that holds anything; 0 for an empty file."""
        document = self.document(path)
        if document is None or not document.data:
            return 0
        starts = document.line_starts
        return len(starts) - 1 if len(starts) > 1 and starts[-1] == len(document.data) else len(starts)

    def whole(self, node: Node) -> Lines:
        """A definition with its decorators."""
        return Lines(node.path, node.line, max(node.line, min(node.end_line, self.last_line(node.path))))

    def name_line(self, node: Node) -> Lines:
        """The line that names a definition, decorators left out."""
        line = self._name_line(node)
        return Lines(node.path, line, line)

    def header(self, node: Node) -> Lines:
        """The lines of a definition before its body, decorators included."""
        return Lines(node.path, node.line, self._header_end(node))

    def described(self, node: Node) -> Lines:
        """The header and the line of the docstring that says what the definition is for."""
        document, end = self.document(node.path), self._header_end(node)
        if document is None:
            return Lines(node.path, node.line, end)
        for line in range(end + 1, min(end + 3, node.end_line) + 1):
            opened = _QUOTES.match(document.line_text(line - 1)) if line == end + 1 else None
            if line == end + 1 and opened is None:
                break
            if opened is None or opened[2].strip():
                return Lines(node.path, node.line, line)
        return Lines(node.path, node.line, end)

    def imports(self, path: str) -> Lines | None:
        """From the first to the last import at the top of a file; None where there are none."""
        lines = [each.line for each in self.index.facts(path).imports if not each.scope]
        return Lines(path, min(lines), min(max(lines), self.last_line(path))) if lines else None

    def _name_line(self, node: Node) -> int:
        document = self.document(node.path)
        if document is None or not node.path.endswith(".py"):
            return node.line
        last = min(node.end_line, node.line + _LONGEST_HEADER)
        lines = (n for n in range(node.line, last + 1) if _DEFINES.match(document.line_text(n - 1)))
        return next(lines, node.line)

    def _header_end(self, node: Node) -> int:
        document = self.document(node.path)
        if document is None:
            return node.line
        first, open_brackets = self._name_line(node), 0
        ends = ":" if node.path.endswith(".py") else "{;"
        for line in range(first, min(node.end_line, first + _LONGEST_HEADER) + 1):
            bare = _STRING_OR_COMMENT.sub("", document.line_text(line - 1))
            open_brackets += sum(map(bare.count, "([")) - sum(map(bare.count, ")]"))
            if open_brackets <= 0 and any(end in bare for end in ends):
                return line
        return first


_read: WeakKeyDictionary[Index, OrderedDict[tuple[str, str], Document | None]] = WeakKeyDictionary()
