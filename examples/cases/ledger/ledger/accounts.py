"""Accounts and the entries booked on them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Iterator, List


class BookingError(ValueError):
    """An entry that no account may hold."""


@dataclass(frozen=True)
class Entry:
    """One booking: positive cents came in, negative cents went out."""

    day: date
    cents: int
    text: str


@dataclass
class Account:
    """An account with its entries in the order they were booked."""

    name: str
    opening: int = 0
    entries: List[Entry] = field(default_factory=list)

    def book(self, day: date, cents: int, text: str) -> Entry:
        """Add an entry; nothing is booked without an amount or a text."""
        if cents == 0:
            raise BookingError("an entry needs an amount")
        if not text.strip():
            raise BookingError("an entry needs a text")
        entry = Entry(day, cents, text.strip())
        self.entries.append(entry)
        return entry

    def entries_between(self, first: date, last: date) -> Iterator[Entry]:
        """Entries from `first` to `last`, both days included, by day."""
        for entry in sorted(self.entries, key=lambda e: e.day):
            if first <= entry.day < last:
                yield entry

    def balance_before(self, day: date) -> int:
        """Cents on the account at the start of `day`."""
        return self.opening + sum(e.cents for e in self.entries if e.day < day)
