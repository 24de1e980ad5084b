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
