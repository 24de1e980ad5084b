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


def test_old_dependencies_are_forgotten():
    sheet = filled({"A1": "1", "B1": "=A1", "C1": "=A1+B1"})
    sheet["B1"] = "=5"
    assert sheet.set_many({"A1": "2"}) == [Ref.parse("A1"), Ref.parse("C1")]
    sheet["C1"] = None
    assert sheet["C1"] is None and sheet.entry("C1") == ""
    assert sheet.set_many({"A1": "2"}) == []
    sheet["A1"] = "=B1"
    assert (sheet["A1"], sheet["B1"]) == (5, 5)
    sheet["A1"] = "=oops"
    assert sheet.shown("A1") == "#NAME?"
    assert sheet.entry("A1") == "=oops"


def test_diamonds_are_worked_out_in_order():
    rnd = random.Random(5)
    for _ in range(30):
        names = ["A%d" % n for n in range(1, 15)]
        formulas = {}
        for at, name in enumerate(names):
            before = rnd.sample(names[:at], min(at, rnd.randrange(4)))
            formulas[name] = "=" + "+".join(["%d" % rnd.randrange(5)] + before)
        order = list(formulas)
        rnd.shuffle(order)
        sheet = Sheet()
        for name in order:
            sheet[name] = formulas[name]
        for name in rnd.sample(names, 5):
            formulas[name] = "=%d" % rnd.randrange(50)
            sheet[name] = formulas[name]
        known = {}
        for name in names:
            known[name] = sum(known[p] if p in known else int(p) for p in formulas[name][1:].split("+"))
        assert {name: sheet[name] for name in names} == known


@pytest.mark.parametrize("source", ["1 + 2 - 3", "1 - (2 + 3)", "2 ^ 3 ^ 2", "2 ^ (3 ^ 2)", "(-2) ^ 2", "-2 ^ 2", "-(2 + 1)", "(1 + 2)%", "-5%", "(1 = 2) & 3", "1 & 2 = 3", "A1:B2", "F(A1, -1, \"a\"\"b\", TRUE)", "8 / (4 / 2)", "2 * -3", "1.5", "#REF! + 1", "$A$1"])
def test_written_means_the_same(source):
    assert parse(write(parse(source))) == parse(source)
    assert write(parse(source)) == source


@pytest.mark.parametrize("source", ["((1))", "+1", "( 1+2 )", "sum( a1 )", "1e3", "true"])
def test_written_plainly(source):
    assert write(parse(source)) == {"((1))": "1", "+1": "1", "( 1+2 )": "1 + 2", "sum( a1 )": "SUM(A1)", "1e3": "1000", "true": "TRUE"}[source]


@pytest.mark.parametrize("source", ["", "(", "1 +", "SUM(1,)", "SUM 1", "1)", "A1:5", "\"open", "A1 B1", "@", "SUM(,1)", "foo", "* 2"])
def test_not_formulas(source):
    with pytest.raises(FormulaError):
        parse(source)


def test_tokens():
    assert tokenize("=A1<>LOG10(2)".lstrip("=")) == [("ref", "A1"), ("sign", "<>"), ("name", "LOG10"), ("sign", "("), ("number", "2"), ("sign", ")")]


def test_moving():
    node = parse("SUM(A1:$B$2, -C3%) & D$4")
    assert write(moved(node, 2, 1)) == "SUM(B3:$B$2, -D5%) & E$4"
    assert write(moved(node, 0, 0)) == "SUM(A1:$B$2, -C3%) & D$4"
    assert write(moved(node, -1, 0)) == "SUM(#REF!, -C2%) & D$4"
    assert write(moved(parse("A1:C3"), 0, -1)) == "#REF!"


def test_copy_and_fill():
    sheet = filled({"A1": "5", "A2": "'text", "B2": "=A1+$A$1", "C1": "=B1"})
    sheet.copy("A2", "D4")
    assert (sheet["D4"], sheet.entry("D4")) == ("text", "'text")
    sheet.copy("B2", "B1")
    assert sheet.shown("B1") == "#REF!"
    assert sheet.shown("C1") == "#REF!"
    sheet.copy("Z9", "B1")
    assert sheet["B1"] is None and sheet["C1"] is None or sheet["C1"] == 0
    sheet.fill("B2", "C4", "B2")
    assert sheet.entry("C4") == "=B3 + $A$1"
    assert sheet.entry("B2") == "=A1+$A$1"
    assert sheet["B3"] == E("#VALUE!")


def test_copying_keeps_brackets():
    sheet = filled({"A1": "6", "A2": "2", "B1": "=10-($A$1-$A$2)", "C1": "=(1+$A$2)*3", "D1": "=-(1+2)^2"})
    for column in "BCD":
        sheet.copy(column + "1", column + "2")
        assert sheet[column + "2"] == sheet[column + "1"]


def test_size_and_csv():
    assert Sheet().size() == (0, 0)
    assert Sheet().to_csv() == ""
    sheet = filled({"B2": "x,y", "C1": "=1/0", "A3": "line\nbreak", "D9": ""})
    assert sheet.size() == (3, 3)
    assert sheet.to_csv() == ',,#DIV/0!\n,"x,y",\n"line\nbreak",,\n'
    again = Sheet.from_csv(sheet.to_csv(formulas=True))
    assert again.to_csv(formulas=True) == sheet.to_csv(formulas=True)
    assert Sheet.from_csv("").size() == (0, 0)
    assert Sheet.from_csv("a\n\n,b").to_csv() == "a,\n,\n,b\n"


def test_numbers_too_large_are_shown():
    sheet = filled({"A1": "1e300", "A2": "=A1*A1", "A3": "=A2+1", "A4": "=SUM(A1:A1)*10"})
    assert [sheet.shown("A%d" % n) for n in (2, 3)] == ["#NUM!", "#NUM!"]
    assert sheet.to_csv().splitlines()[1:3] == ["#NUM!", "#NUM!"]


def test_the_same_cell_twice_in_a_formula():
    sheet = filled({"A1": "2", "B1": "=A1*A1", "C1": "=SUM(A1:A2, A1)"})
    assert (sheet["B1"], sheet["C1"]) == (4, 4)
    sheet["B1"] = "=A1+A1+A1"
    sheet["C1"] = "7"
    sheet["A1"] = "5"
    assert (sheet["B1"], sheet["C1"]) == (15, 7)
    sheet["B1"] = None
    sheet["A1"] = "6"
    assert sheet["B1"] is None


def test_percents_of_cells():
    sheet = filled({"A1": "50", "B1": "=A1%", "B2": "=SUM(A1%, -A1%)", "C1": "=B1%*$A$1"})
    assert (sheet["B1"], sheet["B2"], sheet["C1"]) == (0.5, 0, 0.25)
    sheet["A1"] = 20
    assert (sheet["B1"], sheet["C1"]) == (0.2, 0.04)
    sheet.copy("B1", "C2")
    assert sheet.entry("C2") == "=B2%"
    sheet["A1"] = "=B1"
    assert sheet.shown("B1") == "#CYCLE!"


def test_one_dollar():
    sheet = filled({"B2": "=B$1+$A2"})
    sheet.copy("B2", "D5")
    assert sheet.entry("D5") == "=D$1 + $A5"


def test_entries_of_other_types():
    sheet = filled({"A1": 5, "A2": 2.5, "A3": True, Ref(3, 0): "=A1+A2"})
    assert [sheet["A%d" % n] for n in (1, 2, 3, 4)] == [5, 2.5, True, 7.5]
    assert sheet["$A$1"] == 5
