"""Reads statements into transactions, and merges those of several files."""
import csv
import io
from collections import Counter
from datetime import datetime

from .dialects import DIALECTS, detect, normalise
from .money import AmountError, parse_amount


class StatementError(ValueError):
    """The file cannot be read; says the line where one is to blame."""

    def __init__(self, message, line=None):
        super().__init__(message if line is None else "line {}: {}".format(line, message))
        self.line = line


class Transaction:
    """One booking: money in is positive, money out negative."""

    def __init__(self, date, text, amount, account="", extra=None):
        self.date = date
        self.text = text
        self.amount = amount
        self.account = account
        self.extra = dict(extra or {})

    def key(self):
        """What makes two bookings of overlapping files the same."""
        return self.date, self.text.casefold(), self.amount, self.account

    def __eq__(self, other):
        return isinstance(other, Transaction) and self.key() == other.key()

    def __hash__(self):
        return hash(self.key())

    def __repr__(self):
        return "Transaction({}, {!r}, {})".format(self.date, self.text, self.amount)


def decode(data, encodings):
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StatementError("the file is in none of the encodings " + ", ".join(encodings))


def find_dialect(data, dialects):
    """The text of the file, its dialect and the number of its header line."""
    tried = []
    for encodings in [dialect.encodings for dialect in dialects]:
        if encodings in tried:
            continue
        tried.append(encodings)
        try:
            text = data if isinstance(data, str) else decode(data, encodings)
        except StatementError:
            continue
        fitting = [dialect for dialect in dialects if dialect.encodings == encodings or isinstance(data, str)]
        found = detect(text.splitlines(), fitting)
        if found:
            return (text,) + found
    raise StatementError("no known header")


def parse_date(text, formats):
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise ValueError("not a date: {!r}".format(text))


def row_amount(row, dialect):
    if dialect.amount:
        amount = parse_amount(row[normalise(dialect.amount)], dialect.decimal)
        if dialect.kind:
            out = row[normalise(dialect.kind)].strip().upper() in dialect.outgoing
            amount = -abs(amount) if out else abs(amount)
        return amount
    debit, credit = row[normalise(dialect.debit)], row[normalise(dialect.credit)]
    if not debit.strip() and not credit.strip():
        raise AmountError("neither debit nor credit")
    total = parse_amount(credit, dialect.decimal) if credit.strip() else 0
    if debit.strip():
        total -= abs(parse_amount(debit, dialect.decimal))
    return total


def read_statement(data, account="", dialects=None):
    """The transactions in data (bytes or text), oldest first; bookings of one day keep the bank's order.

    Files that run from new to old are turned round.
    """
    text, dialect, header = find_dialect(data, DIALECTS if dialects is None else dialects)
    body = "".join(text.splitlines(True)[header:])
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=dialect.delimiter)
    names = [normalise(name) for name in next(reader)]
    transactions = []
    for cells in reader:
        line = header + reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(names):
            cells = cells + [""] * (len(names) - len(cells))
        row = dict(zip(names, cells))
        try:
            date = parse_date(row[normalise(dialect.date)], dialect.date_formats)
            amount = row_amount(row, dialect)
        except ValueError as problem:
            raise StatementError(str(problem), line) from problem
        words = " ".join(row[normalise(name)] for name in dialect.text)
        extra = {name: row[name].strip() for name in dialect.extra if row.get(name, "").strip()}
        transactions.append(Transaction(date, " ".join(words.split()), amount, account, extra))
    if transactions and transactions[0].date > transactions[-1].date:
        transactions.reverse()
    return sorted(transactions, key=lambda transaction: transaction.date)


def merge(*statements):
    """The transactions of overlapping statements, each booking once.

    Two equal bookings in one statement are two bookings: of every kind as many are kept as the statement
    with most of them has.
    """
    kept = Counter()
    merged = []
    for statement in statements:
        seen = Counter()
        for transaction in statement:
            key = transaction.key()
            seen[key] += 1
            if seen[key] > kept[key]:
                kept[key] += 1
                merged.append(transaction)
    return sorted(merged, key=lambda transaction: transaction.date)
