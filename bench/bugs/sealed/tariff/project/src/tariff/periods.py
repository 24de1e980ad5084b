"""Days, months and spans of days. A span goes from its first day up to, but not including, its last."""

import calendar
from datetime import date, datetime, timedelta


def parse_day(text):
    """A day written as 2024-03-05 or 05.03.2024."""
    text = text.strip()
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError("not a day: {!r}".format(text))


def add_months(day, months):
    """The same day some months on, or the last of that month where there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def days_between(first, last):
    return (last - first).days


def split(first, last, cuts):
    """The parts of a span when it is cut at certain days; cuts outside it do not matter."""
    inside = sorted({cut for cut in cuts if first < cut < last})
    edges = [first] + inside + [last]
    return list(zip(edges, edges[1:]))


def year_share(first, last):
    """How many years a span is: each day is one part of its own year's 365 or 366."""
    share = 0.0
    for start, end in split(first, last, [date(y, 1, 1) for y in range(first.year + 1, last.year + 1)]):
        share += days_between(start, end) / (366 if calendar.isleap(start.year) else 365)
    return share


def working_day(day, holidays=()):
    """The day itself, or the next one that is neither a weekend's nor a holiday."""
    while day.weekday() >= 5 or day in holidays:
        day += timedelta(days=1)
    return day
