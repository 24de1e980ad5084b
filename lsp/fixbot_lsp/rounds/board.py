"""The diagnostics of each open document: findings that move with the text while it is edited, published with versions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.rounds.diagnostics import as_range, page_of, severity_of, tags_of
from fixbot_lsp.text.documents import Documents, Splice
from fixbot_lsp.text.positions import Encoding, Place, Text
from fixbot_repair.checks import Finding, Severity

# Other servers -> tools of ours that say what they say, too.
_SAID_BY = {
    "ruff": frozenset({"ruff", "compiler"}),
    "mypy": frozenset({"mypy"}),
    **dict.fromkeys(("pyright", "basedpyright", "pylance"), frozenset({"pyright", "basedpyright", "compiler"})),
    **dict.fromkeys(("ty", "pyrefly", "zuban"), frozenset({"compiler"})),
}
_SYNTAX = ("invalid-syntax", "E999")  # what linters call what the compiler says, too
_MOST = 500  # diagnostics of one document


@dataclass(frozen=True, slots=True)
class Related:
    """A place that belongs to a remark: lines from 0."""

    uri: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One remark on the bytes `span` of a document as it is now; `related` are places beside it."""

    span: Span
    severity: Severity
    tool: str
    rule: str
    message: str
    fingerprint: str = ""
    related: tuple[Related, ...] = ()
    test: str = ""  # the id of the test that it tells of

    @classmethod
    def of(cls, finding: Finding, text: Text, related: tuple[Related, ...] = (), test: str = "") -> "Mark":
        """The mark of a finding (lines and columns from 1, in characters) on `text`; an empty range gets a character."""
        start = text.offset(Place(finding.line - 1, finding.column - 1), Encoding.UTF32)
        end = text.offset(Place(finding.end_line - 1, finding.end_column - 1), Encoding.UTF32)
        said = finding.message + (f" (also {', '.join(finding.also)})" if finding.also else "")
        span = Span(start, max(start, end))
        return cls(span, finding.severity, finding.tool, finding.rule, said, finding.fingerprint, related, test)

    def moved(self, splice: Splice) -> "Mark | None":
        """The mark after an edit; None when the edit touched what it marks."""
        if splice.span.start >= self.span.end and splice.span.start > self.span.start:
            return self
        if splice.span.end <= self.span.start:
            by = splice.length - len(splice.span)
            return replace(self, span=Span(self.span.start + by, self.span.end + by))
        return None


class Board:
    """What is marked in each document, by source (``compiler``, ``checks``, ``tests``, ``fix``); `publish` sends it out.

    `beside` names the other servers of a document: what those show is not shown. `told` hears of every change of a document's marks;
    while `pulls` the client asks for them itself, and nothing is published.
    """

    def __init__(self, documents: Documents, publish: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        self._documents, self._publish = documents, publish
        self._marks: dict[str, dict[str, tuple[Mark, ...]]] = {}
        self._closed: dict[str, Text] = {}  # texts of documents that are not open
        self.beside: Callable[[str], Iterable[str]] = lambda _: ()
        self.told: Callable[[str], None] = lambda _: None
        self.pulls = False

    @property
    def marked(self) -> tuple[str, ...]:
        """URIs of the documents that something was said about."""
        return tuple(self._marks)

    def shown(self, uri: str) -> list[types.Diagnostic]:
        """What the client is to show of a document."""
        text = self._text(uri)
        if text is None:
            return []
        encoding = self._documents.encoding
        return [as_diagnostic(m, text, encoding) for m in self.marks(uri)[:_MOST]]

    def marks(self, uri: str, source: str = "") -> tuple[Mark, ...]:
        """The remarks on a document that are shown, of one source or of all; the same said twice of a line stands once."""
        others = frozenset[str]().union(*(_SAID_BY.get(name.lower(), frozenset()) for name in self.beside(uri)))
        by_source = self._marks.get(uri, {})
        broken = bool(by_source.get("compiler"))
        found: dict[tuple[Span, str], Mark] = {}
        for name, marks in by_source.items():
            for mark in marks if source in ("", name) else ():
                if mark.tool in others or (broken and name == "checks" and mark.rule in _SYNTAX):
                    continue
                found.setdefault((mark.span, mark.message), mark)
        return tuple(found.values())

    def around(self, uri: str, first: int, last: int, source: str = "") -> tuple[Mark, ...]:
        """The remarks that touch the lines `first` to `last` (from 0) of a document."""
        text = self._text(uri)
        if text is None:
            return ()
        starts = text.starts
        begin = starts[min(first, len(starts) - 1)]
        end = starts[last + 1] - 1 if last + 1 < len(starts) else len(text.data)
        return tuple(m for m in self.marks(uri, source) if m.span.start <= end and m.span.end >= begin)

    def put(self, uri: str, source: str, marks: Iterable[Mark], closed: Text | None = None) -> None:
        """Effect: replace what `source` says about a document, and publish.

        One that is not open is left alone unless `closed`, its text on disk, is given.
        """
        document = self._documents.get(uri)
        if document is None and closed is None:
            return
        self._marks.setdefault(uri, {})[source] = tuple(marks)
        if document is None and closed is not None:
            self._closed[uri] = closed
        self._send(uri)

    def withdraw(self, uri: str, source: str) -> None:
        """Effect: take back what `source` says about a document, if it says anything."""
        if self._marks.get(uri, {}).get(source):
            self.put(uri, source, [])

    def move(self, uri: str, splices: Iterable[Splice]) -> None:
        """Move the marks of a document as its text moved; nothing is published, the editor moves its own meanwhile."""
        by_source = self._marks.get(uri, {})
        for splice in splices:
            for source, marks in by_source.items():
                by_source[source] = tuple(m for mark in marks if (m := mark.moved(splice)))

    def clear(self, uri: str) -> None:
        """Effect: forget a document and take its diagnostics away."""
        self._marks.pop(uri, None)
        self._closed.pop(uri, None)
        self._send(uri)

    def _send(self, uri: str) -> None:
        if not self.pulls:
            document = self._documents.get(uri)
            version = document.version if document is not None else None
            self._publish(types.PublishDiagnosticsParams(uri, self.shown(uri), version))
        self.told(uri)

    def _text(self, uri: str) -> Text | None:
        document = self._documents.get(uri)
        return document.text if document is not None else self._closed.get(uri)


def as_diagnostic(mark: Mark, text: Text, encoding: Encoding) -> types.Diagnostic:
    """The protocol's shape of a mark."""
    page = page_of(mark.tool, mark.rule)
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(r.uri, types.Range(types.Position(r.line, 0), types.Position(r.line, 0))), r.message
        )
        for r in mark.related
    ]
    return types.Diagnostic(
        range=as_range(mark.span, text, encoding),
        message=mark.message,
        severity=severity_of(mark.severity),
        code=mark.rule or None,
        code_description=types.CodeDescription(page) if page else None,
        source=f"fixbot {mark.tool}".strip(),
        tags=tags_of(mark.tool, mark.rule) or None,
        related_information=related or None,
        data={"fingerprint": mark.fingerprint} if mark.fingerprint else None,
    )


__all__ = ["Board", "Mark", "Related", "as_diagnostic", "as_range"]
