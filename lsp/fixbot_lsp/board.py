"""The diagnostics of each open document: findings that move with the text while it is edited, published with versions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.documents import Documents, Splice
from fixbot_lsp.positions import Encoding, Place, Text
from fixbot_repair.checks import Finding, Severity

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_MOST = 500  # diagnostics of one document


@dataclass(frozen=True, slots=True)
class Mark:
    """One remark on the bytes `span` of a document as it is now."""

    span: Span
    severity: Severity
    tool: str
    rule: str
    message: str

    @classmethod
    def of(cls, finding: Finding, text: Text) -> "Mark":
        """The mark of a finding (lines and columns from 1, in characters) on `text`; an empty range gets a character."""
        start = text.offset(Place(finding.line - 1, finding.column - 1), Encoding.UTF32)
        end = text.offset(Place(finding.end_line - 1, finding.end_column - 1), Encoding.UTF32)
        return cls(Span(start, max(start, end)), finding.severity, finding.tool, finding.rule, finding.message)

    def moved(self, splice: Splice) -> "Mark | None":
        """The mark after an edit; None when the edit touched what it marks."""
        if splice.span.start >= self.span.end and splice.span.start > self.span.start:
            return self
        if splice.span.end <= self.span.start:
            by = splice.length - len(splice.span)
            return replace(self, span=Span(self.span.start + by, self.span.end + by))
        return None


class Board:
    """What is marked in each document, by source (``compiler``, ``checks``, ``fix``); `publish` sends it out."""

    def __init__(self, documents: Documents, publish: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        self._documents, self._publish = documents, publish
        self._marks: dict[str, dict[str, tuple[Mark, ...]]] = {}

    def put(self, uri: str, source: str, marks: Iterable[Mark], closed: Text | None = None) -> None:
        """Effect: replace what `source` says about a document, and publish.

        One that is not open is left alone unless `closed`, its text on disk, is given.
        """
        document = self._documents.get(uri)
        if document is None and closed is None:
            return
        self._marks.setdefault(uri, {})[source] = tuple(marks)
        if document is not None:
            self._send(uri, document.text, document.version)
        else:
            self._send(uri, closed, None)

    def move(self, uri: str, splices: Iterable[Splice]) -> None:
        """Move the marks of a document as its text moved; nothing is published, the editor moves its own meanwhile."""
        by_source = self._marks.get(uri, {})
        for splice in splices:
            for source, marks in by_source.items():
                by_source[source] = tuple(m for mark in marks if (m := mark.moved(splice)))

    def clear(self, uri: str) -> None:
        """Effect: forget a document and take its diagnostics away."""
        self._marks.pop(uri, None)
        self._publish(types.PublishDiagnosticsParams(uri, []))

    def _send(self, uri: str, text: Text | None, version: int | None) -> None:
        marks = [mark for found in self._marks.get(uri, {}).values() for mark in found]
        shown = [as_diagnostic(m, text, self._documents.encoding) for m in marks[:_MOST]] if text else []
        self._publish(types.PublishDiagnosticsParams(uri, shown, version))


def as_diagnostic(mark: Mark, text: Text, encoding: Encoding) -> types.Diagnostic:
    """The protocol's shape of a mark."""
    return types.Diagnostic(
        range=as_range(mark.span, text, encoding),
        message=mark.message,
        severity=_SEVERITIES[mark.severity],
        code=mark.rule or None,
        source=f"fixbot {mark.tool}".strip(),
    )


def as_range(span: Span, text: Text, encoding: Encoding) -> types.Range:
    """The protocol's shape of a span of bytes."""
    start, end = text.place(span.start, encoding), text.place(span.end, encoding)
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))
