"""The server's end of the engine: starts it, asks it, starts it again when it dies, ends it."""

import asyncio
import contextlib
import itertools
import logging
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from fixbot_lsp.engine.wire import (
    Begin,
    Bring,
    Brought,
    Cancel,
    Closed,
    Compile,
    Compiled,
    Complete,
    Completed,
    Edited,
    Failed,
    Learnt,
    Lost,
    Message,
    Models,
    Opened,
    Predict,
    Predicted,
    Question,
    Ready,
    Sent,
    Step,
    ToEngine,
    decode,
    encode,
)
from fixbot_lsp.errors import ChildFailed


@dataclass(frozen=True, slots=True)
class Stopped:
    """The engine ended so often that it is left alone for a while."""

    why: str


Notice = Ready | Learnt | Step | Failed | Models | Sent | Stopped
Answer = Completed | Brought | Compiled | Predicted
log = logging.getLogger(__name__)

# -P: the folder that the editor happened to start us in must not lend its modules to the engine.
COMMAND = (sys.executable, "-P", "-m", "fixbot_lsp.engine.engine")
_LONGEST_LINE = 16 << 20  # bytes of one answer
_MOST_WAITING = 256  # requests; a flood beyond this is refused rather than queued
_PATIENCE = 60.0  # seconds that an engine must live for its earlier deaths to be forgotten
_MOST_DEATHS = 5
_RESTING = (
    "fixbot's engine ended again and again: until it runs, completions come from the open document only. It is started again once a "
    "minute; the editor's log of fixbot has the reason"
)
_REST = 60.0  # seconds before an engine that died that often is started again
_MOST_UNREAD = 4 << 20  # bytes that an engine has not read before edits are held back


class Known(Protocol):
    """What an engine has to be told when it starts, and when it lost a text."""

    def folders(self) -> Iterable[ToEngine]:
        """The folders to index at once."""
        ...

    def documents(self) -> Iterable[Opened]:
        """Every open document as it is now."""
        ...

    def document(self, uri: str) -> Opened | None:
        """One of them."""
        ...


class Link:
    """Owns the engine's process. `tell` hears what the engine says unasked; `known` is what the next engine is told should this one die."""

    def __init__(
        self, begin: Begin, known: Known, tell: Callable[[Notice], None], command: tuple[str, ...] = COMMAND
    ) -> None:
        self._begin, self._known, self._tell, self._command = begin, known, tell, command
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._ids = itertools.count(1)
        self._behind: set[str] = set()  # documents to be sent whole, once the engine has read what was sent
        self._fell_behind = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._ready: set[str] = set()
        self._models: dict[str, tuple[str, ...]] = {}

    def ready(self, root: str) -> bool:
        """Whether the engine has an index of the folder `root`: before that it answers no completion there."""
        return root in self._ready

    def start(self) -> None:
        """Effect: begin to keep an engine running. Needs a running loop."""
        self._keeper = asyncio.create_task(self._keep(), name="engine")

    async def stop(self) -> None:
        """Effect: end the engine and wait for its end."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    def tell(self, message: Opened | Edited | Closed) -> None:
        """Effect: send on what became of a document.

        To an engine that is busy for long the whole text is sent later, in the place of many edits: nothing piles up.
        """
        if not isinstance(message, Closed) and (message.uri in self._behind or self._unread() > _MOST_UNREAD):
            self._behind.add(message.uri)
            self._fell_behind.set()
            return
        self._behind.discard(message.uri)
        self.send(message)

    def send(self, message: ToEngine) -> None:
        """Effect: send a message, if there is an engine."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(encode(message))

    async def complete(self, uri: str, revision: int, offset: int, *, lines: bool = True) -> Completed:
        """Effect: ask what belongs at the byte `offset` of a document, with or without the rest of the line. Raises ChildFailed when there is no answer."""
        answer = await self._ask(uri, lambda number: Complete(number, uri, revision, offset, lines))
        assert isinstance(answer, Completed)
        return answer

    async def predict(
        self, uri: str, revision: int, offset: int, *, is_invoked: bool, trusted: bool | None
    ) -> Predicted:
        """Effect: ask what a model would write at the byte `offset` of a document. Raises ChildFailed when there is no answer."""
        answer = await self._ask(uri, lambda number: Predict(number, uri, revision, offset, is_invoked, trusted))
        assert isinstance(answer, Predicted)
        return answer

    def models(self, root: str) -> tuple[str, ...]:
        """Which models complete in the folder `root`, in this order."""
        return self._models.get(root, ())

    async def bring(self, uri: str, revision: int, statement: str, label: str, offset: int) -> Brought:
        """Effect: ask what an import changes in a document, and what an item is. Raises ChildFailed when there is no answer."""
        answer = await self._ask(uri, lambda number: Bring(number, uri, revision, statement, label, offset))
        assert isinstance(answer, Brought)
        return answer

    async def compile(self, uri: str) -> Compiled:
        """Effect: ask whether the open document `uri` compiles. Raises ChildFailed when there is no answer."""
        answer = await self._ask(uri, lambda number: Compile(number, uri))
        assert isinstance(answer, Compiled)
        return answer

    async def _ask(self, uri: str, question: Callable[[int], Question]) -> Answer:
        if self._process is None:
            raise ChildFailed("the engine is not running")
        if len(self._waiting) >= _MOST_WAITING or self._unread() > _MOST_UNREAD:
            raise ChildFailed("too many questions are waiting")
        number = next(self._ids)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._catch_up([uri])
            self.send(question(number))
            return await answer
        except asyncio.CancelledError:
            self.send(Cancel(number))
            raise
        finally:
            self._waiting.pop(number, None)

    def _unread(self) -> int:
        """Bytes that the engine has not read yet."""
        stdin = self._process.stdin if self._process else None
        return stdin.transport.get_write_buffer_size() if stdin else 0

    def _catch_up(self, uris: Iterable[str]) -> None:
        """Effect: send documents whole whose edits were not sent."""
        for uri in self._behind.intersection(uris):
            self._behind.discard(uri)
            if (whole := self._known.document(uri)) is not None:
                self.send(whole)

    async def _drain(self, stdin: asyncio.StreamWriter) -> None:
        """Effect: for ever, send what was held back as soon as the engine has read the rest."""
        with contextlib.suppress(ConnectionError):  # it has ended: the next one is told all
            while await self._fell_behind.wait():
                self._fell_behind.clear()
                await stdin.drain()
                self._catch_up(tuple(self._behind))

    async def _keep(self) -> None:
        deaths, has_told = 0, False
        while True:
            began = time.monotonic()
            try:
                why = await self._live()
            except (OSError, ChildFailed) as error:
                why = str(error)
            log.warning("the engine ended: %s", why)
            if not has_told:
                self._tell(Failed(0, f"the engine ended ({why}) and is started again; nothing of yours is lost"))
            deaths, has_told = 1 if time.monotonic() - began > _PATIENCE else deaths + 1, True
            self._fail_all("the engine ended")
            if deaths == _MOST_DEATHS:
                self._tell(Stopped(_RESTING))
            await asyncio.sleep(0.2 * deaths if deaths < _MOST_DEATHS else _REST)

    async def _live(self) -> str:
        """Effect: start one engine and hear it until it ends; returns how it did."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        draining = asyncio.create_task(self._drain(process.stdin), name="draining")
        try:
            self.send(self._begin)
            self._behind.clear()
            for message in (*self._known.folders(), *self._known.documents()):
                self.send(message)
            while line := await process.stdout.readline():
                self._hear(decode(line))
        except ValueError as error:
            raise ChildFailed(f"an answer of more than {_LONGEST_LINE} bytes") from error
        finally:
            draining.cancel()
            self._process = None
            self._ready.clear()
            await _end(process)
        code = process.returncode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _hear(self, message: Message) -> None:
        if isinstance(message, Answer):
            if (answer := self._waiting.get(message.id)) and not answer.done():
                answer.set_result(message)
        elif isinstance(message, Failed) and message.id:
            if (answer := self._waiting.get(message.id)) and not answer.done():
                answer.set_exception(ChildFailed(message.why))
        elif isinstance(message, Lost):
            self._behind.add(message.uri)
            self._catch_up([message.uri])
        elif isinstance(message, Notice):
            if isinstance(message, Ready):
                self._ready.add(message.root)
            elif isinstance(message, Models):
                self._models[message.root] = message.names
            self._tell(message)

    def _fail_all(self, why: str) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ChildFailed(why))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Effect: end a child of ours: its stdin closed is the polite way, a kill the other."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), 1.0)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
