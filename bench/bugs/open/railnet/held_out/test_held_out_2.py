import itertools
import random
import pytest
from railnet import FormatError, Network, UnknownStation, read_network
from railnet.fares import Fares, day_total, price, statement, zones
from railnet.ways import NoWay, Way, fastest, fewest_stops, parts, reachable
from railnet.weak import backbone, bridges, hubs
from railnet.works import Circle, Task, Works


def random_network(rnd, size=7, lines=2, both=True):
    network = Network()
    names = "ABCDEFGHIJ"[:size]
    for name in names:
        network.add_station(name, zone=rnd.randrange(1, 4), change=rnd.randrange(0, 6))
    for one, other in itertools.combinations(names, 2):
        if rnd.random() < 0.32:
            network.add_track(one, other, rnd.randrange(1, 9), "L%d" % rnd.randrange(lines), both or rnd.random() < 0.5)
    return network


def all_ways(network, start, end, avoid=()):
    found = []

    def go(name, tracks):
        if name == end and (tracks or start == end):
            cost = sum(t.minutes for t in tracks)
            changes = 0
            for one, other in zip(tracks, tracks[1:]):
                if one.line != other.line:
                    cost += network.station(one.end).change
                    changes += 1
            found.append((cost, changes))
            return
        for track in network.tracks(name):
            if track.end not in avoid and track.end not in [start] + [t.end for t in tracks]:
                go(track.end, tracks + [track])

    go(start, [])
    return found


def components(network, without_station=None, without_pair=None):
    names = {s.name for s in network} - {without_station}
    left, found = set(names), []
    pairs = [{t.start, t.end} for t in network.all_tracks() if {t.start, t.end} <= names and {t.start, t.end} != without_pair]
    while left:
        part = {left.pop()}
        while True:
            more = set().union(*[p for p in pairs if p & part], set()) - part
            if not more:
                break
            part |= more
        left -= part
        found.append(part)
    return found


def connects(network, pairs, many):
    leader = {s.name: s.name for s in network}
    for one, other in pairs:
        a, b = leader[one], leader[other]
        leader = {n: a if l == b else l for n, l in leader.items()}
    return len(set(leader.values())) == many


def test_adding():
    network = Network()
    network.add_line("L", [("A", 99), ("B", 3), ("C", 0)], both=False)
    assert [(t.start, t.end, t.minutes) for t in network.all_tracks()] == [("A", "B", 3), ("B", "C", 0)]
    network.add_station("A", zone=4, change=0)
    assert (network.station("A").zone, len(network.tracks("A"))) == (4, 1)
    assert (network.station("B").zone, network.station("B").change) == (1, 3)
    with pytest.raises(ValueError):
        network.add_track("A", "B", -1)
    network.add_line("M", [("A", 5), ("C", 5)])
    assert network.station("A").zone == 4
    network.add_line("N", [])
    assert network.lines() == {"L": ["A", "B", "C"], "M": ["A", "C"]}
    network.close("B", "A")
    network.close("B", "A")
    assert network.lines()["L"] == ["B", "C"]
    network.reopen("A", "B")
    network.reopen("A", "B")
    assert network.lines()["L"] == ["A", "B", "C"]
    assert "A" in network and "Z" not in network and len(network) == 3


def test_lists_are_not_shared():
    one, other = Network(), Network()
    one.add_track("A", "B", 1)
    other.add_station("A")
    one.close("A", "B")
    assert other.tracks("A") == [] and other.closed == set()


def test_reading_more():
    network = read_network('# c\n\nstation "New York" change=0 zone=7\nline L1 : "New York" 3 B 0 C # x\nline L2 (one way) : C 5 "New York"\n')
    assert (network.station("New York").zone, network.station("New York").change) == (7, 0)
    assert [(t.end, t.minutes, t.line) for t in network.tracks("C")] == [("B", 0, "L1"), ("New York", 5, "L2")]
    assert [t.end for t in network.tracks("New York")] == ["B"]
    late = read_network("line X: A 3 B\nstation A zone=2")
    assert late.station("A").zone == 2 and len(late.tracks("A")) == 1
    assert len(read_network("")) == 0


@pytest.mark.parametrize("line", ["line", "line X", "line X:", "line X: A", "line X: A 3", "line X: A 3 B 4", "line X: A x B", "line X: A -3 B", "station A zone", "station A zone=x", 'station "A', "closed", "closed A B", "closed A / B", "closed A - Z", "closed Z - A", "lines"])
def test_bad_text(line):
    with pytest.raises(FormatError) as caught:
        read_network("# one\nline Q: A 1 B\n" + line + "\n# more")
    assert caught.value.number == 3
    assert str(caught.value).startswith("line 3: ")


def zoned(*numbers):
    network = Network()
    for at, zone in enumerate(numbers):
        network.add_station("S%d" % at, zone=zone)
    network.add_line("L", [("S%d" % at, 1) for at in range(len(numbers))])
    return network, fastest(network, "S0", "S%d" % (len(numbers) - 1))


@pytest.mark.parametrize(
    ("numbers", "full", "child"),
    [((1, 1), 150, 75), ((1, 2), 230, 115), ((2, 1, 2), 230, 115), ((1, 2, 3), 310, 155), ((5, 1), 230, 115), ((1, 2, 3, 4, 1), 390, 195)],
)
def test_price(numbers, full, child):
    network, way = zoned(*numbers)
    assert zones(network, way) == sorted(set(numbers))
    assert price(network, way) == full
    assert price(network, way, child=True) == child


@pytest.mark.parametrize(("base", "share", "child"), [(101, 50, 50), (103, 50, 55), (100, 33, 35), (99, 0, 0), (100, 100, 100), (202, 25, 50)])
def test_children(base, share, child):
    network, way = zoned(1, 1)
    assert price(network, way, Fares(base=base, child=share), child=True) == child


def test_cap():
    assert day_total([]) == 0
    assert day_total([899]) == 899
    assert day_total(iter([500, 401])) == 900
    assert day_total([500, 600], Fares(cap=1000)) == 1000
    network, way = zoned(1, 2)
    assert statement(network, {}) == ["sum             0.00"]
    assert statement(network, {"2024-01-01": [way, way], "2024-01-02": []}, Fares(cap=300)) == ["2024-01-01      3.00  (1.60 saved)", "2024-01-02      0.00", "sum             3.00"]


@pytest.mark.parametrize("seed", range(15))
def test_works(seed):
    rnd = random.Random(seed)
    names = ["t%d" % n for n in range(8)]
    tasks = [Task(name, rnd.randrange(0, 6), tuple(rnd.sample(names[:at], min(at, rnd.randrange(3))))) for at, name in enumerate(names)]
    rnd.shuffle(tasks)
    works = Works(tasks)
    order = works.order()
    assert sorted(order) == names
    for task in tasks:
        assert all(order.index(other) < order.index(task.name) for other in task.after)
    plan = works.plan()
    for task in tasks:
        assert plan[task.name] == (max([plan[o][1] for o in task.after], default=0), plan[task.name][0] + task.days)
    assert works.length() == max(end for _, end in plan.values())
    for name, slack in works.slack().items():
        def longer(by):
            return Works([Task(t.name, t.days + (by if t.name == name else 0), t.after) for t in tasks]).length()
        assert longer(slack) == works.length()
        assert longer(slack + 1) == works.length() + 1
    critical = works.critical()
    assert critical == sorted((n for n, s in works.slack().items() if s == 0), key=lambda n: (plan[n], n))
    waves = works.waves()
    assert sorted(itertools.chain(*waves)) == names
    level = {n: at for at, wave in enumerate(waves) for n in wave}
    for task in tasks:
        assert level[task.name] == max([level[o] + 1 for o in task.after], default=0)
    assert all(wave == sorted(wave) and wave for wave in waves)


def test_tasks_that_cannot_be():
    with pytest.raises(ValueError, match="two tasks"):
        Works([Task("a", 1), Task("a", 2)])
    with pytest.raises(ValueError, match="no task"):
        Works([Task("a", 1, ("b",))])
    for tasks, names in [([Task("a", 1, ("a",))], ["a", "a"]), ([Task("x", 1, ("b",)), Task("b", 1, ("x",))], ["b", "x", "b"])]:
        with pytest.raises(Circle) as caught:
            Works(tasks).plan()
        assert caught.value.names == names
    assert Works(iter([Task("b", 1, ("a",)), Task("a", 1)])).order() == ["a", "b"]
