import math

import pytest

from fieldlab.running import Running


def test_numbers():
    running = Running([2, 4, 4, 4, 5, 5, 7, 9])
    assert (running.count, running.mean, running.least, running.most) == (8, 5.0, 2, 9)
    assert running.deviation(sample=False) == 2.0
    assert running.variance() == pytest.approx(32 / 7)


def test_not_a_number():
    assert Running([1.0, math.nan, 3.0]).mean == 2.0


def test_few():
    assert Running().variance() == 0.0
    assert Running([3]).deviation() == 0.0
    assert Running([3]).score(5) == 0.0


def test_merged():
    one, other = Running([1, 2, 3]), Running([10, 20])
    both = one.merged(other)
    assert both.variance() == pytest.approx(Running([1, 2, 3, 10, 20]).variance())
    assert (both.least, both.most, one.count) == (1, 20, 3)
