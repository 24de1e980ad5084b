import pytest

from fieldlab.peaks import crossings, histogram, peaks
from fieldlab.units import UnitError, convert, difference, parse, rounded


def test_peaks():
    values = [0, 3, 1, 2, 1, 5, 0]
    assert [(peak.at, peak.rise) for peak in peaks(values)] == [(1, 2), (3, 1), (5, 5)]
    assert [peak.at for peak in peaks(values, rise=2)] == [1, 5]
    assert [peak.at for peak in peaks(values, apart=4)] == [1, 5]


def test_flat_tops():
    assert [peak.at for peak in peaks([0, 2, 2, 2, 0, 1, 1])] == [2]


def test_crossings():
    assert crossings([-1, 1, 1, -3]) == [(0.5, "up"), (2.25, "down")]
    assert crossings([1, 0, 1]) == []


def test_histogram():
    assert histogram([0, 1, 2, 3, 4], 2) == [(0, 2, 2), (2, 4, 3)]


def test_units():
    assert parse("12,5 km/h") == (12.5, "km/h")
    assert convert(36, "km/h", "m/s") == pytest.approx(10)
    assert convert(212, "°F", "°C") == pytest.approx(100)
    assert difference(9, "°F", "K") == pytest.approx(5)
    with pytest.raises(UnitError):
        convert(1, "km", "s")


def test_rounded():
    assert [rounded(value) for value in (0.0012346, 123456, 1.5)] == ["0.00123", "123000", "1.50"]
