from citeform import Entry, parse_pages, sort_entries
from citeform.sorting import fold, letters, title_key


def entry(key, **fields):
    return Entry("book", key, fields)


def keys(*entries):
    return [each.key for each in sort_entries(entries)]


def test_fold():
    assert fold("{\u00c9}mile  Zola") == "emile zola"
    assert fold("S\u00f8ren \u0141ukasz") == "soren lukasz"


def test_by_name_then_year_then_title():
    assert keys(
        entry("d", author="B. Zed", year="1999", title="B"),
        entry("c", author="B. Zed", year="1999", title="A"),
        entry("b", author="B. Zed", year="1998"),
        entry("a", author="\u00c9. Abel", year="2005"),
    ) == ["a", "b", "c", "d"]


def test_without_year_comes_last():
    assert keys(entry("b", author="A. Abel"), entry("a", author="A. Abel", year="1999")) == ["a", "b"]


def test_titles_without_article():
    assert title_key("The Hobbit") == "hobbit"
    assert title_key("A Theory") == "theory"
    assert title_key("Theory") == "theory"
    assert keys(entry("b", title="The Theory"), entry("a", title="Physics"), entry("c", title="Zoo")) == ["a", "b", "c"]


def test_letters():
    assert [letters(index) for index in (0, 25, 26, 51, 52)] == ["a", "z", "aa", "az", "ba"]


def test_year_and_pages():
    assert entry("x", date="12 March 1987").year == 1987
    assert entry("x", year="in press").year is None
    assert parse_pages("1023-7").format("-") == "1023-1027"
    assert parse_pages("97--111").format("-") == "97-111"
    assert parse_pages("e12").format() == "e12"
    assert parse_pages("") is None
