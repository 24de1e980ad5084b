import gzip
import io
import random
import sys
from datetime import datetime, timedelta, timezone
import pytest
from logscope.cli import build_parser, main
from logscope.filters import BadFilter, every, parse
from logscope.lines import BadLine, Hit, read_line, read_lines
from logscope.stats import KEYS, Summary, group, per_minute, percentile, route, top
from logscope.tables import bars, milliseconds, size, table, to_csv
from logscope.visits import busiest, steps, visitor, visits


START = datetime(2024, 3, 5, 10, tzinfo=timezone.utc)


def hit(minutes=0.0, path="/", status=200, user=None, address="a", size=10, seconds=None, method="GET", agent="x"):
    return Hit(address, user, START + timedelta(minutes=minutes), method, path, {}, status, size, None, agent, seconds)


def line(request="GET / HTTP/1.1", rest='200 5 "-" "-"', time="05/Mar/2024:10:20:30 +0100", user="-"):
    return '1.2.3.4 - %s [%s] "%s" %s' % (user, time, request, rest)


@pytest.mark.parametrize(
    ("request_line", "method", "path", "query"),
    [
        ("GET / HTTP/1.1", "GET", "/", {}),
        ("get /x HTTP/1.1", "GET", "/x", {}),
        ("HEAD /a/%C3%BC?q=a%26b&q2=1+2 HTTP/1.1", "HEAD", "/a/ü", {"q": "a&b", "q2": "1 2"}),
        ("GET /x?a=1&a=2 HTTP/1.1", "GET", "/x", {"a": "2"}),
        ("GET http://host?z HTTP/1.1", "GET", "/", {"z": ""}),
        ("GET /x#top HTTP/1.1", "GET", "/x", {}),
        ("GET /x", None, "GET /x", {}),
        ("", None, "", {}),
        ("G3T /x HTTP/1.1", None, "G3T /x HTTP/1.1", {}),
        ("GET /a b HTTP/1.1", None, "GET /a b HTTP/1.1", {}),
    ],
)
def test_requests(request_line, method, path, query):
    found = read_line(line(request_line))
    assert (found.method, found.path, found.query) == (method, path, query)


@pytest.mark.parametrize(
    ("rest", "status", "size", "referer", "agent", "seconds"),
    [
        ("200 5", 200, 5, None, None, None),
        ("404 -", 404, 0, None, None, None),
        ('200 5 "http://a/" "Mozilla \\"5\\""', 200, 5, "http://a/", 'Mozilla \\"5\\"', None),
        ('200 5 "" "x" 3', 200, 5, None, "x", 3.0),
        ("200 5 0.001\n", 200, 5, None, None, 0.001),
    ],
)
def test_rests(rest, status, size, referer, agent, seconds):
    found = read_line(line(rest=rest))
    assert (found.status, found.size, found.referer, found.agent, found.seconds) == (status, size, referer, agent, seconds)


@pytest.mark.parametrize(
    "text",
    ["", "x", line(rest="20 5"), line(rest="200 five"), line(rest="200 5 more"), line(time="5 March"), line(time="05/Mar/2024:10:20:30"), line() + " tail", "x " + line(rest='200 5 "-"')],
)
def test_bad(text):
    with pytest.raises(BadLine):
        read_line(text)
    assert list(read_lines([text])) == []


def test_numbers_of_bad_lines():
    bad = []
    lines = ["\n", "# x", "bad", line(), "  ", "worse", line()]
    assert len(list(read_lines(iter(lines), lambda n, e: bad.append((n, str(e)))))) == 2
    assert bad == [(3, "bad"), (6, "worse")]
    assert list(read_lines([])) == []


def test_times_have_their_zone():
    assert read_line(line()).time == datetime(2024, 3, 5, 9, 20, 30, tzinfo=timezone.utc)
    assert read_line(line(user="kim")).user == "kim"


NONE = hit(path="/none", seconds=None, user=None)


SLOW = hit(path="/slow", status=503, seconds=2.5, user="kim", size=0, method="POST", address="10.0.0.7")


@pytest.mark.parametrize(
    ("condition", "none", "slow"),
    [
        ("status=503", False, True), ("status!=503", True, False), ("status=200,503", True, True), ("status!=200,503", False, False),
        ("status=5xx", False, True), ("status!=5xx", True, False), ("status>200", False, True), ("status>=200", True, True), ("status<503", True, False), ("status<=200", True, False),
        ("seconds>1", False, True), ("seconds<1", False, False), ("seconds>=2.5", False, True), ("seconds<=2.5", False, True), ("seconds=2.5", False, True), ("seconds!=2.5", True, False),
        ("size=0", False, True), ("size>0", True, False),
        ("user=-", True, False), ("user!=-", False, True), ("user=kim,-", True, True), ("user=k?m", False, True), ("user=*", True, True), ("user=KIM", False, False),
        ("method=POST,PUT", False, True), ("method!=POST", True, False),
        ("path=/s*", False, True), ("path=/none", True, False), ("path~o", True, True), ("path~^/s.*w$", False, True), ("path ~ none", True, False), ("path = /none", True, False),
        ("address=10.*", False, True), ("user~^$", True, False), ("status~^5", False, True),
        ("time>=2024-03-05T10:00:00", True, True), ("time>2024-03-05T10:00", False, False), ("time<2024-03-05T12:00:01+0200", True, True), ("time>2024-03-05", True, True), ("time=2024-03-05T10:00", True, True), ("time!=2024-03-05T10:00", False, False),
        ("path!=a=b", True, True), ("path~a>b", False, False), ("agent=x", True, True),
    ],
)
def test_conditions(condition, none, slow):
    fits = parse(condition)
    assert (bool(fits(NONE)), bool(fits(SLOW))) == (none, slow)
    assert every([condition, "status>0"])(SLOW) == slow


@pytest.mark.parametrize("text", ["", "status", "x=1", "=1", "status>1,2", "status>=5xx", "seconds=fast", "path<a", "user>=b", "path~[", "time>x", "time>2024-13-01", "sizes=1"])
def test_bad_conditions(text):
    with pytest.raises(BadFilter):
        parse(text)


def test_percentiles():
    rnd = random.Random(3)
    for _ in range(200):
        values = [rnd.randrange(10) for _ in range(rnd.randrange(1, 12))]
        share = rnd.choice([0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1])
        found = percentile(values, share)
        assert found in values
        assert sum(v <= found for v in values) >= share * len(values)
        smaller = [v for v in set(values) if v < found]
        assert all(sum(v <= s for v in values) < share * len(values) for s in smaller)
    assert percentile([], 0.5) is None
    assert percentile(iter([2, 1]), 0.5) == 1
    for share in (-0.1, 1.1, 95):
        with pytest.raises(ValueError):
            percentile([1], share)


def test_percentile_leaves_the_values_alone():
    values = [3, 1, 2]
    percentile(values, 0.5)
    assert values == [3, 1, 2]


def test_summary():
    summary = Summary()
    assert (summary.error_share, summary.mean, summary.percentile(0.5)) == (0.0, None, None)
    for each in (hit(status=500, seconds=0.0), hit(status=499), hit(status=599, address="b", seconds=1.0)):
        summary.add(each)
    assert (summary.hits, summary.bytes, summary.errors) == (3, 30, 2)
    assert summary.statuses == {500: 1, 499: 1, 599: 1}
    assert summary.addresses == {"a", "b"}
    assert summary.mean == 0.5
    assert summary.percentile(0.5) == 0.0
    assert Summary().seconds == []


@pytest.mark.parametrize(
    ("path", "result"),
    [("/", "/"), ("/1", "/*"), ("/a/1/", "/a/*/"), ("/a1/1b", "/a1/1b"), ("/deadbeef", "/*"), ("/deadbee", "/deadbee"), ("/DEADBEEF01", "/*"), ("/123e4567-e89b-12d3-a456-426614174000/x", "/*/x"), ("/v2/12345678", "/v2/*"), ("", "")],
)
def test_route(path, result):
    assert route(path) == result


def test_keys():
    one = hit(61, path="/a/5", status=404, user="kim", method=None, agent=None)
    assert {name: key(one) for name, key in KEYS.items()} == {
        "address": "a", "agent": "-", "hour": "2024-03-05 11:00", "day": "2024-03-05", "method": "-", "path": "/a/5", "route": "/a/*", "status": "404", "user": "kim",
    }
    assert KEYS["user"](hit()) == "-"


def test_top():
    hits = [hit(path=p, status=s, seconds=t, size=z) for p, s, t, z in [("/c", 200, None, 1), ("/b", 500, 0.1, 5), ("/a", 200, 3.0, 5), ("/c", 500, None, 1), ("/d", 200, 0.0, 9)]]
    groups = group(iter(hits), KEYS["path"])
    def names(*arguments):
        return "".join(name[1] for name, _ in top(groups, *arguments))
    assert names() == "cabd"
    assert names("errors") == "bcad"
    assert names("bytes") == "dabc"
    assert names("mean") == "abcd"
    assert names("mean", 2) == "ab"
    assert names("hits", 0) == ""
    assert top({}) == []
    many = group([hit(path="/%02d" % n) for n in range(30)], KEYS["path"])
    assert [name for name, _ in top(many)] == ["/%02d" % n for n in range(10)]


def run(*arguments, code=0):
    out = io.StringIO()
    assert main(list(arguments), out) == code
    return out.getvalue().splitlines()


def logged(path, *hits):
    path.write_text("".join('%s - - [%s] "GET %s HTTP/1.1" %d %d "-" "x"%s\n' % (h.address, h.time.strftime("%d/%b/%Y:%H:%M:%S %z"), h.path, h.status, h.size, "" if h.seconds is None else " %g" % h.seconds) for h in hits))
    return str(path)
