from decimal import Decimal

import pytest

from tabprint import NumberFormat, human_size
from tabprint.numbers import looks_numeric, to_number


def test_places():
    two = NumberFormat(2)
    assert [two(value) for value in (1, 0.5, -3.14159, Decimal("7.1"))] == ["1.00", "0.50", "-3.14", "7.10"]
    assert NumberFormat(0)(2.5) == "3"
    assert NumberFormat()(0.1) == "0.1"


def test_halves_are_rounded_away_from_zero():
    two = NumberFormat(2)
    assert [two(value) for value in (2.675, 1.005, -0.125, 0.115)] == ["2.68", "1.01", "-0.13", "0.12"]


def test_no_negative_zero():
    assert NumberFormat(1)(-0.04) == "0.0"
    assert NumberFormat(1, sign=True)(-0.04) == "0.0"


def test_thousands_and_point():
    german = NumberFormat(2, thousands=".", point=",")
    assert german(1234567.891) == "1.234.567,89"
    assert german(-999.5) == "-999,50"
    assert NumberFormat(0, thousands=" ")(1000) == "1 000"


def test_percent_and_sign():
    assert NumberFormat(1, percent=True)(0.1234) == "12.3%"
    assert NumberFormat(1, percent=True, sign=True)(0.5) == "+50.0%"
    assert NumberFormat(sign=True)(-2) == "-2"


def test_what_is_no_number():
    form = NumberFormat(1, missing="n/a")
    assert [form(None), form(float("nan")), form("x"), form(True)] == ["n/a", "n/a", "x", "True"]
    assert form(float("-inf")) == "-∞"


@pytest.mark.parametrize(
    "count, text",
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1048575, "1.0 MiB"), (-2048, "-2.0 KiB")],
)
def test_human_size(count, text):
    assert human_size(count) == text


def test_texts_that_are_numbers():
    assert [to_number(text) for text in ("12", "-1.5", "1e3", " 7 ", "0", "0.5")] == [12, -1.5, 1000.0, 7, 0, 0.5]
    assert [to_number(text) for text in ("007", "x", "1_000", "nan")] == ["007", "x", "1_000", "nan"]
    assert looks_numeric("+3") and not looks_numeric("")
