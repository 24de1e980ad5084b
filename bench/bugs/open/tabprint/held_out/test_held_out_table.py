import random
from decimal import Decimal

import pytest

from tabprint import Column, Table, write_markdown


def column(table, name):
    at = table.names.index(name)
    return [row[at] for row in table.rows]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_sort(seed, reverse):
    rng = random.Random(seed)
    values = [None, 0, 1, 2, 2.5, -3, Decimal("1.5"), Decimal("10"), Decimal("-7.25"), 100]
    rows = [[rng.choice(values), number] for number in range(rng.randint(0, 25))]
    table = Table(["v", "n"], rows)
    table.sort("v", reverse=reverse)
    given = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0], reverse=reverse)
    assert table.rows == given + [row for row in rows if row[0] is None]


def test_sort_texts_and_numbers():
    table = Table(["v"], [["b"], [None], [10], ["A"], [Decimal("9")], [""], ["None"], [None], [0]])
    table.sort("v")
    assert column(table, "v") == [0, Decimal("9"), 10, "", "A", "b", "None", None, None]
    table.sort("v", reverse=True)
    assert column(table, "v") == ["None", "b", "A", "", 10, Decimal("9"), 0, None, None]


def test_rows_without_a_value_keep_their_order():
    table = Table(["v", "n"], [[None, 1], [5, 2], [None, 3], [5, 4], [None, 5]])
    for reverse in (False, True, True, False):
        table.sort("v", reverse=reverse)
        assert column(table, "n") == [2, 4, 1, 3, 5]


def test_falsy_values_are_values():
    table = Table(["v"], [[0], [None], [-1], [0.0], [False]])
    table.sort("v", reverse=True)
    assert column(table, "v") == [0, 0.0, False, -1, None]
    texts = Table(["v"], [["b"], [None], [""]])
    texts.sort("v", reverse=True)
    assert column(texts, "v") == ["b", "", None]


def test_all_or_nothing_given():
    table = Table(["v"], [[None], [None]])
    table.sort("v", reverse=True)
    assert table.rows == [[None], [None]]
    table = Table(["v"])
    table.sort("v")
    assert table.rows == []
    with pytest.raises(ValueError):
        table.sort("w")


@pytest.mark.parametrize(
    "values, align",
    [
        ([Decimal("1")], "right"),
        ([Decimal("1"), None, 2, 2.5], "right"),
        ([Decimal("1"), "x"], "left"),
        ([Decimal("1"), True], "left"),
        ([True, False], "left"),
        ([None, None], "left"),
        ([], "left"),
        (["1"], "left"),
        ([0], "right"),
        ([Decimal("0"), Decimal("-0.50")], "right"),
    ],
)
def test_alignment(values, align):
    table = Table(["v", Column("c", align="center")], [[value, value] for value in values])
    assert table.alignment(0) == align
    assert table.alignment(1) == "center"


def test_decimals_everywhere():
    table = Table(["item", "price"], [["tea", Decimal("12.50")], ["salt", Decimal("0.99")], ["pan", Decimal("103.00")]])
    assert table.render().splitlines() == [
        "item   price",
        "----  ------",
        "tea    12.50",
        "salt    0.99",
        "pan   103.00",
    ]
    assert write_markdown(table).splitlines()[1] == "| ---- | -----: |"
    table.sort("price")
    assert column(table, "item") == ["salt", "tea", "pan"]
    table.sort("price", reverse=True)
    assert column(table, "item") == ["pan", "tea", "salt"]


def test_decimals_between_other_numbers():
    table = Table(["v"], [[Decimal("2")], [10], [1.5], [Decimal("-30")], ["5"]])
    table.sort("v")
    assert column(table, "v") == [Decimal("-30"), 1.5, Decimal("2"), 10, "5"]
