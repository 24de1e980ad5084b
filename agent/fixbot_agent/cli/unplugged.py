"""A process that talks to nobody: what opens a connection, or asks for a name, is refused from here on."""

import sys

_REFUSED = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
     "socket.gethostbyaddr", "socket.getnameinfo"}
)  # fmt: skip


class Unplugged(PermissionError):
    """Raised in whatever tries to reach somebody."""


def unplug() -> None:
    """Effect: refuse every connection of this process, to this machine's own too, for as long as it lives."""
    sys.addaudithook(_refuse)


def _refuse(event: str, _: object) -> None:
    if event in _REFUSED:
        raise Unplugged(f"{event}: a replay talks to nobody")
