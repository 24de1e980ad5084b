"""Price lists as the shops send them."""

import csv
import io
from dataclasses import dataclass
from typing import Iterator


class PriceListError(ValueError):
    """A price list that cannot be read; the message names the line."""


@dataclass(frozen=True)
class Offer:
    """A product at a price in cents, shipping included."""

    product: str
    shop: str
    price: int


def read_price_list(shop: str, text: str) -> Iterator[Offer]:
    """Offers of one shop: a header line, then product;price;shipping in euros with a decimal point."""
    rows = csv.reader(io.StringIO(text), delimiter=";")
    next(rows, None)
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != 3:
            raise PriceListError(f"{shop}, line {number}: three columns expected, {len(row)} found")
        product, price, shipping = (cell.strip() for cell in row)
        yield Offer(product, shop, to_cents(price) + to_cents(shipping))


def to_cents(text: str) -> int:
    """`12.5` as 1250; empty is nothing to pay."""
    if not text:
        return 0
    euros, _, cents = text.partition(".")
    return int(euros) * 100 + int(cents.ljust(2, "0")[:2] or 0)
