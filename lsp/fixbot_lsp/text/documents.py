"""The open documents: their text kept in step with the editor, and the folder that each lies in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.source import Span
from fixbot_lsp.text.folders import Folder, Folders
from fixbot_lsp.text.positions import Encoding, Place, Text

LARGEST = 2 << 20  # bytes of a document that is worked on; a larger one is neither kept nor looked at


@dataclass(frozen=True, slots=True)
class Change:
    """One edit as the client sent it; without places, `text` is the whole new document."""

    text: str
    start: Place | None = None
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Splice:
    """One edit in bytes: `span` of the text before was replaced by `data` (UTF-8)."""

    span: Span
    data: bytes

    @property
    def length(self) -> int:
        """Bytes that now stand in the place of `span`."""
        return len(self.data)


@dataclass(slots=True)
class OpenDocument:
    """A document that the editor shows. `path` is POSIX and relative to `folder`; both are None for one outside of all.

    `text` is None while the document is larger than :data:`LARGEST`. `version` is the client's, `revision` our own count
    of changes: clients number as they like.
    """

    uri: str
    version: int
    language: str
    text: Text | None
    folder: Folder | None = None
    path: str | None = None
    revision: int = 0

    @property
    def root(self) -> Path | None:
        """The folder's root."""
        return self.folder.root if self.folder else None


class Documents:
    """All open documents, by URI as the client writes it."""

    def __init__(self, folders: Folders | None = None) -> None:
        self.encoding = Encoding.UTF16
        self.folders = folders if folders is not None else Folders()
        self._open: dict[str, OpenDocument] = {}

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> OpenDocument | None:
        """The open document of `uri`."""
        return self._open.get(uri)

    def at(self, root: Path, path: str) -> OpenDocument | None:
        """The open document of the file `path` of the folder at `root`."""
        return next((d for d in self._open.values() if d.path == path and d.root == root), None)

    def open(self, uri: str, version: int, language: str, text: str) -> OpenDocument:
        """Take a document over from the disk."""
        document = OpenDocument(uri, version, language, _within(Text.of(text)))
        self._settle(document)
        self._open[uri] = document
        return document

    def close(self, uri: str) -> OpenDocument | None:
        """Give a document back to the disk; returns it."""
        return self._open.pop(uri, None)

    def rehome(self) -> tuple[OpenDocument, ...]:
        """Let each document belong to the innermost folder that is open now; returns those that moved."""
        return tuple(document for document in self if self._settle(document))

    def change(self, uri: str, version: int, changes: Sequence[Change]) -> tuple[Splice, ...] | None:
        """Apply `changes` in order; a change to a document that is not open says nothing.

        None where the edits in bytes do not tell it all: the text was, or is now, too large.
        """
        document = self._open.get(uri)
        if document is None:
            return ()
        document.version = version
        document.revision += 1
        splices = [self._apply(document, change) for change in changes]
        told = [splice for splice in splices if splice is not None]
        return tuple(told) if len(told) == len(splices) else None

    def _settle(self, document: OpenDocument) -> bool:
        """Whether the document's folder is another now."""
        before = document.folder
        document.folder = self.folders.of(document.uri)
        document.path = document.folder.path_of(document.uri) if document.folder else None
        return document.folder is not before

    def _apply(self, document: OpenDocument, change: Change) -> Splice | None:
        before = document.text
        if change.start is None or change.end is None:
            after = Text.of(change.text)
            document.text = _within(after)
            return Splice(Span(0, len(before.data)), after.data) if before and document.text else None
        if before is None:
            return None
        start, end = sorted((before.offset(change.start, self.encoding), before.offset(change.end, self.encoding)))
        data = change.text.encode("utf-8", "replace")
        document.text = _within(before.spliced(Span(start, end), data))
        return Splice(Span(start, end), data) if document.text else None


def _within(text: Text) -> Text | None:
    return text if len(text.data) <= LARGEST else None
