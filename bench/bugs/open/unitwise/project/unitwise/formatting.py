"""Writing quantities: significant digits, prefixes, styles."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, List, Optional, Union

from .unit import Unit

if TYPE_CHECKING:
    from .quantity import Quantity

Number = Union[int, float, Fraction]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def to_decimal(value: Number) -> Decimal:
    """The number as it is written, not as it is stored."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(repr(value))


def round_significant(value: Number, digits: int) -> Decimal:
    """Round to significant digits; halves go to the even digit. Keeps trailing zeros."""
    if digits < 1:
        raise ValueError("at least one significant digit is needed")
    number = to_decimal(value)
    if not number:
        return Decimal(0)
    exponent = number.adjusted() - digits + 1
    rounded = number.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_EVEN)
    if rounded.adjusted() > number.adjusted():
        rounded = rounded.quantize(Decimal(1).scaleb(exponent + 1))
    return rounded


def format_number(value: Number, digits: Optional[int] = None) -> str:
    """All digits that matter, or as many as asked for."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if digits is not None:
        return format(round_significant(value, digits), "f")
    if isinstance(value, int):
        return str(value)
    return "%.12g" % value


def _power(symbol: str, power: Fraction, style: str) -> str:
    if power == 1:
        return symbol
    if power.denominator != 1:
        return f"{symbol}^({power})"
    if style == "unicode":
        return symbol + str(power).translate(_RAISED)
    return f"{symbol}^{power}"


def format_unit(unit: Unit, style: str = "plain") -> str:
    """kg*m^2/s^2, or kg·m²/s² in the unicode style."""
    times = "·" if style == "unicode" else "*"
    above: List[str] = []
    below: List[str] = []
    for symbol, power in unit.terms:
        if power > 0:
            above.append(_power(symbol, power, style))
        else:
            below.append(_power(symbol, -power, style))
    if not below:
        return times.join(above)
    bottom = times.join(below)
    return (times.join(above) or "1") + "/" + (f"({bottom})" if len(below) > 1 else bottom)


def compact(quantity: Quantity, digits: Optional[int] = None) -> Quantity:
    """The same amount with the prefix that leaves the smallest number from one on.

    With `digits` the number counts as it will be written.
    """
    unit = quantity.unit
    if not unit.terms or not quantity.magnitude or not isfinite(quantity.magnitude):
        return quantity
    if not unit.registry.resolve(unit.terms[0][0]).definition.prefixable:
        return quantity
    best: Optional[Quantity] = None
    best_size = Decimal(0)
    for prefix in unit.registry.step_prefixes():
        candidate = quantity.to(unit.with_prefix(prefix))
        if digits is None:
            size = abs(to_decimal(candidate.magnitude))
        else:
            size = abs(round_significant(candidate.magnitude, digits))
        better = size > best_size if best_size < 1 else 1 <= size < best_size
        if best is None or better:
            best, best_size = candidate, size
    assert best is not None
    return best


def format_quantity(
    quantity: Quantity, digits: Optional[int] = None, style: str = "plain", prefix: bool = False
) -> str:
    """The number and the unit, with a prefix that suits if asked for."""
    if prefix:
        quantity = compact(quantity, digits)
    number = format_number(quantity.magnitude, digits)
    unit = format_unit(quantity.unit, style)
    return f"{number} {unit}" if unit else number
