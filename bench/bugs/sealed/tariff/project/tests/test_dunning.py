from datetime import date
from decimal import Decimal

from tariff.dunning import due_day, interest, spread, stage


def test_due_day():
    assert due_day(date(2024, 3, 4)) == date(2024, 3, 18)
    assert due_day(date(2024, 3, 2)) == date(2024, 3, 18)
    assert due_day(date(2024, 3, 4), holidays={date(2024, 3, 18)}) == date(2024, 3, 19)


def test_interest():
    assert interest(Decimal(1000), date(2023, 1, 1), date(2024, 1, 1)) == Decimal("80.00")
    assert interest(Decimal(1000), date(2023, 1, 1), date(2023, 1, 1)) == 0


def test_stage():
    due = date(2024, 3, 1)
    assert stage(due, due) is None
    assert stage(due, date(2024, 3, 2)) == "reminder"
    assert stage(due, date(2024, 5, 2)) == "notice"


def test_spread():
    assert spread(Decimal(100), date(2024, 1, 31), 3) == [
        (date(2024, 1, 31), Decimal("33.33")),
        (date(2024, 2, 29), Decimal("33.33")),
        (date(2024, 4, 1), Decimal("33.34")),
    ]
