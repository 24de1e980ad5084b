"""The composition root: the server with all its features, on the transport that was asked for."""

import asyncio
import logging
import sys

from fixbot_lsp import actions, capabilities, completion, syncing
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.transport import Receiver, StdoutWriter, TcpServer, serve_stdio, take_stdout


def make_server() -> FixbotServer:
    """A server with every feature, not started."""
    server = FixbotServer()
    for feature in (capabilities, syncing, completion, actions):
        feature.register(server)
    return server


def run_stdio() -> int:
    """Effect: serve the client on stdin and stdout; returns the exit code (1: the client left without ``shutdown``)."""
    server = make_server()
    writer = StdoutWriter(take_stdout())
    server.protocol.set_writer(writer)

    async def serve() -> None:
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
        try:
            await TcpServer(token, receiver).serve(host, port)
        finally:
            for server in servers:
                await server.finish()

    asyncio.run(serve())
    return 0


class _Stream:
    """A StreamWriter in the shape that pygls writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    def close(self) -> None:
        self._writer.close()


def log_to_stderr(verbose: bool) -> None:
    """Effect: send the logs to stderr; of pygls' own, which hold whole messages, only errors."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("pygls").setLevel(logging.ERROR)
