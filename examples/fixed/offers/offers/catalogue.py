"""All offers, by product."""

from collections import defaultdict
from typing import Dict, Iterable, List, Optional

from offers.reader import Offer


class Catalogue:
    """Offers of all shops; the same shop may offer a product more than once."""

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self._offers: Dict[str, List[Offer]] = defaultdict(list)
        for offer in offers:
            self.add(offer)

    def add(self, offer: Offer) -> None:
        self._offers[offer.product.lower()].append(offer)

    def products(self) -> List[str]:
        """Product names, lower case, sorted."""
        return sorted(self._offers)

    def offers(self, product: str) -> List[Offer]:
        return list(self._offers.get(product.lower(), []))

    def cheapest(self, product: str) -> Optional[Offer]:
        """The cheapest offer of a product; the first of equals; None when nobody offers it."""
        best = None
        for offer in self.offers(product):
            if best is None or offer.price < best.price:
                best = offer
        return best

    def shops(self) -> List[str]:
        """Shops that offer anything, sorted."""
        return sorted({offer.shop for offers in self._offers.values() for offer in offers})
