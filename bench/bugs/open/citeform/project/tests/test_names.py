import pytest

from citeform import Name, parse_name, split_names


@pytest.mark.parametrize(
    "text, name",
    [
        ("Donald E. Knuth", Name("Knuth", "Donald E.")),
        ("Knuth, Donald E.", Name("Knuth", "Donald E.")),
        ("Ludwig van Beethoven", Name("Beethoven", "Ludwig", "van")),
        ("de la Fuente, Maria", Name("Fuente", "Maria", "de la")),
        ("King, Jr., Martin Luther", Name("King", "Martin Luther", "", "Jr.")),
        ("{World Health Organization}", Name("World Health Organization")),
        ("Plato", Name("Plato")),
    ],
)
def test_parse(text, name):
    assert parse_name(text) == name


def test_split():
    assert split_names("A. One and B. Two AND {Bed and Breakfast}") == ["A. One", "B. Two", "{Bed and Breakfast}"]
    assert split_names("Fernand Braudel") == ["Fernand Braudel"]


@pytest.mark.parametrize(
    "given, initials",
    [("Donald Ervin", "D. E."), ("Jean-Paul", "J.-P."), ("J.R.R.", "J. R. R."), ("", "")],
)
def test_initials(given, initials):
    assert Name("X", given).initials == initials


def test_inverted_and_natural():
    name = parse_name("King, Jr., Martin Luther")
    assert name.inverted() == "King, M. L., Jr."
    assert name.natural() == "M. L. King Jr."
