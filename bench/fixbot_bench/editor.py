"""A language client for measuring: starts any server, speaks the protocol over its pipes, says how long it took."""

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from fixbot_bench.errors import BenchError

Message = Mapping[str, object]


class Editor:
    """One server process; a context manager that shuts it down, and ends it where it does not listen."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self.root = root
        self._number = 0
        self.began = time.perf_counter()
        self._server = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root
        )

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._server.pid

    def initialize(self) -> Message:
        """Effect: the handshake; returns the server's capabilities."""
        uri = self.root.as_uri()
        inline = {"dynamicRegistration": False}
        capabilities = {"textDocument": {"completion": {}, "inlineCompletion": inline, "synchronization": {}}}
        parameters = {"processId": None, "rootUri": uri, "capabilities": capabilities, "workspaceFolders": None}
        answer = self.request("initialize", parameters)
        self.notify("initialized", {})
        return answer

    def open(self, path: Path, text: str) -> str:
        """Effect: open a document; returns its URI."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def request(self, method: str, parameters: Message) -> Message:
        """Effect: ask and wait for the answer; what the server sends of itself meanwhile is answered with null."""
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": parameters})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            elif message.get("id") == self._number:
                return message

    def notify(self, method: str, parameters: Message) -> None:
        """Effect: tell, without waiting."""
        self._send({"jsonrpc": "2.0", "method": method, "params": parameters})

    def _send(self, message: Message) -> None:
        assert self._server.stdin is not None
        body = json.dumps(message).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _receive(self) -> Message:
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        if not length:
            raise BenchError("the language server ended without an answer", "start it by hand to see why")
        message = json.loads(self._server.stdout.read(length))
        return message if isinstance(message, dict) else {}

    def __enter__(self) -> "Editor":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if kind is None:
                self.request("shutdown", {})
                self.notify("exit", {})
                self._server.wait(5)
        except (OSError, BenchError, subprocess.TimeoutExpired):
            pass
        finally:
            self._server.kill()
            self._server.communicate()
