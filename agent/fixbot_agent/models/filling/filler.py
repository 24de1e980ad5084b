"""Asks one endpoint to fill holes: streamed, ended from any thread, the connection kept for the next one."""

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fixbot_agent.errors import ModelError
from fixbot_agent.models.filling import chatting
from fixbot_agent.models.filling.events import pieces
from fixbot_agent.models.filling.hole import Hole
from fixbot_agent.models.filling.requests import Asking, asking
from fixbot_agent.models.http import Ask, Connection
from fixbot_agent.models.messages import Usage
from fixbot_agent.models.model import Endpoint, called
from fixbot_agent.models.refusing import named

if TYPE_CHECKING:
    from openai import OpenAI

_IDLE = 3  # connections kept; an answer that was cut costs one
_LONGEST = 16_000  # characters of an answer that are listened to


class Filler:
    """Fills holes at one endpoint. Made without effect; its connections are for several threads."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str] | None = None) -> None:
        self.endpoint = endpoint
        self._environ = os.environ if environ is None else environ
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    def begin(self, hole: Hole, way: str, most: int, seconds: float, stops: tuple[str, ...] = ()) -> "Filling":
        """A filling that has not begun: `most` tokens, `seconds` in all."""
        return Filling(self, hole, asking(self.endpoint, way, hole, most, stops), seconds)

    def lend(self) -> Connection:
        """A connection for one request."""
        with self._lock:
            return self._idle.pop() if self._idle else Connection(self.endpoint, self._environ, self.endpoint.timeout)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request."""
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(connection)


@dataclass(slots=True)
class Filling:
    """One answer under way. `finish` and `usage` are known when it ended; `asked` is what is sent, word for word."""

    filler: Filler
    hole: Hole
    asked: Asking
    seconds: float
    finish: str = ""
    usage: Usage = field(default_factory=Usage)
    _connection: Connection | None = None
    _is_aborted: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def texts(self, sent: Callable[[], None] = lambda: None) -> Generator[str, None, None]:
        """Effect: ask; yields the whole text so far, each time that there is more. Raises ModelError.

        `sent` is called once the request has left.
        """
        connection = self.filler.lend()
        with self._lock:
            self._connection = connection
            if self._is_aborted:
                return
        deadline = time.monotonic() + min(self.seconds, self.filler.endpoint.timeout)
        try:
            with closing(connection.pieces(self._ask(connection, deadline), deadline, sent)) as body:
                yield from self._texts(body)
        except ModelError as error:
            named(error, called(self.filler.endpoint))
            raise
        finally:
            with self._lock:
                self._connection = None
            self.filler.give_back(connection)

    def abort(self) -> None:
        """Effect: end it, from any thread: whoever reads :meth:`texts` gets an error at once, the endpoint a closed connection."""
        with self._lock:
            self._is_aborted = True
            if self._connection is not None:
                self._connection.abort()

    def _texts(self, body: Iterator[bytes]) -> Iterator[str]:
        raw = shown = ""
        for piece in pieces(body):
            raw += piece.text
            self.finish = self.finish or piece.finish
            self.usage = piece.usage or self.usage
            text = chatting.unwrapped(raw, self.hole) if self.asked.way == "chat" else raw
            if text != shown:
                shown = text
                yield text
            if len(raw) > _LONGEST:
                raise ModelError("the answer does not end", "is this way of filling the right one? see 'fixbot models'")

    def _ask(self, connection: Connection, deadline: float) -> Ask:
        if self.asked.way in ("infill", "mistral"):
            return connection.post(_address(connection.base_url, self.asked), self.asked.body)

        def ask(api: "OpenAI") -> object:
            resource = api.chat.completions if self.asked.way == "chat" else api.completions
            timeout = max(deadline - time.monotonic(), 0.1)
            return resource.with_streaming_response.create(**self.asked.body, timeout=timeout)  # type: ignore[call-overload]

        return ask  # type: ignore[return-value]


def _address(base_url: str, asked: Asking) -> str:
    """Where a request goes that is none of OpenAI's: llama.cpp's /infill stands beside /v1, not below it."""
    base = base_url.rstrip("/")
    if asked.way == "infill":
        parts = urlsplit(base)
        base = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/v1')}"
    return base + asked.path
