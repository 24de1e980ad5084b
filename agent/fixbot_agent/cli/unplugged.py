"""A stretch in which this process talks to nobody: what opens a connection, or asks for a name, is refused."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_REFUSED = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
     "socket.gethostbyaddr", "socket.getnameinfo"}
)  # fmt: skip
_within: list[object] = []  # the stretches that are going on


class Unplugged(PermissionError):
    """Raised in whatever tries to reach somebody."""


@contextmanager
def unplugged() -> Iterator[None]:
    """Effect: refuse every connection of this process, of all its threads and to this machine's own too, until the end of the block."""
    _listening()
    stretch = object()
    _within.append(stretch)
    try:
        yield
    finally:
        _within.remove(stretch)


@cache
def _listening() -> None:
    """Effect: ask for what happens, once: a process keeps what it once asked for."""
    sys.addaudithook(_refuse)


def _refuse(event: str, _: object) -> None:
    if _within and event in _REFUSED:
        raise Unplugged(f"{event}: a replay talks to nobody")
