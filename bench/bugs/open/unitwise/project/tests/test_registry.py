import pytest

from unitwise import Dimension, DuplicateUnitError, Quantity, UnknownUnitError, default_registry


@pytest.fixture
def registry():
    return default_registry().copy()


def test_prefixes(registry):
    assert registry.resolve("km").power == 3
    assert registry.resolve("dam").power == 1
    assert registry.resolve("kilometres").symbol == "km"
    with pytest.raises(UnknownUnitError):
        registry.resolve("kmin")


def test_exact_names_win(registry):
    assert registry.resolve("min").definition.symbol == "min"
    assert registry.resolve("ft").definition.symbol == "ft"
    assert registry.resolve("d").prefix == ""


def test_define(registry):
    registry.define("furlong", Dimension({"length": 1}), "201.168", ["fur"])
    assert Quantity(1, "furlong", registry).to("m").magnitude == 201.168
    assert "fur" in registry
    assert "furlong" not in default_registry()


def test_define_twice(registry):
    with pytest.raises(DuplicateUnitError):
        registry.define("m", Dimension({"length": 1}))
    with pytest.raises(DuplicateUnitError):
        registry.alias("metre", "s")


def test_replace_a_unit(registry):
    length = Dimension({"length": 1})
    registry.define("pace", length, "0.75")
    assert Quantity(4, "pace", registry).to("m").magnitude == 3
    registry.define("pace", length, "1.5", replace=True)
    assert Quantity(4, "pace", registry).to("m").magnitude == 6


def test_alias(registry):
    registry.alias("klick", "m")
    assert registry.resolve("klick").symbol == "m"
    assert registry.resolve("klicks").symbol == "m"


def test_copy_is_apart(registry):
    registry.alias("stride", "m")
    assert "stride" not in default_registry()
