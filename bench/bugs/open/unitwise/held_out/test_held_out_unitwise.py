import itertools
import math

import pytest

from unitwise import (
    Dimension, DimensionError, DuplicateUnitError, Quantity, compact, default_registry, format_quantity, format_unit,
    parse, round_significant, total,
)

INF = float("inf")
LENGTH = Dimension({"length": 1})


# hashing

@pytest.mark.parametrize(
    "one, other",
    [
        ("0.3 km", "300 m"), ("0.1 km", "100 m"), ("0.7 m", "70 cm"), ("1.1 m", "110 cm"), ("5 km", "5000 m"),
        ("36 km/h", "10 m/s"), ("20.1 degC", "293.25 K"), ("0 m", "0 km"), ("-0.3 km", "-300 m"), ("2.3 kg", "2300 g"),
    ],
)
def test_equal_quantities_hash_alike(one, other):
    one, other = parse(one), parse(other)
    assert one == other
    assert hash(one) == hash(other)
    assert {one: 1}[other] == 1


def test_sums_hash_like_what_they_equal():
    for first, second in itertools.product(range(1, 10), repeat=2):
        found = Quantity(first / 10, "km") + Quantity(second / 10, "km")
        wanted = Quantity((first + second) * 100, "m")
        assert found == wanted and hash(found) == hash(wanted)


def test_different_quantities_stay_apart():
    values = [parse(text) for text in ("1 m", "1 s", "1 kg", "2 m", "1.000001 m", "-1 m", "1", "1 m^2")]
    assert len(set(values)) == len(values)
    assert len({hash(value) for value in values}) == len(values)
    for one, other in itertools.combinations(values, 2):
        assert one != other


# powers

@pytest.mark.parametrize("root", [1, 2, 3, 4, 5, 6, 8])
def test_roots_give_the_dimension_back(root):
    value = Quantity(2.0 ** root, "m^%d" % root) ** (1 / root)
    assert value.dimension == LENGTH
    assert format_unit(value.unit) == "m"
    assert value.magnitude == pytest.approx(2)


@pytest.mark.parametrize("text", ["8 m^3", "27 cm^3", "64 km^3"])
def test_cube_roots_convert(text):
    value = parse(text) ** (1 / 3)
    assert value.to("m").magnitude ** 3 == pytest.approx(parse(text).to("m^3").magnitude)
    assert value + parse("1 m") > value


def test_other_exponents():
    assert parse("4 m^2") ** 1.5 == parse("8 m^3")
    assert parse("8 m^3") ** (2 / 3) == parse("4 m^2")
    assert parse("4 m^2") ** 0 == parse("1")
    assert (parse("4 s") ** -0.5).dimension == Dimension({"time": -0.5})
    assert Dimension({"length": 3}) ** (1 / 3) == LENGTH
    assert Dimension({"length": 0.5}) != Dimension({"length": 0.4})
    assert (parse("5 m^2") ** 0.25).dimension == Dimension({"length": 0.5})
    assert Dimension({"length": 1 / 3}) * Dimension({"length": 2 / 3}) == LENGTH
    assert parse("m^(1/3)").dimension == Dimension({"length": 1 / 3})
    assert Dimension({"length": 0.125}) ** 8 == LENGTH


# the registry

@pytest.fixture
def registry():
    return default_registry().copy()


def test_replaced_units_count_at_once(registry):
    for number in range(1, 8):
        registry.define("pace", LENGTH, number, replace=True)
        assert Quantity(1, "pace", registry).to("m").magnitude == number
        assert Quantity(1, "kpace", registry).to("m").magnitude == 1000 * number


def test_replaced_units_keep_their_names(registry):
    registry.define("pace", LENGTH, 1, ["step"])
    assert Quantity(3, "steps", registry).to("m").magnitude == 3
    registry.define("pace", LENGTH, 2, replace=True)
    assert Quantity(3, "steps", registry).to("m").magnitude == 6
    assert Quantity(3, "kilosteps", registry).to("m").magnitude == 6000


def test_a_new_symbol_wins_over_a_prefixed_one(registry):
    assert registry.resolve("cm").power == -2
    assert registry.resolve("kt").power == 3
    registry.define("kt", LENGTH / Dimension({"time": 1}), "0.5", prefixable=False)
    assert registry.resolve("kt").prefix == ""
    assert Quantity(4, "kt", registry).to("m/s").magnitude == 2
    assert Quantity(1, "cm", registry).to("m").magnitude == 0.01


def test_a_new_name_wins_over_a_prefixed_one(registry):
    assert registry.resolve("dam").power == 1
    registry.alias("dam", "L")
    assert registry.resolve("dam").symbol == "L"


def test_definitions_do_not_reach_others(registry):
    registry.resolve("m")
    other = registry.copy()
    registry.define("m", LENGTH, 7, replace=True)
    assert other.resolve("m").factor == 1
    assert default_registry().resolve("m").factor == 1
    with pytest.raises(DuplicateUnitError):
        registry.define("m", LENGTH)
    with pytest.raises(DuplicateUnitError):
        registry.define("metre", LENGTH, replace=True)


# scales with an offset

@pytest.mark.parametrize("high, low", [(25, 20), (20, 25), (0, -40), (100, 0), (36.6, 36.6)])
def test_differences_on_a_scale(high, low):
    celsius = Quantity(high, "degC") - Quantity(low, "degC")
    assert format_unit(celsius.unit) == "K"
    assert celsius.magnitude == pytest.approx(high - low)
    fahrenheit = Quantity(high, "degF") - Quantity(low, "degF")
    assert format_unit(fahrenheit.unit) == "degR"
    assert fahrenheit.magnitude == pytest.approx(high - low)
    mixed = Quantity(high, "degC") - Quantity(low, "degC").to("degF")
    assert mixed.to("K").magnitude == pytest.approx(high - low)


@pytest.mark.parametrize("start, step", [(25, 5), (-10, 30), (0, 0), (15.5, 0.5)])
def test_steps_on_a_scale(start, step):
    lower = Quantity(start, "degC") - Quantity(step, "K")
    assert format_unit(lower.unit) == "degC"
    assert lower.magnitude == pytest.approx(start - step)
    assert (Quantity(start, "degC") + Quantity(step, "K")).magnitude == pytest.approx(start + step)
    lower = Quantity(start, "degF") - Quantity(step, "degR")
    assert format_unit(lower.unit) == "degF"
    assert lower.magnitude == pytest.approx(start - step)
    assert (Quantity(start, "degF") - Quantity(step, "K")).magnitude == pytest.approx(start - step * 9 / 5)
    assert (Quantity(start, "degC") - Quantity(1000 * step, "mK")).magnitude == pytest.approx(start - step)


def test_other_differences():
    assert parse("300 K") - parse("20 K") == parse("280 K")
    assert (parse("300 K") - parse("20 degC")).magnitude == pytest.approx(6.85)
    assert format_unit((parse("300 K") - parse("20 degC")).unit) == "K"
    result = parse("1 km") - parse("250 m")
    assert (result.magnitude, format_unit(result.unit)) == (0.75, "km")
    assert parse("1 h") - parse("90 min") == parse("-30 min")
    with pytest.raises(DimensionError):
        parse("1 m") - parse("1 s")
    with pytest.raises(DimensionError):
        parse("20 degC") - parse("1 s")
    with pytest.raises(DimensionError):
        parse("20 degC") + parse("20 degF")


# numbers that are not finite

@pytest.mark.parametrize("unit", ["m", "km/h", "degC", "kg*m^2", ""])
def test_infinity(unit):
    top, bottom = Quantity(INF, unit), Quantity(-INF, unit)
    some = [Quantity(value, unit) for value in (-1e9, 0, 3, 4.5, 1e9)]
    for value in some:
        assert bottom < value < top
        assert value <= top and value != top
    assert top == Quantity(INF, unit) and hash(top) == hash(Quantity(INF, unit))
    assert min([top] + some) == some[0]
    assert max([bottom] + some) == some[-1]
    assert top != bottom


def test_infinity_converts():
    assert Quantity(INF, "km").to("m").magnitude == INF
    assert Quantity(-INF, "degC").to("degF").magnitude == -INF
    assert Quantity(INF, "km") == Quantity(INF, "m")
    assert Quantity(INF, "km") != Quantity(INF, "s")
    assert (Quantity(INF, "km") + parse("5 m")).magnitude == INF
    assert total([parse("5 m"), Quantity(INF, "km")]).magnitude == INF
    assert float(Quantity(INF, "%")) == INF


def test_nan():
    nan = Quantity(math.nan, "km")
    assert math.isnan(nan.to("m").magnitude)
    assert nan != nan.to("km")
    assert not nan < parse("1 m") and not nan > parse("1 m")
    assert math.isnan((nan + parse("1 m")).magnitude)


def test_not_finite_is_written():
    assert format_quantity(Quantity(INF, "m"), 3, prefix=True) == "inf m"
    assert f"{Quantity(math.nan, 'm'):.3p}" == "nan m"
    assert f"{Quantity(-INF, 'm').to('km')}" == "-inf km"


def test_finite_numbers_are_exact():
    assert parse("3 km").to("m").magnitude == 3000
    assert isinstance(parse("3 km").to("m").magnitude, int)
    assert parse("1 mi").to("m").magnitude == 1609.344
    assert parse("36 km/h").to("m/s").magnitude == 10
    assert parse("3 m") // parse("10 cm") == 30
    assert parse("0.3 km").to("m").magnitude == pytest.approx(300, abs=1e-9)
    assert parse("1 m") < parse("1.0001 m")


# prefixes

@pytest.mark.parametrize(
    "text, digits, expected",
    [
        ("999.96 m", 3, "1.00 km"), ("999.4 m", 3, "999 m"), ("999.5 m", 3, "1.00 km"), ("999 m", 3, "999 m"),
        ("999 m", 2, "1.0 km"), ("994 m", 2, "990 m"), ("-999.96 m", 3, "-1.00 km"), ("999999 m", 4, "1.000 Mm"),
        ("0.9996 V", 3, "1.00 V"), ("0.9994 V", 3, "999 mV"), ("999999.6 g", 3, "1.00 Mg"), ("999.9996 W", 6, "1.00000 kW"),
        ("0.00099999 m", 2, "1.0 mm"), ("96 m", 1, "100 m"), ("950 m", 1, "1 km"), ("960 m", 1, "1 km"),
        ("1000 m", 3, "1.00 km"), ("1 m", 3, "1.00 m"), ("12345 m", 3, "12.3 km"), ("999999.9 m^2", 3, "1.00 km^2"),
        ("999.7 km/h", 3, "1.00 Mm/h"), ("9996 m", 3, "10.0 km"), ("99.96 kJ", 3, "100 kJ"), ("999.96 min", 3, "1000 min"),
    ],
)
def test_prefix_suits_the_written_number(text, digits, expected):
    assert format_quantity(parse(text), digits, prefix=True) == expected
    assert format(parse(text), ".%dp" % digits) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("999.96 m", "999.96 m"), ("1000 m", "1 km"), ("0.999 V", "999 mV"), ("1500 m", "1.5 km"), ("0.5 mm", "500 μm"),
        ("999999 m^2", "999999 m^2"), ("1000000 m^2", "1 km^2"), ("-2500 g", "-2.5 kg"), ("5e15 m", "5000 Tm"), ("0 km", "0 km"),
    ],
)
def test_prefix_without_digits(text, expected):
    assert f"{parse(text):p}" == expected


def test_compact_keeps_the_amount():
    for power in range(-14, 16):
        value = Quantity(10.0 ** power * 1.234, "m")
        small = compact(value)
        assert small == value
        if -12 <= power <= 14:
            assert 1 <= small.magnitude < 1000


def test_digits_without_prefix():
    assert f"{parse('999.96 m'):.3}" == "1000 m"
    assert f"{parse('999.96 m'):.5}" == "999.96 m"
    assert str(round_significant(999.96, 3)) == "1.00E+3"
