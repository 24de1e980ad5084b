import pytest

from railnet import FormatError, read_network


def test_reading(network):
    assert len(network) == 6
    assert network.station("Harbour").change == 5
    assert network.lines()["U2"] == ["Market", "Museum", "Park"]


def test_one_way_and_closed():
    network = read_network("line R (one way): A 5 B\nclosed A - C\nline S: A 1 C")
    assert network.tracks("B") == []
    assert [track.end for track in network.tracks("A")] == ["B"]


@pytest.mark.parametrize("line", ["tram 5", "station", "station A size=3", "line X: A 5", "line X: A five B", "closed A", "closed A - Z"])
def test_faults(line):
    with pytest.raises(FormatError) as caught:
        read_network("station A\n" + line)
    assert caught.value.number == 2
