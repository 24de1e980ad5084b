from offers import Catalogue, Offer


def test_products_are_found_in_any_case():
    catalogue = Catalogue([Offer("Kettle", "north", 2840), Offer("kettle", "south", 2790)])
    assert catalogue.products() == ["kettle"]
    assert len(catalogue.offers("KETTLE")) == 2


def test_unknown_products_have_no_offers():
    assert Catalogue().offers("kettle") == []
    assert Catalogue().cheapest("kettle") is None


def test_shops_are_listed_once():
    catalogue = Catalogue([Offer("Kettle", "north", 1), Offer("Mug", "north", 2), Offer("Mug", "east", 3)])
    assert catalogue.shops() == ["east", "north"]
