from datetime import datetime, timedelta, timezone

from logscope.lines import Hit
from logscope.stats import KEYS, group, per_minute, percentile, route, top
from logscope.tables import bars, milliseconds, size, table
from logscope.visits import busiest, steps, visits

START = datetime(2024, 3, 5, 10, tzinfo=timezone.utc)


def hit(minutes=0, path="/", status=200, user=None, address="a", size=10, seconds=None):
    moment = START + timedelta(minutes=minutes)
    return Hit(address, user, moment, "GET", path, {}, status, size, None, "x", seconds)


def test_percentile():
    values = [5, 1, 4, 2, 3]
    assert [percentile(values, share) for share in (0, 0.5, 0.8, 1)] == [1, 3, 4, 5]


def test_groups():
    groups = group([hit(path="/b", status=500), hit(path="/a/7"), hit(path="/a/8", seconds=0.5)], KEYS["route"])
    assert list(groups) == ["/b", "/a/*"]
    assert groups["/b"].error_share == 1.0
    assert groups["/a/*"].mean == 0.5
    assert [name for name, _ in top(groups)] == ["/a/*", "/b"]
    assert [name for name, _ in top(groups, "errors", 1)] == ["/b"]


def test_route():
    assert route("/users/12/posts/deadbeef-0123") == "/users/*/posts/*"
    assert route("/cafe/feed") == "/cafe/feed"


def test_per_minute():
    assert [count for _, count in per_minute([hit(0), hit(3), hit(3.5)])] == [1, 0, 0, 2]


def test_visits():
    found = visits([hit(0), hit(5, path="/x"), hit(10, user="kim"), hit(36), hit(40, user="kim", path="/y")])
    assert [(visit.visitor[0], len(visit.paths), visit.bounced) for visit in found] == [
        ("guest", 2, False),
        ("user", 2, False),
        ("guest", 1, True),
    ]
    assert found[0].length == 300
    assert steps(found) == [(("/", "/x"), 1), (("/", "/y"), 1)]


def test_busiest():
    found = visits([hit(0, address="a"), hit(2, address="b"), hit(5, address="a"), hit(6, address="b")])
    assert busiest(found) == (2, START + timedelta(minutes=2))
    assert busiest([]) == (0, None)


def test_tables():
    assert table(["name", "n"], [["a", 5], ["long name", 12]], right=["n"]) == [
        "name        n",
        "---------  --",
        "a           5",
        "long name  12",
    ]
    assert [size(n) for n in (12, 1536, 5 * 1024 * 1024)] == ["12 B", "1.5 KiB", "5.0 MiB"]
    assert milliseconds(0.1234) == "123 ms"


def test_bars():
    assert bars([("a", 4), ("bb", 2)], width=4) == ["a  #### 4", "bb ## 2"]
