"""Errors of the editor's door.

FixbotError
└── ServerError
    ├── ListenRefused     the server was told to listen where anybody could reach it, or without a token
    └── ChildFailed       a child process of the server cannot be started, died, or spoke nonsense
"""

from fixbot_analysis.errors import FixbotError


class ServerError(FixbotError):
    """Raised by the language server; never raised itself, only its children."""

    kind = "server"


class ListenRefused(ServerError):
    """Raised when ``--tcp`` names an address that is not this machine's own, or no token was given."""

    kind = "listen"


class ChildFailed(ServerError):
    """Raised when a child process cannot be started, has died, or answers with something unreadable."""

    kind = "child"
