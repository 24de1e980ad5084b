"""Errors of the editor's door.

FixbotError
└── ServerError
    ├── ListenRefused     the server was told to listen where anybody could reach it, or without a token
    ├── CommandRefused    a command was given what it cannot work with, or cannot be carried out here
    ├── Outdated          what a request asks about has changed meanwhile
    └── ChildFailed       a child process of the server cannot be started, died, or spoke nonsense
"""

from fixbot_analysis.errors import FixbotError


class ServerError(FixbotError):
    """Raised by the language server; never raised itself, only its children."""

    kind = "server"


class ListenRefused(ServerError):
    """Raised when ``--tcp`` names an address that is not this machine's own, or no token was given."""

    kind = "listen"


class Outdated(ServerError):
    """Raised when a request's answer would be about a text, or a place, that is no longer the client's; answered as ContentModified."""

    kind = "outdated"


class CommandRefused(ServerError):
    """Raised when a command's argument cannot be used, or when the workspace, its trust or the documents do not allow it."""

    kind = "command"


class ChildFailed(ServerError):
    """Raised when a child process cannot be started, has died, or answers with something unreadable."""

    kind = "child"
