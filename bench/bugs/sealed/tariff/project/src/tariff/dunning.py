"""When a bill must be paid, and what comes of it when it is not."""

from datetime import timedelta
from decimal import Decimal

from tariff.bill import rounded
from tariff.periods import add_months, days_between, working_day

STAGES = [(0, "reminder"), (14, "second reminder"), (30, "notice")]


def due_day(issued, days=14, holidays=()):
    return working_day(issued + timedelta(days=days), holidays)


def interest(amount, due, paid, yearly="0.08"):
    """Interest on an amount that was paid late."""
    late = days_between(due, paid)
    if late <= 0 or amount <= 0:
        return Decimal("0.00")
    return rounded(amount * Decimal(yearly) * late / 365)


def stage(due, today):
    """The last letter that is called for, None before the day after the due one."""
    late = days_between(due, today)
    reached = None
    for after, name in STAGES:
        if late > after:
            reached = name
    return reached


def spread(amount, start, months, holidays=()):
    """Pay an amount off in monthly parts: (day, part); the last part takes what rounding leaves."""
    part = rounded(amount / months)
    plan = [(working_day(add_months(start, n), holidays), part) for n in range(months)]
    plan[-1] = (plan[-1][0], amount - part * (months - 1))
    return plan
