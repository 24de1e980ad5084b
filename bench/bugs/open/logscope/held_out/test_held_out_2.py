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


NONE = hit(path="/none", seconds=None, user=None)


SLOW = hit(path="/slow", status=503, seconds=2.5, user="kim", size=0, method="POST", address="10.0.0.7")


def test_per_minute():
    assert per_minute([]) == []
    found = per_minute(iter([hit(3.9), hit(0.2), hit(0.3), hit(3)]))
    assert [(m.minute, m.second, n) for m, n in found] == [(0, 0, 2), (1, 0, 0), (2, 0, 0), (3, 0, 2)]
    assert len(per_minute([hit(-5), hit(65)])) == 71


def test_visitors():
    assert visitor(hit(user="u")) == visitor(hit(user="u", address="z", agent="y")) == ("user", "u")
    assert visitor(hit()) != visitor(hit(address="b"))
    assert visitor(hit()) != visitor(hit(agent="b"))


def test_pauses():
    assert len(visits([hit(0), hit(30)])) == 1
    assert len(visits([hit(0), hit(30.1)])) == 2
    assert len(visits([hit(0), hit(20), hit(40), hit(60)])) == 1
    assert len(visits([hit(0), hit(2)], timedelta(minutes=1))) == 2
    assert len(visits([hit(0), hit(60 * 24 + 1)])) == 2
    assert visits([]) == []
    long = visits([hit(25 * n) for n in range(100)])
    assert long[0].length == 99 * 25 * 60
    assert repr(long[0]) == "Visit(('guest', 'a', 'x'), 100)"


def test_bounced_and_steps():
    found = visits([hit(0, "/a"), hit(1, "/a"), hit(2, "/b", address="q"), hit(3, "/a", address="q"), hit(4, "/b", address="q"), hit(5, "/b", address="q"), hit(6, "/a", address="q")])
    assert [v.bounced for v in found] == [True, False]
    assert steps(found) == [(("/b", "/a"), 2), (("/a", "/b"), 1)]
    assert steps([]) == []


@pytest.mark.parametrize("seed", range(8))
def test_busiest(seed):
    rnd = random.Random(seed)
    hits = [hit(rnd.randrange(60), address=rnd.choice("abcdef")) for _ in range(25)]
    found = visits(sorted(hits, key=lambda h: h.time), timedelta(minutes=6))
    most, when = busiest(found)
    def at(moment):
        return sum(v.first <= moment <= v.last for v in found)
    moments = [START + timedelta(minutes=m) for m in range(61)]
    assert most == max(map(at, moments))
    assert when == next(m for m in moments if at(m) == most)


@pytest.mark.parametrize(("count", "shown"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1048575, "1024.0 KiB"), (1048576, "1.0 MiB"), (3 * 2**30, "3.0 GiB"), (2**42, "4096.0 GiB")])
def test_size(count, shown):
    assert size(count) == shown


def test_milliseconds():
    assert [milliseconds(s) for s in (None, 0, 0.0004, 1.5)] == ["-", "0 ms", "0 ms", "1500 ms"]


def test_table_shapes():
    assert table(["a", "b"], []) == ["a  b", "-  -"]
    assert table(["name", "b"], [["", 1], ["x" * 6, None]], right=["name"]) == ["  name  b", "------  ----", "        1", "xxxxxx  None"]
    assert table(["a"], iter([[1], [22]]), right=("a",)) == [" a", "--", " 1", "22"]


def test_csv():
    assert to_csv(["a", "b"], [['x,"y"', None], [1, 2.5]]) == 'a,b\n"x,""y""",\n1,2.5\n'


def test_bars():
    assert bars([]) == []
    assert bars([("a", 0), ("b", 0)]) == ["a 0", "b 0"]
    assert bars([("a", 1000), ("b", 1), ("c", 0)], width=10) == ["a ########## 1000", "b # 1", "c 0"]
    assert bars(iter([("x", 3), ("y", 2)]), width=3, mark="*") == ["x *** 3", "y ** 2"]
    assert bars([("x", 5)])[0] == "x " + "#" * 40 + " 5"


def run(*arguments, code=0):
    out = io.StringIO()
    assert main(list(arguments), out) == code
    return out.getvalue().splitlines()


def logged(path, *hits):
    path.write_text("".join('%s - - [%s] "GET %s HTTP/1.1" %d %d "-" "x"%s\n' % (h.address, h.time.strftime("%d/%b/%Y:%H:%M:%S %z"), h.path, h.status, h.size, "" if h.seconds is None else " %g" % h.seconds) for h in hits))
    return str(path)


def test_defaults():
    given = build_parser().parse_args([])
    assert (given.files, given.by, given.sort, given.top, given.format, given.where, given.strict, given.visits) == (["-"], "route", "hits", 10, "table", [], False, False)


def test_where_does_not_pile_up(tmp_path):
    log = logged(tmp_path / "l", hit(), hit(status=404))
    assert len(run(log, "--by", "status", "--where", "status=404")) == 3
    assert len(run(log, "--by", "status")) == 4
    assert len(run(log, "--by", "status", "--where", "status=404", "--where", "size=1")) == 2


def test_an_empty_log(tmp_path):
    log = logged(tmp_path / "l")
    assert run(log) == ["route  hits  errors  bytes  mean  p95", "-----  ----  ------  -----  ----  ---"]
    assert run(log, "--visits") == ["0 visits"]
    assert run(log, "--format", "csv") == ["route,hits,errors,bytes,mean,p95"]


def test_late_hits(tmp_path):
    log = logged(tmp_path / "l", *[hit(seconds=n / 100) for n in range(1, 101)])
    assert run(log, "--format", "csv")[1] == "/,100,0,1000,0.505,0.95"
    assert run(log)[2].split() == ["/", "100", "0", "1000", "B", "505", "ms", "950", "ms"]


def test_sorting_and_top(tmp_path):
    log = logged(tmp_path / "l", hit(path="/a", size=1), hit(path="/b", size=9, status=500), hit(path="/a", size=1), hit(path="/c", size=3, seconds=1))
    def names(*arguments):
        return [row.split(",")[0] for row in run(log, "--format", "csv", *arguments)[1:]]
    assert names() == ["/a", "/b", "/c"]
    assert names("--sort", "bytes") == ["/b", "/c", "/a"]
    assert names("--sort", "errors", "--top", "1") == ["/b"]
    assert names("--sort", "mean", "--top", "2") == ["/c", "/a"]


def test_files_in_any_order(tmp_path, monkeypatch):
    late, early = logged(tmp_path / "1", hit(20)), logged(tmp_path / "2", hit(0), hit(5, address="b"), hit(9, address="b", path="/z"))
    assert run(late, early, "--visits") == ["2 visits", "1 bounced", "720 s on average", "2 at once, at 2024-03-05 10:05:00"]
    packed = tmp_path / "3.gz"
    packed.write_bytes(gzip.compress((tmp_path / "1").read_bytes()))
    assert run(str(packed), late, "--format", "csv", "--by", "hour") == ["hour,hits,errors,bytes,mean,p95", "2024-03-05 10:00,2,0,20,,"]
    monkeypatch.setattr(sys, "stdin", io.StringIO((tmp_path / "2").read_text()))
    assert run("--by", "address", "--format", "csv")[1:] == ["b,2,0,20,,", "a,1,0,10,,"]


def test_strict_and_names(tmp_path, capsys):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("bad\n")
    other.write_text("\nworse\n")
    run(str(one), str(other), code=0)
    run(str(one), str(other), "--strict", code=1)
    assert capsys.readouterr().err.splitlines()[2:] == ["%s:1: cannot be read: bad" % one, "%s:2: cannot be read: worse" % other]
    run(logged(tmp_path / "fine", hit()), "--strict", code=0)
    run(str(one), "--where", "x", code=2)
    run(str(tmp_path / "none"), code=2)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "l"
    path.write_bytes(b'a - - [05/Mar/2024:10:20:30 +0000] "GET /\xff HTTP/1.1" 200 5\n')
    assert run(str(path), "--format", "csv")[1].startswith("/\ufffd,1,")
