from decimal import Decimal

import pytest

from statement import AmountError, format_amount, parse_amount
from statement.money import share


@pytest.mark.parametrize(
    "text, expected",
    [("12", "12"), ("1,234.50", "1234.5"), ("-3.20", "-3.2"), ("3.20-", "-3.2"), ("(7.10)", "-7.1"),
     ("€ 5.00", "5"), ("EUR 5.00 DR", "-5"), ("5.00CR", "5"), ("\u22121.00", "-1"), ("1\u00a0000.00", "1000")],
)
def test_parse(text, expected):
    assert parse_amount(text) == Decimal(expected)


def test_parse_decimal_comma():
    assert parse_amount("-1.234,56", ",") == Decimal("-1234.56")


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "-", "--1"])
def test_no_amounts(text):
    with pytest.raises(AmountError):
        parse_amount(text)


def test_format():
    assert format_amount(Decimal("-1234.5")) == "-1,234.50"
    assert format_amount(Decimal("1234567.891"), ",", ".") == "1.234.567,89"
    assert format_amount(Decimal("2"), plus=True) == "+2.00"


def test_zero_has_no_sign():
    assert format_amount(Decimal("-0.001")) == "0.00"
    assert format_amount(0, plus=True) == "0.00"


def test_share():
    assert share(1, 3) == Decimal("33.3")
    assert share(1, 0) is None
