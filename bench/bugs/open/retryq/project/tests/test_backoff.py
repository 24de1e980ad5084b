import pytest

from retryq import Constant, Exponential


def test_constant():
    assert [Constant("2s").delay(n) for n in (1, 2, 3)] == [2.0, 2.0, 2.0]


def test_exponential_grows_up_to_its_cap():
    backoff = Exponential(base=1, factor=3, cap=20)
    assert [backoff.delay(n) for n in range(1, 6)] == [1.0, 3.0, 9.0, 20.0, 20.0]


def test_exponential_with_very_many_tries():
    assert Exponential().delay(5000) == 3600.0


def test_bad_arguments():
    with pytest.raises(ValueError):
        Exponential(factor=0.5)
    with pytest.raises(ValueError):
        Constant(1).delay(0)
