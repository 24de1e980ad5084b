"""Plain text for people."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import List

from .ledger import Ledger
from .money import Money, total


def stock_table(ledger: Ledger, day: date) -> str:
    rows = [["item", "on hand", "free", "value"]]
    for sku in ledger.skus():
        rows.append([sku, str(ledger.on_hand(sku, day)), str(ledger.free(sku, day)), str(ledger.value(sku))])
    rows.append(["", "", "", str(ledger.value())])
    return "\n".join(_aligned(rows))


def _aligned(rows: List[List[str]]) -> List[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, rest = row[0].ljust(widths[0]), [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join([first] + rest).rstrip())
    return lines


def cost_by_month(ledger: Ledger) -> List[str]:
    """What left the stock, by month, oldest first."""
    out = sorted((each for each in ledger.movements if each.quantity < 0), key=lambda each: each.day)
    lines = []
    for month, group in groupby(out, key=lambda each: (each.day.year, each.day.month)):
        cost = total(each.cost for each in group)
        lines.append("{}-{:02d} {}".format(month[0], month[1], cost))
    return lines


def margin(ledger: Ledger, order: str, price: Money) -> float:
    """Share of the price that is left after what the order's pieces cost; 0.0 for a price of nothing."""
    cost = total(each.cost for each in ledger.movements if each.note == order and each.quantity < 0)
    if not price.cents:
        return 0.0
    return round((price - cost).cents / price.cents, 4)
