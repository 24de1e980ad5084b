import pytest

from gridcalc import CellError, FormulaError, Sheet


def result(formula, **cells):
    sheet = Sheet()
    for name, content in cells.items():
        sheet[name] = content
    sheet["Z9"] = "=" + formula
    return sheet["Z9"]


@pytest.mark.parametrize(
    "formula, value",
    [
        ("1+2*3", 7),
        ("10-4-3", 3),
        ("-2^2", 4),
        ("(1+2)*3", 9),
        ("2^3", 8),
        ('"a"&"b"&1', "ab1"),
        ('"say ""hi"""', 'say "hi"'),
        ('"a"="A"', True),
        ("1<2", True),
        ("2>=3", False),
        ("TRUE", True),
        ("1/0", CellError("#DIV/0!")),
        ('1+"x"', CellError("#VALUE!")),
        ("NOPE(1)", CellError("#NAME?")),
        ("(0-8)^0.5", CellError("#NUM!")),
        ("LEN(1,2)", CellError("#VALUE!")),
    ],
)
def test_operators(formula, value):
    assert result(formula) == value


def test_functions_over_ranges():
    cells = {"A1": 1, "A2": "text", "A4": "3", "B1": 5}
    assert result("SUM(A1:A4)", **cells) == 4
    assert result("SUM(A1:B4, 10)", **cells) == 19
    assert result("AVERAGE(A1:A4)", **cells) == 2
    assert result("COUNT(A1:A4)", **cells) == 2
    assert result("COUNTA(A1:A4)", **cells) == 3
    assert result("MAX(B1:A4)", **cells) == 5
    assert result("MIN(C1:C3)", **cells) == 0


def test_ticks_are_not_counted():
    cells = {"A1": "TRUE", "A2": 2, "A3": "FALSE", "A4": 4}
    assert result("COUNT(A1:A4)", **cells) == 2
    assert result("AVERAGE(A1:A4)", **cells) == 3


def test_errors_go_on():
    assert result("SUM(A1:A2)", A1="=1/0", A2=1) == CellError("#DIV/0!")
    assert result('IFERROR(A1, "none")', A1="=1/0") == "none"
    assert result("COUNT(A1:A2)", A1="=1/0", A2=1) == 1


def test_if_is_lazy():
    assert result("IF(A1=0, 0, 10/A1)") == 0
    assert result("IF(FALSE, 1)") is False


def test_vlookup():
    cells = {"A1": "Apple", "B1": 3, "A2": "Pear", "B2": 4}
    assert result('VLOOKUP("pear", A1:B2, 2)', **cells) == 4
    assert result('VLOOKUP("fig", A1:B2, 2)', **cells) == CellError("#N/A")
    assert result('VLOOKUP("fig", A1:B2, 3)', **cells) == CellError("#REF!")


@pytest.mark.parametrize("formula", ["1+", "(1", "SUM(1", "A1:", "word", "1 2", "?"])
def test_syntax_errors(formula):
    with pytest.raises(FormulaError):
        result(formula)
