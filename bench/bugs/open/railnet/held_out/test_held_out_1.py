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


@pytest.mark.parametrize("seed", range(25))
def test_fastest_against_all_ways(seed):
    rnd = random.Random(seed)
    network = random_network(rnd, size=6, lines=3, both=seed % 2 == 0)
    for start, end in itertools.permutations("ABCDEF", 2):
        avoid = tuple(rnd.sample([n for n in "ABCDEF" if n not in (start, end)], rnd.randrange(2)))
        known = all_ways(network, start, end, avoid)
        if not known:
            with pytest.raises(NoWay):
                fastest(network, start, end, avoid)
            continue
        way = fastest(network, start, end, avoid)
        assert way.minutes == min(known)[0]
        assert way.stops[0] == start and way.stops[-1] == end
        assert not set(avoid) & set(way.stops)
        assert all(one.end == other.start for one, other in zip(way.tracks, way.tracks[1:]))
        assert way.changes == sum(one.line != other.line for one, other in zip(way.tracks, way.tracks[1:]))


def test_of_equals_fewer_changes():
    network = Network()
    network.add_station("M", change=0)
    network.add_track("A", "M", 2, "1")
    network.add_track("M", "B", 2, "2")
    network.add_track("A", "N", 2, "3")
    network.add_track("N", "B", 2, "3")
    assert fastest(network, "A", "B").stops == ["A", "N", "B"]


def test_staying_where_one_is():
    network = read_network("line X: A 3 B")
    way = fastest(network, "A", "A")
    assert (way.stops, way.minutes, way.legs, way.changes) == (["A"], 0, [], 0)
    assert price(network, way) == 0
    assert fewest_stops(network, "A", "A") == ["A"]
    assert reachable(network, "A", 0) == {"A": 0}
    assert way == Way("A", (), 0)


def test_going_back_to_a_line_is_two_changes():
    network = read_network("line 1: A 1 B\nline 2: B 1 C\nclosed B - A\nline 3: A 1 B\nline 3: C 1 D")
    network.reopen("A", "B")
    way = fastest(network, "A", "D")
    assert way.changes == 2
    assert len(way.legs) == 3


@pytest.mark.parametrize("seed", range(12))
def test_reachable_and_fewest(seed):
    rnd = random.Random(100 + seed)
    network = random_network(rnd, both=seed % 3 != 0)
    names = [s.name for s in network]
    distance = {(a, b): 0 if a == b else 10**6 for a in names for b in names}
    hops = dict(distance)
    for t in network.all_tracks():
        distance[t.start, t.end] = min(distance[t.start, t.end], t.minutes)
        hops[t.start, t.end] = 1
    for table in (distance, hops):
        for m, a, b in itertools.product(names, repeat=3):
            table[a, b] = min(table[a, b], table[a, m] + table[m, b])
    for a in names:
        whole = {b: distance[a, b] for b in names if distance[a, b] < 10**6}
        assert reachable(network, a) == whole
        for limit in (0, 3, 7):
            assert reachable(network, a, limit) == {b: m for b, m in whole.items() if m <= limit}
        for b in names:
            if b in whole:
                stops = fewest_stops(network, a, b)
                assert len(stops) - 1 == hops[a, b] and stops[0] == a and stops[-1] == b
            else:
                with pytest.raises(NoWay):
                    fewest_stops(network, a, b)


@pytest.mark.parametrize("function", [fastest, fewest_stops])
def test_unknown_stations(function):
    network = read_network("line X: A 3 B")
    for pair in (("A", "Z"), ("Z", "A")):
        with pytest.raises(UnknownStation) as caught:
            function(network, *pair)
        assert caught.value.name == "Z"
    with pytest.raises(UnknownStation):
        reachable(network, "Z")
    with pytest.raises(KeyError):
        network.tracks("Z")


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


@pytest.mark.parametrize("seed", range(20))
def test_weak_points(seed):
    rnd = random.Random(200 + seed)
    network = random_network(rnd, size=8, both=seed % 2 == 0)
    if seed % 4 == 0:
        network.add_track("A", "B", 9)
        network.add_track("C", "C", 1)
    whole = components(network)
    assert parts(network) == sorted(whole, key=lambda p: (-len(p), min(p)))
    pairs = {tuple(sorted((t.start, t.end))) for t in network.all_tracks() if t.start != t.end}
    assert bridges(network) == sorted(p for p in pairs if len(components(network, without_pair=set(p))) > len(whole))
    alone = {next(iter(p)) for p in whole if len(p) == 1}
    assert hubs(network) == sorted(
        s.name for s in network if s.name not in alone and len(components(network, without_station=s.name)) > len(whole)
    )
    minutes, chosen = backbone(network)
    assert len(chosen) == len(network) - len(whole)
    costs = {}
    for t in network.all_tracks():
        key = tuple(sorted((t.start, t.end)))
        costs[key] = min(costs.get(key, 99), t.minutes)
    assert minutes == sum(costs[p] for p in chosen)
    if len(pairs) <= 11:
        possible = [c for c in itertools.combinations(sorted(p for p in pairs), len(chosen)) if connects(network, c, len(whole))]
        assert minutes == min(sum(costs[p] for p in c) for c in possible)


def connects(network, pairs, many):
    leader = {s.name: s.name for s in network}
    for one, other in pairs:
        a, b = leader[one], leader[other]
        leader = {n: a if l == b else l for n, l in leader.items()}
    return len(set(leader.values())) == many


def test_nothing_at_all():
    network = Network()
    assert (parts(network), bridges(network), hubs(network), backbone(network)) == ([], [], [], (0, []))
    assert network.lines() == {}
    assert Works().length() == 0
    assert (Works().order(), Works().waves(), Works().critical(), Works().slack()) == ([], [], [], {})


def test_a_long_line_is_no_problem():
    network = Network()
    network.add_line("L", [("S%04d" % n, 1) for n in range(1500)])
    assert len(bridges(network)) == 1499
    assert len(hubs(network)) == 1498
    assert fewest_stops(network, "S0000", "S1499")[-1] == "S1499"


def zoned(*numbers):
    network = Network()
    for at, zone in enumerate(numbers):
        network.add_station("S%d" % at, zone=zone)
    network.add_line("L", [("S%d" % at, 1) for at in range(len(numbers))])
    return network, fastest(network, "S0", "S%d" % (len(numbers) - 1))
