import pytest

from fieldlab.curves import Polynomial, area, explained, fitted, outliers, root
from fieldlab.matrix import Singular, inverse, product, solved


def test_line():
    line = fitted([(0, 1), (1, 3), (2, 5)])
    assert line.factors == pytest.approx((1, 2))
    assert explained([(0, 1), (1, 3), (2, 5)], line) == pytest.approx(1)


def test_large_x():
    points = [(2e4 + n, 0.5 * n * n - n + 3) for n in range(6)]
    curve = fitted(points, 2)
    assert explained(points, curve) > 0.99


def test_parabola():
    curve = fitted([(x, 2 * x * x - x + 4) for x in range(-3, 4)], 2)
    assert curve.factors == pytest.approx((4, -1, 2))
    assert curve.derivative()(1) == pytest.approx(3)


def test_weights():
    points = [(0, 0), (1, 1), (2, 10)]
    assert fitted(points, 0, [1, 1, 0]).factors == pytest.approx((0.5,))


def test_too_few():
    with pytest.raises(ValueError):
        fitted([(1, 1), (1, 2)], 1)


def test_shown():
    assert str(Polynomial((4.0, -1.0, 2.5))) == "2.5 x^2 - x + 4"
    assert str(Polynomial((0.0, -3.0))) == "-3 x"


def test_root():
    assert root(lambda x: x * x - 2, 0, 2) == pytest.approx(2**0.5)
    with pytest.raises(ValueError):
        root(lambda x: x * x + 1, 0, 2)


def test_area():
    assert area([(0, 0), (2, 2), (3, 0)]) == 3.0


def test_outliers():
    points = [(n, n + 0.1 * (-1) ** n) for n in range(9)] + [(9, 20)]
    assert outliers(points, lambda x: x) == [(9, 20)]


def test_solved():
    assert solved([[0, 2], [1, 1]], [4, 5]) == [3, 2]
    with pytest.raises(Singular):
        solved([[1, 2], [2, 4]], [1, 2])
    assert product(inverse([[2, 1], [1, 1]]), [[2, 1], [1, 1]]) == [[1, 0], [0, 1]]
