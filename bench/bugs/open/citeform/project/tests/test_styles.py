import pytest

from citeform import AuthorYear, Numeric, loads
from citeform.styles import compress, join_names, sentence

TEXT = """\
@article lamport78
author: Leslie Lamport
title: Time, Clocks
journal: CACM
volume: 21
number: 7
year: 1978
pages: 558-65

@article sartre
author: Jean-Paul Sartre and Simone de Beauvoir
title: What is Literature?
journal: Temps
year: 1947

@book group
author: A. One and B. Two and C. Three
title: Many Hands
publisher: Press
address: Town
year: 2001

@book other
author: A. One and Z. Two and others
title: Few Hands
year: 2001

@misc page
author: {Web Group}
title: A Page
url: https://example.org
"""


@pytest.fixture
def library():
    return loads(TEXT)


def test_author_year_citations(library):
    style = AuthorYear(library)
    assert style.cite("lamport78") == "(Lamport, 1978)"
    assert style.cite("lamport78", "sartre", locator="p. 3") == "(Lamport, 1978; Sartre and de Beauvoir, 1947, p. 3)"


def test_letters_tell_apart(library):
    style = AuthorYear(library)
    assert style.cite("group", "other") == "(One et al., 2001a; One et al., 2001b)"


def test_without_a_year(library):
    style = AuthorYear(library)
    assert style.cite("page") == "(Web Group, n.d.)"
    assert style.reference("page") == "Web Group (n.d.). A Page. https://example.org"


def test_author_year_references(library):
    style = AuthorYear(library)
    assert style.reference("lamport78") == "Lamport, L. (1978). Time, Clocks. CACM 21(7), 558\u2013565."
    assert style.reference("sartre") == "Sartre, J.-P. and de Beauvoir, S. (1947). What is Literature? Temps."
    assert style.bibliography()[0].startswith("Lamport")


def test_numeric(library):
    style = Numeric(library)
    assert style.cite("sartre") == "[1]"
    assert style.cite("group", "sartre", "lamport78") == "[1\u20133]"
    assert style.bibliography()[2] == "[3] L. Lamport. Time, Clocks. CACM 21(7), 558\u2013565. 1978."
    assert len(style.bibliography()) == 3


def test_chosen_keys(library):
    style = AuthorYear(library, ["sartre"])
    assert len(style.bibliography()) == 1
    style.cite("group")
    style.cite("group")
    assert len(style.bibliography()) == 2
    assert style.cite("group") == "(One et al., 2001)"


def test_helpers():
    assert join_names(["A", "B", "C"]) == "A, B, and C"
    assert sentence("Why?") == "Why?"
    assert compress([5, 1, 2, 3, 7, 8]) == "1\u20133, 5, 7, 8"
