"""Lots: what was received together, at one cost; used up oldest first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import date
from typing import Deque, Iterator, List, Optional, Tuple

from .money import Money, total


class OutOfStock(Exception):
    def __init__(self, sku: str, wanted: int, available: int) -> None:
        super().__init__(f"{sku}: wanted {wanted}, have {available}")
        self.sku = sku
        self.wanted = wanted
        self.available = available


@dataclass(frozen=True)
class Lot:
    quantity: int
    unit_cost: Money
    received: date
    expires: Optional[date] = None

    @property
    def value(self) -> Money:
        return self.unit_cost * self.quantity

    def usable_on(self, day: date) -> bool:
        """A lot may be used up to and including the day on which it expires."""
        return self.expires is None or day <= self.expires


class LotQueue:
    """The lots of one item, in the order in which they came in."""

    def __init__(self, sku: str) -> None:
        self.sku = sku
        self._lots: Deque[Lot] = deque()

    def __iter__(self) -> Iterator[Lot]:
        return iter(self._lots)

    def receive(self, lot: Lot) -> None:
        if lot.quantity <= 0:
            raise ValueError("a lot holds at least one")
        self._lots.append(lot)
        self._lots = deque(sorted(self._lots, key=lambda each: each.received))

    def on_hand(self, day: Optional[date] = None) -> int:
        """Pieces that are here; on a given day only those that may be used."""
        return sum(lot.quantity for lot in self._lots if day is None or lot.usable_on(day))

    def value(self) -> Money:
        return total(lot.value for lot in self._lots)

    def take(self, quantity: int, day: date) -> List[Tuple[int, Money]]:
        """Use up the oldest usable pieces; (pieces, unit cost) of each lot that was touched."""
        available = self.on_hand(day)
        if quantity > available:
            raise OutOfStock(self.sku, quantity, available)
        taken: List[Tuple[int, Money]] = []
        kept: Deque[Lot] = deque()
        for lot in self._lots:
            use = min(quantity, lot.quantity) if lot.usable_on(day) else 0
            if use:
                taken.append((use, lot.unit_cost))
                quantity -= use
            if lot.quantity > use:
                kept.append(replace(lot, quantity=lot.quantity - use))
        self._lots = kept
        return taken

    def discard_expired(self, day: date) -> Money:
        """Throw away what may no longer be used; what it had cost."""
        gone = [lot for lot in self._lots if not lot.usable_on(day)]
        self._lots = deque(lot for lot in self._lots if lot.usable_on(day))
        return total(lot.value for lot in gone)
