"""TCP: this machine only, nobody without the token, and the server ends with its client."""

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

TOKEN = "a-token-of-more-than-16-characters"


@contextlib.contextmanager
def serving(fixbot: str, *more: str, token: str | None = TOKEN) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    env = {**os.environ, **({"FIXBOT_LSP_TOKEN": token} if token else {})}
    command = [fixbot, "lsp", "--tcp", "127.0.0.1:0", *more]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stderr
        try:
            said = process.stderr.readline().decode()
            yield process, int(said.rsplit(":", 1)[1]) if "listening" in said else 0
        finally:
            process.kill()


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def hello(token: object) -> bytes:
    options = {"token": token}
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    return framed({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})


def talk(port: int, data: bytes, until: bytes = b"\0") -> bytes:
    """What the server answers to `data` before it hangs up, or until `until` came."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.settimeout(30)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may hang up before it heard all
            connection.sendall(data)
        while until not in received:
            try:
                piece = connection.recv(1 << 16)
            except ConnectionResetError:
                break
            if not piece:
                break
            received += piece
    return received


def test_a_client_with_the_token_is_served_and_the_server_ends_with_it(fixbot: str) -> None:
    with serving(fixbot) as (process, port):
        assert b'"serverInfo"' in talk(port, hello(TOKEN), until=b"serverInfo")
        assert process.wait(30) == 0


def test_strangers_learn_nothing_and_the_real_client_is_served_behind_them(fixbot: str) -> None:
    browser = b"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
    shutdown = framed({"jsonrpc": "2.0", "id": 1, "method": "shutdown"})
    huge = b"Content-Length: 30000000\r\n\r\n" + b" " * 2_000_000
    with serving(fixbot) as (_, port):
        for data in (
            hello("wrong" * 10),
            hello(None),
            hello({"x": 1}),
            hello(""),
            shutdown,
            browser + hello(TOKEN),
            huge,
        ):
            assert talk(port, data) == b"", data[:80]
        assert b'"serverInfo"' in talk(port, hello(TOKEN), until=b"serverInfo")


def test_a_second_client_is_turned_away(fixbot: str) -> None:
    with serving(fixbot) as (_, port), socket.create_connection(("127.0.0.1", port), 30) as first:
        first.sendall(hello(TOKEN))
        assert first.recv(10)
        assert talk(port, hello(TOKEN)) == b""


def test_the_token_may_come_from_a_file(fixbot: str, tmp_path: Any) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    with serving(fixbot, "--token-file", str(tmp_path / "token"), token=None) as (_, port):
        assert b'"serverInfo"' in talk(port, hello(TOKEN), until=b"serverInfo")


@pytest.mark.parametrize(
    "address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0", ":0", "localhost", "127.0.0.1:x"]
)
def test_an_address_that_others_can_reach_is_refused(fixbot: str, address: str) -> None:
    env = {**os.environ, "FIXBOT_LSP_TOKEN": TOKEN}
    done = subprocess.run([fixbot, "lsp", "--tcp", address], env=env, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"fixbot: ")
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize("token", [None, "short"])
def test_without_a_token_nothing_listens(fixbot: str, token: str | None) -> None:
    with serving(fixbot, token=token) as (process, port):
        assert process.wait(30) == 2
        assert port == 0
