from fractions import Fraction

import pytest

from unitwise import ParseError, UnknownUnitError, format_unit, parse, parse_unit


@pytest.mark.parametrize(
    "text, expected",
    [
        ("kg*m^2/s^2", "kg*m^2/s^2"),
        ("J/(kg K)", "J/(kg*K)"),
        ("J/kg*K", "J*K/kg"),
        ("m s⁻¹", "m/s"),
        ("m**2", "m^2"),
        ("m^(1/2)", "m^(1/2)"),
        ("1/s", "1/s"),
        ("metres", "m"),
        ("kilometre/hour", "km/h"),
        ("µm", "μm"),
        ("", ""),
    ],
)
def test_units(text, expected):
    assert format_unit(parse_unit(text)) == expected


@pytest.mark.parametrize("text", ["m/", "(m", "m)", "m^", "m2", "*m", "m ? s"])
def test_broken_units(text):
    with pytest.raises(ParseError):
        parse_unit(text)


def test_quantity_with_number():
    assert parse("9.81 m/s^2").magnitude == 9.81
    assert parse("-3 kg").magnitude == -3
    assert parse("1_000 m").magnitude == 1000
    assert parse("2e3 m").magnitude == 2000.0


def test_quantity_without_number():
    quantity = parse("km")
    assert (quantity.magnitude, format_unit(quantity.unit)) == (1, "km")


def test_number_over_unit():
    assert parse("5 /s") == parse("5 Hz")


def test_unknown():
    with pytest.raises(UnknownUnitError, match="parrot"):
        parse("3 parrot")
    with pytest.raises(ParseError):
        parse("  ")


def test_exponents():
    assert parse_unit("m^(1/2)").terms == (("m", Fraction(1, 2)),)
