"""Reading units and numbers with units."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Optional, Tuple, Union

from .base import ParseError
from .registry import Registry, default_registry
from .unit import Unit

_NUMBER = re.compile(r"\s*([+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)")
_TOKEN = re.compile(r"\s*(\d+|°?[^\W\d_](?:_?[^\W\d_])*|%|\*\*|[*·/^()+-])")
_NAME = re.compile(r"°|[^\W\d_]|%")
_SUPERSCRIPT = re.compile("[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")


class _UnitParser:
    """unit = power (("*" | "/" | nothing) power)*, from left to right."""

    def __init__(self, text: str, registry: Registry) -> None:
        self.text = text
        self.registry = registry
        plain = _SUPERSCRIPT.sub(lambda match: "^" + match.group().translate(_PLAIN), text).rstrip()
        self.tokens = []
        position = 0
        while position < len(plain):
            match = _TOKEN.match(plain, position)
            if match is None:
                raise ParseError(f"unexpected character at {position} in {text!r}")
            self.tokens.append(match.group(1))
            position = match.end()
        self.tokens.append("")
        self.index = 0

    @property
    def token(self) -> str:
        return self.tokens[self.index]

    def accept(self, *wanted: str) -> bool:
        found = self.token in wanted
        self.index += found
        return found

    def expect(self, wanted: str) -> None:
        if not self.accept(wanted):
            raise ParseError(f"expected {wanted or 'the end'!r}, not {self.token!r} in {self.text!r}")

    def product(self) -> Unit:
        unit = self.power()
        while True:
            if self.accept("/"):
                unit = unit / self.power()
            elif self.accept("*", "·") or self.token == "(" or _NAME.match(self.token):
                unit = unit * self.power()
            else:
                return unit

    def power(self) -> Unit:
        unit = self.atom()
        return unit ** self.exponent() if self.accept("^", "**") else unit

    def exponent(self) -> Fraction:
        if not self.accept("("):
            return Fraction(self.integer())
        value = Fraction(self.integer())
        if self.accept("/"):
            value /= self.integer()
        self.expect(")")
        return value

    def integer(self) -> int:
        sign = "-" if self.accept("-") else ""
        self.accept("+")
        digits = self.token
        if not digits.isdigit():
            raise ParseError(f"expected a whole number in {self.text!r}")
        self.index += 1
        return int(sign + digits)

    def atom(self) -> Unit:
        if self.accept("("):
            unit = self.product()
            self.expect(")")
            return unit
        name = self.token
        if name != "1" and not _NAME.match(name):
            raise ParseError(f"expected a unit, not {name!r} in {self.text!r}")
        self.index += 1
        return Unit({} if name == "1" else {name: 1}, self.registry)


def parse_unit(text: str, registry: Optional[Registry] = None) -> Unit:
    """Read a unit such as "kg*m^2/s^2", "J/(kg K)" or "m s⁻¹"."""
    parser = _UnitParser(text, default_registry() if registry is None else registry)
    unit = parser.product() if parser.token else Unit({}, parser.registry)
    parser.expect("")
    return unit


def parse_value(text: str, registry: Optional[Registry] = None) -> Tuple[Union[int, float], Unit]:
    """Read a number and a unit such as "9.81 m/s^2"; either may be missing."""
    if not text.strip():
        raise ParseError("a quantity was expected, not nothing")
    match = _NUMBER.match(text)
    if match is None:
        return 1, parse_unit(text, registry)
    digits, rest = match.group(1), text[match.end():]
    unit = parse_unit("1" + rest if rest.lstrip().startswith("/") else rest, registry)
    try:
        return int(digits), unit
    except ValueError:
        return float(digits), unit
