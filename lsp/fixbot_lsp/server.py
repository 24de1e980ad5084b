"""The server's state: one object that the features share, and what it says to the client."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from lsprotocol import converters, types
from pygls.lsp.server import LanguageServer

from fixbot_agent.settings import Places
from fixbot_lsp.engine.asking import Asking
from fixbot_lsp.engine.link import Link, Notice, Stopped
from fixbot_lsp.engine.telling import Telling, opened
from fixbot_lsp.engine.wire import Begin, Decided, Failed, Learnt, Leave, Ready
from fixbot_lsp.options import Options
from fixbot_lsp.rounds.background import Background
from fixbot_lsp.rounds.board import Board
from fixbot_lsp.rounds.fixes import Fixes
from fixbot_lsp.statistics.counting import Counting
from fixbot_lsp.status import METHOD, Statuses
from fixbot_lsp.talking.protocol import FixbotProtocol
from fixbot_lsp.talking.registrations import Registrations
from fixbot_lsp.text.documents import Documents, OpenDocument
from fixbot_lsp.text.folders import Folders

log = logging.getLogger(__name__)


class FixbotServer(LanguageServer):
    """One editor: its folders, its documents, and what works for them."""

    protocol: FixbotProtocol

    def __init__(self) -> None:
        super().__init__(
            "fixbot", version("fixbot"), protocol_cls=FixbotProtocol, converter_factory=converters.get_converter
        )
        self.given = Options()  # what initialize said; later settings are laid over it
        self.options = Options()  # of the window; see options_of
        self.folders = Folders()
        self.documents = Documents(self.folders)
        self.asking = Asking()
        self.status = Statuses(lambda told: self.protocol.notify(METHOD, told))
        self.registrations = Registrations(self)
        self.speaks_inline = False  # whether the client asks for text inline; else that is one item of its lists
        self.counting = Counting(self.documents, self._tell_engine)
        self.board = Board(self.documents, self.text_document_publish_diagnostics)
        self.fixes = Fixes(self.documents, self.board)
        self.background = Background(self)
        self.link: Link | None = None
        self._shown: set[str] = set()
        self._timers: dict[tuple[str, str], asyncio.Task[None]] = {}

    def options_of(self, document: OpenDocument) -> Options:
        """The settings that count for a document: its folder's, else the window's."""
        own = document.folder.options if document.folder else None
        return own or self.options

    def begin(self) -> None:
        """Effect: start the engine."""
        begin = Begin(str(Places.current().index))
        self.link = Link(begin, Telling(self.folders, self.documents), self._hear)
        self.link.start()

    def enter(self, root: Path, name: str = "") -> None:
        """Effect: open a workspace folder. The whole disk, or somebody's home, is none."""
        if root in (Path(root.anchor), Path.home()):
            self.say(f"{root} is not a project: open its folder for completions from the whole project")
        elif root.is_dir() and self.folders.add(root, name) is not None:
            self._move_documents()

    def leave(self, root: Path) -> None:
        """Effect: close a workspace folder; its documents belong to the one around it, if there is one."""
        if self.folders.remove(root) is not None:
            self._move_documents()
            if self.link is not None:
                self.link.send(Leave(str(root)))

    def is_ready(self, document: OpenDocument) -> bool:
        """Whether the engine can say something about a document that the document itself cannot."""
        return self.link is not None and self.link.ready(str(document.root or ""))

    def _tell_engine(self, message: Decided) -> None:
        if self.link is not None:
            self.link.send(message)

    def _move_documents(self) -> None:
        for document in self.documents.rehome():
            if self.link is not None and (told := opened(document)) is not None:
                self.link.tell(told)

    async def finish(self) -> None:
        """Effect: end every child and every timer."""
        for task in self._timers.values():
            task.cancel()
        self.counting.stop()
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

    def show_once(self, message: str) -> None:
        """Effect: show a message that was not shown before."""
        if message not in self._shown:
            self._shown.add(message)
            self.show(message)

    def report_server_error(self, error: Exception, source: object) -> None:
        """Effect: log what no request waits for; a pop-up for each would help nobody."""
        log.error("%s: %s", getattr(source, "__name__", source), error)
        self.say(f"fixbot: {error}", types.MessageType.Error)

    def _hear(self, message: Notice) -> None:
        self.status.heard(message)
        if isinstance(message, Ready | Learnt):
            if not message.root:  # files without a project: nothing was indexed
                return
            what = "indexed" if isinstance(message, Ready) else "learnt"
            self.say(f"fixbot: {message.files} files {what} in {message.seconds:.1f} s")
            told = {"files": message.files, "seconds": message.seconds, "root": message.root}
            self.protocol.notify(f"fixbot/{what}", told)
        elif isinstance(message, Stopped):
            self.show_once(message.why)
        elif isinstance(message, Failed):
            self.say(f"fixbot: {message.why}", types.MessageType.Warning)
