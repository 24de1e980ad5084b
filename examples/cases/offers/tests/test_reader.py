import pytest

from offers import Offer, PriceListError, read_price_list
from offers.reader import to_cents

LIST = """product;price;shipping
Kettle;24.90;3.5
Toaster;31;

Mug;4.05;2
"""


def test_shipping_is_part_of_the_price():
    assert list(read_price_list("north", LIST)) == [
        Offer("Kettle", "north", 2840),
        Offer("Toaster", "north", 3100),
        Offer("Mug", "north", 605),
    ]


def test_a_short_line_is_named():
    with pytest.raises(PriceListError, match="north, line 2"):
        list(read_price_list("north", "product;price;shipping\nKettle;24.90\n"))


@pytest.mark.parametrize("text, cents", [("", 0), ("7", 700), ("7.5", 750), ("0.05", 5)])
def test_to_cents(text, cents):
    assert to_cents(text) == cents
