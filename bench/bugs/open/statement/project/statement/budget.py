"""Monthly budgets by category, with what is left carried on where wanted."""
from datetime import date
from decimal import Decimal


def month_of(day, first_day=1):
    """The budget month (year, month) of a day.

    Months that start on first_day > 1 are named after the calendar month they start in; in calendar months
    that are too short they start on the last day.
    """
    start = min(first_day, days_in(day.year, day.month))
    if day.day >= start:
        return day.year, day.month
    return shift((day.year, day.month), -1)


def days_in(year, month):
    following = shift((year, month), 1)
    return (date(following[0], following[1], 1) - date(year, month, 1)).days


def shift(month, by):
    """The month that is by months later."""
    number = month[0] * 12 + month[1] - 1 + by
    return number // 12, number % 12 + 1


def months_between(first, last):
    """All months from first to last, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = shift(first, 1)
    return months


class Budget:
    """How much may be spent a month in each category."""

    def __init__(self, limits=None, carry=(), first_day=1):
        self.limits = {name: Decimal(limit) for name, limit in (limits or {}).items()}
        self.carry = set(carry)
        self.first_day = first_day

    def spent(self, assigned):
        """What was spent: {month: {category: amount}}; refunds count against it."""
        table = {}
        for transaction, category in assigned:
            if category not in self.limits:
                continue
            row = table.setdefault(month_of(transaction.date, self.first_day), {})
            row[category] = row.get(category, Decimal(0)) - transaction.amount
        return table

    def left(self, assigned, month):
        """What is left in a month: {category: amount}, below zero if too much was spent.

        Categories in carry take what was left (or missing) in earlier months along, from the first month with a booking
        of theirs on.
        """
        table = self.spent(assigned)
        result = {}
        for category, limit in self.limits.items():
            months = [month]
            if category in self.carry:
                first = min((found for found, row in table.items() if category in row), default=month)
                months = months_between(min(first, month), month)
            used = sum((table.get(each, {}).get(category, Decimal(0)) for each in months), Decimal(0))
            result[category] = limit * len(months) - used
        return result

    def warnings(self, assigned, month, threshold="0.9"):
        """Categories of which at least that part of the limit is used, the fullest first."""
        row = self.spent(assigned).get(month, {})
        full = []
        for category, used in row.items():
            limit = self.limits[category]
            part = used / limit if limit else Decimal(2 if used > 0 else 0)
            if part >= Decimal(threshold):
                full.append((part, category))
        return [category for part, category in sorted(full, key=lambda pair: (-pair[0], pair[1]))]
