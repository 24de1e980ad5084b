import math
import random
import statistics
import pytest
from fieldlab.curves import Polynomial, area, explained, fitted, outliers, root
from fieldlab.matrix import Singular, identity, inverse, product, solved, transposed
from fieldlab.peaks import Peak, crossings, histogram, peaks
from fieldlab.running import Running
from fieldlab.series import Series, mean, median, moving, smoothed
from fieldlab.units import UNITS, UnitError, convert, difference, parse, rounded


NAN = math.nan


def numbers(rnd, count):
    return [rnd.choice([rnd.uniform(-9, 9), float(rnd.randrange(-3, 4))]) for _ in range(count)]


def test_empty_series():
    empty = Series()
    assert (len(empty), list(empty), empty.values, empty.at(1), empty.gaps(1)) == (0, [], [], None, [])
    assert empty.even(1) == empty == Series([])
    assert empty != [] and Series([(1, 2)]) != Series([(1, 3)])
    assert list(Series([(1, 2.0)]).even(5)) == [(1, 2.0)]
    assert empty.joined(empty, max) == empty
    for step in (0, -1):
        with pytest.raises(ValueError):
            empty.even(step)


@pytest.mark.parametrize(
    ("step", "reach", "times"),
    [(1, math.inf, [0, 1, 2, 3, 4, 5, 6, 7]), (2, math.inf, [0, 2, 4, 6]), (3.5, math.inf, [0, 3.5, 7]), (1, 2, [0, 1, 2, 6, 7]), (8, 9, [0]), (7, 1, [0, 7])],
)
def test_even(step, reach, times):
    series = Series([(0, 0.0), (1, 2.0), (2, 4.0), (6, 12.0), (7, 14.0)])
    assert list(series.even(step, reach)) == [(t, pytest.approx(2 * t)) for t in times]


def test_even_with_steps_that_are_no_binary_fractions():
    series = Series([(n / 10, float(n)) for n in range(31)])
    found = list(series.even(0.1))
    assert len(found) == 31
    assert [v for _, v in found] == pytest.approx([float(n) for n in range(31)])


def test_joined():
    one, other = Series([(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)]), Series([(0.5, 10.0), (2.5, 30.0)])
    assert list(one.joined(other, lambda a, b: b - a)) == [(1, 13.0), (2, 22.0)]
    assert list(other.joined(one, lambda a, b: b - a)) == [(0.5, -8.5), (2.5, -26.5)]


def test_moving():
    values = [3.0, 1.0, 4.0, 1.0, 5.0]
    for width in range(1, 8):
        wanted = [statistics.median(values[max(0, n - width + 1) : n + 1]) for n in range(5)]
        assert list(moving(iter(values), width, median)) == wanted
        assert list(moving(values, width, mean)) == pytest.approx([statistics.mean(values[max(0, n - width + 1) : n + 1]) for n in range(5)])
    kept = list(moving([1, 2, 3], 2, lambda window: window))
    assert kept == [[1], [1, 2], [2, 3]]
    assert list(moving([], 3, mean)) == []
    with pytest.raises(ValueError):
        list(moving([1], 0, mean))
    given = [3, 1, 2]
    assert median(given) == 2 and given == [3, 1, 2]
    assert mean([1e16, 1.0, -1e16]) == pytest.approx(1 / 3)


def test_smoothed():
    assert list(smoothed([])) == []
    assert list(smoothed([0.0, 10.0])) == [0.0, 3.0]
    assert list(smoothed(iter([4, 8]), 1)) == [4, 8]
    assert list(smoothed([1, 0, 0], 0.25)) == [1, 0.75, 0.5625]
    for share in (0, -1, 1.5):
        with pytest.raises(ValueError):
            list(smoothed([1], share))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], []), ([1], []), ([1, 2], []), ([1, 2, 3], []), ([3, 2, 1], []), ([1, 1, 1], []), ([1, 2, 1], [(1, 2, 1)]), ([5, 2, 3, 1, 9], [(2, 3, 1)]), ([0, 5, 3, 4, 0], [(1, 5, 5), (3, 4, 1)]),
        ([2, 5, 3], [(1, 5, 2)]), ([0, 2, 2, 0], [(1, 2, 2)]), ([0, 2, 2, 2, 2, 0], [(2, 2, 2)]), ([0, 2, 2], []), ([2, 2, 0], []), ([0, 2, 2, 3, 1], [(3, 3, 2)]), ([0, 4, 1, 4, 0], [(1, 4, 4), (3, 4, 4)]), ([-5, -1, -3], [(1, -1, 2)]), ([0, 3, 1, 2, 1, 3, 0], [(1, 3, 3), (3, 2, 1), (5, 3, 3)]),
    ],
)
def test_peaks(values, found):
    assert peaks(values) == [Peak(*each) for each in found]


def test_choosing_peaks():
    values = [0, 9, 0, 8, 0, 9, 0, 1, 0]
    def at(**limits):
        return [p.at for p in peaks(values, **limits)]
    assert at() == [1, 3, 5, 7]
    assert at(rise=8) == [1, 3, 5] and at(rise=8.1) == [1, 5]
    assert at(apart=2) == [1, 3, 5, 7] and at(apart=3) == [1, 5] and at(apart=5) == [1, 7] and at(apart=100) == [1]


@pytest.mark.parametrize(
    ("values", "level", "found"),
    [
        ([], 0, []), ([1], 0, []), ([1, 2, 3], 0, []), ([-1, 3], 0, [(0.25, "up")]), ([3, -1], 0, [(0.75, "down")]), ([-1, 0, 1], 0, [(1.0, "up")]), ([-1, 0, 0, 0, 1], 0, [(2.0, "up")]), ([0, 1, 0, -1], 0, [(2.0, "down")]), ([0, 0, 1], 0, []), ([-1, 0, -1], 0, []), ([4, 6, 4], 5, [(0.5, "up"), (1.5, "down")]), ([1, 0], 0, []), ([-2, -1, 0, 0, 2, -2], 0, [(2.5, "up"), (4.5, "down")]),
    ],
)
def test_crossings(values, level, found):
    assert crossings(values, level) == found
    assert crossings(values, level) == (crossings(values) if level == 0 else found)


@pytest.mark.parametrize(
    ("values", "bins", "counts"),
    [([1, 1, 1], 3, [3, 0, 0]), ([0, 10], 2, [1, 1]), ([0, 5, 10], 2, [1, 2]), ([0, 4.9, 5, 9.9, 10], 2, [2, 3]), ([-1, 1], 4, [1, 0, 0, 1]), (range(10), 3, [3, 3, 4]), ([7], 1, [1])],
)
def test_histogram(values, bins, counts):
    found = histogram(values, bins)
    assert [count for _, _, count in found] == counts
    assert found[0][0] == min(values) and found[-1][1] == pytest.approx(max(values))
    assert all(a[1] == pytest.approx(b[0]) for a, b in zip(found, found[1:]))


def test_histogram_defaults():
    assert len(histogram([1, 2, 3])) == 10
    assert histogram([]) == []
    with pytest.raises(ValueError):
        histogram([1], 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", (5.0, "")), (" -3.5e2 m ", (-350.0, "m")), ("1,5km", (1.5, "km")), (".5 %", (0.5, "%")), ("20°C", (20.0, "°C")), ("+1 m/s", (1.0, "m/s")), ("1e3", (1000.0, "")), ("7. s", (7.0, "s"))],
)
def test_parse(text, value):
    assert parse(text) == value


@pytest.mark.parametrize("text", ["", "m", "1 parsec", "1 2", "1..2", "1 m s", "--1", "1e", "1,000.5 m"])
def test_no_values(text):
    with pytest.raises(UnitError):
        parse(text)


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "result"),
    [(1, "mi", "km", 1.609344), (5, "cm", "m", 0.05), (90, "min", "h", 1.5), (-40, "°F", "°C", -40), (0, "K", "°C", -273.15), (0, "°C", "°F", 32), (10, "m/s", "km/h", 36), (25, "%", "", 0.25), (3, "s", "s", 3)],
)
def test_convert(value, unit, wanted, result):
    assert convert(value, unit, wanted) == pytest.approx(result)
    assert convert(convert(value, unit, wanted), wanted, unit) == pytest.approx(value, abs=1e-9)


def test_differences_and_faults():
    assert difference(10, "°C", "°F") == pytest.approx(18)
    assert difference(18, "°F", "°C") == pytest.approx(10)
    assert difference(2, "km", "m") == 2000
    for unit, wanted in (("x", "m"), ("m", "x"), ("m", "s"), ("K", "%")):
        with pytest.raises(UnitError):
            convert(1, unit, wanted)
    assert all(convert(1.0, unit, unit) == pytest.approx(1.0) for unit in UNITS)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0, 3, "0"), (1, 3, "1.00"), (-1.005, 2, "-1.0"), (0.000123456, 2, "0.00012"), (99.96, 3, "100"), (999.6, 3, "1000"), (9.996, 3, "10.0"), (123456, 1, "100000"), (1234.5, 6, "1234.50"), (-0.5, 1, "-0.5"), (15, 1, "20"), (0.0995, 1, "0.1")],
)
def test_rounded(value, digits, text):
    assert rounded(value, digits) == text


def test_rounded_default():
    assert rounded(math.pi) == "3.14"
