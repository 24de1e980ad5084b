import pytest

from citeform import DuplicateKey, ParseError, load, loads

TEXT = """\
# a small bibliography
%cacm = Communications of the ACM

@Article dijkstra68
author: Edsger W. Dijkstra
title: Go To Statement
  Considered Harmful
journal: $cacm
year: 1968
pages: 147-148
url: https://example.org/goto:1

@book knuth
authors: Knuth, Donald E.
title: The Art of Computer Programming
year: 1997
"""


def test_entries_and_fields():
    library = loads(TEXT)
    assert library.keys() == ["dijkstra68", "knuth"]
    entry = library["dijkstra68"]
    assert entry.kind == "article"
    assert entry.title == "Go To Statement Considered Harmful"
    assert entry.get("journal") == "Communications of the ACM"
    assert entry.get("url") == "https://example.org/goto:1"
    assert entry.line == 4


def test_aliases_and_repeated_authors():
    library = loads("@misc x\nauthors: A. One\nauthor: B. Two\nlink: http://example.org\n")
    assert library["x"].get("author") == "A. One and B. Two"
    assert library["x"].get("url") == "http://example.org"


def test_unknown_abbreviation_stays():
    assert loads("@misc x\nnote: costs $five\n")["x"].get("note") == "costs $five"


@pytest.mark.parametrize(
    "text, line",
    [("title: x\n", 1), ("@book\n", 1), ("@book x\n\nnonsense\n", 3), ("@book x\nyear: 1\nyear: 2\n", 3), ("  more\n", 1)],
)
def test_errors_name_the_line(text, line):
    with pytest.raises(ParseError) as info:
        loads(text)
    assert info.value.line == line


def test_duplicate_keys():
    with pytest.raises(DuplicateKey):
        loads("@book x\n@book X\n")


def test_load(tmp_path):
    path = tmp_path / "refs.txt"
    path.write_bytes("@book x\r\ntitle: Caf\u00e9\r\n".encode("utf-8"))
    assert load(path)["x"].title == "Caf\u00e9"
