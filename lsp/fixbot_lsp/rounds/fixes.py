"""Verified fixes on offer: each is tied to the exact text that it was verified against, and gone at the next edit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lsprotocol import types

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source import Span
from fixbot_lsp.rounds.board import Board, Mark, as_diagnostic, as_range
from fixbot_lsp.text.documents import Documents, OpenDocument
from fixbot_lsp.text.folders import uri_of
from fixbot_lsp.text.positions import Text
from fixbot_repair.candidates import Edit
from fixbot_repair.checks import Severity

_SOURCE = "fix"
_WHY = "verified"  # the one annotation of a fix's changes


@dataclass(frozen=True, slots=True)
class Fix:
    """A patch that was verified: `edits` of the files below `root` whose text was `before` (path -> UTF-8 bytes).

    `title` is one line for a menu, `evidence` says how it was verified. One that `undoes` only takes back a change, which may have been meant:
    no key that makes what is preferred makes it.
    """

    title: str
    evidence: str
    edits: tuple[Edit, ...]
    before: Mapping[str, bytes]
    root: Path
    undoes: bool = False

    @property
    def id(self) -> str:
        """What the fix is called by commands: the same edits of the same texts have the same name."""
        named = sha256()
        for path, data in sorted(self.before.items()):
            named.update(f"{self.root}/{path}\0".encode() + data)
        for edit in self.edits:
            named.update(f"{edit.path}\0{edit.span.start}\0{edit.span.end}\0{edit.text}\0".encode("utf-8", "replace"))
        return named.hexdigest()[:16]

    def after(self, path: str) -> bytes:
        """The text of `path` with the fix made."""
        data, end = self.before[path], len(self.before[path])
        parts = []
        for edit in reversed(self.of(path)):
            parts += [data[edit.span.end : end], edit.text.encode()]
            end = edit.span.start
        return data[:end] + b"".join(reversed(parts))

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
        if not fix.edits or not self.holds(fix):
            return False
        self._fix = fix
        for path in fix.before:
            self._board.put(self.uri(fix, path), _SOURCE, [fix.mark(path)], Text(fix.before[path]))
        return True

    @property
    def offered(self) -> Fix | None:
        """The fix on offer, where every text is still what it was verified against."""
        return self._fix if self._fix is not None and self.holds(self._fix) else None

    def holds(self, fix: Fix) -> bool:
        """Whether every text that `fix` changes is what it was made for."""
        return all(self._now(fix.root, path) == data for path, data in fix.before.items())

    def withdraw(self) -> None:
        """Effect: take the fix back."""
        fix, self._fix = self._fix, None
        if fix is not None:
            for path in fix.before:
                self._board.put(self.uri(fix, path), _SOURCE, [], Text(b""))

    def edited(self, document: OpenDocument) -> None:
        """Effect: take the fix back if it changes `document`, whose text is another now."""
        if self._fix is not None and document.root == self._fix.root and document.path in self._fix.before:
            self.withdraw()

    def actions(self, uri: str, wanted: types.Range, versioned: bool) -> list[types.CodeAction]:
        """The quick fix, where `wanted` touches a line that it would change; `versioned`: the client knows versions."""
        fix, document = self._fix, self._documents.get(uri)
        if fix is None or document is None or document.text is None or document.root != fix.root:
            return []
        path = document.path
        if path is None or path not in fix.before:
            return []
        shown = as_diagnostic(fix.mark(path), document.text, self._documents.encoding)
        near = shown.range.start.line <= wanted.end.line and wanted.start.line <= shown.range.end.line
        if not near or not self.holds(fix):
            return []
        edit = self.workspace_edit(fix, versioned)
        kind, preferred = types.CodeActionKind.QuickFix, not fix.undoes
        return [types.CodeAction(fix.title, kind, [shown], is_preferred=preferred, edit=edit)]

    def workspace_edit(self, fix: Fix, versioned: bool, annotated: bool = False) -> types.WorkspaceEdit:
        """What the client has to do; `versioned`, `annotated`: it knows versions of documents, and labels of changes."""
        changes = {self.uri(fix, path): self._text_edits(fix, path) for path in fix.before}
        if not versioned:
            return types.WorkspaceEdit(changes=changes)
        documents = []
        for uri, edits in changes.items():
            document = self._documents.get(uri)
            identity = types.OptionalVersionedTextDocumentIdentifier(uri, document.version if document else None)
            shown = [types.AnnotatedTextEdit(_WHY, e.range, e.new_text) for e in edits] if annotated else edits
            documents.append(types.TextDocumentEdit(identity, list(shown)))
        why = {_WHY: types.ChangeAnnotation(fix.title, description=fix.evidence)} if annotated else None
        return types.WorkspaceEdit(document_changes=list(documents), change_annotations=why)

    def _text_edits(self, fix: Fix, path: str) -> list[types.TextEdit]:
        text, encoding = Text(fix.before[path]), self._documents.encoding
        return [types.TextEdit(as_range(e.span, text, encoding), e.text) for e in fix.of(path)]

    def _now(self, root: Path, path: str) -> bytes | None:
        document = self._documents.at(root, path)
        if document is not None:
            return document.text.data if document.text else None
        return self._read(root, path)

    def uri(self, fix: Fix, path: str) -> str:
        """The URI of a file of the fix, as the client writes it where it is open."""
        document = self._documents.at(fix.root, path)
        return document.uri if document else uri_of(fix.root, path)


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
