"""Whole syntactic units of a project as snippets: definitions, their headers, imports, the lines around a place."""

from fixbot_analysis.context.snippet import Offer, Snippet
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import Symbol

_AROUND = 12  # lines before and after a place, where no unit around it fits


class Units:
    """Cuts snippets out of the files of one index, each file read once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._documents: dict[str, Document | None] = {}

    def definition(self, path: str, symbol: Symbol, why: str) -> Offer | None:
        """A definition, and its header for short; None where the file is gone."""
        whole = self.lines(path, symbol.line, symbol.end_line, why)
        return Offer(whole, self.header(path, symbol, why)) if whole else None

    def header(self, path: str, symbol: Symbol, why: str) -> Snippet | None:
        """The lines of a definition before its body, decorators included."""
        document = self._document(path)
        if document is None:
            return None
        before_body = document.line_of(symbol.body.start) if len(symbol.body) else symbol.line
        return self.lines(path, symbol.line, max(symbol.line, before_body), why)

    def around(self, path: str, line: int, why: str, within: Symbol | None = None) -> Snippet | None:
        """Lines around `line` (from 1), none outside the definition `within`."""
        document = self._document(path)
        if document is None:
            return None
        first, last = (within.line, within.end_line) if within else (1, _last_line(document))
        return self.lines(path, max(first, line - _AROUND), min(last, line + _AROUND), why)

    def imports(self, path: str, why: str) -> Snippet | None:
        """The lines from the first to the last import at the top of a file; None where there are none."""
        lines = [each.line for each in self.index.facts(path).imports if not each.scope]
        return self.lines(path, min(lines), max(lines), why) if lines else None

    def lines(self, path: str, first: int, last: int, why: str) -> Snippet | None:
        """Lines `first` to `last` (from 1); None where the file is gone or they are blank."""
        document = self._document(path)
        if document is None:
            return None
        last = min(last, _last_line(document))
        start, end = document.line_span(first - 1).start, document.line_span(last - 1).end
        text = document.data[start:end].decode("utf-8", "replace")
        if not text.strip():
            return None
        return Snippet(path, first, last, text if text.endswith("\n") else text + "\n", why)

    def symbol(self, node: str) -> tuple[str, Symbol] | None:
        """Path and symbol of a definition's node id; None for modules and what is gone."""
        path, _, qualname = node.partition("::")
        if not qualname or not self.index.digest(path):
            return None
        found = next((s for s in self.index.facts(path).symbols if s.qualname == qualname), None)
        return (path, found) if found else None

    def _document(self, path: str) -> Document | None:
        if path not in self._documents:
            try:
                self._documents[path] = self.index.tree.read(path)
            except SourceError:
                self._documents[path] = None
        return self._documents[path]


def _last_line(document: Document) -> int:
    """Number (from 1) of the last line that holds anything."""
    starts = document.line_starts
    return len(starts) - 1 if len(starts) > 1 and starts[-1] == len(document.data) else len(starts)
