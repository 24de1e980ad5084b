import pytest

from tabprint import display_width, pad, truncate
from tabprint.width import split_cells

RED = "\x1b[31m"
RESET = "\x1b[0m"


@pytest.mark.parametrize(
    "text, cells",
    [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), (RED + "ab" + RESET, 2), ("a\u200bb", 2), ("ｱﾊﾟ", 3)],
)
def test_display_width(text, cells):
    assert display_width(text) == cells


def test_split_cells():
    assert split_cells("abcdef", 4) == ("abcd", "ef")
    assert split_cells("日本語", 5) == ("日本", "語")
    assert split_cells("ab", 9) == ("ab", "")


def test_split_keeps_marks_with_their_character():
    assert split_cells("cafe\u0301s", 4) == ("cafe\u0301", "s")


def test_truncate():
    assert truncate("terminal", 8) == "terminal"
    assert truncate("terminal", 7) == "termin…"
    assert truncate("terminal", 7, mark="...") == "term..."
    assert truncate("日本語", 4) == "日…"
    assert truncate("terminal", 2, mark="...") == ".."


def test_truncate_resets_colours():
    assert truncate(RED + "warning" + RESET, 5) == RED + "warn…" + RESET
    assert truncate(RED + "wa" + RESET + "rning", 5) == RED + "wa" + RESET + "rn…"


def test_pad():
    assert pad("ab", 5) == "ab   "
    assert pad("ab", 5, "right", ".") == "...ab"
    assert pad("ab", 5, "center") == " ab  "
    assert pad("日本", 5, "right") == " 日本"
    assert pad("abcdef", 3) == "abcdef"
    with pytest.raises(ValueError):
        pad("a", 3, "middle")
