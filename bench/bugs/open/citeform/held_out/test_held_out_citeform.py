import codecs

import pytest

from citeform import AuthorYear, Entry, Library, Name, Numeric, load, loads, parse_name, sort_entries
from citeform.sorting import sort_key, title_key


def entry(key, **fields):
    return Entry("book", key, fields)


@pytest.mark.parametrize(
    "title, expected",
    [
        ("The Theory of Everything", "theory of everything"),
        ("The Hen House", "hen house"),
        ("An Anatomy", "anatomy"),
        ("An Anna Novel", "anna novel"),
        ("A Aardvark", "aardvark"),
        ("A An Story", "an story"),
        ("The The", "the"),
        ("THE ETHER", "ether"),
        ("Theory", "theory"),
        ("Another Day", "another day"),
        ("Atlas", "atlas"),
        ("Heat", "heat"),
        ("{The} Eel", "eel"),
        ("The", "the"),
        ("A", "a"),
        ("", ""),
    ],
)
def test_title_key(title, expected):
    assert title_key(title) == expected


def test_titles_in_order():
    titles = ["The Heat", "An Ant", "Gamma", "The Theory", "A Abacus", "Zeta", "Anton"]
    entries = [entry(str(index), title=title) for index, title in enumerate(titles)]
    assert [each.title for each in sort_entries(entries)] == [
        "A Abacus", "An Ant", "Anton", "Gamma", "The Heat", "The Theory", "Zeta",
    ]


BODIES = [
    "@book one\ntitle: Eins\n",
    "# note\n@book one\ntitle: Eins\n",
    "%x = Eins\n@book one\ntitle: $x\n",
    "@book one\r\ntitle: Eins\r\n",
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_load_with_and_without_mark(tmp_path, body, mark):
    path = tmp_path / "refs.txt"
    path.write_bytes(mark + body.encode("utf-8"))
    library = load(str(path))
    assert library.keys() == ["one"]
    assert library["one"].title == "Eins"


def test_load_keeps_letters(tmp_path):
    path = tmp_path / "refs.txt"
    path.write_bytes(codecs.BOM_UTF8 + "@book one\ntitle: \u010capek \u2013 \u65e5\u672c \ufeffx\n".encode("utf-8"))
    assert load(path)["one"].title == "\u010capek \u2013 \u65e5\u672c \ufeffx"


def test_loads_gives_the_line():
    assert loads("\n\n@book a\n")["a"].line == 3


CHAIN = """\
@book series
title: Series
publisher: Press
note: top
year: 1990
@book volume
title: Volume
doi: 10.1/1
crossref: series
@incollection part
title: Part
crossref: volume
"""


def test_resolve_does_not_touch_the_library():
    library = loads(CHAIN)
    before = {each.key: dict(each.fields) for each in library}
    for _ in range(2):
        for key in ("part", "volume", "series"):
            library.resolve(key)
    AuthorYear(library).bibliography()
    Numeric(library).cite("part", "volume")
    assert {each.key: dict(each.fields) for each in library} == before


def test_resolved_entry_is_free_to_change():
    library = loads(CHAIN)
    for key in ("series", "part"):
        resolved = library.resolve(key)
        resolved.fields["title"] = "Changed"
        resolved.fields["extra"] = "1"
        assert library[key].title != "Changed"
        assert library[key].get("extra") == ""
        assert library.resolve(key).title == library[key].title


def test_changes_of_the_parent_are_seen():
    library = loads(CHAIN)
    assert library.resolve("part").get("publisher") == "Press"
    library["series"].fields["publisher"] = "House"
    assert library.resolve("part").get("publisher") == "House"
    del library["volume"].fields["crossref"]
    assert library.resolve("part").get("publisher") == ""


def test_inheritance():
    part = loads(CHAIN).resolve("part")
    assert part.title == "Part"
    assert part.get("booktitle") in ("Volume", "Series")
    assert part.year == 1990
    assert part.get("doi") == part.get("note") == ""
    assert part.get("crossref") == "volume"


@pytest.mark.parametrize("blank", [None, "", "in press", "n.d.", "19", "19999"])
def test_no_year(blank):
    fields = {} if blank is None else {"year": blank}
    none = Entry("book", "none", dict(fields, author="A. Abel", title="X"))
    library = Library([none, entry("old", author="A. Abel", year="1950", title="Z"), entry("new", author="A. Abel", year="2020", title="B"),
                       entry("next", author="B. Bell", year="1900", title="Q")])
    assert [each.key for each in sort_entries(library)] == ["old", "new", "none", "next"]
    assert [each.key for each in sort_entries([none, none])] == ["none", "none"]
    style = AuthorYear(library)
    assert style.cite("none") == "(Abel, n.d.)"
    assert style.cite("none", "old") == "(Abel, n.d.; Abel, 1950)"
    assert style.reference("none") == "Abel, A. (n.d.). X."
    assert style.bibliography() == [
        "Abel, A. (1950). Z.", "Abel, A. (2020). B.", "Abel, A. (n.d.). X.", "Bell, B. (1900). Q.",
    ]


def test_several_without_year():
    library = Library([entry("b", author="A. Abel", title="The B"), entry("a", author="A. Abel", title="A A")])
    style = AuthorYear(library)
    assert style.cite("a", "b") == "(Abel, n.d.; Abel, n.d.)"
    assert style.bibliography() == ["Abel, A. (n.d.). A A.", "Abel, A. (n.d.). The B."]
    assert Numeric(library, ["a"]).bibliography() == ["[1] A. Abel. A A."]


def test_suffixes_stay():
    library = Library([entry("b", author="A. Abel", title="B", year="1999"), entry("a", author="A. Abel", title="A", year="1999"),
                       entry("c", author="A. Abel", title="C")])
    assert AuthorYear(library).cite("a", "b", "c") == "(Abel, 1999a; Abel, 1999b; Abel, n.d.)"


@pytest.mark.parametrize(
    "given, initials",
    [
        ("Jean-Paul", "J.-P."),
        ("jean-paul", "J.-P."),
        ("Jean-Paul Marie", "J.-P. M."),
        ("Anne Marie-Louise", "A. M.-L."),
        ("A-B-C", "A.-B.-C."),
        ("J.-P.", "J.-P."),
        ("J.-P. M.", "J.-P. M."),
        ("J.R.R.", "J. R. R."),
        ("J. R.", "J. R."),
        ("Donald  Ervin", "D. E."),
        ("\u00c9mile", "\u00c9."),
        ("", ""),
    ],
)
def test_initials(given, initials):
    assert Name("X", given).initials == initials


def test_a_hyphen_at_the_end_does_no_harm():
    assert Name("X", "Jean-").initials.startswith("J.")


def test_initials_in_references():
    name = parse_name("Sartre, Jean-Paul")
    assert (name.inverted(), name.natural()) == ("Sartre, J.-P.", "J.-P. Sartre")
    first = entry("a", author="Jean-Paul Sartre", title="T", year="1950")
    assert sort_key(first)[0] == (("sartre", "j.-p."),)
    assert AuthorYear(Library([first])).reference("a") == "Sartre, J.-P. (1950). T."


MIXED = """\
@book Knuth84
author: Donald Knuth
title: TeX
year: 1984
@book lamport
author: Leslie Lamport
title: LaTeX
year: 1986
"""
SPELLINGS = ["Knuth84", "knuth84", "KNUTH84", "kNuTh84"]


@pytest.mark.parametrize("chosen", [None, ["Knuth84"], ["knuth84"], ["KNUTH84", "lamport"], []])
@pytest.mark.parametrize("first", SPELLINGS)
def test_author_year_takes_any_case(chosen, first):
    style = AuthorYear(loads(MIXED), chosen)
    for key in [first] + SPELLINGS:
        assert style.cite(key) == "(Knuth, 1984)"
        assert style.reference(key) == "Knuth, D. (1984). TeX."
    style.cite("LAMPORT")
    assert style.bibliography() == ["Knuth, D. (1984). TeX.", "Lamport, L. (1986). LaTeX."]


@pytest.mark.parametrize("chosen", [None, ["Knuth84"], ["knuth84"]])
@pytest.mark.parametrize("first", SPELLINGS)
def test_numeric_takes_any_case(chosen, first):
    style = Numeric(loads(MIXED), chosen)
    for key in [first] + SPELLINGS:
        assert style.cite(key) == "[1]"
    assert style.cite("LAMPORT", "knuth84", "Lamport") == "[1, 2]"
    assert style.bibliography() == ["[1] D. Knuth. TeX. 1984.", "[2] L. Lamport. LaTeX. 1986."]


def test_styles_do_not_share():
    library = loads(MIXED)
    one, two = Numeric(library), Numeric(library)
    assert one.cite("knuth84") == two.cite("lamport") == "[1]"
    assert library.keys() == ["Knuth84", "lamport"]
