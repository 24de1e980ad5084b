"""The server's state: one object that the features share, and what it says to the client."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from lsprotocol import converters, types
from pygls.lsp.server import LanguageServer

from fixbot_agent.settings import Places
from fixbot_lsp.background import Background
from fixbot_lsp.board import Board
from fixbot_lsp.documents import Documents
from fixbot_lsp.fixes import Fixes
from fixbot_lsp.link import Link, Notice
from fixbot_lsp.options import Options
from fixbot_lsp.protocol import FixbotProtocol
from fixbot_lsp.wire import Begin, Failed, Learnt, Ready

log = logging.getLogger(__name__)


class FixbotServer(LanguageServer):
    """One editor, one workspace folder."""

    protocol: FixbotProtocol

    def __init__(self) -> None:
        super().__init__(
            "fixbot", version("fixbot"), protocol_cls=FixbotProtocol, converter_factory=converters.get_converter
        )
        self.options = Options()
        self.documents = Documents()
        self.board = Board(self.documents, self.text_document_publish_diagnostics)
        self.fixes = Fixes(self.documents, self.board)
        self.background = Background(self)
        self.link: Link | None = None
        self._timers: dict[tuple[str, str], asyncio.Task[None]] = {}

    @property
    def root(self) -> Path | None:
        """The workspace folder."""
        return self.documents.root

    def begin(self) -> None:
        """Effect: start the engine."""
        root = self.root
        if root is not None and root in (Path(root.anchor), Path.home()):
            self.say(f"{root} is not a project: open its folder for completions from the whole project")
            root = None
        cache = Places.current().index if root else None
        self.link = Link(Begin(str(root or ""), str(cache or "")), self._hear)
        self.link.start()

    async def finish(self) -> None:
        """Effect: end every child and every timer."""
        for task in self._timers.values():
            task.cancel()
        await self.background.stop()
        if self.link:
            await self.link.stop()

    def later(self, what: str, uri: str, seconds: float, work: Callable[[str], Awaitable[None]]) -> None:
        """Effect: call `work` with the document's `uri` in `seconds`; a newer call with the same `what` takes its place."""
        self.drop(what, uri)

        async def run() -> None:
            await asyncio.sleep(seconds)
            await work(uri)

        self._timers[what, uri] = asyncio.create_task(run(), name=f"{what} {uri}")

    def drop(self, what: str, uri: str) -> None:
        """Effect: cancel work that :meth:`later` was given."""
        if (task := self._timers.pop((what, uri), None)) is not None:
            task.cancel()

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Effect: write to the client's log."""
        self.window_log_message(types.LogMessageParams(kind, message))

    def show(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Effect: show a message to the user."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Effect: log what no request waits for; a pop-up for each would help nobody."""
        log.error("%s: %s", getattr(source, "__name__", source), error)
        self.say(f"fixbot: {error}", types.MessageType.Error)

    def _hear(self, message: Notice) -> None:
        if isinstance(message, Ready | Learnt):
            what = "indexed" if isinstance(message, Ready) else "learnt"
            self.say(f"fixbot: {message.files} files {what} in {message.seconds:.1f} s")
            self.protocol.notify(f"fixbot/{what}", {"files": message.files, "seconds": message.seconds})
        elif isinstance(message, Failed):
            self.say(f"fixbot: {message.why}", types.MessageType.Warning)
