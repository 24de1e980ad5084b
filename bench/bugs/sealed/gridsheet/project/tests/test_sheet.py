import pytest

from gridsheet import CellError, Sheet


def filled(**cells):
    sheet = Sheet()
    sheet.set_many(cells)
    return sheet


def test_recalculation():
    sheet = filled(A1="1", A2="2", A3="=A1+A2", A4="=A3*10")
    assert sheet["A4"] == 30
    sheet["A1"] = 5
    assert (sheet["A3"], sheet["A4"]) == (7, 70)
    assert [str(ref) for ref in sheet.set_many({"A2": "0"})] == ["A2", "A3", "A4"]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3", 7),
        ("=-2^2", -4),
        ("=(1+2)*3", 9),
        ("=10%*50", 5),
        ('="a"&1&TRUE', "a1TRUE"),
        ("=2<10", True),
        ('="b">"A"', True),
        ("=SUM(B1:B3, 4)", 10),
        ("=AVERAGE(B1:B3)", 2),
        ('=IF(B1=1, "one", "more")', "one"),
        ("=1/0", CellError("#DIV/0!")),
        ("=IFERROR(1/0, 7)", 7),
        ("=NOPE(1)", CellError("#NAME?")),
        ("=1+", CellError("#NAME?")),
        ("=ROUND(2.345, 2)", 2.35),
        ('=COUNTIF(B1:B3, ">=2")', 2),
        ('=MID("spreadsheet", 7, 5)', "sheet"),
        ('=LOOKUP(2, B1:B3, C1:C3)', "two"),
        ("=MOD(-1, 3)", 2),
    ],
)
def test_formulas(formula, value):
    sheet = filled(B1="1", B2="2", B3="3", C1="one", C2="two", C3="three")
    sheet["A1"] = formula
    assert sheet["A1"] == value


def test_cycles():
    sheet = filled(A1="=B1", B1="=A1+1", C1="=A1")
    assert [sheet.shown(name) for name in ("A1", "B1", "C1")] == ["#CYCLE!"] * 3
    sheet["B1"] = 4
    assert [sheet.shown(name) for name in ("A1", "B1", "C1")] == ["4"] * 3


def test_typed():
    sheet = filled(A1="1,200", A2="12%", A3="'007", A4="true", A5=" ", A6="x y")
    assert [sheet[f"A{n}"] for n in range(1, 7)] == [1200, 0.12, "007", True, None, "x y"]


def test_copying():
    sheet = filled(A1="1", A2="2", A3="3", B1="=A1*$A$3")
    sheet.fill("B1", "B1", "B3")
    assert sheet.entry("B2") == "=A2 * $A$3"
    assert [sheet[f"B{n}"] for n in (1, 2, 3)] == [3, 6, 9]
    sheet.copy("B1", "C1")
    assert sheet["C1"] == 9


def test_csv():
    sheet = Sheet.from_csv('1,2\n"=A1+B1","a ""b"""\n')
    assert sheet.to_csv() == '1,2\n3,"a ""b"""\n'
    assert sheet.to_csv(formulas=True) == '1,2\n=A1+B1,"a ""b"""\n'
