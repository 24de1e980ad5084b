"""Actions that write something new: a docstring's skeleton, a test that records what a function does today. Worked out when one is chosen."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lsprotocol import types

from fixbot_analysis.source import Span
from fixbot_lsp.errors import ChildFailed, CommandRefused, Outdated
from fixbot_lsp.features.actions.asked import Wish
from fixbot_lsp.features.chores import Request, work
from fixbot_lsp.features.chores.arguments import calls, target
from fixbot_lsp.rounds.board import as_range
from fixbot_lsp.rounds.fixes import Fix, line_edits
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.talking.headers import Header, has_docstring, head, headers, holds_tests, says_more

DOCUMENT, TEST = "refactor.rewrite.document.fixbot", "refactor.rewrite.test.fixbot"
_WRITES = "writes"
_LARGE = 100_000  # bytes of a document that is not parsed for a menu
_FAR = 60  # lines from a head's first to its last


class Writing:
    """What can be written about the definition in whose head (decorators, signature) a request begins."""

    def __init__(self, server: FixbotServer) -> None:
        self._server = server

    def offer(self, wish: Wish) -> Iterator[types.CodeAction]:
        """Actions for a header, where the user asked and the client fetches edits itself."""
        document = wish.document
        if not (wish.resolves and wish.invoked and document.language == "python" and document.path and document.root):
            return
        line = wish.range.start.line
        # The innermost: a class whose head is one line may hold one whose decorators begin there.
        near = [h for h in headers(wish.text.data) if h.line - _FAR <= line <= h.line + _FAR]
        header = next((h for h in reversed(near) if line in head(wish.text.data, h)), None)
        if header is None:
            return
        data = {
            "uri": document.uri,
            "line": header.line + 1,
            "revision": document.revision,
            "versioned": wish.versioned,
            "name": header.name,
        }
        if wish.wants(DOCUMENT) and not has_docstring(wish.text.data, header) and says_more(wish.text.data, header):
            yield types.CodeAction(f"Document {header.name}", DOCUMENT, data={**data, _WRITES: "document"})
        if wish.wants(TEST) and header.is_function and not holds_tests(document.path):
            title = f"Write a test that records what {header.name} does today"
            why_not = self._why_no_test(wish, header)
            if not why_not:
                yield types.CodeAction(title, TEST, data={**data, _WRITES: "skeleton"})
            elif wish.disables:
                yield types.CodeAction(title, TEST, disabled=types.CodeActionDisabled(why_not))

    def knows(self, action: types.CodeAction) -> bool:
        """Whether the action was offered here."""
        return isinstance(action.data, Mapping) and _WRITES in action.data

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Effect: work the edit out in a child. Without one, and with a message to the user, where that cannot be done."""
        data = action.data
        assert isinstance(data, Mapping)
        document = self._server.documents.get(str(data.get("uri")))
        if document is None or document.text is None or document.path is None or document.root is None:
            raise Outdated("the document is not open any more")
        if document.revision != data.get("revision"):
            raise Outdated("the document has changed since")
        text, line = document.text, data.get("line")
        request = Request(str(document.root), document.path, text.data.decode(), line if isinstance(line, int) else 1)
        try:
            answer = await work(str(data[_WRITES]), request)
        except ChildFailed as error:
            self._server.show(f"fixbot: {error.message}. {error.hint}", types.MessageType.Info)
            return action
        if document.text is not text:
            raise Outdated("the document has changed since")
        versioned = bool(data.get("versioned"))
        if data[_WRITES] == "document":
            at = as_range(Span(_number(answer, "start"), _number(answer, "end")), text, self._server.documents.encoding)
            edit = types.TextEdit(at, str(answer.get("text")))
            identity = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
            action.edit = (
                types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identity, [edit])])
                if versioned
                else types.WorkspaceEdit(changes={document.uri: [edit]})
            )
        else:
            try:
                action.edit = self._test(answer, document.root, versioned)
            except CommandRefused as error:
                self._server.show(f"fixbot: {error.message}. {error.hint}", types.MessageType.Info)
        return action

    def _test(self, answer: Mapping[str, object], root: Path, versioned: bool) -> types.WorkspaceEdit:
        path, before, text = (str(answer.get(name) or "") for name in ("path", "before", "text"))
        if before:
            title = "Write a test that records what is done today"
            fix = Fix(
                title,
                "It passed twice.",
                line_edits(path, before.encode(), text.encode()),
                {path: before.encode()},
                root,
            )
            if not self._server.fixes.holds(fix):
                raise Outdated(f"{path} is not saved")
            return self._server.fixes.workspace_edit(fix, versioned)
        workspace = self._server.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        if not edits or types.ResourceOperationKind.Create not in (edits.resource_operations or ()):
            raise CommandRefused(
                f"this editor lets no server create {path}", "create the file, empty, and choose this again"
            )
        uri = (root / path).as_uri()
        top = types.Range(types.Position(0, 0), types.Position(0, 0))
        identity = types.OptionalVersionedTextDocumentIdentifier(uri, None)
        return types.WorkspaceEdit(
            document_changes=[
                types.CreateFile(uri, options=types.CreateFileOptions(ignore_if_exists=True)),
                types.TextDocumentEdit(identity, [types.TextEdit(top, text)]),
            ]
        )

    def _why_no_test(self, wish: Wish, header: Header) -> str:
        """Why none could be written, as far as its text and the settings tell; "" where one may."""
        if self._server.options_of(wish.document).trusted is False:
            return "the workspace is not trusted: nothing of it is run"
        if len(wish.text.data) > _LARGE:
            return ""  # it is looked at when one is chosen
        try:
            calls(target(wish.text.data.decode(), header.line + 1))
        except CommandRefused as error:
            return error.message
        return ""


def _number(answer: Mapping[str, object], name: str) -> int:
    value = answer.get(name)
    return value if isinstance(value, int) else 0
