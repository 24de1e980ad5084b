import itertools

import pytest

from offers import Catalogue, Offer


@pytest.mark.parametrize("prices", itertools.product((0, 5, 9), repeat=3))
def test_the_first_of_the_cheapest_is_found(prices):
    offers = [Offer("Mug", shop, price) for shop, price in zip("abc", prices)]
    cheapest = Catalogue([*offers, Offer("Kettle", "d", 1)]).cheapest("MUG")
    assert cheapest == offers[prices.index(min(prices))]
