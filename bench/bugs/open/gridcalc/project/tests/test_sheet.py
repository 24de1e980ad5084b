import pytest

from gridcalc import CellError, Sheet
from gridcalc.refs import column_number, parse_range, parse_ref


def test_literals():
    sheet = Sheet()
    for name, content in [("A1", "12"), ("A2", "'12"), ("A3", "true"), ("A4", "x"), ("A5", 1.5)]:
        sheet[name] = content
    assert [sheet[name] for name in ("A1", "A2", "A3", "A4", "A5", "A6")] == [12, "12", True, "x", 1.5, None]


def test_recalculates():
    sheet = Sheet()
    sheet["A1"] = 1
    sheet["A2"] = "=A1*10"
    assert sheet["A2"] == 10
    sheet["A1"] = 2
    assert sheet["A2"] == 20


def test_recalculates_along_a_chain():
    sheet = Sheet()
    sheet["A1"] = 1
    sheet["B1"] = "=A1+1"
    sheet["C1"] = "=B1+1"
    sheet["D1"] = "=SUM(A1:C1)"
    assert sheet["D1"] == 6
    sheet["A1"] = 11
    assert (sheet["C1"], sheet["D1"]) == (13, 36)
    del sheet["A1"]
    assert (sheet["C1"], sheet["D1"]) == (2, 3)


def test_circles():
    sheet = Sheet()
    sheet["A1"] = "=B1"
    sheet["B1"] = "=A1+1"
    assert sheet["A1"] == CellError("#CYCLE!")
    sheet["B1"] = 3
    assert sheet["A1"] == 3


def test_refs():
    assert parse_ref("$b$12").cell == (12, 2)
    assert str(parse_ref("$b12")) == "$B12"
    assert column_number("AA") == 27
    assert parse_range("B2:A1") == [[(1, 1), (1, 2)], [(2, 1), (2, 2)]]
    with pytest.raises(ValueError):
        parse_ref("A0")


def test_copy_moves_relative_references():
    sheet = Sheet()
    sheet["A1"] = 1
    sheet["A2"] = 2
    sheet["B1"] = "=A1*$A$1"
    sheet.copy("B1", "B2")
    assert sheet.raw("B2") == "=A2*$A$1"
    assert sheet["B2"] == 2
    sheet.copy("B1", "A1")
    assert sheet.raw("A1") == "=#REF!*$A$1"


def test_copy_to_the_right():
    sheet = Sheet()
    sheet["X1"] = 5
    sheet["X2"] = "=X1*2"
    sheet.copy("X2", "Y2")
    assert sheet.raw("Y2") == "=Y1*2"
    sheet.copy("X2", "Z2")
    sheet["Z1"] = 4
    assert sheet.raw("Z2") == "=Z1*2"
    assert sheet["Z2"] == 8


def test_copy_a_range_onto_itself():
    sheet = Sheet()
    for name, content in [("A1", 1), ("A2", 2), ("A3", 3)]:
        sheet[name] = content
    sheet.set_format("A1", "0.0")
    sheet.copy("A1:A3", "A2")
    assert [sheet[name] for name in ("A1", "A2", "A3", "A4")] == [1, 1, 2, 3]
    assert sheet.shown("A2") == "1.0"


def test_formats():
    sheet = Sheet()
    sheet["A1"] = "=2/3"
    sheet.set_format("A1:B1", "0.00")
    assert sheet.shown("A1") == "0.67"
    assert sheet.shown("B1") == ""
    assert sheet.size() == (1, 1)
