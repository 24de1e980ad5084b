from decimal import Decimal
from fractions import Fraction

import pytest

from unitwise import Quantity, compact, format_unit, parse, round_significant


@pytest.mark.parametrize(
    "value, digits, expected",
    [
        (1234.5, 3, "1.23E+3"),
        (0.00123456, 3, "0.00123"),
        (9.996, 3, "10.0"),
        (-2.5, 1, "-2"),
        (100, 5, "100.00"),
        (0, 3, "0"),
        (Fraction(2, 3), 2, "0.67"),
    ],
)
def test_round_significant(value, digits, expected):
    assert str(round_significant(value, digits)) == expected


def test_no_digits():
    with pytest.raises(ValueError):
        round_significant(1.0, 0)


def test_plain():
    assert f"{parse('100 m')}" == "100 m"
    assert f"{parse('0.1 km') + parse('0.2 km')}" == "0.3 km"
    assert f"{Quantity(5)}" == "5"


def test_digits():
    assert f"{parse('1234.56 m'):.3}" == "1230 m"
    assert f"{parse('2 m'):.3}" == "2.00 m"


def test_unicode():
    assert f"{parse('9.81 kg*m^2/s^2'):u}" == "9.81 kg·m²/s²"
    assert format_unit(parse("m^-2").unit, "unicode") == "1/m²"


def test_prefix():
    assert f"{parse('1500 m'):p}" == "1.5 km"
    assert f"{parse('0.0042 V'):.2p}" == "4.2 mV"
    assert f"{parse('2500000 m^2'):.2p}" == "2.5 km^2"
    assert f"{parse('90 min'):p}" == "90 min"
    assert f"{parse('1234567 m'):.3p}" == "1.23 Mm"
    assert f"{parse('0 m'):p}" == "0 m"


def test_compact():
    assert compact(parse("5000 kg")).magnitude == 5
    assert compact(parse("-5000 m")).magnitude == -5
    assert round_significant(1, 1) == Decimal(1)


def test_bad_spec():
    with pytest.raises(ValueError):
        format(parse("1 m"), ".2f")
