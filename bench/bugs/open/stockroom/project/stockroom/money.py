"""Amounts of one currency, kept exactly to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Iterable, List

CENT = Decimal("0.01")


@dataclass(frozen=True, order=True)
class Money:
    cents: int = 0

    @classmethod
    def of(cls, amount) -> "Money":
        """From a number or a text such as "12.50"; half cents go up."""
        exact = Decimal(str(amount)).quantize(CENT, rounding=ROUND_HALF_UP)
        return cls(int(exact * 100))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - other.cents)

    def __mul__(self, factor) -> "Money":
        exact = Decimal(self.cents) * Decimal(str(factor))
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return f"{sign}{whole:,}.{rest:02d}"

    def split(self, parts: int) -> List["Money"]:
        """Equal parts that add up to the whole; the first ones take the cents left over."""
        if parts < 1:
            raise ValueError("at least one part")
        each, left = divmod(self.cents, parts)
        return [Money(each + (1 if n < left else 0)) for n in range(parts)]


def total(amounts: Iterable[Money]) -> Money:
    return sum(amounts, Money())
