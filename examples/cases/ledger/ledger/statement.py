"""Monthly statements."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Tuple

from ledger.accounts import Account, Entry


@dataclass(frozen=True)
class Statement:
    """What happened on an account in a month."""

    account: str
    first: date
    last: date
    opening: int
    entries: Tuple[Entry, ...]

    @property
    def income(self) -> int:
        return sum(e.cents for e in self.entries if e.cents > 0)

    @property
    def expenses(self) -> int:
        return -sum(e.cents for e in self.entries if e.cents < 0)

    @property
    def closing(self) -> int:
        return self.opening + self.income - self.expenses

    def lines(self) -> Tuple[str, ...]:
        """The statement as text, a line an entry."""
        head = f"{self.account}: {self.first:%d.%m.%Y} to {self.last:%d.%m.%Y}"
        body = [f"{e.day:%d.%m.}  {e.text:<24}{format_cents(e.cents):>12}" for e in self.entries]
        return (head, *body, f"{'closing balance':<32}{format_cents(self.closing):>12}")


def month_bounds(year: int, month: int) -> Tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def monthly_statement(account: Account, year: int, month: int) -> Statement:
    """The statement of `account` for one month."""
    first, last = month_bounds(year, month)
    entries = tuple(account.entries_between(first, last))
    return Statement(account.name, first, last, account.balance_before(first), entries)


def format_cents(cents: int) -> str:
    """`-1234` as `-12.34`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
