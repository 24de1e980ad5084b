from datetime import datetime, timezone

import pytest

from hdrkit import HeaderError, Headers, format_date, parse_date, parse_options
from hdrkit.headers import split_quoted


def test_parse_and_write():
    headers = Headers.parse(b"Host: example.org\r\nX-Mark:  one \r\nx-mark: two\r\n\r\nbody: no")
    assert headers.get("host") == "example.org"
    assert headers.get_all("X-MARK") == ["one", "two"]
    assert headers.to_bytes() == b"Host: example.org\r\nX-Mark: one\r\nx-mark: two\r\n\r\n"


def test_continuation():
    headers = Headers.parse(b"Subject: a long\r\n  story\r\nTo: you\r\n")
    assert list(headers) == [("Subject", "a long story"), ("To", "you")]


def test_bare_newlines():
    assert len(Headers.parse(b"A: 1\nB: 2\n\nC: 3\n")) == 2


def test_malformed_line():
    with pytest.raises(HeaderError):
        Headers.parse(b"A: 1\r\nnonsense\r\n")


def test_set_keeps_the_place():
    headers = Headers([("A", "1"), ("B", "2"), ("a", "3")])
    headers.set("a", "4")
    assert list(headers) == [("a", "4"), ("B", "2")]
    headers.set("C", "5")
    assert list(headers)[-1] == ("C", "5")


def test_copy_stands_alone():
    headers = Headers({"A": "1"})
    other = headers.copy()
    other.add("B", "2")
    other.remove("a")
    assert list(headers) == [("A", "1")]


@pytest.mark.parametrize("name, value", [("A B", "x"), ("", "x"), ("A", "x\r\nB: y")])
def test_injection(name, value):
    with pytest.raises(HeaderError):
        Headers().add(name, value)


def test_get_list():
    headers = Headers([("Vary", "Accept, Cookie"), ("vary", 'Origin,, "a, b"')])
    assert headers.get_list("Vary") == ["Accept", "Cookie", "Origin", '"a, b"']


def test_split_quoted_escape():
    assert split_quoted(r'"a\",b",c', ",") == [r'"a\",b"', "c"]


def test_options():
    assert parse_options('text/html; Charset="utf-8"; x="a;\\"b"') == (
        "text/html",
        {"charset": "utf-8", "x": 'a;"b'},
    )
    assert parse_options("; a=1") == ("", {"a": "1"})
    assert parse_options("") == ("", {})


def test_dates():
    moment = datetime(2024, 2, 29, 23, 59, 58, tzinfo=timezone.utc)
    assert format_date(moment) == "Thu, 29 Feb 2024 23:59:58 GMT"
    assert format_date(moment.replace(tzinfo=None)) == format_date(moment)
    assert parse_date("Thu, 29 Feb 2024 23:59:58 GMT") == moment
    assert parse_date("Fri, 01 Mar 2024 00:59:58 +0100") == moment
    assert parse_date("soon") is None
