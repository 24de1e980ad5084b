"""The composition root: the server with all its features, on the transport that was asked for."""

import asyncio
import contextlib
import logging
import signal
import sys

from fixbot_agent.cli.envelope import printable
from fixbot_lsp.features import actions, capabilities, commands, lenses, notices, syncing
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.talking.transport import Receiver, StdoutWriter, TcpServer, serve_stdio, take_stdout

_LONGEST_LINE = 500  # characters of the log


def make_server() -> FixbotServer:
    """A server with every feature, not started."""
    server = FixbotServer()
    for feature in (capabilities, syncing, actions, commands, lenses, notices):
        feature.register(server)
    return server


def run_stdio() -> int:
    """Effect: serve the client on stdin and stdout; returns the exit code (1: the client left without ``shutdown``)."""
    server = make_server()
    writer = StdoutWriter(take_stdout())
    server.protocol.set_writer(writer)

    async def serve() -> None:
        _end_tidily()
        try:
            await serve_stdio(sys.stdin.buffer, server.protocol)
        finally:
            await server.finish()
            writer.close()

    asyncio.run(serve())
    return 0 if server.protocol.tidy else 1


def run_tcp(host: str, port: int, token: str) -> int:
    """Effect: serve the first client that knows `token`, until it leaves."""
    servers: list[FixbotServer] = []

    def receiver(writer: asyncio.StreamWriter) -> Receiver:
        server = make_server()
        server.protocol.set_writer(_Stream(writer))
        servers.append(server)
        return server.protocol

    async def serve() -> None:
        _end_tidily()
        try:
            await TcpServer(token, receiver).serve(host, port)
        finally:
            for server in servers:
                await server.finish()

    asyncio.run(serve())
    return 0


def _end_tidily() -> None:
    """Effect: take the signal that ends processes as Ctrl-C, which the loop answers by cancelling what it runs."""
    with contextlib.suppress(ValueError):  # not the main thread: then somebody else has the signals
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))


class _Stream:
    """A StreamWriter in the shape that pygls writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    def close(self) -> None:
        self._writer.close()


class OneLine(logging.Formatter):
    """One line a record: of a traceback only the error itself; control characters spelled out, keys taken out."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = record.getMessage().partition("\n")[0]  # pygls writes tracebacks below it
        text = f"{record.levelname} {record.name}: {said}"
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            text += f": {type(error).__name__}: {error}"
        line = printable(" ".join(text.split()))
        return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"


def log_to_stderr(verbose: bool) -> None:
    """Effect: send the logs to stderr, with tracebacks when `verbose`; of pygls' own, which hold whole messages, only errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s") if verbose else OneLine())
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if verbose else logging.WARNING)
    logging.getLogger("pygls").setLevel(logging.ERROR)
