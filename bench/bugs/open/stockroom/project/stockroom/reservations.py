"""Pieces that are promised to an order but still on the shelf."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import DefaultDict, Dict, List, Tuple

HOLD_DAYS = 3


class Reservations:
    def __init__(self, hold_days: int = HOLD_DAYS) -> None:
        self.hold_days = hold_days
        self._held: DefaultDict[str, Dict[str, Tuple[int, date]]] = defaultdict(dict)

    def hold(self, sku: str, order: str, quantity: int, day: date) -> date:
        """Hold pieces for an order, on top of those that it holds already; the last day of the hold."""
        until = day + timedelta(days=self.hold_days)
        before, _ = self._held[sku].get(order, (0, until))
        self._held[sku][order] = (before + quantity, until)
        return until

    def release(self, sku: str, order: str, quantity: int = 0) -> int:
        """Give back some pieces, or all where no quantity is said; how many were given back."""
        held, until = self._held[sku].get(order, (0, date.min))
        freed = min(held, quantity) if quantity else held
        if held > freed:
            self._held[sku][order] = (held - freed, until)
        else:
            self._held[sku].pop(order, None)
        return freed

    def held(self, sku: str, day: date) -> int:
        return sum(quantity for quantity, until in self._held[sku].values() if until >= day)

    def held_for(self, sku: str, order: str, day: date) -> int:
        quantity, until = self._held[sku].get(order, (0, date.min))
        return quantity if until >= day else 0

    def expire(self, day: date) -> List[Tuple[str, str]]:
        """Drop holds whose last day has passed; (item, order) of each, sorted."""
        dropped = []
        for sku, orders in self._held.items():
            for order, (_, until) in list(orders.items()):
                if until < day:
                    del orders[order]
                    dropped.append((sku, order))
        return sorted(dropped)
