"""The order of a bibliography, and letters that tell like entries apart."""

from __future__ import annotations

import unicodedata
from typing import Dict, Iterable, List, Tuple

from .entry import Entry

_LETTERS = str.maketrans({"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00e6": "ae", "\u0153": "oe"})
_ARTICLES = ("the ", "an ", "a ")
NO_YEAR = 9999

SortKey = Tuple[Tuple[Tuple[str, str], ...], int, str]


def fold(text: str) -> str:
    """Text for comparison: no case, no accents, no braces, single blanks."""
    text = text.replace("{", "").replace("}", "").casefold().translate(_LETTERS)
    plain = [char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)]
    return " ".join("".join(plain).split())


def title_key(title: str) -> str:
    """The folded title without an article at its start."""
    folded = fold(title)
    for article in _ARTICLES:
        if folded.startswith(article):
            return folded[len(article) :]
    return folded


def sort_key(entry: Entry) -> SortKey:
    """By creators, then year (none comes last), then title; without creators, by title."""
    people = tuple((fold(name.family), fold(name.initials)) for name in entry.creators)
    if not people:
        people = ((title_key(entry.title), ""),)
    year = entry.year
    return people, NO_YEAR if year is None else year, title_key(entry.title)


def sort_entries(entries: Iterable[Entry]) -> List[Entry]:
    return sorted(entries, key=sort_key)


def letters(index: int) -> str:
    """0 gives ``a``, 25 ``z``, 26 ``aa``."""
    text = ""
    index += 1
    while index > 0:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def year_suffixes(entries: Iterable[Entry], labels: Dict[str, str]) -> Dict[str, str]:
    """A letter for each entry whose label and year another one shares, by key.

    ``labels`` holds for each key the words it is cited by.
    """
    groups: Dict[Tuple[str, int], List[Entry]] = {}
    for entry in sort_entries(entries):
        year = entry.year
        if year is None:
            continue
        groups.setdefault((fold(labels[entry.key]), year), []).append(entry)
    suffixes: Dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            for index, entry in enumerate(group):
                suffixes[entry.key] = letters(index)
    return suffixes
