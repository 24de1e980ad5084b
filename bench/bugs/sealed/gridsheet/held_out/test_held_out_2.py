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


DATA = {"B1": "3", "B2": "1", "B3": "x", "B4": "TRUE", "B6": "2.5", "C1": "red", "C2": "Blue", "C3": "red", "C4": "", "C6": "blue"}


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
