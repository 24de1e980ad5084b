import pytest

from gridcalc import CellError, format_value
from gridcalc.values import parse_number, round_half_up, to_text


@pytest.mark.parametrize(
    "text, number",
    [("12", 12), (" -1.5 ", -1.5), ("1,234.5", 1234.5), ("25%", 0.25), ("1e3", 1000.0), ("1,23", None), ("nan", None), ("", None)],
)
def test_parse_number(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "number, places, rounded",
    [(2.5, 0, 3), (-2.5, 0, -3), (0.125, 2, 0.13), (1.005, 2, 1.01), (1250, -2, 1300), (3, 2, 3.0)],
)
def test_round(number, places, rounded):
    assert round_half_up(number, places) == rounded


def test_text():
    assert [to_text(value) for value in (None, True, 2.0, 0.1 + 0.2, "x")] == ["", "TRUE", "2", "0.3", "x"]


@pytest.mark.parametrize(
    "value, pattern, text",
    [
        (1234.5, "General", "1234.5"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (999, "#,##0", "999"),
        (0.256, "0.0%", "25.6%"),
        (-0.4, "0.00", "-0.40"),
        (-0.001, "0.00", "0.00"),
        (2.675, "0.00", "2.68"),
        (-5, "0;(0)", "(5)"),
        (7, "000", "007"),
        (1.5, "0.0##", "1.5"),
        ("text", "0.00", "text"),
        (CellError("#N/A"), "0.00", "#N/A"),
    ],
)
def test_format(value, pattern, text):
    assert format_value(value, pattern) == text


def test_bad_format():
    with pytest.raises(ValueError):
        format_value(1, "nothing")
