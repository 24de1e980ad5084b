import pytest

from railnet import UnknownStation
from railnet.fares import day_total, price, statement, zones
from railnet.ways import NoWay, fastest, fewest_stops, parts, reachable


def test_fastest(network):
    way = fastest(network, "Harbour", "Park")
    assert way.stops == ["Harbour", "Market", "Old Town", "Park"]
    assert (way.minutes, way.changes) == (9, 0)


def test_changes_take_time(network):
    way = fastest(network, "Harbour", "Airport")
    assert way.minutes == 9 + 3 + 11
    assert way.legs == [("U1", "Harbour", "Park"), ("R2", "Park", "Airport")]


def test_avoid(network):
    way = fastest(network, "Harbour", "Park", avoid=("Old Town",))
    assert way.stops == ["Harbour", "Market", "Museum", "Park"]
    assert way.minutes == 4 + 3 + 4


def test_closed(network):
    network.close("Park", "Airport")
    with pytest.raises(NoWay):
        fastest(network, "Harbour", "Airport")
    network.reopen("Airport", "Park")
    assert fastest(network, "Harbour", "Airport").minutes == 23


def test_unknown(network):
    with pytest.raises(UnknownStation, match="there is no station 'Moon'"):
        fastest(network, "Harbour", "Moon")


def test_reachable(network):
    assert reachable(network, "Market", 4) == {"Market": 0, "Harbour": 4, "Old Town": 3, "Museum": 2, "Park": 4}


def test_fewest_stops(network):
    assert fewest_stops(network, "Harbour", "Airport") == ["Harbour", "Market", "Museum", "Park", "Airport"]


def test_parts(network):
    network.add_track("Hill", "Castle", 3)
    assert parts(network)[1] == {"Castle", "Hill"}


def test_prices(network):
    way = fastest(network, "Harbour", "Airport")
    assert zones(network, way) == [1, 2, 3]
    assert price(network, way) == 310
    assert price(network, way, child=True) == 155
    assert day_total([310] * 4) == 900


def test_statement(network):
    way = fastest(network, "Harbour", "Park")
    assert statement(network, {"2024-03-02": [way] * 5, "2024-03-01": [way]}) == [
        "2024-03-01      2.30",
        "2024-03-02      9.00  (2.50 saved)",
        "sum            11.30",
    ]
