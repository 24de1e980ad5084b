"""Expansion of a rule into its instants."""
from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Iterator, List

from .rules import Rule

_DAY = timedelta(days=1)


def _daily(rule: Rule, start: date) -> Iterator[date]:
    wanted = rule.weekdays()
    step = timedelta(days=rule.interval)
    day = start
    while True:
        if not wanted or day.weekday() in wanted:
            yield day
        if date.max - day < step:
            return
        day += step


def _weekly(rule: Rule, start: date) -> Iterator[date]:
    wanted = rule.weekdays() or [start.weekday()]
    into_week = (start.weekday() - rule.week_start) % 7
    day = start
    while day < date.max:
        weeks = ((day - start).days + into_week) // 7
        if weeks % rule.interval == 0 and day.weekday() in wanted:
            yield day
        day += _DAY


def _days_of_month(rule: Rule, year: int, month: int, default: int) -> List[int]:
    """The days of one month that the rule asks for, in order."""
    first, length = monthrange(year, month)
    if not rule.by_weekday and not rule.by_month_day:
        return [default] if default <= length else []
    days = set(range(1, length + 1))
    if rule.by_month_day:
        days &= {day if day > 0 else length + 1 + day for day in rule.by_month_day}
    if rule.by_weekday:
        chosen = set()
        for ordinal, weekday in rule.by_weekday:
            every = list(range(1 + (weekday - first) % 7, length + 1, 7))
            if ordinal == 0:
                chosen.update(every)
            elif abs(ordinal) <= len(every):
                chosen.add(every[ordinal - 1 if ordinal > 0 else ordinal])
        days &= chosen
    return sorted(days)


def _monthly(rule: Rule, start: date) -> Iterator[date]:
    months = start.year * 12 + start.month - 1
    while months // 12 <= date.max.year:
        year, month = months // 12, months % 12 + 1
        for day in _days_of_month(rule, year, month, start.day):
            yield date(year, month, day)
        months += rule.interval


def _yearly(rule: Rule, start: date) -> Iterator[date]:
    for year in range(start.year, date.max.year + 1, rule.interval):
        for day in _days_of_month(rule, year, start.month, start.day):
            yield date(year, start.month, day)


_BY_FREQUENCY = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}


def instants(rule: Rule, start: datetime) -> Iterator[datetime]:
    """The instants of a rule from ``start`` on, in order and in its zone.

    ``start`` itself is among them only where the rule asks for it.
    """
    left = rule.count
    for day in _BY_FREQUENCY[rule.freq](rule, start.date()):
        moment = datetime.combine(day, start.timetz())
        if moment < start:
            continue
        if rule.until is not None and moment > rule.until:
            return
        yield moment
        if left is not None:
            left -= 1
            if left == 0:
                return
