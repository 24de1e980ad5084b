"""When to order again, and how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Dict, List

from .ledger import Ledger


@dataclass(frozen=True)
class Rule:
    lead_days: int
    safety: int = 0  # pieces that should always be there
    pack: int = 1  # pieces are sold to us in packs of so many
    window: int = 28  # days that we look back


def daily_use(ledger: Ledger, sku: str, today: date, window: int) -> float:
    """Pieces shipped per day over the last `window` days, today included. What expired was not used."""
    first = today - timedelta(days=window - 1)
    shipped = -sum(
        each.quantity
        for each in ledger.between(first, today)
        if each.sku == sku and each.quantity < 0 and each.note != "expired"
    )
    return shipped / window


def reorder_point(ledger: Ledger, sku: str, rule: Rule, today: date) -> int:
    use = daily_use(ledger, sku, today, rule.window)
    return math.ceil(use * rule.lead_days) + rule.safety


def suggestion(ledger: Ledger, sku: str, rule: Rule, today: date) -> int:
    """Pieces to order today, in whole packs; 0 where there is enough."""
    point = reorder_point(ledger, sku, rule, today)
    free = ledger.free(sku, today)
    if free > point or point == 0:
        return 0
    use = daily_use(ledger, sku, today, rule.window)
    wanted = point - free + math.ceil(use * rule.lead_days)
    return math.ceil(max(wanted, 1) / rule.pack) * rule.pack


def plan(ledger: Ledger, rules: Dict[str, Rule], today: date) -> List[str]:
    """Lines of an order, the largest quantity first."""
    wanted = {sku: suggestion(ledger, sku, rule, today) for sku, rule in rules.items()}
    chosen = [(sku, quantity) for sku, quantity in wanted.items() if quantity]
    chosen.sort(key=lambda pair: (-pair[1], pair[0]))
    return [f"{quantity:>5} x {sku}" for sku, quantity in chosen]
