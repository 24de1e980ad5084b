"""A collection of entries."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List

from .entry import Entry

# What a parent lends under another name.
RENAMED = {"title": "booktitle"}
# What a child never takes from its parent.
PRIVATE = frozenset(["crossref", "pages", "doi", "note"])


class CiteError(Exception):
    """Base of every error raised on purpose."""


class DuplicateKey(CiteError):
    """Two entries share one key."""


class UnknownKey(CiteError, KeyError):
    """No entry has the key that was asked for."""

    def __str__(self) -> str:
        return "no entry with key %r" % self.args[0]


class Library:
    """Entries in the order they were added, found by key without regard to case."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: Dict[str, Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        folded = entry.key.casefold()
        if folded in self._entries:
            raise DuplicateKey("key %r is used twice" % entry.key)
        self._entries[folded] = entry

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, key: str) -> bool:
        return key.casefold() in self._entries

    def __getitem__(self, key: str) -> Entry:
        try:
            return self._entries[key.casefold()]
        except KeyError:
            raise UnknownKey(key) from None

    def keys(self) -> List[str]:
        return [entry.key for entry in self]

    def resolve(self, key: str) -> Entry:
        """The entry with what it inherits through ``crossref``; the stored one stays as it is."""
        return self._resolve(key, [])

    def _resolve(self, key: str, trail: List[str]) -> Entry:
        entry = self[key]
        folded = entry.key.casefold()
        if folded in trail:
            raise CiteError("crossref goes round in a circle at %r" % entry.key)
        fields = dict(entry.fields)
        parent_key = entry.get("crossref")
        if parent_key:
            parent = self._resolve(parent_key, trail + [folded])
            for name, value in parent.fields.items():
                if name in PRIVATE:
                    continue
                fields.setdefault(RENAMED.get(name, name), value)
        return Entry(entry.kind, entry.key, fields, entry.line)

    def select(self, keys: Iterable[str]) -> List[Entry]:
        """The resolved entries of the keys, each once, in the order given."""
        found: Dict[str, Entry] = {}
        for key in keys:
            folded = key.casefold()
            if folded not in found:
                found[folded] = self.resolve(key)
        return list(found.values())
