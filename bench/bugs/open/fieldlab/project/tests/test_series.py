import pytest

from fieldlab.series import Series, mean, median, moving, smoothed

SERIES = Series([(10, 1.0), (0, 0.0), (30, 5.0)])


def test_order():
    assert list(SERIES) == [(0, 0.0), (10, 1.0), (30, 5.0)]
    assert SERIES.values == [0.0, 1.0, 5.0]


def test_at():
    assert [SERIES.at(time) for time in (0, 5, 20, 30)] == [0.0, 0.5, 3.0, 5.0]
    assert SERIES.at(20, reach=15) is None


def test_between_and_gaps():
    assert SERIES.between(0, 10) == Series([(0, 0.0), (10, 1.0)])
    assert SERIES.gaps(10) == [(10, 30)]


def test_even():
    assert list(SERIES.even(10)) == [(0, 0.0), (10, 1.0), (20, 3.0), (30, 5.0)]


def test_joined():
    other = Series([(5, 10.0), (15, 20.0)])
    assert list(SERIES.joined(other, lambda a, b: a + b)) == [(10, 16.0)]


def test_moving():
    assert list(moving([1, 2, 6, 4], 3, mean)) == [1, 1.5, 3, 4]
    assert list(moving([1, 9, 2, 3], 3, median)) == [1, 5, 2, 3]


def test_smoothed():
    assert list(smoothed([10, 20, 20], 0.5)) == [10, 15, 17.5]
