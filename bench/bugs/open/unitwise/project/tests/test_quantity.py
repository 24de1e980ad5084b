import pytest

from unitwise import DimensionError, Quantity, parse, total


def test_conversion():
    assert parse("5 km").to("m").magnitude == 5000
    assert parse("1500 m").to("km").magnitude == 1.5
    assert parse("36 km/h").to("m/s").magnitude == 10
    assert parse("1 mi").to("km").magnitude == pytest.approx(1.609344)
    with pytest.raises(DimensionError):
        parse("5 km").to("s")


def test_temperatures():
    assert parse("20 degC").to("K").magnitude == 293.15
    assert parse("212 degF").to("degC").magnitude == 100
    assert parse("0 K").to("degC").magnitude == -273.15


def test_temperature_differences():
    difference = parse("25 degC") - parse("20 degC")
    assert difference == parse("5 K")
    assert (parse("50 degF") - parse("41 degF")).to("K").magnitude == 5


def test_temperature_steps():
    assert (parse("25 degC") + parse("5 K")) == parse("30 degC")
    assert (parse("5 K") + parse("25 degC")) == parse("30 degC")
    assert (parse("25 degC") - parse("5 K")) == parse("20 degC")
    with pytest.raises(DimensionError):
        parse("25 degC") + parse("5 degC")
    with pytest.raises(DimensionError):
        parse("25 degC") * 2


def test_addition():
    result = parse("1 km") + parse("250 m")
    assert (result.magnitude, result.unit) == (1.25, parse("km").unit)
    assert parse("1 m") - parse("1 cm") == parse("99 cm")
    with pytest.raises(DimensionError):
        parse("1 m") + parse("1 s")


def test_sum_and_total():
    lengths = [parse("1 m"), parse("20 cm"), parse("3 mm")]
    assert sum(lengths) == parse("1203 mm")
    assert total(lengths, "mm").magnitude == pytest.approx(1203)
    assert total([], "m").magnitude == 0
    with pytest.raises(ValueError):
        total([])


def test_products():
    assert parse("2 m") * parse("3 m") == parse("6 m^2")
    assert parse("6 J") / parse("2 s") == parse("3 W")
    assert 3 * parse("2 m") == parse("6 m")
    assert parse("7 km") // parse("2000 m") == 3


def test_powers():
    assert parse("3 m") ** 2 == parse("9 m^2")
    assert parse("9 m^2") ** 0.5 == parse("3 m")
    assert parse("2 s") ** -1 == parse("0.5 Hz")


def test_cube_root():
    assert parse("27 m^3") ** (1 / 3) == parse("3 m")


def test_float():
    assert float(parse("50 %")) == 0.5
    assert float(parse("1 km/m")) == 1000
    with pytest.raises(DimensionError):
        float(parse("1 m"))


def test_comparison():
    assert parse("1 km") > parse("999 m")
    assert parse("1 km") >= parse("1000 m")
    assert parse("0.1 km") + parse("0.2 km") == parse("300 m")
    assert parse("1 m") != parse("1 s")
    assert parse("1 m") != 1
    with pytest.raises(DimensionError):
        parse("1 m") < parse("1 s")


def test_hash():
    assert len({parse("1 km"), parse("1000 m"), parse("1 s")}) == 2


def test_hash_of_rounded():
    third = parse("0.1 km") + parse("0.2 km")
    assert third in {parse("300 m")}


def test_repr():
    assert repr(parse("5 km/h")) == "Quantity(5, 'km/h')"
