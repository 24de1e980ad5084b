"""What came in and went out, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Dict, List, Optional

from .lots import Lot, LotQueue, OutOfStock
from .money import Money, total
from .reservations import Reservations


@dataclass(frozen=True)
class Movement:
    day: date
    sku: str
    quantity: int  # negative when pieces went out
    cost: Money
    note: str = ""


class Ledger:
    def __init__(self, reservations: Optional[Reservations] = None) -> None:
        self.reservations = reservations or Reservations()
        self.movements: List[Movement] = []
        self._stock: Dict[str, LotQueue] = {}

    def skus(self) -> List[str]:
        return sorted(self._stock)

    def receive(self, sku: str, quantity: int, unit_cost, day: date, expires: Optional[date] = None) -> None:
        lot = Lot(quantity, Money.of(unit_cost), day, expires)
        self._stock.setdefault(sku, LotQueue(sku)).receive(lot)
        self.movements.append(Movement(day, sku, quantity, lot.value, "received"))

    def on_hand(self, sku: str, day: Optional[date] = None) -> int:
        queue = self._stock.get(sku)
        return queue.on_hand(day) if queue else 0

    def free(self, sku: str, day: date) -> int:
        """Pieces that nobody was promised."""
        return max(0, self.on_hand(sku, day) - self.reservations.held(sku, day))

    def reserve(self, sku: str, order: str, quantity: int, day: date) -> date:
        if quantity > self.free(sku, day):
            raise OutOfStock(sku, quantity, self.free(sku, day))
        return self.reservations.hold(sku, order, quantity, day)

    def ship(self, sku: str, quantity: int, day: date, order: str = "") -> Money:
        """Send pieces out; what they had cost. An order may use its own reservation, others may not."""
        own = self.reservations.held_for(sku, order, day) if order else 0
        available = self.free(sku, day) + own
        if quantity > available:
            raise OutOfStock(sku, quantity, available)
        cost = total(unit * pieces for pieces, unit in self._stock[sku].take(quantity, day))
        if own:
            self.reservations.release(sku, order, min(quantity, own))
        self.movements.append(Movement(day, sku, -quantity, cost, order))
        return cost

    def write_off(self, day: date) -> Money:
        """Throw away everything that has expired; what it had cost."""
        lost = Money()
        for sku, queue in sorted(self._stock.items()):
            before = queue.on_hand()
            cost = queue.discard_expired(day)
            if queue.on_hand() < before:
                self.movements.append(Movement(day, sku, queue.on_hand() - before, cost, "expired"))
            lost = lost + cost
        return lost

    def value(self, sku: Optional[str] = None) -> Money:
        """What the stock of an item, or of all, had cost."""
        if sku is not None:
            return self._stock[sku].value() if sku in self._stock else Money()
        return total(queue.value() for queue in self._stock.values())

    def between(self, first: date, last: date) -> List[Movement]:
        """Movements of the days from first to last, both included."""
        return [each for each in self.movements if first <= each.day <= last]
