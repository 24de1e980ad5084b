"""Citation styles."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence

from .entry import Entry
from .library import Library
from .names import Name
from .sorting import sort_entries, year_suffixes


def join_names(names: Sequence[str], last: str = " and ", more: bool = False) -> str:
    """``A``, ``A and B``, ``A, B, and C``; ``more`` ends in ``et al.`` instead."""
    if not names:
        return ""
    if more:
        return ", ".join(names) + " et al."
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return names[0] + last + names[1]
    return ", ".join(names[:-1]) + "," + last + names[-1]


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends a sentence already."""
    text = text.strip()
    if not text or text[-1] in ".?!":
        return text
    return text + "."


def strip_braces(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def compress(numbers: Iterable[int], dash: str = "\u2013") -> str:
    """``1, 2, 3, 5`` gives ``1–3, 5``; two in a row stay apart."""
    runs: List[List[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append("%d%s%d" % (run[0], dash, run[-1]))
        else:
            parts.extend(str(number) for number in run)
    return ", ".join(parts)


class Style:
    """What the styles share: who is named and how the parts of a reference follow."""

    max_names = 6

    def __init__(self, library: Library, keys: Optional[Iterable[str]] = None) -> None:
        self.library = library
        self.entries = library.select(library.keys() if keys is None else keys)
        self._by_key: Dict[str, Entry] = {entry.key.casefold(): entry for entry in self.entries}

    def entry(self, key: str) -> Entry:
        """The resolved entry; one that was not selected is looked up and added."""
        folded = key.casefold()
        if folded not in self._by_key:
            entry = self.library.resolve(key)
            self._by_key[folded] = entry
            self.entries.append(entry)
        return self._by_key[folded]

    def people(self, names: Sequence[Name], open_ended: bool, inverted: bool) -> str:
        texts = [name.inverted() if inverted else name.natural() for name in names]
        more = open_ended
        if len(texts) > self.max_names:
            texts = texts[:1]
            more = True
        return join_names(texts, more=more)

    def container(self, entry: Entry) -> str:
        """Where the work appeared: journal with volume, number and pages, or book with pages."""
        pages = entry.pages
        journal = entry.get("journal")
        if journal:
            text = journal
            if entry.get("volume"):
                text += " " + entry.get("volume")
            if entry.get("number"):
                text += "(" + entry.get("number") + ")"
            if pages:
                text += ", " + pages.format()
            return text
        book = entry.get("booktitle")
        if not book:
            return ""
        text = "In " + book
        if entry.authors and entry.editors:
            editors = self.people(entry.editors, False, inverted=False)
            text += ", ed. by " + editors
        if pages:
            text += ", pp. " + pages.format()
        return text

    def imprint(self, entry: Entry) -> str:
        return ": ".join(part for part in (entry.get("address"), entry.get("publisher")) if part)

    def tail(self, entry: Entry) -> List[str]:
        """Title, container, imprint and link, as sentences."""
        parts = [sentence(strip_braces(part)) for part in (entry.title, self.container(entry), self.imprint(entry))]
        if entry.get("doi"):
            parts.append("https://doi.org/" + entry.get("doi"))
        elif entry.get("url"):
            parts.append(entry.get("url"))
        return [part for part in parts if part]

    def credit(self, entry: Entry, inverted: bool) -> str:
        """The creators, marked where they are editors."""
        text = self.people(entry.creators, entry.open_ended, inverted)
        if text and not entry.authors:
            text += " (eds.)" if len(entry.editors) > 1 else " (ed.)"
        return text


class AuthorYear(Style):
    """``(Knuth, 1984)`` and a list in the order of the names."""

    def label(self, entry: Entry) -> str:
        names = [name.surname for name in entry.creators]
        if not names:
            return strip_braces(entry.title) or entry.key
        if len(names) > 2 or entry.open_ended:
            return names[0] + " et al."
        return join_names(names)

    def year(self, entry: Entry) -> str:
        labels = {other.key: self.label(other) for other in self.entries}
        if entry.year is None:
            return "n.d."
        return str(entry.year) + year_suffixes(self.entries, labels).get(entry.key, "")

    def cite(self, *keys: str, locator: str = "") -> str:
        """One pair of brackets around all the keys, in the order given."""
        entries = [self.entry(key) for key in keys]
        parts = ["%s, %s" % (self.label(entry), self.year(entry)) for entry in entries]
        text = "; ".join(parts)
        if locator:
            text += ", " + locator
        return "(" + text + ")"

    def reference(self, key: str) -> str:
        entry = self.entry(key)
        head = self.credit(entry, inverted=True)
        tail = self.tail(entry)
        year = "(%s)." % self.year(entry)
        if not head:
            return " ".join(tail[:1] + [year] + tail[1:])
        return " ".join([head, year] + tail)

    def bibliography(self) -> List[str]:
        return [self.reference(entry.key) for entry in sort_entries(self.entries)]


class Numeric(Style):
    """``[1]``: numbers in the order in which the keys are first cited."""

    def __init__(self, library: Library, keys: Optional[Iterable[str]] = None) -> None:
        super().__init__(library, keys if keys is not None else ())
        self._numbers: Dict[str, int] = {}
        for entry in self.entries:
            self.number(entry.key)

    def number(self, key: str) -> int:
        folded = self.entry(key).key.casefold()
        return self._numbers.setdefault(folded, len(self._numbers) + 1)

    def cite(self, *keys: str, locator: str = "") -> str:
        text = compress([self.number(key) for key in keys])
        if locator:
            text += ", " + locator
        return "[" + text + "]"

    def reference(self, key: str) -> str:
        entry = self.entry(key)
        head = sentence(self.credit(entry, inverted=False))
        year = sentence(str(entry.year)) if entry.year is not None else ""
        return " ".join(part for part in [head] + self.tail(entry) + [year] if part)

    def bibliography(self) -> List[str]:
        """The references that were cited, each with its number."""
        cited = sorted(self._numbers, key=lambda key: self._numbers[key])
        return ["[%d] %s" % (self._numbers[key], self.reference(key)) for key in cited]
