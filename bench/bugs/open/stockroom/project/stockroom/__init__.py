"""Stock kept in lots, costed first in first out."""

from .ledger import Ledger
from .lots import Lot, LotQueue, OutOfStock
from .money import Money

__all__ = ["Ledger", "Lot", "LotQueue", "Money", "OutOfStock"]
