"""Quantities: a number and a unit."""

from __future__ import annotations

import re
from fractions import Fraction
from math import floor, isfinite
from typing import Iterable, Optional, Tuple, Union

from .base import Dimension, DimensionError, as_exponent
from .formatting import Number, format_quantity, format_unit
from .parser import parse_unit, parse_value
from .registry import Registry
from .unit import Unit

_SPEC = re.compile(r"(?:\.(\d+))?([pu]*)$")


def exact(value: Number) -> Union[Fraction, float]:
    """A number without rounding; infinity and nan have no fraction and stay as they are."""
    if isinstance(value, float) and not isfinite(value):
        return value
    return Fraction(value)


def tidy(value: Union[Fraction, float], like: Number) -> Number:
    """A result in the manner of the number that it came from."""
    if isinstance(value, float) or isinstance(like, float):
        return float(value)
    if isinstance(like, Fraction):
        return value
    return value.numerator if value.denominator == 1 else float(value)


class Quantity:
    """Immutable. Two are equal if they are the same amount, to twelve significant digits."""

    def __init__(
        self, magnitude: Number, unit: Union[str, Unit] = "", registry: Optional[Registry] = None
    ) -> None:
        self.magnitude = magnitude
        self.unit = parse_unit(unit, registry) if isinstance(unit, str) else unit

    @property
    def dimension(self) -> Dimension:
        return self.unit.dimension

    def base_magnitude(self) -> Union[Fraction, float]:
        """The amount in base units."""
        return exact(self.magnitude) * self.unit.factor + self.unit.offset

    def to(self, unit: Union[str, Unit]) -> Quantity:
        """The same amount in another unit."""
        target = parse_unit(unit, self.unit.registry) if isinstance(unit, str) else unit
        if target.dimension != self.dimension:
            raise DimensionError(f"cannot convert {self.dimension} to {target.dimension}")
        if target == self.unit:
            return Quantity(self.magnitude, target)
        value = (self.base_magnitude() - target.offset) / target.factor
        return Quantity(tidy(value, self.magnitude), target)

    def _same(self, other: Quantity) -> None:
        if self.dimension != other.dimension:
            raise DimensionError(f"{self.dimension} and {other.dimension} do not go together")

    def _scale(self) -> None:
        if self.unit.offset:
            raise DimensionError("a value on a scale with an offset cannot be multiplied; convert it first")

    def _key(self) -> Tuple[float, Dimension]:
        return float("%.11e" % self.base_magnitude()), self.dimension

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __lt__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        self._same(other)
        return self._key()[0] < other._key()[0]

    def __le__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        self._same(other)
        return self._key()[0] <= other._key()[0]

    def __add__(self, other: Union[Quantity, int]) -> Quantity:
        if isinstance(other, int) and other == 0:
            return self
        if not isinstance(other, Quantity):
            return NotImplemented
        self._same(other)
        if other.unit.offset:
            if self.unit.offset:
                raise DimensionError("two values on a scale with an offset cannot be added")
            return other + self
        step = other.to(self.unit.difference())
        return Quantity(self.magnitude + step.magnitude, self.unit)

    __radd__ = __add__

    def __sub__(self, other: Quantity) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        self._same(other)
        unit = self.unit.difference()
        if other.unit.offset:
            return Quantity(self.magnitude - other.to(self.unit).magnitude, unit)
        return Quantity(self.magnitude - other.to(unit).magnitude, self.unit)

    def __mul__(self, other: Union[Quantity, Number]) -> Quantity:
        self._scale()
        if isinstance(other, Quantity):
            other._scale()
            return Quantity(self.magnitude * other.magnitude, self.unit * other.unit)
        if isinstance(other, (int, float, Fraction)):
            return Quantity(self.magnitude * other, self.unit)
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Union[Quantity, Number]) -> Quantity:
        self._scale()
        if isinstance(other, Quantity):
            other._scale()
            return Quantity(self.magnitude / other.magnitude, self.unit / other.unit)
        if isinstance(other, (int, float, Fraction)):
            return Quantity(self.magnitude / other, self.unit)
        return NotImplemented

    def __floordiv__(self, other: Quantity) -> int:
        """How many whole times the other fits into this one."""
        self._same(other)
        return floor(self.base_magnitude() / other.base_magnitude())

    def __pow__(self, exponent: Number) -> Quantity:
        self._scale()
        power = as_exponent(exponent)
        value = self.magnitude ** (power.numerator if power.denominator == 1 else exponent)
        return Quantity(value, self.unit ** power)

    def __float__(self) -> float:
        if self.dimension:
            raise DimensionError(f"a number was expected, not {self.dimension}")
        return float(self.base_magnitude())

    def __format__(self, spec: str) -> str:
        """A spec ".3" is three significant digits, "p" picks a prefix, "u" writes m² for m^2."""
        match = _SPEC.match(spec)
        if match is None:
            raise ValueError(f"invalid format {spec!r} for a quantity")
        digits = int(match.group(1)) if match.group(1) else None
        style = "unicode" if "u" in match.group(2) else "plain"
        return format_quantity(self, digits, style, prefix="p" in match.group(2))

    def __repr__(self) -> str:
        return f"Quantity({self.magnitude!r}, {format_unit(self.unit)!r})"


def parse(text: str, registry: Optional[Registry] = None) -> Quantity:
    """Read a quantity such as "9.81 m/s^2"."""
    return Quantity(*parse_value(text, registry))


def total(quantities: Iterable[Quantity], unit: Optional[str] = None) -> Quantity:
    """The sum, in the unit of the first or in the given one."""
    result: Optional[Quantity] = None
    for quantity in quantities:
        result = quantity if result is None else result + quantity
    if result is None:
        if unit is None:
            raise ValueError("the total of nothing has no unit")
        return Quantity(0, unit)
    return result if unit is None else result.to(unit)
