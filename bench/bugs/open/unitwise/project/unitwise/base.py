"""Errors, and dimensions: products of powers of base dimensions."""

from __future__ import annotations

from fractions import Fraction
from typing import Dict, Mapping, Tuple, Union

Exponent = Union[int, float, Fraction]
MAX_DENOMINATOR = 24


class UnitwiseError(Exception):
    """Base class of all errors of this package."""


class UnknownUnitError(UnitwiseError, LookupError):
    """A name that the registry does not know, with any prefix."""


class DuplicateUnitError(UnitwiseError, ValueError):
    """A name is defined twice."""


class DimensionError(UnitwiseError, TypeError):
    """Quantities of different dimensions are combined."""


class ParseError(UnitwiseError, ValueError):
    """A text is not a quantity or a unit."""


def as_exponent(value: Exponent) -> Fraction:
    """Exponents are small fractions; a float stands for the nearest one."""
    return Fraction(value).limit_denominator(MAX_DENOMINATOR)


class Dimension:
    """An immutable product such as length^1 time^-2."""

    def __init__(self, powers: Mapping[str, Exponent] = {}) -> None:
        kept = {base: as_exponent(power) for base, power in powers.items()}
        self._powers: Tuple[Tuple[str, Fraction], ...] = tuple(
            sorted((base, power) for base, power in kept.items() if power)
        )

    def __bool__(self) -> bool:
        return bool(self._powers)

    def __mul__(self, other: Dimension) -> Dimension:
        powers: Dict[str, Fraction] = dict(self._powers)
        for base, power in other._powers:
            powers[base] = powers.get(base, Fraction(0)) + power
        return Dimension(powers)

    def __truediv__(self, other: Dimension) -> Dimension:
        return self * other ** -1

    def __pow__(self, exponent: Exponent) -> Dimension:
        factor = as_exponent(exponent)
        return Dimension({base: power * factor for base, power in self._powers})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dimension) and self._powers == other._powers

    def __hash__(self) -> int:
        return hash(self._powers)

    def __str__(self) -> str:
        return " ".join(f"{base}^{power}" for base, power in self._powers) or "dimensionless"
