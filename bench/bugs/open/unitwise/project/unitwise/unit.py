"""Units: products of powers of named units."""

from __future__ import annotations

from fractions import Fraction
from typing import Dict, Mapping, Optional, Tuple, Union

from .base import Dimension, Exponent, as_exponent
from .registry import Registry, default_registry


class Unit:
    """An immutable product such as km^1 h^-1, in the order in which it was written."""

    def __init__(self, terms: Mapping[str, Exponent] = {}, registry: Optional[Registry] = None) -> None:
        self.registry = registry if registry is not None else default_registry()
        merged: Dict[str, Fraction] = {}
        for name, power in terms.items():
            symbol = self.registry.resolve(name).symbol
            merged[symbol] = merged.get(symbol, Fraction(0)) + as_exponent(power)
        self.terms: Tuple[Tuple[str, Fraction], ...] = tuple(
            (symbol, power) for symbol, power in merged.items() if power
        )

    @property
    def dimension(self) -> Dimension:
        result = Dimension()
        for symbol, power in self.terms:
            result = result * self.registry.resolve(symbol).definition.dimension ** power
        return result

    @property
    def factor(self) -> Union[Fraction, float]:
        """What one of this unit is in base units; exact where the exponents are whole."""
        result: Union[Fraction, float] = Fraction(1)
        for symbol, power in self.terms:
            base = self.registry.resolve(symbol).factor
            if power.denominator == 1:
                result = result * base ** power.numerator
            else:
                result = result * float(base) ** float(power)
        return result

    @property
    def offset(self) -> Fraction:
        """Where the scale begins, in base units. Only a unit that stands alone has one."""
        if len(self.terms) == 1 and self.terms[0][1] == 1:
            return self.registry.resolve(self.terms[0][0]).definition.offset
        return Fraction(0)

    def difference(self) -> Unit:
        """The unit of a difference between two values in this unit."""
        if not self.offset:
            return self
        delta = self.registry.resolve(self.terms[0][0]).definition.delta
        return Unit({delta: 1}, self.registry)

    def with_prefix(self, prefix: str) -> Unit:
        """The same unit with another prefix at its first term."""
        first = self.registry.resolve(self.terms[0][0]).definition.symbol
        return Unit({prefix + first: self.terms[0][1], **dict(self.terms[1:])}, self.registry)

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.terms)
        for symbol, power in other.terms:
            powers[symbol] = powers.get(symbol, Fraction(0)) + power
        return Unit(powers, self.registry)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other ** -1

    def __pow__(self, exponent: Exponent) -> Unit:
        factor = as_exponent(exponent)
        return Unit({symbol: power * factor for symbol, power in self.terms}, self.registry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unit) and dict(self.terms) == dict(other.terms)

    def __hash__(self) -> int:
        return hash(frozenset(self.terms))
