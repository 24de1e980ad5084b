"""Verified fixes on offer: each is tied to the exact text that it was verified against, and gone at the next edit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source import Span
from fixbot_lsp.board import Board, Mark, as_diagnostic, as_range
from fixbot_lsp.documents import Documents, uri_of
from fixbot_lsp.positions import Text
from fixbot_repair.candidates import Edit
from fixbot_repair.checks import Severity

_SOURCE = "fix"


@dataclass(frozen=True, slots=True)
class Fix:
    """A patch that was verified: `edits` of the files whose text was `before` (path -> UTF-8 bytes).

    `title` is one line for a menu, `evidence` says how it was verified.
    """

    title: str
    evidence: str
    edits: tuple[Edit, ...]
    before: Mapping[str, bytes]

    def of(self, path: str) -> tuple[Edit, ...]:
        """The edits of one file, in the order of the text."""
        return tuple(sorted((e for e in self.edits if e.path == path), key=lambda e: e.span))

    def mark(self, path: str) -> Mark:
        """The remark that shows where the fix would change `path`."""
        first = self.of(path)[0].span
        line = self.before[path][first.start : first.end]
        start = first.start + len(line) - len(line.lstrip())
        shown = Span(start, start + len(line.strip()))
        return Mark(shown, Severity.WARNING, "solve", "verified-fix", f"{self.title}\n{self.evidence}")


class Fixes:
    """The fix on offer, if there is one."""

    def __init__(
        self, documents: Documents, board: Board, read: "Callable[[Path, str], bytes | None] | None" = None
    ) -> None:
        self._documents, self._board, self._read = documents, board, read or read_file
        self._fix: Fix | None = None

    def offer(self, fix: Fix) -> bool:
        """Effect: show `fix` in every file that it changes; False when a text is no longer what was verified."""
        self.withdraw()
        if not fix.edits or not self._holds(fix):
            return False
        self._fix = fix
        for path in fix.before:
            self._board.put(self._uri(path), _SOURCE, [fix.mark(path)], Text(fix.before[path]))
        return True

    def withdraw(self) -> None:
        """Effect: take the fix back."""
        fix, self._fix = self._fix, None
        for path in fix.before if fix else ():
            self._board.put(self._uri(path), _SOURCE, [], Text(b""))

    def edited(self, path: str | None) -> None:
        """Effect: take the fix back if it changes the file `path`, whose text is another now."""
        if self._fix is not None and path in self._fix.before:
            self.withdraw()

    def actions(self, uri: str, wanted: types.Range, versioned: bool) -> list[types.CodeAction]:
        """The quick fix, where `wanted` touches a line that it would change; `versioned`: the client knows versions."""
        fix, document = self._fix, self._documents.get(uri)
        path = document.path if document else None
        if fix is None or document is None or path is None or path not in fix.before or document.text is None:
            return []
        shown = as_diagnostic(fix.mark(path), document.text, self._documents.encoding)
        near = shown.range.start.line <= wanted.end.line and wanted.start.line <= shown.range.end.line
        if not near or not self._holds(fix):
            return []
        edit = self._workspace_edit(fix, versioned)
        action = types.CodeAction(fix.title, types.CodeActionKind.QuickFix, [shown], is_preferred=True, edit=edit)
        return [action]

    def _workspace_edit(self, fix: Fix, versioned: bool) -> types.WorkspaceEdit:
        changes = {self._uri(path): self._text_edits(fix, path) for path in fix.before}
        if not versioned:
            return types.WorkspaceEdit(changes=changes)
        documents = []
        for uri, edits in changes.items():
            document = self._documents.get(uri)
            identity = types.OptionalVersionedTextDocumentIdentifier(uri, document.version if document else None)
            documents.append(types.TextDocumentEdit(identity, list(edits)))
        return types.WorkspaceEdit(document_changes=list(documents))

    def _text_edits(self, fix: Fix, path: str) -> list[types.TextEdit]:
        text, encoding = Text(fix.before[path]), self._documents.encoding
        return [types.TextEdit(as_range(e.span, text, encoding), e.text) for e in fix.of(path)]

    def _holds(self, fix: Fix) -> bool:
        return all(self._now(path) == data for path, data in fix.before.items())

    def _now(self, path: str) -> bytes | None:
        document = self._documents.at(path)
        if document is not None:
            return document.text.data if document.text else None
        return self._read(self._documents.root, path) if self._documents.root else None

    def _uri(self, path: str) -> str:
        document = self._documents.at(path)
        return document.uri if document else uri_of(self._documents.root or Path("/"), path)


def read_file(root: Path, path: str) -> bytes | None:
    """Effect: the UTF-8 text of a file of the project, None when it cannot be read."""
    from fixbot_analysis.source import SourceTree

    try:
        return SourceTree(root).read(path).data
    except (FixbotError, OSError):
        return None


def line_edits(path: str, before: bytes, after: bytes) -> tuple[Edit, ...]:
    """The edits, in whole lines, that make `after` of `before`."""
    from difflib import SequenceMatcher

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        Edit(path, Span(starts[i1], starts[i2]), b"".join(new[j1:j2]).decode())
        for tag, i1, i2, j1, j2 in codes
        if tag != "equal"
    )
