"""An editor for the tests: a client over stdio against the installed server in a process of its own."""

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

FIXBOT = str(Path(sys.executable).parent / "fixbot")
LONG = 60.0  # seconds; a test that waits this long has failed


class Editor:
    """One client, one project."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client, self.root = client, root
        self.published: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self._versions = itertools.count(2)
        self.result: types.InitializeResult | None = None

        def note(params: types.PublishDiagnosticsParams) -> None:
            self.published.setdefault(params.uri, []).append(params)

        # The test client's own handler forgets versions.
        client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = note

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str, text: str | None = None, language: str = "python") -> str:
        if text is None:
            text = (self.root / path).read_text(encoding="utf-8")
        item = types.TextDocumentItem(self.uri(path), language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return item.uri

    def change(self, uri: str, text: str, at: types.Range | None = None) -> int:
        version = next(self._versions)
        event: types.TextDocumentContentChangeEvent = types.TextDocumentContentChangeWholeDocument(text)
        if at is not None:
            event = types.TextDocumentContentChangePartial(at, text)
        identity = types.VersionedTextDocumentIdentifier(version=version, uri=uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identity, [event]))
        return version

    def save(self, uri: str) -> None:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def complete(self, uri: str, line: int, character: int) -> types.CompletionList:
        params = types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        found = await self.client.text_document_completion_async(params)
        assert isinstance(found, types.CompletionList)
        return found

    async def complete_inline(self, uri: str, line: int, character: int) -> list[types.InlineCompletionItem]:
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
        place = types.Position(line, character)
        params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), place)
        found = await self.client.text_document_inline_completion_async(params)
        assert isinstance(found, types.InlineCompletionList)
        return list(found.items)

    async def actions(self, uri: str, line: int) -> list[types.CodeAction]:
        where = types.Range(types.Position(line, 0), types.Position(line, 0))
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, types.CodeActionContext([]))
        found = await self.client.text_document_code_action_async(params)
        return [action for action in found or [] if isinstance(action, types.CodeAction)]

    async def diagnostics(
        self, uri: str, wanted: Callable[[types.PublishDiagnosticsParams], bool]
    ) -> types.PublishDiagnosticsParams:
        """The first publication for `uri`, earlier or to come, that is `wanted`."""
        return await until(lambda: next((p for p in self.published.get(uri, []) if wanted(p)), None))

    async def logged(self, words: str) -> str:
        """The first log message, earlier or to come, that holds `words`."""
        return await until(lambda: next((m.message for m in self.client.log_messages if words in m.message), None))


async def until(look: Callable[[], object]) -> object:
    """What `look` returns as soon as it is something."""
    async with asyncio.timeout(LONG):
        while (found := look()) is None or found is False:  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.02)
    return found


Start = Callable[..., Awaitable[Editor]]


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a server for ``start(files, options, capabilities)``; every one is shut down in the end."""
    editors: list[Editor] = []

    async def begin(
        files: Mapping[str, str] | Path | None = None,
        options: object = None,
        capabilities: types.ClientCapabilities | None = None,
        rooted: bool = True,
    ) -> Editor:
        root = files if isinstance(files, Path) else tmp_path / "project"
        if not isinstance(files, Path):
            write(root, files or {})
        client = await ClientServerConfig([FIXBOT, "lsp"]).start()
        editor = Editor(client, root)
        editors.append(editor)
        editor.result = await client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities or client_capabilities("visual-studio-code"),
                workspace_folders=[types.WorkspaceFolder(root.as_uri(), "project")] if rooted else None,
                initialization_options=options,
            )
        )
        return editor

    yield begin
    for editor in editors:
        await editor.client.shutdown_session()
        await editor.client.stop()


def write(root: Path, files: Mapping[str, str]) -> None:
    root.mkdir(exist_ok=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


@pytest.fixture
def inline_client() -> types.ClientCapabilities:
    """A client that asks for inline completions by the protocol's own method."""
    capabilities = client_capabilities("visual-studio-code")
    assert capabilities.text_document is not None
    capabilities.text_document.inline_completion = types.InlineCompletionClientCapabilities()
    return capabilities
