import random

import pytest

from tabprint import Column, Table, display_width, pad, truncate, wrap
from tabprint.width import ESCAPE, split_cells

RED = "\x1b[31m"
BOLD = "\x1b[1;4m"
RESET = "\x1b[0m"

CLUSTERS = ["a", "Z", "é", "e\u0301", "o\u0308\u0323", "日", "か\u3099", "ｶ", "1\ufe0f", "x\u200d"]


@pytest.mark.parametrize("seed", range(40))
def test_split_keeps_clusters_whole(seed):
    rng = random.Random(seed)
    clusters = [rng.choice(CLUSTERS) for _ in range(rng.randint(1, 12))]
    text = "".join(clusters)
    for width in range(1, display_width(text) + 2):
        head, rest = split_cells(text, width)
        assert head + rest == text
        expected, used = "", 0
        for cluster in clusters:
            if used + display_width(cluster) > width:
                break
            used += display_width(cluster)
            expected += cluster
        assert head == expected


@pytest.mark.parametrize(
    "text, width, parts",
    [
        ("e\u0301", 1, ("e\u0301", "")),
        ("ae\u0301b", 1, ("a", "e\u0301b")),
        ("ae\u0301b", 2, ("ae\u0301", "b")),
        ("か\u3099き", 2, ("か\u3099", "き")),
        ("か\u3099き", 3, ("か\u3099", "き")),
        ("日本", 1, ("", "日本")),
        ("", 3, ("", "")),
        ("abc", 0, ("", "abc")),
        (RED + "ab" + RESET + "cd", 2, (RED + "ab" + RESET, "cd")),
        (RED + "ab" + BOLD + "cd" + RESET, 4, (RED + "ab" + BOLD + "cd" + RESET, "")),
        ("o\u0308\u0323o", 1, ("o\u0308\u0323", "o")),
    ],
)
def test_split(text, width, parts):
    assert split_cells(text, width) == parts


@pytest.mark.parametrize("text", ["abcdef", "日本語テキスト", "cafe\u0301 cre\u0300me", "a日b本c"])
@pytest.mark.parametrize("colour", [False, True])
def test_truncate_fits(text, colour):
    full = RED + text + RESET if colour else text
    for width in range(0, 16):
        short = truncate(full, width)
        assert display_width(short) <= width
        if display_width(text) <= width:
            assert short == full
        elif width:
            assert "…" in short
            escapes = ESCAPE.findall(short)
            assert not escapes or escapes[-1] == RESET


def test_truncate_with_marks():
    assert truncate("cafe\u0301 noir", 5) == "cafe\u0301…"
    assert truncate("cafe\u0301 noir", 4) == "caf…"
    assert truncate("か\u3099き\u0301く", 5) == "か\u3099き\u0301…"
    assert truncate("か\u3099きく", 4) == "か\u3099…"


def test_truncate_does_not_reset_twice():
    assert truncate(RED + "ab" + RESET + "cdef", 3) == RED + "ab" + RESET + "…"


@pytest.mark.parametrize("width", range(1, 12))
def test_wrap_loses_nothing(width):
    for text in ("re\u0301sume\u0301 de\u0301ja\u0300", "abcdefghij", "日本語 かき\u3099くけこ ab", "one  two three"):
        lines = wrap(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line in lines:
            assert display_width(line) <= max(width, 2 if width == 1 else width)
            assert not line[:1] in ("\u0301", "\u0300", "\u3099") or width == 1


def test_wrap_cuts_marked_words():
    assert wrap("e\u0301e\u0301e\u0301e\u0301", 2) == ["e\u0301e\u0301", "e\u0301e\u0301"]
    assert wrap("abe\u0301cd", 3) == ["abe\u0301", "cd"]
    assert wrap("tre\u0300s", 1) == ["t", "r", "e\u0300", "s"]


def test_pad_with_marks_and_wide():
    assert pad("e\u0301", 3) == "e\u0301  "
    assert pad("日", 5, "center", "*") == "*日**"
    assert pad("", 2, "right") == "  "


def test_cut_columns():
    table = Table([Column("t", max_width=5, overflow="cut")], [["cafe\u0301 au lait"], ["thé"], ["日本語だ"]])
    assert table.render().splitlines() == ["t", "-----", "cafe\u0301…", "thé", "日本…"]
