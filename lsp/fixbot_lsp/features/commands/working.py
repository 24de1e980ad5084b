"""A command's work under a progress bar that the user can cancel: the child ends, and the request is answered as cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fixbot_lsp.features.commands.asked import Asked
from fixbot_lsp.rounds.bars import Bar
from fixbot_lsp.server import FixbotServer

T = TypeVar("T")


async def under_bar(
    server: FixbotServer, asked: Asked, title: str, work: Coroutine[Any, Any, T], bar: Bar | None = None
) -> T:
    """Effect: await `work` while a bar shows `title`. Raises CancelledError when the user, or the client, cancelled it."""
    task = asyncio.ensure_future(work)
    bar = bar or bar_of(server, asked)
    bar.cancel = task.cancel
    bar.begin(title)
    try:
        return await task
    finally:
        task.cancel()
        bar.end()


def bar_of(server: FixbotServer, asked: Asked) -> Bar:
    """The bar of a command, under the client's token where it gave one."""
    return Bar(server.work_done_progress, server.client_capabilities, lambda: None, asked.work)
