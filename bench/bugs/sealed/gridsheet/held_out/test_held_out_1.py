import random
import pytest
from gridsheet import CellError, Sheet
from gridsheet.formula import FormulaError, moved, parse, tokenize, write
from gridsheet.functions import FUNCTIONS, matches, rounded
from gridsheet.refs import Ref, cells, column_name, column_number
from gridsheet.values import number, text, truth, typed


E = CellError


def filled(cells):
    sheet = Sheet()
    sheet.set_many(cells)
    return sheet


def test_all_columns():
    names = [column_name(n) for n in range(18278)]
    assert len(set(names)) == 18278
    assert names[:3] + names[701:704] + names[-1:] == ["A", "B", "C", "ZZ", "AAA", "AAB", "ZZZ"]
    assert [column_number(n) for n in names] == list(range(18278))
    assert column_number("aa") == 26


@pytest.mark.parametrize("name", ["A1", "$A1", "A$1", "$A$1", "XFD999999", "$AB$10"])
def test_refs(name):
    assert str(Ref.parse(name)) == name
    assert str(Ref.parse(name.lower())) == name
    assert "$" not in str(Ref.parse(name).plain)


@pytest.mark.parametrize("name", ["", "A", "1", "A0", "A01", "AAAA1", "A1 ", "$1", "A$", "A1:B2", "A-1", "A1000000"])
def test_no_refs(name):
    with pytest.raises(ValueError):
        Ref.parse(name)


@pytest.mark.parametrize(
    ("name", "rows", "columns", "result"),
    [("B2", 1, 1, "C3"), ("$B2", 1, 1, "$B3"), ("B$2", 1, 1, "C$2"), ("$B$2", -5, -5, "$B$2"), ("B2", -1, -1, "A1"), ("B2", -2, 0, None), ("B2", 0, -2, None), ("B$2", -9, 0, "B$2"), ("$A1", 0, -3, "$A1")],
)
def test_moved_refs(name, rows, columns, result):
    found = Ref.parse(name).moved(rows, columns)
    assert (None if found is None else str(found)) == result


@pytest.mark.parametrize("corners", ["A1:C2", "C2:A1", "A2:C1", "C1:A2"])
def test_cells(corners):
    one, other = map(Ref.parse, corners.split(":"))
    assert [str(r) for r in cells(one, other)] == ["A1", "B1", "C1", "A2", "B2", "C2"]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=2^3^2", 64), ("=2^-1", 0.5), ("=-2^2", -4), ("=--2", 2), ("=+3", 3), ("=-(2+1)", -3), ("=8/4/2", 1), ("=8-4-2", 2),
        ("=1+1&2", "22"), ('="a"&"b"="AB"', True), ("=1<2=TRUE", True), ("=5%", 0.05), ("=50%%", 0.005), ("=-5%", -0.05), ("=2^50%", 2**0.5),
        ("=.5+1.", 1.5), ("=1e2", 100), ("=2.5E-1", 0.25), ('="say ""hi"""', 'say "hi"'), ("=true", True), ("= 1 + 1 ", 2),
        ("=1=1", True), ("=1<>1", False), ('="1"=1', False), ('=1<"a"', True), ('="z"<TRUE', True), ("=Z9=0", True), ('=Z9=""', True), ("=Z9<1", True),
        ("=2>=2", True), ("=2<=1", False), ('="a"<="B"', True), ("=3>2", True), ("=2>3", False), ('="b"<"a"', False),
        ("=1+TRUE", 2), ('="3"*2', 6), ('=1+"x"', E("#VALUE!")), ("=Z9+1", 1), ('=Z9&"x"', "x"), ("=1.5&\"\"", "1.5"), ("=3&\"\"", "3"),
        ("=1/0", E("#DIV/0!")), ("=0^-1", E("#DIV/0!")), ("=(-8)^0.5", E("#NUM!")), ("=10^400", E("#NUM!")), ("=1e308*10", E("#NUM!")), ("=1e308+1e308", E("#NUM!")), ("=-1e308-1e308", E("#NUM!")), ("=1e308/0.001", E("#NUM!")), ('="nan"+1', E("#VALUE!")), ('="inf"*0', E("#VALUE!")), ("=A2:A3", E("#VALUE!")), ("=A2:A3+1", E("#VALUE!")),
        ("=#REF!+1", E("#REF!")), ("=1 1", E("#NAME?")), ("=", E("#NAME?")), ("=SUM(", E("#NAME?")), ("=A1000000", E("#NAME?")), ("=!", E("#NAME?")), ("=A2:", E("#NAME?")),
    ],
)
def test_values(formula, value):
    sheet = filled({"A1": formula})
    assert sheet["A1"] == value
    assert type(sheet["A1"]) is (float if type(value) is int else type(value))


DATA = {"B1": "3", "B2": "1", "B3": "x", "B4": "TRUE", "B6": "2.5", "C1": "red", "C2": "Blue", "C3": "red", "C4": "", "C6": "blue"}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("SUM(B1:B6)", 6.5), ("SUM(B1:B6, 1, TRUE, \"2\")", 10.5), ("SUM()", 0), ("SUM(B3)", E("#VALUE!")), ("SUM(Z1:Z3)", 0),
        ("AVERAGE(B1:B6)", 6.5 / 3), ("AVERAGE(Z1:Z3)", E("#DIV/0!")), ("MEDIAN(B1:B6)", 2.5), ("MEDIAN(4,1,3,2)", 2.5), ("MEDIAN(7)", 7), ("MEDIAN(Z1:Z2)", E("#NUM!")),
        ("MIN(B1:B6)", 1), ("MAX(B1:B6)", 3), ("MIN(Z1:Z2)", 0), ("MAX(-3,-4)", -3), ("MIN(-3,4)", -3), ("COUNT(B1:B6)", 3), ("COUNTA(B1:B6)", 5), ("COUNT(1,\"x\")", 1), ("COUNT(Z1:Z3)", 0),
        ("COUNTIF(B1:B6, 1)", 1), ("COUNTIF(B1:B6, \">1\")", 2), ("COUNTIF(B1:B6, \"<=2.5\")", 2), ("COUNTIF(C1:C6, \"RED\")", 2), ("COUNTIF(C1:C6, \"<>red\")", 4), ("COUNTIF(C1:C6, \"\")", 2), ("COUNTIF(C1:C6, \"=blue\")", 2), ("COUNTIF(B1:B6, \"<>1\")", 5),
        ("SUMIF(C1:C6, \"red\", B1:B6)", 3), ("SUMIF(C1:C6, \"blue\", B1:B6)", 3.5), ("SUMIF(B1:B6, \">=2\")", 5.5), ("SUMIF(B1:B6, \">99\")", 0),
        ("LOOKUP(\"BLUE\", C1:C6, B1:B6)", 1), ("LOOKUP(3, B1:B6, C1:C6)", "red"), ("LOOKUP(\"none\", C1:C6, B1:B6)", E("#REF!")), ("LOOKUP(\"3\", B1:B6, C1:C6)", E("#REF!")),
        ("IF(B1>2, \"y\")", "y"), ("IF(B1<2, \"y\")", False), ("IF(B1<2, 1/0, 5)", 5), ("IF(B3, 1, 2)", E("#VALUE!")), ("IF(B4, 1, 2)", 1), ("IF(Z1, 1, 2)", 2), ("IF(1)", E("#VALUE!")), ("IF(\"false\", 1, 2)", 2),
        ("IFERROR(B1, 9)", 3), ("IFERROR(B1:B2, 9)", 9), ("IFERROR(1/0, 1/0)", E("#DIV/0!")), ("IFERROR(1)", E("#VALUE!")),
        ("AND(TRUE, 1)", True), ("AND(TRUE, 0)", False), ("AND(TRUE, Z1:Z3)", True), ("OR(FALSE, 0)", False), ("OR(0, \"true\")", True), ("OR(TRUE, \"x\")", E("#VALUE!")), ("NOT(0)", True),
        ("ABS(-2)", 2), ("SQRT(9)", 3), ("SQRT(-1)", E("#NUM!")), ("MOD(7, 3)", 1), ("MOD(7, -3)", -2), ("MOD(-7, 3)", 2), ("MOD(1, 0)", E("#DIV/0!")),
        ("LEN(\"four\")", 4), ("LEN(12.5)", 4), ("LEN(Z1)", 0), ("UPPER(\"aß\")", "ASS"), ("LOWER(TRUE)", "true"), ("TRIM(\"  a   b \")", "a b"), ("CONCAT(B1:B3, \"!\")", "31x!"),
        ("LEFT(\"abc\")", "a"), ("LEFT(\"abc\", 2)", "ab"), ("LEFT(\"abc\", 0)", ""), ("LEFT(\"abc\", 9)", "abc"), ("LEFT(\"abc\", -1)", E("#VALUE!")), ("MID(\"abcdef\", 1, 2)", "ab"), ("MID(\"abc\", 3, 5)", "c"), ("MID(\"abc\", 4, 1)", ""), ("MID(\"abc\", 0, 1)", E("#VALUE!")), ("MID(1234, 2, 2)", "23"),
        ("ABS()", E("#VALUE!")), ("ABS(1, 2)", E("#VALUE!")), ("NOPE()", E("#NAME?")), ("sum(1,2)", 3), ("SUM(1/0, 2)", E("#DIV/0!")), ("COUNTA(Z1)", 0),
    ],
)
def test_functions(formula, value):
    sheet = filled(DATA)
    sheet["A1"] = "=" + formula
    assert sheet["A1"] == value


@pytest.mark.parametrize(
    ("value", "places", "result"),
    [(2.5, 0, 3), (3.5, 0, 4), (-2.5, 0, -3), (2.345, 2, 2.35), (1.005, 2, 1.01), (1234, -2, 1200), (1250, -2, 1300), (49, -2, 0), (0.1, 5, 0.1), (2.4999, 0, 2), (1e16, 0, 1e16)],
)
def test_rounded(value, places, result):
    assert rounded(value, places) == result


def test_round_default():
    assert FUNCTIONS["ROUND"](1.5) == 2
    assert FUNCTIONS["ROUND"]("1.5", None) == 2


@pytest.mark.parametrize(
    ("value", "wanted", "fit"),
    [(3.0, 3.0, True), (3.0, "3", True), ("3", "3", False), (True, "1", False), (None, "", True), (None, "<>", False), ("a", "<>", True), (None, "0", False), (None, "<>0", True), ("a", ">3", False), (4.0, "<>a", True), ("A", "=a", True), (5.0, ">a", False), (5.0, "<=5", True), (5.0, "<5", False)],
)
def test_matches(value, wanted, fit):
    assert matches(value, wanted) is fit


@pytest.mark.parametrize(
    ("entry", "value"),
    [("", None), ("  ", None), ("5", 5.0), (" 5 ", 5.0), ("-1,234.5", -1234.5), ("1e3", 1000.0), ("50%", 0.5), ("%", "%"), ("1,000%", 10.0), ("'5", "5"), ("' x", " x"), ("TRUE", True), ("False", False), ("truely", "truely"), (" a ", " a "), ("'", ""), ("5 apples", "5 apples"), ("nan", "nan"), ("Infinity", "Infinity"), ("1e999", "1e999")],
)
def test_typed(entry, value):
    assert typed(entry) == value
    assert type(typed(entry)) is type(value)


def test_conversions():
    assert [number(v) for v in (None, True, " 2 ", 3)] == [0, 1, 2, 3]
    assert [text(v) for v in (None, True, 1e3, 0.1, -2.0, 1 / 3)] == ["", "TRUE", "1000", "0.1", "-2", "0.3333333333"]
    assert [truth(v) for v in (None, 0.0, 2.0, "true", "FALSE", True)] == [False, False, True, True, False, True]
    for function in (number, text, truth):
        with pytest.raises(CellError) as caught:
            function(E("#REF!"))
        assert caught.value == E("#REF!")
    with pytest.raises(CellError):
        truth("yes")
    assert str(E("#NUM!")) == "#NUM!"


def test_errors_travel():
    sheet = filled({"A1": "=1/0", "A2": "=A1+1", "A3": "=SUM(A1:A2)", "A4": '=COUNT(B1,A2)', "A5": "=IFERROR(A3, \"ok\")", "A6": "=COUNTA(A1:A5)"})
    assert [sheet.shown("A%d" % n) for n in range(1, 7)] == ["#DIV/0!"] * 4 + ["ok", "5"]
    sheet["A1"] = 1
    assert [sheet.shown("A%d" % n) for n in range(1, 7)] == ["1", "2", "3", "1", "3", "5"]


def test_cycles():
    sheet = filled({"A1": "=A1"})
    assert sheet.shown("A1") == "#CYCLE!"
    sheet["A1"] = "=B1:B2"
    assert sheet.shown("A1") == "#VALUE!"
    sheet.set_many({"A1": "=SUM(B1:B3)", "B2": "=A1", "C1": "=B1+1", "D1": "=IFERROR(A1,0)"})
    assert [sheet.shown(c) for c in ("A1", "B2", "C1", "D1")] == ["#CYCLE!", "#CYCLE!", "1", "#CYCLE!"]
    sheet["B2"] = ""
    assert [sheet.shown(c) for c in ("A1", "B2", "C1", "D1")] == ["0", "", "1", "0"]
    sheet.set_many({"E1": "=E2", "E2": "=E3", "E3": "=E1", "E4": "=1"})
    assert [sheet.shown("E%d" % n) for n in (1, 2, 3, 4)] == ["#CYCLE!"] * 3 + ["1"]
    sheet["E3"] = "=E4"
    assert [sheet.shown("E%d" % n) for n in (1, 2, 3, 4)] == ["1"] * 4
