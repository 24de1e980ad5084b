import pytest

from gridsheet.formula import FormulaError, moved, parse, write
from gridsheet.refs import Ref, cells, column_name, column_number


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ")])
def test_columns(number, name):
    assert column_name(number) == name
    assert column_number(name) == number


def test_refs():
    ref = Ref.parse("$B12")
    assert (ref.row, ref.column, ref.fixed_row, ref.fixed_column) == (11, 1, False, True)
    assert str(ref) == "$B12"
    with pytest.raises(ValueError):
        Ref.parse("B0")


def test_areas():
    assert [str(ref) for ref in cells(Ref.parse("B2"), Ref.parse("A1"))] == ["A1", "B1", "A2", "B2"]


@pytest.mark.parametrize("text", ["1 + 2 * 3", "(1 + 2) * 3", "-A1 ^ 2", 'IF(A1 > 2, "x""y", B2:$C3)', "5% + 1"])
def test_written_as_read(text):
    assert write(parse(text)) == text


def test_off_the_sheet():
    assert write(moved(parse("A1 + B2"), -1, 0)) == "#REF! + B1"


def test_not_a_formula():
    with pytest.raises(FormulaError):
        parse("=SUM(1")
