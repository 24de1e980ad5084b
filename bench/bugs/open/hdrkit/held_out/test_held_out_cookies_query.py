from datetime import datetime, timedelta, timezone

import pytest

from hdrkit import CookieJar, SetCookie, build_query, parse_query, parse_set_cookie, query_dict, update_query

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("age", [0, -1, -100, 1, 59, 10**6])
def test_max_age(age):
    cookie = parse_set_cookie("a=1; Max-Age=%d" % age)
    assert cookie.max_age == age
    assert cookie.expires_at(NOW) == NOW + timedelta(seconds=age)
    assert ("Max-Age=%d" % age) in cookie.to_header().split("; ")
    assert parse_set_cookie(cookie.to_header()) == cookie
    jar = CookieJar()
    jar.store("h", SetCookie("a", "0"), NOW)
    jar.store("h", cookie, NOW)
    assert len(jar) == (1 if age > 0 else 0)


def test_max_age_goes_before_expires():
    late, early = NOW + timedelta(days=1), NOW - timedelta(days=1)
    assert SetCookie("a", "1", expires=late, max_age=0).expires_at(NOW) == NOW
    assert SetCookie("a", "1", expires=early, max_age=5).expires_at(NOW) == NOW + timedelta(seconds=5)
    assert SetCookie("a", "1", expires=early).expires_at(NOW) == early
    jar = CookieJar()
    jar.store("h", SetCookie("a", "1", expires=late), NOW)
    jar.store("h", SetCookie("b", "1"), NOW)
    jar.store("h", SetCookie("a", "1", expires=late, max_age=0), NOW)
    assert jar.header_for("h", now=NOW) == "b=1"


def test_session_cookie():
    cookie = SetCookie("a", "1")
    assert cookie.expires_at(NOW) is None
    assert cookie.to_header() == "a=1; Path=/"
    jar = CookieJar()
    jar.store("h", cookie, NOW)
    assert jar.header_for("h", now=NOW + timedelta(days=900)) == "a=1"


@pytest.mark.parametrize(
    "text, pairs",
    [
        ("a=", [("a", "")]),
        ("a", [("a", "")]),
        ("?a&b=1", [("a", ""), ("b", "1")]),
        ("a=&a=2&a=", [("a", ""), ("a", "2"), ("a", "")]),
        ("a=1&&b=2&", [("a", "1"), ("b", "2")]),
        ("=x", [("", "x")]),
        ("%20=%26", [(" ", "&")]),
        ("a==b", [("a", "=b")]),
        ("??a=1", [("?a", "1")]),
    ],
)
def test_parse_query(text, pairs):
    assert parse_query(text) == pairs


def test_blank_round_trip():
    assert query_dict("a=&b=1&a=") == {"a": ["", ""], "b": ["1"]}
    assert parse_query(build_query([("a", ""), ("b", " "), ("c", "ä")])) == [
        ("a", ""),
        ("b", " "),
        ("c", "ä"),
    ]


@pytest.mark.parametrize(
    "url, changes, wanted",
    [
        ("/x?a=&b=", {}, "/x?a=&b="),
        ("/x?a=&b=1", {"a": None}, "/x?b=1"),
        ("/x?a=&b=1", {"a": 2}, "/x?a=2&b=1"),
        ("/x?a=1", {"a": ""}, "/x?a="),
        ("/x?raw", {"p": 1}, "/x?raw=&p=1"),
        ("/x#f", {"p": False}, "/x?p=false#f"),
        ("/x?a=1#f", {"a": None}, "/x#f"),
        ("/x?a=1&b=&a=2", {"a": ["u", "v"]}, "/x?a=u&a=v&b="),
    ],
)
def test_update_query(url, changes, wanted):
    assert update_query(url, changes) == wanted
