"""The open documents: their text kept in step with the editor, and where each lies in the project."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fixbot_analysis.source import Document, Span
from fixbot_lsp.positions import Encoding, Place, Text

LARGEST = 2 << 20  # bytes of a document that is worked on; a larger one is neither kept nor looked at


@dataclass(frozen=True, slots=True)
class Change:
    """One edit as the client sent it; without places, `text` is the whole new document."""

    text: str
    start: Place | None = None
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Splice:
    """One edit in bytes: `span` of the text before was replaced by `length` bytes."""

    span: Span
    length: int


@dataclass(slots=True)
class OpenDocument:
    """A document that the editor shows. `path` is POSIX and relative to the root, None for one outside of it.

    `text` is None while the document is larger than :data:`LARGEST`.
    """

    uri: str
    path: str | None
    version: int
    language: str
    text: Text | None

    def source(self) -> Document:
        """The document as the lower floors know it."""
        return Document(self.path or self.uri, self.text.data if self.text else b"")


class Documents:
    """All open documents, by URI as the client writes it."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self.root: Path | None = None
        self._open: dict[str, OpenDocument] = {}

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> OpenDocument | None:
        """The open document of `uri`."""
        return self._open.get(uri)

    def at(self, path: str) -> OpenDocument | None:
        """The open document of the project's file `path`."""
        return next((d for d in self._open.values() if d.path == path), None)

    def open(self, uri: str, version: int, language: str, text: str) -> OpenDocument:
        """Take a document over from the disk."""
        document = OpenDocument(uri, path_below(self.root, uri), version, language, _within(Text.of(text)))
        self._open[uri] = document
        return document

    def close(self, uri: str) -> OpenDocument | None:
        """Give a document back to the disk; returns it."""
        return self._open.pop(uri, None)

    def change(self, uri: str, version: int, changes: Sequence[Change]) -> tuple[Splice, ...]:
        """Apply `changes` in order; a change to a document that is not open, or too large, says nothing."""
        document = self._open.get(uri)
        if document is None:
            return ()
        document.version = version
        return tuple(splice for change in changes if (splice := self._apply(document, change)))

    def _apply(self, document: OpenDocument, change: Change) -> Splice | None:
        before = document.text
        if change.start is None or change.end is None:
            document.text = _within(Text.of(change.text))
            return Splice(Span(0, len(before.data)), len(document.text.data)) if before and document.text else None
        if before is None:
            return None
        start, end = sorted((before.offset(change.start, self.encoding), before.offset(change.end, self.encoding)))
        after = before.spliced(Span(start, end), change.text)
        document.text = _within(after)
        return Splice(Span(start, end), len(after.data) - len(before.data) + end - start)


def _within(text: Text) -> Text | None:
    return text if len(text.data) <= LARGEST else None


def local_path(uri: str) -> Path | None:
    """The absolute path that a ``file:`` URI names, ``..`` resolved in words; None for any other URI."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path, errors="replace")
    if parts.scheme.lower() != "file" or parts.netloc not in {"", "localhost"} or "\0" in path:
        return None
    if os.name == "nt":
        path = path.lstrip("/")
    return Path(os.path.normpath(path)) if Path(path).is_absolute() else None


def path_below(root: Path | None, uri: str) -> str | None:
    """POSIX path of `uri` relative to `root`; None when it does not lie there."""
    path = local_path(uri)
    if root is None or path is None or not path.is_relative_to(root) or path == root:
        return None
    return path.relative_to(root).as_posix()


def uri_of(root: Path, path: str) -> str:
    """The ``file:`` URI of the project's file `path`."""
    return (root / path).as_uri()
