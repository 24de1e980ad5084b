import random
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest

from tabprint import Column, NumberFormat, Table, human_size


@pytest.mark.parametrize(
    "value, places, text",
    [
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (1.115, 2, "1.12"),
        (-1.005, 2, "-1.01"),
        (0.285, 2, "0.29"),
        (8.345, 2, "8.35"),
        (1.0049, 2, "1.00"),
        (0.15, 1, "0.2"),
        (0.25, 1, "0.3"),
        (-0.35, 1, "-0.4"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (1.45, 1, "1.5"),
        (4.35, 1, "4.4"),
        (1e-7, 2, "0.00"),
        (5e-7, 6, "0.000001"),
        (1e16, 1, "10000000000000000.0"),
        (0.1, 20, "0.10000000000000000000"),
        (10**20, 2, "100000000000000000000.00"),
        (Decimal("2.675"), 2, "2.68"),
        (Decimal("1.00499999999999999999"), 2, "1.00"),
        (Decimal("1E+3"), 1, "1000.0"),
    ],
)
def test_rounding(value, places, text):
    assert NumberFormat(places)(value) == text


@pytest.mark.parametrize("seed", range(10))
def test_floats_are_rounded_as_they_are_written(seed):
    rng = random.Random(seed)
    for _ in range(60):
        whole, digits = rng.randint(-5000, 5000), rng.randint(0, 999)
        written = "%d.%03d" % (whole, digits)
        places = rng.randint(0, 3)
        expected = Decimal(written).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        text = "{:f}".format(abs(expected))
        if expected < 0:
            text = "-" + text
        assert NumberFormat(places)(float(written)) == text
        assert NumberFormat(places)(Decimal(written)) == text


@pytest.mark.parametrize("value, text", [(0.1, "0.1"), (1e22, "10000000000000000000000"), (1.0, "1.0"), (3, "3"), (1e-5, "0.00001")])
def test_no_places(value, text):
    assert NumberFormat()(value) == text


@pytest.mark.parametrize("places", [0, 1, 2, 3, 6, 12])
@pytest.mark.parametrize("size", [10, 20, 24, 25, 26, 27, 28, 29, 30, 40, 60])
def test_large_numbers(size, places):
    fraction = "." + "0" * places if places else ""
    for digit in (1, 9):
        number = digit * 10**size
        assert NumberFormat(places)(number) == str(number) + fraction
        assert NumberFormat(places)(-number) == "-" + str(number) + fraction
        assert NumberFormat(places)(number + 7) == str(number + 7) + fraction
        assert NumberFormat(places)(Decimal(number)) == str(number) + fraction
        assert NumberFormat(places)(float("%de%d" % (digit, size))) == "%d" % digit + "0" * size + fraction


def test_large_numbers_are_rounded_still():
    long = "1234567890123456789012345678901234567890"
    assert NumberFormat(2)(Decimal(long + ".125")) == long + ".13"
    assert NumberFormat(0)(Decimal(long + ".5")) == long[:-1] + "1"
    assert NumberFormat(2)(Decimal("9" * 30 + ".995")) == "1" + "0" * 30 + ".00"
    assert NumberFormat(1)(Decimal("9" * 26 + ".96")) == "1" + "0" * 26 + ".0"
    assert NumberFormat(1, thousands=",")(1e27) == "1" + ",000" * 9 + ".0"
    assert NumberFormat(30)(Decimal("0.5")) == "0.5" + "0" * 29
    assert NumberFormat(2, percent=True)(1e27) == "1" + "0" * 29 + ".00%"
    assert NumberFormat(2)(1.7976931348623157e308).startswith("17976931348623157000")


def test_extremes_are_no_errors():
    assert NumberFormat(2)(0) == "0.00"
    assert NumberFormat(2)(0.0) == "0.00"
    assert NumberFormat(2)(-0.0) == "0.00"
    assert NumberFormat(2)(5e-324) == "0.00"
    assert NumberFormat(2)(float("inf")) == "∞"
    assert NumberFormat(2, sign=True)(float("inf")) == "+∞"
    assert NumberFormat(2)(Decimal("NaN")) == "-"


def test_in_a_table():
    table = Table([Column("v", format=NumberFormat(2))], [[6.02214076e26], [2.675], [None]])
    assert [row[0] for row in table.texts()] == ["602214076000000000000000000.00", "2.68", "-"]
    assert table.alignment(0) == "right"


@pytest.mark.parametrize(
    "count, text",
    [
        (1, "1 B"),
        (1099511627776, "1.0 TiB"),
        (1024**5 * 3, "3.0 PiB"),
        (1024**6, "1024.0 PiB"),
        (1023 * 1024 + 1023, "1.0 MiB"),
        (1024**12, "%d.0 PiB" % 1024**7),
        (-1, "-1 B"),
    ],
)
def test_human_size(count, text):
    assert human_size(count) == text
