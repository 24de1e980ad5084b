"""A language client for measuring: starts any server, speaks the protocol over its pipes, says how long it took."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import cast

from fixbot_bench.errors import ServerFailed
from fixbot_bench.framing import Frames, Message

PATIENCE = 60.0  # seconds that an answer may take

_COMPLETION = {
    "contextSupport": True,
    "dynamicRegistration": True,
    "completionItem": {"labelDetailsSupport": True, "insertReplaceSupport": False, "snippetSupport": False},
}
_CAPABILITIES: Message = {
    "textDocument": {
        "completion": _COMPLETION,
        "inlineCompletion": {"dynamicRegistration": False},
        "synchronization": {"didSave": True},
        "publishDiagnostics": {},
    },
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "didChangeConfiguration": {},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceFolders": True,
    },
}


class Editor:
    """One server process; a context manager that shuts it down, and ends it where it does not listen.

    `settings` are what the server is told when it asks for a section of them, and `options` what goes with the first request.
    What the server asks of itself is answered by a thread, so answers may be waited for in any order.
    """

    def __init__(
        self,
        command: Sequence[str],
        root: Path,
        settings: Message | None = None,
        options: Message | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root
        self.notices: Counter[str] = Counter()  # notifications heard, by method
        self.at_work: set[str] = set()  # tokens of progress that has begun and not ended
        self.complaints: list[str] = []  # errors that it showed or logged
        self._settings, self._options = settings or {}, options
        self._number = 0
        self._versions: dict[str, int] = {}
        self._answers: dict[int, Message] = {}
        self._changed = threading.Condition()
        self._incremental = False
        self.began = time.perf_counter()
        self._server = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root,
            env=environment,
        )  # fmt: skip
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._frames = Frames(self._server.stdout, self._server.stdin)
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._server.pid

    def initialize(self) -> Message:
        """Effect: the handshake; returns the server's answer."""
        uri = self.root.as_uri()
        folders = [{"uri": uri, "name": self.root.name}]
        answer = self.request(
            "initialize",
            {
                "processId": None, "rootUri": uri, "rootPath": str(self.root), "capabilities": _CAPABILITIES,
                "workspaceFolders": folders, "initializationOptions": self._options,
            },
        )  # fmt: skip
        self._incremental = _sync_kind(answer) == 2
        self.notify("initialized", {})
        if self._settings:
            self.notify("workspace/didChangeConfiguration", {"settings": self._settings})
        return answer

    def open(self, path: Path, text: str) -> str:
        """Effect: open a document; returns its URI."""
        uri = path.as_uri()
        self._versions[uri] = 1
        language = {".py": "python", ".pyi": "python"}.get(path.suffix, path.suffix.removeprefix(".") or "plaintext")
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, start: "Spot", end: "Spot", new: str, whole: str) -> None:
        """Effect: replace what lies between two places; `whole` is the text afterwards, for servers that take nothing else."""
        self._versions[uri] = version = self._versions.get(uri, 1) + 1
        change: Message = {"text": whole}
        if self._incremental:
            change = {"range": {"start": start.message(), "end": end.message()}, "text": new}
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
        )

    def close(self, uri: str) -> None:
        """Effect: close a document; say that its file may have changed on disk."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]})

    def request(self, method: str, parameters: object, seconds: float = PATIENCE) -> Message:
        """Effect: ask and wait for the answer. Raises ServerFailed where the server ends, or takes longer than `seconds`."""
        return self.wait(self.send(method, parameters), seconds)

    def send(self, method: str, parameters: object) -> int:
        """Effect: ask without waiting; returns the number of the request."""
        self._number += 1
        self._put({"jsonrpc": "2.0", "id": self._number, "method": method, **_given(parameters)})
        return self._number

    def wait(self, number: int, seconds: float = PATIENCE) -> Message:
        """Effect: wait for the answer to a request. Raises ServerFailed as :meth:`request` does."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._answers or self._ended, seconds)
            if number in self._answers:
                return self._answers.pop(number)
        if self._ended:
            raise ServerFailed("the language server ended without an answer", "start it by hand to see why")
        raise ServerFailed(f"the language server gave no answer in {seconds:g} s", "start it by hand to see why")

    def answered(self, number: int) -> bool:
        """Whether the answer to a request has come."""
        with self._changed:
            return number in self._answers

    def cancel(self, number: int) -> None:
        """Effect: say that nobody waits for the answer to a request any more."""
        self.notify("$/cancelRequest", {"id": number})

    def notify(self, method: str, parameters: object) -> None:
        """Effect: tell, without waiting."""
        self._put({"jsonrpc": "2.0", "method": method, **_given(parameters)})

    def _put(self, message: Message) -> None:
        try:
            self._frames.write(message)
        except (OSError, ValueError) as error:
            raise ServerFailed("the language server ended", "start it by hand to see why") from error

    def _read(self) -> None:
        """Effect: the thread: take in messages until the server ends."""
        while (message := self._frames.read()) is not None:
            if "method" in message:
                self._hear(message)
            elif isinstance(number := message.get("id"), int):
                with self._changed:
                    self._answers[number] = message
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _hear(self, message: Message) -> None:
        method, parameters = str(message["method"]), cast("Mapping[str, object]", message.get("params") or {})
        if "id" in message:
            answer = {"jsonrpc": "2.0", "id": message["id"], "result": self._answer(method, parameters)}
            try:
                self._frames.write(answer)
            except (OSError, ValueError):
                return  # it has ended: whoever waits is told by the end of its output
        if method == "$/progress":
            value, token = cast("Mapping[str, object]", parameters.get("value") or {}), str(parameters.get("token"))
            (self.at_work.discard if value.get("kind") == "end" else self.at_work.add)(token)
        if method in ("window/showMessage", "window/logMessage") and parameters.get("type") == 1:
            self.complaints.append(str(parameters.get("message")))
        self.notices[method] += 1

    def _answer(self, method: str, parameters: Mapping[str, object]) -> object:
        if method == "workspace/configuration":
            items = cast("Sequence[Mapping[str, object]]", parameters.get("items") or ())
            return [section(self._settings, str(item.get("section") or "")) for item in items]
        if method == "workspace/workspaceFolders":
            return [{"uri": self.root.as_uri(), "name": self.root.name}]
        return {"applied": False} if method == "workspace/applyEdit" else None

    def __enter__(self) -> "Editor":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if kind is None:
                self.request("shutdown", None, 10)
                self.notify("exit", None)
                self._frames.close()
                self._server.wait(5)
        except (OSError, ServerFailed, subprocess.TimeoutExpired):
            pass
        finally:
            self._server.kill()
            self._server.wait()
            self._frames.close()
            self._reader.join(5)


class Spot:
    """A place in a document as the protocol counts: lines from 0, UTF-16 units in the line."""

    __slots__ = ("character", "line")

    def __init__(self, line: int, character: int) -> None:
        self.line, self.character = line, character

    @classmethod
    def end_of(cls, text: str) -> "Spot":
        """Where `text` ends."""
        return cls(text.count("\n"), units(text.rpartition("\n")[2]))

    def message(self) -> Mapping[str, int]:
        """The place as it is sent."""
        return {"line": self.line, "character": self.character}


def _given(parameters: object) -> Message:
    """Parameters as a message holds them: those that are none are left out."""
    return {} if parameters is None else {"params": parameters}


def units(text: str) -> int:
    """How many UTF-16 units `text` has."""
    return len(text.encode("utf-16-le")) // 2


def section(settings: Message, name: str) -> object:
    """The part of nested `settings` that a dotted name means; None where there is none."""
    found: object = settings
    for part in name.split(".") if name else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _sync_kind(answer: Message) -> int:
    """How a server takes changes: 1 whole texts, 2 what changed."""
    result = cast("Mapping[str, Mapping[str, object]]", answer.get("result") or {})
    kind = result.get("capabilities", {}).get("textDocumentSync")
    kind = kind.get("change", 1) if isinstance(kind, Mapping) else kind
    return kind if isinstance(kind, int) else 1
