import pytest

from gridcalc import CellError, FormulaError, Sheet, export_csv, format_value, import_csv
from gridcalc.refs import column_name, column_number
from gridcalc.values import is_number, round_half_up


def sheet_of(**cells):
    sheet = Sheet()
    for name, content in cells.items():
        sheet[name] = content
    return sheet


@pytest.mark.parametrize(
    "number, name",
    [(1, "A"), (2, "B"), (25, "Y"), (26, "Z"), (27, "AA"), (51, "AY"), (52, "AZ"), (53, "BA"), (78, "BZ"), (676, "YZ"),
     (677, "ZA"), (701, "ZY"), (702, "ZZ"), (703, "AAA"), (728, "AAZ"), (18278, "ZZZ")],
)
def test_column_names(number, name):
    assert column_name(number) == name
    assert column_number(name) == number


def test_column_names_both_ways():
    names = [column_name(number) for number in range(1, 2000)]
    assert len(set(names)) == len(names)
    assert all(name.isalpha() and name.isupper() for name in names)
    assert [column_number(name) for name in names] == list(range(1, 2000))
    for number in (0, -1):
        with pytest.raises(ValueError):
            column_name(number)


@pytest.mark.parametrize("target, raw", [("Y1", "=Y2"), ("Z1", "=Z2"), ("AA1", "=AA2"), ("AZ1", "=AZ2"), ("BA1", "=BA2"), ("ZZ5", "=ZZ6")])
def test_copied_formulas(target, raw):
    sheet = sheet_of(A1="=A2")
    sheet.copy("A1", target)
    assert sheet.raw(target) == raw


HALVES = [
    (2.675, 2, 2.68), (1.005, 2, 1.01), (-1.005, 2, -1.01), (1.115, 2, 1.12), (0.285, 2, 0.29), (8.345, 2, 8.35), (1.45, 1, 1.5),
    (0.15, 1, 0.2), (-0.35, 1, -0.4), (10.075, 2, 10.08), (4.35, 1, 4.4), (0.5, 0, 1), (1.5, 0, 2), (2.5, 0, 3), (-2.5, 0, -3),
    (2.4999, 0, 2), (1.004, 2, 1.0), (25, -1, 30), (24.9, -1, 20), (7, 0, 7),
]


@pytest.mark.parametrize("number, places, rounded", HALVES)
def test_halves(number, places, rounded):
    assert round_half_up(number, places) == rounded
    assert sheet_of(A1=number, A2="=ROUND(A1, %d)" % places)["A2"] == rounded


@pytest.mark.parametrize("number, places, rounded", [case for case in HALVES if case[1] >= 0])
def test_shown_halves(number, places, rounded):
    pattern = "0" + ("." + "0" * places if places else "")
    assert format_value(number, pattern) == "%.*f" % (places, rounded)


@pytest.mark.parametrize(
    "value, pattern, text",
    [(0.00125, "0.00%", "0.13%"), (0.28505, "0.00%", "28.51%"), (1234.565, "#,##0.00", "1,234.57"), (-1.005, "0.00;(0.00)", "(1.01)"),
     (1e20, "0", "100000000000000000000"), (0.1, "0.0###", "0.1"), (1e-7, "0.00", "0.00"), (12, "0.00", "12.00")],
)
def test_shown(value, pattern, text):
    assert format_value(value, pattern) == text


def test_rounding_of_large_numbers():
    assert round_half_up(1e300, 2) == 1e300
    assert round_half_up(123456789.125, 2) == 123456789.13


def test_long_chains_are_recalculated():
    sheet = sheet_of(A1=1)
    for row in range(2, 31):
        sheet["A%d" % row] = "=A%d+1" % (row - 1)
    for first in (1, 5, -3):
        sheet["A1"] = first
        assert [sheet["A%d" % row] for row in (30, 2, 15)] == [first + 29, first + 1, first + 14]
    sheet["A10"] = 100
    assert (sheet["A30"], sheet["A9"]) == (120, 5)
    del sheet["A10"]
    assert sheet["A30"] == 20


def test_diamonds_ranges_and_new_formulas():
    sheet = sheet_of(A1=1, B1="=A1*2", B2="=A1*3", C1="=SUM(B1:B2)", D1="=IF(C1>10, C1, 0)", E1="=D1&\"!\"")
    assert sheet["E1"] == "0!"
    sheet["A1"] = 4
    assert (sheet["C1"], sheet["D1"], sheet["E1"]) == (20, 20, "20!")
    sheet["B2"] = 1
    assert sheet["E1"] == "0!"
    sheet["B2"] = "=A2"
    assert sheet["C1"] == 8
    sheet["A2"] = 50
    assert sheet["E1"] == "58!"


def test_circles_end():
    sheet = sheet_of(A1="=B1+1", B1="=C1+1", C1="=A1+1", D1="=C1")
    assert sheet["D1"] == sheet["A1"] == CellError("#CYCLE!")
    sheet["B1"] = 1
    assert (sheet["A1"], sheet["C1"], sheet["D1"]) == (2, 3, 3)
    sheet["E1"] = "=E1"
    assert sheet["E1"] == CellError("#CYCLE!")
    sheet["E1"] = 2
    assert sheet["E1"] == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "fields",
    [["one\ntwo", "3"], ["a\n\nb", "x"], ["line\n", "end"], ["\n", "1"], ["say \"hi\"\nthere", "y"], ["a\u2028b", "z"], ["a\x0cb", "z"],
     ["a\x85b", "q"], ["plain", "text"], ["one\r\ntwo", "k"]],
)
def test_import_keeps_breaks(fields, end):
    text = ",".join('"%s"' % field.replace('"', '""') for field in fields) + end + "5,6" + end
    sheet = import_csv(text)
    assert [str(sheet["A1"]), str(sheet["B1"])] == fields
    assert (sheet["A2"], sheet["B2"]) == (5, 6)
    assert sheet.size() == (2, 2)


def test_import_without_quotes():
    sheet = import_csv("a\u2028b,c\x0cd\ne,f")
    assert (sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"]) == ("a\u2028b", "c\x0cd", "e", "f")


def test_there_and_back():
    sheet = sheet_of(A1="one\ntwo", B1="a,b", A2="'=1", B2="'007", C3="x\r\ny")
    again = import_csv(export_csv(sheet))
    assert export_csv(again) == export_csv(sheet)
    assert again["A1"] == "one\ntwo"
    assert again["C3"] == "x\r\ny"


def test_import_edges():
    assert import_csv("").size() == (0, 0)
    assert import_csv("\ufeffx")["A1"] == "x"
    assert import_csv("1\n\n2\n").size() == (3, 1)


TICKS = {"A1": True, "A2": 2, "A3": "FALSE", "A4": 4, "A5": "=A2>1", "A6": "x"}


@pytest.mark.parametrize(
    "formula, value",
    [("SUM(A1:A6)", 6), ("COUNT(A1:A6)", 2), ("COUNTA(A1:A6)", 6), ("COUNTA(A1:A7)", 6), ("AVERAGE(A1:A6)", 3), ("MIN(A1:A6)", 2),
     ("MAX(A1:A1)", 0), ("COUNT(A5:A5)", 0), ("SUM(TRUE, 2)", 3), ("A1+A2", 3), ("A1*5", 5), ("-A1", -1), ("COUNT(1, TRUE)", 1),
     ("AVERAGE(A1:A1)", CellError("#DIV/0!")), ("VLOOKUP(1, A1:A6, 1)", CellError("#N/A")), ("VLOOKUP(TRUE, A2:A6, 1)", True),
     ("A1=1", False), ("A1&A3", "TRUEFALSE"), ("LEN(A1)", 4), ("IF(A1, 1, 2)", 1), ("MIN(A3:A4)", 4), ("COUNT(A2:A4, A4)", 3)],
)
def test_ticks(formula, value):
    result = sheet_of(Z1="=" + formula, **TICKS)["Z1"]
    assert result == value
    assert isinstance(result, bool) == isinstance(value, bool)


def test_ticks_shown():
    for pattern in ("General", "0.00", "#,##0", "0%"):
        assert format_value(True, pattern) == "TRUE"
        assert format_value(False, pattern) == "FALSE"
    assert [is_number(value) for value in (1, 1.5, 0, True, False, "1", None)] == [True, True, True, False, False, False, False]
    assert export_csv(sheet_of(A1=True, B1="=1>2"), shown=False) == "TRUE,FALSE\r\n"


WRONG = ["=1+", "=SUM(", "=A1+*2", "=(1", "=nope", "=?", '="open', "=A1:", "=1 2"]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("before, value", [(5, 5), ("text", "text"), ("=B1*2", 6), ("'=x", "=x")])
def test_a_wrong_formula_changes_nothing(wrong, before, value):
    sheet = sheet_of(B1=3, A1=before, C1="=A1")
    assert sheet["C1"] == value
    with pytest.raises(FormulaError):
        sheet["A1"] = wrong
    assert sheet.raw("A1") == before
    assert (sheet["A1"], sheet["C1"]) == (value, value)
    assert sheet.size() == (1, 3)
    sheet["B1"] = 10
    assert sheet["A1"] == (20 if before == "=B1*2" else value)
    sheet["A1"] = 1
    sheet["B1"] = 7
    assert (sheet["A1"], sheet["C1"]) == (1, 1)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_formula_leaves_an_empty_cell_empty(wrong):
    sheet = Sheet()
    with pytest.raises(FormulaError):
        sheet["A1"] = wrong
    assert sheet["A1"] is None
    assert sheet.raw("A1") is None
    assert sheet.size() == (0, 0)


def test_replacing_and_clearing():
    sheet = sheet_of(A1="=B1", B1=1, C1="=A1")
    sheet["A1"] = "=D1"
    sheet["D1"] = 9
    assert sheet["C1"] == 9
    for nothing in (None, ""):
        sheet["A1"] = 4
        sheet["A1"] = nothing
        assert sheet["A1"] is None
        assert sheet["C1"] == 0
