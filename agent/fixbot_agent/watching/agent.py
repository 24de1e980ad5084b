"""Decides when a round runs and when it ends: one at a time, after the last save, never while somebody types."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from fixbot_agent.watching.events import Ended, Event, Failed, Request, Tested, decode
from fixbot_agent.watching.leash import GRACE

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-P", "-m", "fixbot_agent.watching.child")
_CALM = 1.0  # seconds without a further save
_LONGEST = 16 << 20  # bytes of an event
_LONGEST_TEXT = 1 << 20  # bytes of a file that is remembered

Play = Callable[[Request], AsyncGenerator[Event, None]]
Tell = Callable[[Request, Event], None]


class Agent:
    """Runs rounds and tells what they say. A newer save, an edit or a cancel ends the one under way.

    What was saved in a round that did not come to its end is looked at in the next one, too.
    """

    def __init__(self, tell: Tell, play: Play | None = None, calm: float = _CALM) -> None:
        """`play` yields the events of a round; `calm` are seconds to wait for a further save."""
        self._tell, self._play, self._calm = tell, play or play_in_child, calm
        self._task: asyncio.Task[None] | None = None
        self._unseen: dict[str, None] = {}  # saved, and no round since then came to its end
        self._passed: dict[str, str] = {}  # what files were when the tests that see them last passed
        self._root = ""

    @property
    def busy(self) -> bool:
        """Whether a round is under way, or about to be."""
        return self._task is not None and not self._task.done()

    def saved(self, request: Request) -> None:
        """Effect: begin a round soon, in the place of the one under way."""
        self.interrupt()
        if request.root != self._root:
            self._root, self._unseen, self._passed = request.root, {}, {}
        self._unseen.update(dict.fromkeys(request.paths))
        whole = replace(request, paths=tuple(self._unseen), passed=dict(self._passed))
        self._task = asyncio.create_task(self._round(whole, self._task), name="round")
        self._task.add_done_callback(_report)

    def interrupt(self) -> None:
        """Effect: end the round under way; what it would have found is not told."""
        if self._task is not None:
            self._task.cancel()

    async def wait(self) -> None:
        """Wait for the end of the round under way, however it ends."""
        await self._settled(self._task)

    async def stop(self) -> None:
        """Effect: end the round under way and wait for its end."""
        self.interrupt()
        await self._settled(self._task)

    async def _round(self, request: Request, before: asyncio.Task[None] | None) -> None:
        await self._settled(before)  # two at once would take two cores
        await asyncio.sleep(self._calm)
        try:
            async with contextlib.aclosing(self._play(request)) as events:
                async for event in events:
                    self._tell(request, event)
                    if isinstance(event, Tested) and event.ran and not (event.failing or event.problems):
                        self._passed = {**self._passed, **await asyncio.to_thread(_texts, request)}
                    if isinstance(event, Ended | Failed):
                        self._unseen.clear()
        except OSError as error:
            self._tell(request, Failed(f"the background agent could not be started: {error}", "see 'fixbot doctor'"))

    @staticmethod
    async def _settled(task: asyncio.Task[None] | None) -> None:
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(asyncio.gather(task, return_exceptions=True))


def _texts(request: Request) -> dict[str, str]:
    """Effect: read files. What was saved, as it is now; what is no text, or long, is left out."""
    found: dict[str, str] = {}
    for path in request.paths:
        place = Path(request.root, path)
        with contextlib.suppress(OSError, ValueError):
            if path in request.buffers or place.stat().st_size <= _LONGEST_TEXT:
                found[path] = request.buffers.get(path) or place.read_text(encoding="utf-8")
    return found


def _report(task: asyncio.Task[None]) -> None:
    """Effect: log what a listener could not take; nobody awaits the task."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("the background agent: %s: %s", type(error).__name__, error)


async def play_in_child(request: Request, command: Sequence[str] = COMMAND) -> AsyncGenerator[Event, None]:
    """Effect: run the round in a process of its own and yield what it says; closing this ends the process and all that it started.

    The last event is Ended or Failed. Raises OSError where no process can be started.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=request.root, limit=_LONGEST)
    assert process.stdin is not None
    assert process.stdout is not None
    over = False
    try:
        with contextlib.suppress(ConnectionError):
            process.stdin.write(request.encode())
            await process.stdin.drain()
        async for line in process.stdout:
            event = decode(line)
            over = isinstance(event, Ended | Failed)
            yield event
        if not over:
            yield Failed("the background agent ended without a word", "look at the log for what it said on stderr")
    except ValueError as error:
        yield Failed(f"the background agent said what cannot be read: {error}", "report this as a bug")
    finally:
        await let_go(process)


async def let_go(process: asyncio.subprocess.Process) -> None:
    """Effect: let go of the leash of `process` (see :mod:`leash`) and wait for its end; shielded, so that a second cancel cannot orphan it."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.shield(asyncio.wait_for(process.wait(), GRACE + 2))
        return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
