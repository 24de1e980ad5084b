"""Copilot's notices, which clients send that were written for its server: what was shown, and what was taken in part.

Source: the public documentation of the package ``@github/copilot-language-server``, "Inline Completions".
"""

from typing import Any

from fixbot_lsp.server import FixbotServer
from fixbot_lsp.statistics.counting import called, field_of

SHOWN, PARTLY = "textDocument/didShowCompletion", "textDocument/didPartiallyAcceptCompletion"


def register(server: FixbotServer) -> None:
    """Add the notices to `server`."""

    # The shapes are the client's own, and are looked at field by field.
    @server.feature(SHOWN)
    def shown(_params: Any) -> None:
        """What was shown is counted when it is offered: not every client tells. One that does tells what was taken, too."""
        server.counting.tells()

    @server.feature(PARTLY)
    def partly(params: Any) -> None:
        """The beginning of an offer was taken, `acceptedLength` units of UTF-16 of its text."""
        length = field_of(params, "acceptedLength")
        if isinstance(length, int):
            server.counting.partly(called(field_of(params, "item")), length)
