"""A progress bar in the editor, that the user may cancel."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.progress import Progress


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
        """Effect: say how far it is; `total` is 0 where that is not known."""
        if self._is_up:
            share = min(100, 100 * done // total) if total else None
            self._bars.report(self._token, types.WorkDoneProgressReport(message=what, percentage=share))

    def end(self, message: str = "") -> None:
        """Effect: take the bar away, also one that the client has not agreed to yet."""
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
