"""An editor for the tests: a client over stdio against the installed server in a process of its own."""

import asyncio
import contextlib
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

FIXBOT = str(Path(sys.executable).parent / "fixbot")
LONG = 100.0  # seconds; a test that waits this long has failed


class Editor:
    """One client, one project."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client, self.root = client, root
        self.published: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self._versions = itertools.count(2)
        self.killed = False
        self.result: types.InitializeResult | None = None

        def note(params: types.PublishDiagnosticsParams) -> None:
            self.published.setdefault(params.uri, []).append(params)

        self.registered: dict[str, str] = {}  # id -> method
        self._options: list[Any] = []

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(params: types.RegistrationParams) -> None:
            self.registered.update((each.id, each.method) for each in params.registrations)
            self._options += [each.register_options for each in params.registrations]

        @client.feature(types.CLIENT_UNREGISTER_CAPABILITY)
        def unregister(params: types.UnregistrationParams) -> None:
            for each in params.unregisterations:
                del self.registered[each.id]

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
        shared = found.item_defaults.edit_range if found.item_defaults else None
        for item in found.items:
            if item.text_edit is None and isinstance(shared, types.Range):
                item.text_edit = types.TextEdit(shared, item.text_edit_text or item.label)
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

    def triggers(self, language: str) -> list[list[str]]:
        """Trigger characters of the completion lists that were registered for `language`."""
        lists = [options for options in self._options if options and "triggerCharacters" in options]
        return [o["triggerCharacters"] for o in lists if {"language": language} in o["documentSelector"]]

    async def until(self, look: Callable[[], object]) -> object:
        return await until(look)

    def kill(self) -> None:
        """End the server as the kernel would."""
        self.killed = True
        self.client._server.kill()

    def children(self) -> list["Process"]:
        """The server's child processes."""
        assert self.client._server
        pid = self.client._server.pid
        found = Path(f"/proc/{pid}/task").glob("*/children")
        return [Process(int(child)) for tasks in found for child in tasks.read_text().split()]

    async def diagnostics(
        self, uri: str, wanted: Callable[[types.PublishDiagnosticsParams], bool]
    ) -> types.PublishDiagnosticsParams:
        """The first publication for `uri`, earlier or to come, that is `wanted`."""
        return await until(lambda: next((p for p in self.published.get(uri, []) if wanted(p)), None))

    async def progress(self) -> types.ProgressToken:
        """The token of the first progress bar that was begun."""
        return await until(lambda: next((t for t, told in self.client.progress_reports.items() if told), None))

    async def logged(self, words: str) -> str:
        """The first log message, earlier or to come, that holds `words`."""
        return await until(lambda: next((m.message for m in self.client.log_messages if words in m.message), None))


@dataclass(frozen=True)
class Process:
    """A process that this machine runs."""

    pid: int

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


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
        folders: Sequence[str] = ("",),
        settings: Mapping[str | None, object] | None = None,
        pulls: bool = False,
    ) -> Editor:
        root = files if isinstance(files, Path) else tmp_path / "project"
        if not isinstance(files, Path):
            write(root, files or {})
        capabilities = capabilities or client_capabilities("visual-studio-code")
        if not pulls and capabilities.text_document is not None:
            capabilities.text_document.diagnostic = None  # most tests look at what is published
        client = await ClientServerConfig([FIXBOT, "lsp"]).start()
        editor = Editor(client, root)
        editors.append(editor)
        for scope, values in (settings or {}).items():
            client.set_configuration({"fixbot": values}, scope_uri=scope and editor.uri(scope))
        editor.result = await client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                workspace_folders=[types.WorkspaceFolder((root / f).as_uri(), f) for f in folders] if rooted else None,
                initialization_options=options,
            )
        )
        return editor

    yield begin
    for editor in editors:
        if not editor.killed:
            await editor.client.shutdown_session()
            await editor.client.stop()


def write(root: Path, files: Mapping[str, str]) -> None:
    root.mkdir(exist_ok=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


@pytest.fixture
def fixbot() -> str:
    """The installed command."""
    return FIXBOT


@pytest.fixture
def inline_client() -> types.ClientCapabilities:
    """A client that asks for inline completions by the protocol's own method."""
    capabilities = client_capabilities("visual-studio-code")
    assert capabilities.text_document is not None
    capabilities.text_document.inline_completion = types.InlineCompletionClientCapabilities()
    return capabilities


@pytest.fixture
def client(tmp_path: Path) -> Iterator["RawClient"]:
    """A server on stdio and a client that can say anything to it."""
    raw = RawClient([FIXBOT, "lsp"], tmp_path / "home")
    yield raw
    raw.end()


class RawClient:
    """Speaks to the server's pipes directly."""

    def __init__(self, command: list[str], home: Path) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "FIXBOT_HOME": str(home)},
        )
        self._buffer = b""

    def resident(self) -> int:
        """Resident memory of the server in bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: object) -> None:
        self.send_bytes(framed(message))

    def request(self, number: object, method: str, params: object = None) -> None:
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    def notify(self, method: str, params: object = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def initialize(self, root: Path | None = None, **capabilities: object) -> Any:
        uri = root.as_uri() if root else None
        self.request(1, "initialize", {"processId": None, "rootUri": uri, "capabilities": capabilities})
        answer = self.answer(1)
        self.notify("initialized", {})
        return answer

    def receive(self) -> Any:
        """The next message."""
        while (head := self._buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        length = next(
            int(h.split(b":")[1]) for h in self._buffer[:head].split(b"\r\n") if h.startswith(b"Content-Length")
        )
        while len(self._buffer) < head + 4 + length:
            self._more()
        body, self._buffer = self._buffer[head + 4 : head + 4 + length], self._buffer[head + 4 + length :]
        return json.loads(body)

    def answer(self, number: object) -> Any:
        """The answer to the request `number`; what comes before it is passed over."""
        while (message := self.receive()).get("id") != number or "method" in message:
            pass
        return message

    def alive(self) -> bool:
        """Whether the server still answers."""
        self.request("alive?", "workspace/executeCommand", {"command": "none"})
        return bool(self.answer("alive?")["error"])

    def end(self) -> bytes:
        """End the server; what it still wrote to stdout and, behind it, to stderr."""
        self.process.kill()
        self.process.wait()
        rest = b""
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            if not stream.closed and stream.readable():
                rest += stream.read()
            with contextlib.suppress(OSError):
                stream.close()
        return rest

    def close(self) -> int:
        self.request("bye", "shutdown")
        self.answer("bye")
        self.notify("exit")
        return self.process.wait(LONG)

    def _more(self) -> None:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], LONG)
        data = os.read(self.process.stdout.fileno(), 1 << 16) if ready else b""
        if not data:
            raise EOFError(f"the server said nothing more: {self._buffer[:200]!r}")
        self._buffer += data


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.fixture
def gone() -> Callable[..., bool]:
    return is_gone


def is_gone(pid: int, seconds: float = 15.0) -> bool:
    """Whether the process ends within `seconds`."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False
