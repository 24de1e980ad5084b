"""How messages come and go: stdin and stdout, or one TCP client on this machine that knows the token."""

import asyncio
import contextlib
import hmac
import ipaddress
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import BinaryIO, Protocol

from fixbot_lsp.errors import ListenRefused
from fixbot_lsp.talking.framing import LONGEST_BODY, Fault, Frame, FrameReader

log = logging.getLogger(__name__)
_PIECE = 1 << 16  # bytes
_AHEAD = 4  # pieces that are read ahead
_Batch = list[Frame | Fault]
_UNREAD = 32 << 20  # bytes that may wait for a client that does not read
_PARTING = 3.0  # seconds
_STRANGERS_BODY = 1 << 20  # bytes of the first message of somebody who was not let in yet
_STRANGERS_SECONDS = 10.0


class Receiver(Protocol):
    """What a transport delivers to."""

    def receive(self, body: bytes) -> None:
        """Handle one message."""
        ...

    def complain(self, why: str) -> None:
        """Answer something that is no message."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the client said ``exit``."""
        ...


class StdoutWriter:
    """Writes to the client from a thread, so that one that sends without reading holds up nobody but itself.

    What fails because the client has gone is dropped: the reading side ends the server.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._pending = 0  # bytes
        self._moved = threading.Condition()
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="stdout", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Effect: send `data` soon; waits only when the client has left :data:`_UNREAD` bytes unread."""
        with self._moved:
            self._moved.wait_for(lambda: self._pending < _UNREAD)
            self._pending += len(data)
        self._queue.put(data)

    def close(self) -> None:
        """Effect: send what waits, for at most a few seconds."""
        self._queue.put(None)
        self._thread.join(_PARTING)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            with contextlib.suppress(OSError, ValueError):
                self._stream.write(data)
                self._stream.flush()
            with self._moved:
                self._pending -= len(data)
                self._moved.notify_all()


def take_stdout() -> BinaryIO:
    """Effect: keep stdout for the protocol alone; whatever else is printed, here or by children, goes to stderr."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stream


async def serve_stdio(stream: BinaryIO, receiver: Receiver) -> None:
    """Effect: deliver the messages of `stream` until it ends or the client says exit."""
    ahead: asyncio.Queue[_Batch | None] = asyncio.Queue(_AHEAD)
    loop = asyncio.get_running_loop()
    threading.Thread(target=_read, args=(stream, ahead, loop), name="stdin", daemon=True).start()
    while (batch := await ahead.get()) is not None:
        # All at once: a request whose cancel lies in the same piece is cancelled before it was begun.
        for item in batch:
            _deliver(item, receiver)
        if receiver.ended:
            return


def _read(stream: BinaryIO, ahead: "asyncio.Queue[_Batch | None]", loop: asyncio.AbstractEventLoop) -> None:
    """Effect: read frames in a thread (no event loop can wait for a file or a console); a full queue holds it up."""
    reader = FrameReader()
    try:
        while data := os.read(stream.fileno(), _PIECE):
            if batch := list(reader.feed(data)):
                asyncio.run_coroutine_threadsafe(ahead.put(batch), loop).result()
        asyncio.run_coroutine_threadsafe(ahead.put(None), loop).result()
    except (RuntimeError, CancelledError):
        log.debug("the server ended before its input")


def _deliver(item: Frame | Fault, receiver: Receiver) -> None:
    if isinstance(item, Frame):
        receiver.receive(item.body)
    else:
        receiver.complain(item.why)


def loopback(address: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``. Raises ListenRefused unless the host is this machine's own address."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ListenRefused(
            f"'{address}' is not HOST:PORT", "for example --tcp 127.0.0.1:9257; port 0 picks a free one"
        )
    try:
        own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        own = False
    if not own:
        raise ListenRefused(
            f"'{host}' can be reached from other machines",
            "the server runs code checks and shows files: use 127.0.0.1, and ssh -L to reach it from elsewhere",
        )
    return host, int(port)


class TcpServer:
    """One client at a time; the server ends when a client that was let in leaves.

    A client is let in by the token in its first message (``initialize``, in ``initializationOptions.token``). Whoever
    sends anything that is no frame (a browser's HTTP request, say) is cut off.
    """

    def __init__(self, token: str, receiver: Callable[[asyncio.StreamWriter], Receiver]) -> None:
        self._token, self._make = token, receiver
        self._busy = False
        self._done: asyncio.Event | None = None

    async def serve(self, host: str, port: int) -> None:
        """Effect: listen, say on stderr where, and return after the first client that was let in has left."""
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._connected, host, port)
        async with server:
            where = server.sockets[0].getsockname()
            sys.stderr.write(f"fixbot lsp: listening on {where[0]}:{where[1]}\n")
            sys.stderr.flush()
            await self._done.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self._busy:
                await self._talk(reader, writer)
        except (TimeoutError, ConnectionError):
            log.debug("a client has gone, or said nothing")
        except asyncio.CancelledError:  # the server ends; asyncio would log one that gets out of here as an error
            log.debug("a client was cut off by the end of the server")
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames: FrameReader = FrameReader(_STRANGERS_BODY)
        receiver: Receiver | None = None
        while data := await asyncio.wait_for(reader.read(_PIECE), None if receiver else _STRANGERS_SECONDS):
            for item in frames.feed(data):
                if isinstance(item, Fault):
                    log.warning("a client was cut off: %s", item.why)
                    return
                if receiver is None:
                    if self._busy or not self._admits(item.body):
                        log.warning("a client without the token was cut off")
                        return
                    self._busy, receiver = True, self._make(writer)
                    frames.longest_body = LONGEST_BODY
                receiver.receive(item.body)
            if receiver is not None and receiver.ended:
                break
        if receiver is not None and self._done is not None:
            self._done.set()

    def _admits(self, body: bytes) -> bool:
        from fixbot_lsp.talking.protocol import token_of

        given = token_of(body)
        return given is not None and hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())
