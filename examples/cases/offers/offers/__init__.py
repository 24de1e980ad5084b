"""Price lists of several shops, and the cheapest offer of each product."""

from offers.catalogue import Catalogue
from offers.reader import Offer, PriceListError, read_price_list

__all__ = ["Catalogue", "Offer", "PriceListError", "read_price_list"]
