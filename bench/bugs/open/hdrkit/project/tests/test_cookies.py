from datetime import datetime, timedelta, timezone

import pytest

from hdrkit import CookieJar, HeaderError, SetCookie, parse_cookie, parse_set_cookie

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=timezone.utc)


def test_parse_request():
    assert parse_cookie('a=1; b="x;y"; a=2; junk; c=k=v') == {"a": "1", "b": "x;y", "c": "k=v"}


def test_to_header():
    cookie = SetCookie(
        "sid", "abc", domain="example.org", max_age=60, secure=True, http_only=True, same_site="lax"
    )
    assert cookie.to_header() == (
        "sid=abc; Path=/; Domain=example.org; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
    )


def test_to_header_expires():
    east = timezone(timedelta(hours=2))
    cookie = SetCookie("sid", "abc", expires=datetime(2024, 5, 1, 14, 0, tzinfo=east))
    assert cookie.to_header() == "sid=abc; Path=/; Expires=Wed, 01 May 2024 12:00:00 GMT"


def test_bad_value():
    with pytest.raises(HeaderError):
        SetCookie("a", "x;y").to_header()


def test_parse_set_cookie():
    cookie = parse_set_cookie(
        "sid=a=b; expires=Wed, 01 May 2024 12:00:00 GMT; PATH=/x; domain=.Example.org; HttpOnly"
    )
    assert (cookie.name, cookie.value, cookie.path) == ("sid", "a=b", "/x")
    assert cookie.expires == NOW
    assert cookie.domain == "example.org"
    assert cookie.http_only and not cookie.secure
    assert parse_set_cookie("a=1; max-age=soon").max_age is None


def test_jar_paths_and_hosts():
    jar = CookieJar()
    jar.store("example.org", SetCookie("a", "1"), NOW)
    jar.store("example.org", SetCookie("b", "2", path="/shop"), NOW)
    jar.store("example.org", SetCookie("c", "3", domain="example.org"), NOW)
    jar.store("example.org", SetCookie("d", "4", secure=True), NOW)
    assert jar.header_for("example.org", "/shop/1", now=NOW) == "b=2; a=1; c=3"
    assert jar.header_for("www.example.org", "/shopping", now=NOW) == "c=3"
    assert jar.header_for("example.org", secure=True, now=NOW) == "a=1; c=3; d=4"


def test_jar_ends():
    jar = CookieJar()
    jar.store("h", SetCookie("a", "1", max_age=10), NOW)
    assert jar.header_for("h", now=NOW + timedelta(seconds=9)) == "a=1"
    assert jar.header_for("h", now=NOW + timedelta(seconds=10)) == ""


def test_jar_server_removes():
    jar = CookieJar()
    jar.store("h", SetCookie("a", "1"), NOW)
    jar.store("h", parse_set_cookie("a=gone; Max-Age=0"), NOW)
    assert len(jar) == 0


def test_removal_is_sent():
    assert SetCookie("a", "", max_age=0).to_header() == "a=; Path=/; Max-Age=0"
