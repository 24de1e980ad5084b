"""The registry knows units by symbol and by name, with prefixes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Dict, Iterable, List, Optional, Tuple, Union

from .base import Dimension, DuplicateUnitError, UnknownUnitError

# symbol, name, power of ten
PREFIXES: Tuple[Tuple[str, str, int], ...] = (
    ("T", "tera", 12), ("G", "giga", 9), ("M", "mega", 6), ("k", "kilo", 3), ("h", "hecto", 2),
    ("da", "deca", 1), ("d", "deci", -1), ("c", "centi", -2), ("m", "milli", -3),
    ("μ", "micro", -6), ("n", "nano", -9), ("p", "pico", -12),
)


@dataclass(frozen=True)
class UnitDef:
    """One unit without a prefix; `factor` leads to the base unit."""

    symbol: str
    dimension: Dimension
    factor: Fraction
    offset: Fraction
    prefixable: bool
    delta: str


@dataclass(frozen=True)
class Resolved:
    """A unit as it was written: its definition and its prefix."""

    definition: UnitDef
    prefix: str = ""
    power: int = 0

    @property
    def symbol(self) -> str:
        return self.prefix + self.definition.symbol

    @property
    def factor(self) -> Fraction:
        return self.definition.factor * Fraction(10) ** self.power


def normalise_name(name: str) -> str:
    """The micro sign and the ohm sign have look-alikes; this makes them one."""
    return unicodedata.normalize("NFKC", name)


class Registry:
    """Units by symbol and name. Exact names win over prefixed ones."""

    def __init__(self) -> None:
        self._units: Dict[str, UnitDef] = {}
        self._names: Dict[str, str] = {}
        self._cache: Dict[str, Resolved] = {}

    def define(
        self, symbol: str, dimension: Dimension, factor: Union[int, str, Fraction] = 1,
        names: Iterable[str] = (), *, offset: Union[int, str, Fraction] = 0,
        prefixable: bool = True, delta: str = "", replace: bool = False,
    ) -> None:
        """Add a unit. `replace` takes the place of one with this symbol and keeps its names."""
        symbol = normalise_name(symbol)
        if symbol in self._names or (symbol in self._units and not replace):
            raise DuplicateUnitError(f"unit {symbol!r} is already defined")
        self._units[symbol] = UnitDef(
            symbol, dimension, Fraction(factor), Fraction(offset), prefixable, delta or symbol
        )
        self._cache.clear()
        for name in names:
            self.alias(name, symbol)

    def alias(self, name: str, symbol: str) -> None:
        """Another name for a unit that is defined."""
        name = normalise_name(name)
        if name in self._units or self._names.get(name, symbol) != symbol:
            raise DuplicateUnitError(f"unit {name!r} is already defined")
        self._names[name] = self.resolve(symbol).definition.symbol
        self._cache.pop(name, None)

    def resolve(self, name: str) -> Resolved:
        """What a name means: a symbol, a name, its plural, or one of them with a prefix."""
        name = normalise_name(name)
        found = self._cache.get(name)
        if found is None:
            found = self._search(name)
            if found is None:
                raise UnknownUnitError(f"unknown unit {name!r}")
            self._cache[name] = found
        return found

    def _search(self, name: str) -> Optional[Resolved]:
        definition = self._units.get(name) or self._by_name(name)
        if definition is not None:
            return Resolved(definition)
        for prefix, word, power in PREFIXES:
            definition = None
            if name.startswith(word):
                definition = self._by_name(name[len(word):])
            if definition is None and name.startswith(prefix):
                definition = self._units.get(name[len(prefix):])
            if definition is not None and definition.prefixable:
                return Resolved(definition, prefix, power)
        return None

    def _by_name(self, name: str) -> Optional[UnitDef]:
        symbol = self._names.get(name)
        if symbol is None and name.endswith("s"):
            symbol = self._names.get(name[:-1])
        return None if symbol is None else self._units[symbol]

    def step_prefixes(self) -> List[str]:
        """Prefixes in steps of a thousand, largest first, the empty one among them."""
        steps = [(power, symbol) for symbol, _, power in PREFIXES if power % 3 == 0]
        return [symbol for _, symbol in sorted(steps + [(0, "")], reverse=True)]

    def copy(self) -> Registry:
        """A registry of its own with the same units."""
        other = Registry()
        other._units = dict(self._units)
        other._names = dict(self._names)
        return other

    def __contains__(self, name: str) -> bool:
        return self._search(normalise_name(name)) is not None


def _standard() -> Registry:
    registry = Registry()
    define = registry.define
    length, mass, time = Dimension({"length": 1}), Dimension({"mass": 1}), Dimension({"time": 1})
    current, temperature = Dimension({"current": 1}), Dimension({"temperature": 1})
    force = mass * length / time ** 2
    define("m", length, 1, ["metre", "meter"])
    define("g", mass, Fraction(1, 1000), ["gram"])
    define("s", time, 1, ["second", "sec"])
    define("A", current, 1, ["ampere"])
    define("K", temperature, 1, ["kelvin"])
    define("%", Dimension(), Fraction(1, 100), ["percent"], prefixable=False)
    define("in", length, "0.0254", ["inch", "inches"])
    define("ft", length, "0.3048", ["foot", "feet"], prefixable=False)
    define("mi", length, "1609.344", ["mile"], prefixable=False)
    define("t", mass, 1000, ["tonne"])
    define("lb", mass, "0.45359237", ["pound"], prefixable=False)
    define("min", time, 60, ["minute"], prefixable=False)
    define("h", time, 3600, ["hour"], prefixable=False)
    define("d", time, 86400, ["day"], prefixable=False)
    define("L", length ** 3, Fraction(1, 1000), ["litre", "liter"])
    define("Hz", time ** -1, 1, ["hertz"])
    define("N", force, 1, ["newton"])
    define("Pa", force / length ** 2, 1, ["pascal"])
    define("J", force * length, 1, ["joule"])
    define("W", force * length / time, 1, ["watt"])
    define("V", force * length / time / current, 1, ["volt"])
    define("Ω", force * length / time / current ** 2, 1, ["ohm"])
    define("degR", temperature, Fraction(5, 9), ["rankine"], prefixable=False)
    define("degC", temperature, 1, ["celsius", "°C"], offset="273.15", prefixable=False, delta="K")
    zero_f = Fraction("459.67") * Fraction(5, 9)
    define("degF", temperature, Fraction(5, 9), ["fahrenheit", "°F"], offset=zero_f, prefixable=False, delta="degR")
    return registry


_DEFAULT = _standard()


def default_registry() -> Registry:
    """The registry used where none is given."""
    return _DEFAULT
