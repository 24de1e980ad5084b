"""Tells the client to ask again: for code lenses and diagnostics, where it can be told, at most ten times a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from pygls.exceptions import JsonRpcException

from fixbot_lsp.server import FixbotServer

log = logging.getLogger(__name__)
_CALM = 0.1  # seconds


class Refreshing:
    """What the client shows may be outdated."""

    def __init__(self, server: FixbotServer) -> None:
        self._server = server
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def lenses(self) -> None:
        """Effect: have code lenses asked for again."""
        workspace = self._server.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self._soon("lenses", lambda: self._server.workspace_code_lens_refresh_async(None))

    def diagnostics(self, _uri: str) -> None:
        """Effect: have diagnostics asked for again, where the client asks for them; and lenses, which show what fixes there are."""
        if self._server.board.pulls:
            self._soon("diagnostics", lambda: self._server.workspace_diagnostic_refresh_async(None))
        if self._server.background.is_failing:
            self.lenses()

    def _soon(self, what: str, refresh: Callable[[], Awaitable[object]]) -> None:
        if what not in self._waiting or self._waiting[what].done():
            self._waiting[what] = asyncio.create_task(_later(refresh), name=f"refresh {what}")


async def _later(refresh: Callable[[], Awaitable[object]]) -> None:
    await asyncio.sleep(_CALM)
    try:
        await asyncio.wait_for(refresh(), 10.0)
    except (JsonRpcException, TimeoutError) as error:
        log.info("the client was not refreshed: %s", error)
