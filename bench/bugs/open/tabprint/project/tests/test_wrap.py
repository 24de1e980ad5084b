import pytest

from tabprint import wrap


def test_breaks_at_spaces():
    assert wrap("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert wrap("the quick", 9) == ["the quick"]


def test_line_breaks_are_kept():
    assert wrap("a\n\nb c", 5) == ["a", "", "b c"]
    assert wrap("a\r\nb", 5) == ["a", "b"]
    assert wrap("", 5) == [""]


def test_long_words_are_cut():
    assert wrap("an extraordinary day", 6) == ["an", "extrao", "rdinar", "y day"]


def test_wide_characters():
    assert wrap("日本語 テキスト", 6) == ["日本語", "テキス", "ト"]
    assert wrap("日本", 1) == ["日", "本"]


def test_bad_width():
    with pytest.raises(ValueError):
        wrap("a", 0)
