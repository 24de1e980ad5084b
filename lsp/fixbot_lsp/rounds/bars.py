"""A progress bar in the editor, that the user may cancel."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.progress import Progress

BETWEEN = 1.0  # seconds


class Bar:
    """One piece of work as the client shows it; nothing at all where the client shows no progress."""

    def __init__(
        self,
        bars: Progress,
        client: types.ClientCapabilities,
        cancel: Callable[[], object],
        token: types.ProgressToken | None = None,
    ) -> None:
        """`cancel` is called when the user cancels the work; `token` is the client's own, where it made one for a request."""
        self._bars, self.cancel, self._given = bars, cancel, token is not None
        self._shows = self._given or (client.window is not None and bool(client.window.work_done_progress))
        self._token = f"fixbot-{uuid4()}" if token is None else token
        self._begun: asyncio.Task[None] | None = None
        self._told = 0.0  # when the client was told last, of the loop's clock
        self._next: tuple[asyncio.TimerHandle, types.WorkDoneProgressReport] | None = None

    def begin(self, title: str, message: str = "") -> None:
        """Effect: show the bar, once the client has agreed to it."""
        if self._shows:
            self._begun = asyncio.create_task(self._begin(title, message), name="bar")

    async def _begin(self, title: str, message: str) -> None:
        if self._given:
            self._bars.tokens[self._token] = Future()
        else:
            with contextlib.suppress(JsonRpcException):  # a client that has it no longer
                await self._bars.create_async(self._token)
        self._bars.begin(self._token, types.WorkDoneProgressBegin(title, cancellable=True, message=message or None))
        future = self._bars.tokens.get(self._token)
        if future is not None:
            future.add_done_callback(lambda done: self.cancel() if done.cancelled() else None)

    def step(self, what: str, done: int, total: int) -> None:
        """Effect: say how far it is, at most once in :data:`BETWEEN` seconds, the last word always; `total` is 0 where that is not known."""
        share = min(100, 100 * done // total) if total else None
        loop, report = asyncio.get_running_loop(), types.WorkDoneProgressReport(message=what, percentage=share)
        wait = self._told + BETWEEN - loop.time()
        if self._next is not None:
            self._next = self._next[0], report
        elif wait > 0:
            self._next = loop.call_later(wait, self._tell), report
        else:
            self._report(report)

    def _tell(self) -> None:
        """Effect: say the last of what came since."""
        if self._next is not None:
            (_, report), self._next = self._next, None
            self._report(report)

    def _report(self, report: types.WorkDoneProgressReport) -> None:
        if self._is_up:
            self._told = asyncio.get_running_loop().time()
            self._bars.report(self._token, report)

    def end(self, message: str = "") -> None:
        """Effect: take the bar away, also one that the client has not agreed to yet."""
        if self._next is not None:
            self._next[0].cancel()
            self._next = None
        if self._begun is None:
            return
        if self._is_up:
            self._bars.end(self._token, types.WorkDoneProgressEnd(message=message or None))
        else:
            self._begun.cancel()
        self._bars.tokens.pop(self._token, None)
        self._begun = None

    @property
    def _is_up(self) -> bool:
        return self._begun is not None and self._begun.done() and not self._begun.cancelled()
