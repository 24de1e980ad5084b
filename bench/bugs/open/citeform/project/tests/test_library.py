import pytest

from citeform import CiteError, UnknownKey, loads

TEXT = """\
@proceedings conf
title: Proceedings of Things
editor: Ann Editor
year: 2001
pages: 1-300

@inproceedings paper
author: Bob Writer
title: A Thing
pages: 10-12
crossref: CONF

@inproceedings second
title: Another Thing
year: 2002
crossref: conf
"""


def test_lookup():
    library = loads(TEXT)
    assert "Paper" in library
    assert library["PAPER"].key == "paper"
    with pytest.raises(UnknownKey, match="no entry with key 'gone'"):
        library["gone"]


def test_resolve_inherits():
    entry = loads(TEXT).resolve("paper")
    assert entry.title == "A Thing"
    assert entry.get("booktitle") == "Proceedings of Things"
    assert entry.year == 2001
    assert entry.pages.format("-") == "10-12"


def test_resolve_leaves_the_stored_entry():
    library = loads(TEXT)
    library.resolve("paper")
    assert library["paper"].get("booktitle") == ""
    assert library["paper"].year is None
    library["conf"].fields["year"] = "2003"
    assert library.resolve("paper").year == 2003


def test_own_fields_win_and_pages_stay_private():
    entry = loads(TEXT).resolve("second")
    assert entry.year == 2002
    assert entry.pages is None


def test_circle():
    with pytest.raises(CiteError, match="circle"):
        loads("@book a\ncrossref: b\n@book b\ncrossref: a\n").resolve("a")


def test_select_keeps_order():
    assert [entry.key for entry in loads(TEXT).select(["second", "paper", "Second"])] == ["second", "paper"]
