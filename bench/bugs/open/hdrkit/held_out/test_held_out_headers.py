from datetime import datetime, timedelta, timezone

import pytest

from hdrkit import HeaderError, Headers, SetCookie, format_date, parse_date


@pytest.mark.parametrize(
    "text",
    ["Ångström", "Å", "naïve\u00a0Å", "…dots", "\u0085", "à la carte", "日本語", "Żółć", "\u2028x", "Ą x"],
)
def test_utf8_values_survive(text):
    raw = b"Host: h\r\nX-Title: a" + text.encode("utf-8") + b"z\r\nX-Next: 1\r\n\r\n"
    headers = Headers.parse(raw)
    assert [name for name, _ in headers] == ["Host", "X-Title", "X-Next"]
    assert headers.get("x-title").encode("latin-1").decode("utf-8") == "a" + text + "z"
    assert headers.to_bytes() == raw


@pytest.mark.parametrize("byte", [0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0xA0])
def test_single_bytes_are_no_line_ends(byte):
    raw = b"A: x" + bytes([byte]) + b"y\r\nB: z" + bytes([byte]) + b"\r\n\r\n"
    headers = Headers.parse(raw)
    assert list(headers) == [("A", "x%sy" % chr(byte)), ("B", "z%s" % chr(byte))]


def test_line_ends_and_folds():
    assert list(Headers.parse(b"A: 1\r\n\tfolded\r\nB: 2\n  more\n\nC: 3")) == [
        ("A", "1 folded"),
        ("B", "2 more"),
    ]
    assert len(Headers.parse(b"")) == 0
    assert list(Headers.parse(b"A:")) == [("A", "")]
    assert list(Headers.parse(b"A: b: c\r\n")) == [("A", "b: c")]
    for raw in [b" x\r\n", b"A\r\n", b"A B: c\r\n", b": c\r\n"]:
        with pytest.raises(HeaderError):
            Headers.parse(raw)


@pytest.mark.parametrize("minutes", [-720, -570, -300, -1, 0, 1, 60, 330, 345, 840])
def test_dates_are_gmt(minutes):
    zone = timezone(timedelta(minutes=minutes))
    utc = datetime(2023, 12, 31, 23, 30, 5, tzinfo=timezone.utc)
    assert format_date(utc.astimezone(zone)) == "Sun, 31 Dec 2023 23:30:05 GMT"
    assert parse_date(format_date(utc.astimezone(zone))) == utc
    header = SetCookie("a", "b", expires=utc.astimezone(zone)).to_header()
    assert header == "a=b; Path=/; Expires=Sun, 31 Dec 2023 23:30:05 GMT"


def test_naive_is_utc():
    assert format_date(datetime(2024, 7, 1, 8, 0)) == "Mon, 01 Jul 2024 08:00:00 GMT"
    header = SetCookie("a", "b", expires=datetime(2024, 7, 1, 8, 0)).to_header()
    assert header.endswith("Expires=Mon, 01 Jul 2024 08:00:00 GMT")
