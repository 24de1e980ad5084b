"""The server's end of the engine: starts it, asks it, starts it again when it dies, ends it."""

import asyncio
import contextlib
import itertools
import logging
import sys
import time
from collections.abc import Callable, Iterable

from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.wire import (
    Begin,
    Buffer,
    Cancel,
    Compile,
    Compiled,
    Complete,
    Completed,
    Failed,
    Learnt,
    Message,
    Ready,
    Step,
    Touched,
    decode,
    encode,
)

Notice = Ready | Learnt | Step | Failed
log = logging.getLogger(__name__)

# -P: the folder that the editor happened to start us in must not lend its modules to the engine.
COMMAND = (sys.executable, "-P", "-m", "fixbot_lsp.engine")
_LONGEST_LINE = 16 << 20  # bytes of one answer
_MOST_WAITING = 256  # requests; a flood beyond this is refused rather than queued
_PATIENCE = 60.0  # seconds that an engine must live for its earlier deaths to be forgotten
_MOST_DEATHS = 5


class Link:
    """Owns the engine's process. `tell` hears what the engine says unasked."""

    def __init__(self, begin: Begin, tell: Callable[[Notice], None], command: tuple[str, ...] = COMMAND) -> None:
        self._begin, self._tell, self._command = begin, tell, command
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[Completed | Compiled]] = {}
        self._ids = itertools.count(1)
        self._buffers: dict[str, Buffer] = {}  # every open document, for the next engine should this one die
        self._unsent: dict[str, Buffer] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._ready = False

    @property
    def ready(self) -> bool:
        """Whether the engine has its index: before that it answers no completion."""
        return self._ready

    def start(self) -> None:
        """Effect: begin to keep an engine running. Needs a running loop."""
        self._keeper = asyncio.create_task(self._keep(), name="engine")

    async def stop(self) -> None:
        """Effect: end the engine and wait for its end."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    def put(self, buffer: Buffer) -> None:
        """Note an open document as it is now, or that it was closed; it is sent before the next question."""
        self._unsent[buffer.path] = self._buffers[buffer.path] = buffer
        if buffer.text is None:
            del self._buffers[buffer.path]

    def touched(self, paths: Iterable[str]) -> None:
        """Effect: tell the engine that files were written, made or deleted on disk, and first what is open."""
        self._flush()
        self._send(Touched(tuple(paths)))

    async def complete(self, path: str, line: int, column: int) -> Completed:
        """Effect: ask what belongs at a place (from 0, in characters). Raises ChildFailed when there is no answer."""
        answer = await self._ask(lambda number: Complete(number, path, line, column))
        assert isinstance(answer, Completed)
        return answer

    async def compile(self, path: str) -> Compiled:
        """Effect: ask whether the open document `path` compiles. Raises ChildFailed when there is no answer."""
        answer = await self._ask(lambda number: Compile(number, path))
        assert isinstance(answer, Compiled)
        return answer

    async def _ask(self, question: Callable[[int], Complete | Compile]) -> Completed | Compiled:
        if self._process is None:
            raise ChildFailed("the engine is not running")
        if len(self._waiting) >= _MOST_WAITING:
            raise ChildFailed("too many questions are waiting")
        number = next(self._ids)
        answer: asyncio.Future[Completed | Compiled] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._flush()
            self._send(question(number))
            return await answer
        except asyncio.CancelledError:
            self._send(Cancel(number))
            raise
        finally:
            self._waiting.pop(number, None)

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, {}
        for buffer in unsent.values():
            self._send(buffer)

    def _send(self, message: Message) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(encode(message))

    async def _keep(self) -> None:
        deaths = 0
        while deaths < _MOST_DEATHS:
            began = time.monotonic()
            try:
                await self._live()
            except (OSError, ChildFailed) as error:
                log.warning("the engine: %s", error)
            deaths = 1 if time.monotonic() - began > _PATIENCE else deaths + 1
            self._fail_all("the engine ended")
            await asyncio.sleep(0.2 * deaths)
        self._tell(Failed(0, "the engine ended again and again; completions come from the open document only"))

    async def _live(self) -> None:
        """Effect: start one engine and hear it until it ends."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        self._process = process
        try:
            self._send(self._begin)
            self._unsent = dict(self._buffers)
            self._flush()
            assert process.stdout is not None
            while line := await process.stdout.readline():
                self._hear(decode(line))
        except ValueError as error:
            raise ChildFailed(f"an answer of more than {_LONGEST_LINE} bytes") from error
        finally:
            self._process, self._ready = None, False
            await _end(process)

    def _hear(self, message: Message) -> None:
        if isinstance(message, Completed | Compiled):
            if (answer := self._waiting.get(message.id)) and not answer.done():
                answer.set_result(message)
        elif isinstance(message, Failed) and message.id:
            if (answer := self._waiting.get(message.id)) and not answer.done():
                answer.set_exception(ChildFailed(message.why))
        elif isinstance(message, Notice):
            self._ready = self._ready or isinstance(message, Ready)
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
