"""Frames come out whole whatever the pieces, and nothing that is no frame costs more than bounded memory."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_lsp.talking.framing import LONGEST_HEADER, Fault, Frame, FrameReader


def frame(body: bytes, *more: bytes) -> bytes:
    return b"".join([b"Content-Length: %d\r\n" % len(body), *more, b"\r\n", body])


def read(*pieces: bytes, longest: int = 1 << 20) -> list[Frame | Fault]:
    reader = FrameReader(longest)
    return [item for piece in pieces for item in reader.feed(piece)]


GOOD = frame(b'{"jsonrpc":"2.0"}')


@given(st.lists(st.binary(max_size=40), max_size=5), st.integers(1, 9))
def test_any_bodies_in_pieces_of_any_size_come_out_whole(bodies: list[bytes], size: int) -> None:
    stream = b"".join(frame(b, b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n") for b in bodies)
    pieces = [stream[i : i + size] for i in range(0, len(stream), size)]
    assert read(*pieces) == [Frame(b) for b in bodies]


def test_a_character_split_between_two_pieces_is_not_broken() -> None:
    stream = frame(json.dumps("🦊", ensure_ascii=False).encode())
    assert read(stream[:-4], stream[-4:-2], stream[-2:]) == [Frame('"🦊"'.encode())]


@pytest.mark.parametrize(
    "bad",
    [
        b"Content-Length: -5\r\n\r\n{}",
        b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        b"Content-Length: 999999999999\r\n\r\n{}",
        b"Content-Length: 0x10\r\n\r\n{}",
        b"Content-Length: \xd9\xa1\xd9\xa2\r\n\r\n{}",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"GET / HTTP/1.1\r\n",
        b"{}\r\n",
        b"\x00\xff\xfe\n",
    ],
)
def test_what_is_no_frame_is_said_and_the_next_message_is_read(bad: bytes) -> None:
    items = read(bad + GOOD)
    assert isinstance(items[0], Fault)
    assert items[-1] == Frame(b'{"jsonrpc":"2.0"}')


def test_a_message_over_the_limit_is_passed_over_without_being_held() -> None:
    reader = FrameReader(longest_body=100)
    items = list(reader.feed(b"Content-Length: 100000\r\n\r\n"))
    for _ in range(100):
        items += reader.feed(b"x" * 1000)
        assert len(reader._buffer) <= 1000
    items += reader.feed(GOOD)
    assert isinstance(items[0], Fault)
    assert items[1:] == [Frame(b'{"jsonrpc":"2.0"}')]


def test_an_endless_header_line_is_not_held() -> None:
    reader = FrameReader()
    items = []
    for _ in range(1000):
        items += reader.feed(b"y" * 1000)
        assert len(reader._buffer) <= LONGEST_HEADER + 1000
    items += reader.feed(b"\r\n" + GOOD)
    assert [type(i) for i in items] == [Fault, Frame]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    read(data)
