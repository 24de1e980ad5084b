from decimal import Decimal

import pytest

from tabprint import Column, NumberFormat, Table


def test_plain():
    table = Table(["name", "size"], [["apple", 3], ["fig", 12]])
    assert table.render() == "\n".join(["name   size", "-----  ----", "apple     3", "fig      12"])


def test_bordered():
    table = Table(["a", "b"], [[1, "x"]], border="ascii")
    assert table.render().splitlines() == [
        "+---+---+",
        "| a | b |",
        "+---+---+",
        "| 1 | x |",
        "+---+---+",
    ]
    assert table.render(header=False).splitlines() == ["+---+---+", "| 1 | x |", "+---+---+"]


def test_rows_of_all_kinds():
    table = Table(["a", "b"])
    table.add({"b": 2})
    table.add([1])
    assert table.rows == [[None, 2], [1, None]]
    with pytest.raises(ValueError):
        table.add({"c": 1})
    with pytest.raises(ValueError):
        table.add([1, 2, 3])


def test_cells_of_several_lines():
    table = Table([Column("k"), Column("text", max_width=7)], [["x", "one two three"], ["y", "four"]])
    assert table.render().splitlines()[2:] == ["x  one two", "   three", "y  four"]


def test_cut_instead_of_wrapped():
    table = Table([Column("text", max_width=6, overflow="cut")], [["one two three"]])
    assert table.render().splitlines() == ["text", "------", "one t…"]


def test_alignment():
    table = Table(["n", "mixed", Column("c", align="center")], [[1, 1, "x"], [None, "a", "yyy"], [2.5, 3, "z"]])
    assert [table.alignment(at) for at in range(3)] == ["right", "left", "center"]


def test_decimals_are_aligned_as_numbers():
    table = Table(["price"], [[Decimal("9.90")], [Decimal("100.00")]])
    assert table.render().splitlines()[2:] == ["  9.90", "100.00"]


def test_formats():
    table = Table([Column("share", format=NumberFormat(1, percent=True))], [[0.25], [None]])
    assert table.render().splitlines()[2:] == ["25.0%", "    -"]


def test_fits_into_a_width():
    table = Table(["id", "text"], [[1, "several words in a row"], [2, "more"]])
    lines = table.render(width=16).splitlines()
    assert max(map(len, lines)) <= 16
    assert lines[2:] == [" 1  several", "    words in a", "    row", " 2  more"]


def test_sort():
    table = Table(["k", "n"], [["b", 2], ["A", 2], ["c", 1]])
    table.sort("k")
    assert [row[0] for row in table.rows] == ["A", "b", "c"]
    table.sort("n", reverse=True)
    assert [row[0] for row in table.rows] == ["A", "b", "c"]


@pytest.mark.parametrize("reverse, order", [(False, [1, 2, 3, None]), (True, [3, 2, 1, None])])
def test_rows_without_a_value_are_sorted_last(reverse, order):
    table = Table(["n"], [[2], [None], [3], [1]])
    table.sort("n", reverse=reverse)
    assert [row[0] for row in table.rows] == order


def test_decimals_are_sorted_as_numbers():
    table = Table(["price"], [[Decimal("100")], [Decimal("9.5")], [20]])
    table.sort("price")
    assert [row[0] for row in table.rows] == [Decimal("9.5"), 20, Decimal("100")]


def test_select():
    table = Table(["a", "b", "c"], [[1, 2, 3]])
    part = table.select("c", "a")
    assert (part.names, part.rows) == (["c", "a"], [[3, 1]])
    part.rows[0][0] = 9
    assert table.rows == [[1, 2, 3]]
