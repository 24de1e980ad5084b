"""Accounts, entries and monthly statements."""

from ledger.accounts import Account, Entry
from ledger.statement import Statement, monthly_statement

__all__ = ["Account", "Entry", "Statement", "monthly_statement"]
