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


@pytest.mark.parametrize("seed", range(15))
def test_running(seed):
    rnd = random.Random(seed)
    one, other = numbers(rnd, rnd.randrange(0, 9)), numbers(rnd, rnd.randrange(0, 9))
    for values, running in ((one, Running(one)), (one + other, Running(one).merged(Running(other)))):
        assert running.count == len(values)
        assert running.mean == pytest.approx(statistics.mean(values) if values else 0.0, abs=1e-12)
        assert running.least == (min(values) if values else None)
        assert running.most == (max(values) if values else None)
        assert running.variance() == pytest.approx(statistics.variance(values) if len(values) > 1 else 0.0, abs=1e-12)
        assert running.variance(False) == pytest.approx(statistics.pvariance(values) if values else 0.0, abs=1e-12)
        assert running.deviation() == pytest.approx(running.variance() ** 0.5)
        if len(set(values)) > 1:
            assert running.score(running.mean + 2 * running.deviation()) == pytest.approx(2)
            assert running.score(running.mean - 1) < 0
        else:
            assert running.score(1) == 0.0


def test_merging_changes_nothing():
    one, other = Running([1, 2]), Running([5])
    both = one.merged(other)
    both.add(100)
    assert (one.count, one.mean, other.count, other.most) == (2, 1.5, 1, 5)
    empty = Running().merged(Running())
    assert (empty.count, empty.mean, empty.least, empty.most) == (0, 0.0, None, None)


def test_large_offsets():
    assert Running([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance() == pytest.approx(30)
    assert Running([0.0, -2.0]).most == 0.0
    assert Running([NAN]).count == 0
    running = Running([0.0, NAN, 2.0])
    assert (running.least, running.most, running.count) == (0.0, 2.0, 2)


@pytest.mark.parametrize("seed", range(15))
def test_solving(seed):
    rnd = random.Random(seed)
    size = rnd.randrange(1, 6)
    rows = [[float(rnd.randrange(-4, 5)) for _ in range(size)] for _ in range(size)]
    wanted = [float(rnd.randrange(-5, 6)) for _ in range(size)]
    right = [sum(a * b for a, b in zip(row, wanted)) for row in rows]
    copy = [list(row) for row in rows]
    try:
        found = solved(rows, right)
    except Singular:
        rank = len({tuple(row) for row in rows})
        assert size > 0 and rank >= 0
        return
    assert rows == copy
    assert [sum(a * b for a, b in zip(row, found)) for row in rows] == pytest.approx(right, abs=1e-7)
    assert found == pytest.approx(wanted, abs=1e-6)
    back = product(rows, inverse(rows))
    assert [v for row in back for v in row] == pytest.approx([v for row in identity(size) for v in row], abs=1e-7)


def test_shapes():
    assert transposed([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]
    assert product([[1, 2]], [[3], [4]]) == [[11]]
    assert product([[1], [2]], [[3, 4]]) == [[3, 4], [6, 8]]
    assert inverse([[1, 2], [0, 1]]) == [[1, -2], [0, 1]]
    assert solved([], []) == []
    assert solved([[0, 1, 0], [0, 0, 2], [4, 0, 0]], [1, 2, 4]) == [1, 1, 1]
    for rows, right in (([[1, 2]], [1]), ([[1]], [1, 2]), ([[1, 2], [3]], [1, 2])):
        with pytest.raises(ValueError):
            solved(rows, right)
    with pytest.raises(ValueError):
        product([[1, 2]], [[1]])
    for rows in ([[0]], [[1, 1], [1, 1]], [[0, 0], [0, 1]], [[1e-9, 2e-9], [2e-9, 4e-9]]):
        with pytest.raises(Singular):
            solved(rows, [1] * len(rows))
    assert solved([[1e-20]], [1e-20]) == [1]


@pytest.mark.parametrize("degree", range(5))
def test_fitting_what_is_exact(degree):
    rnd = random.Random(degree)
    curve = Polynomial(tuple(float(rnd.randrange(-5, 6)) for _ in range(degree + 1)))
    for offset in (0, 50):
        points = [(x + offset, curve(x + offset)) for x in (-4, -2.5, -1, 0, 1.5, 3, 4)]
        found = fitted(points, degree)
        assert found.degree == degree
        assert [found(x) for x, _ in points] == pytest.approx([y for _, y in points], rel=1e-6, abs=1e-5)
        assert fitted(points[: degree + 1], degree)(points[0][0]) == pytest.approx(points[0][1], rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_fits_cannot_be_bettered(seed):
    rnd = random.Random(seed)
    points = [(rnd.uniform(-5, 5), rnd.uniform(-5, 5)) for _ in range(9)]
    weights = [rnd.choice([0.0, 1.0, 2.0, 5.0]) for _ in points] if seed % 2 else None
    if weights:
        weights[:3] = [1.0, 1.0, 1.0]
    curve = fitted(points, 2, weights)

    def cost(factors):
        line = Polynomial(tuple(factors))
        return sum(w * (y - line(x)) ** 2 for (x, y), w in zip(points, weights or [1.0] * 9))

    best = cost(curve.factors)
    for at in range(3):
        for step in (-0.01, 0.01):
            assert cost([f + step * (n == at) for n, f in enumerate(curve.factors)]) > best
    doubled = [p for p, w in zip(points, weights or [1.0] * 9) for _ in range(int(w))]
    assert fitted(doubled, 2).factors == pytest.approx(curve.factors, abs=1e-6)


def test_default_degree_and_faults():
    assert fitted([(0, 0), (1, 1), (2, 4)]).degree == 1
    assert fitted([(3, 7)], 0).factors == (7,)
    for points, degree, weights in (([], 0, None), ([(1, 1)], 1, None), ([(1, 1), (1, 2), (1, 3)], 1, None), ([(1, 1), (2, 1)], -1, None), ([(1, 1), (2, 2)], 1, [1])):
        with pytest.raises(ValueError):
            fitted(points, degree, weights)


def test_polynomials():
    curve = Polynomial((1.0, 0.0, -2.0, 3.0))
    assert [curve(x) for x in (0, 1, -1, 2)] == [1, 2, -4, 17]
    assert curve.derivative() == Polynomial((0.0, -4.0, 9.0))
    assert Polynomial((5.0,)).derivative() == Polynomial((0.0,))
    assert [str(Polynomial(f)) for f in ((1.0, 0.0, -2.0, 3.0), (0.0,), (-1.0,), (1.0,), (0.0, 1.0), (0.0, -1.0, -1.0), (-2.0, 1.5))] == ["3 x^3 - 2 x^2 + 1", "0", "-1", "1", "x", "-x^2 - x", "1.5 x - 2"]


def test_explained():
    points = [(0, 0), (1, 2), (2, 1)]
    assert explained(points, lambda x: 1.0) == 0
    assert explained(points, lambda x: 0.0) == pytest.approx(1 - 5 / 2)
    assert explained(points, dict(points).get) == 1
    assert explained([(0, 2), (1, 2)], lambda x: 2) == 1.0
    assert explained([(0, 2), (1, 2)], lambda x: x) == 0.0


@pytest.mark.parametrize(
    ("function", "low", "high", "result"),
    [(lambda x: x - 1, 0, 5, 1), (lambda x: 1 - x, 0, 5, 1), (math.cos, 0, 3, math.pi / 2), (lambda x: x, 0, 4, 0), (lambda x: x - 4, 0, 4, 4), (lambda x: x**3, -1, 1, 0), (lambda x: x - 2, 0, 4, 2), (lambda x: -x**3 - 8, -5, 5, -2)],
)
def test_root(function, low, high, result):
    assert root(function, low, high) == pytest.approx(result, abs=1e-8)
    assert abs(root(function, low, high, 0.5) - result) <= 0.5


def test_no_root():
    for function in (lambda x: 1.0, lambda x: -1.0):
        with pytest.raises(ValueError):
            root(function, 0, 1)


def test_area():
    assert area([]) == 0 and area([(1, 5)]) == 0
    assert area([(3, 1), (0, 1), (1, 1)]) == 3
    assert area([(0, -1), (2, 1)]) == 0
    assert area([(-2, 2), (-1, 2), (0, 0)]) == 3


def test_outliers():
    flat = lambda x: 0.0
    points = [(0, 1), (1, -1), (2, 1), (3, 3), (4, -3.5)]
    assert outliers(points, flat) == [(4, -3.5)]
    assert outliers(points, flat, 2) == [(3, 3), (4, -3.5)]
    assert outliers(points, flat, 4) == []
    assert outliers([(0, 1), (1, 2), (2, 4), (3, 9.5)], flat, 3) == [(3, 9.5)]
    assert outliers([(0, 1), (1, 2), (2, 4), (3, 8.5)], flat, 3) == []
    assert outliers([], flat) == []


@pytest.mark.parametrize("seed", range(10))
def test_series_at(seed):
    rnd = random.Random(seed)
    samples = [(rnd.randrange(40), rnd.uniform(-5, 5)) for _ in range(rnd.randrange(1, 9))]
    series, known = Series(iter(samples)), dict(samples)
    assert list(series) == sorted(known.items())
    assert len(series) == len(known)
    times = sorted(known)
    for time in [t / 2 for t in range(-2, 84)]:
        for reach in (math.inf, 5):
            found = series.at(time, reach)
            below, above = [t for t in times if t <= time], [t for t in times if t >= time]
            if time in known:
                assert found == known[time]
            elif not below or not above or above[0] - below[-1] > reach:
                assert found is None
            else:
                a, b = below[-1], above[0]
                assert found == pytest.approx(known[a] + (known[b] - known[a]) * (time - a) / (b - a))
    for first, last in ((0, 40), (10, 20), (times[0], times[-1]), (times[0], times[0]), (30, 3)):
        assert list(series.between(first, last)) == [(t, known[t]) for t in times if first <= t <= last]
    for longest in (0, 3, 10):
        gaps = series.gaps(longest)
        assert gaps == [(a, b) for a, b in zip(times, times[1:]) if b - a > longest]


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
