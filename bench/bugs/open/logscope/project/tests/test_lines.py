from datetime import datetime, timedelta, timezone

import pytest

from logscope.filters import BadFilter, every, parse
from logscope.lines import BadLine, read_line, read_lines

PLAIN = '10.0.0.1 - kim [05/Mar/2024:10:20:30 +0100] "GET /a%20b?x=1&y= HTTP/1.1" 200 512 "-" "curl/8" 0.25'


def test_a_line():
    hit = read_line(PLAIN)
    assert (hit.address, hit.user, hit.method, hit.path) == ("10.0.0.1", "kim", "GET", "/a b")
    assert hit.query == {"x": "1", "y": ""}
    assert hit.time == datetime(2024, 3, 5, 10, 20, 30, tzinfo=timezone(timedelta(hours=1)))
    assert (hit.status, hit.size, hit.referer, hit.agent, hit.seconds) == (200, 512, None, "curl/8", 0.25)


def test_a_short_line():
    hit = read_line('::1 - - [05/Mar/2024:10:20:30 +0000] "POST /x HTTP/1.0" 304 -\n')
    assert (hit.user, hit.size, hit.agent, hit.seconds) == (None, 0, None, None)


def test_nonsense_requests_are_kept():
    hit = read_line('::1 - - [05/Mar/2024:10:20:30 +0000] "\\x16\\x03 hello" 400 0')
    assert hit.method is None


def test_bad_lines():
    with pytest.raises(BadLine):
        read_line("hello")
    bad = []
    hits = list(read_lines(["# log\n", PLAIN, "what\n", "\n", PLAIN], lambda number, error: bad.append(number)))
    assert len(hits) == 2
    assert bad == [3]


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("status=200", True),
        ("status=2xx", True),
        ("status>=300", False),
        ("method=POST,GET", True),
        ("path=/a*", True),
        ("path~b$", True),
        ("user!=-", True),
        ("referer=-", True),
        ("seconds>0.2", True),
        ("time>2024-03-05", True),
        ("time<2024-03-05T09:20", False),
    ],
)
def test_conditions(condition, fits):
    assert parse(condition)(read_line(PLAIN)) is fits


@pytest.mark.parametrize("condition", ["status", "what=1", "status>x", "path>a", "path~(", "time>soon"])
def test_bad_conditions(condition):
    with pytest.raises(BadFilter):
        parse(condition)


def test_every():
    assert every([])(read_line(PLAIN))
    assert not every(["status=200", "method=PUT"])(read_line(PLAIN))
