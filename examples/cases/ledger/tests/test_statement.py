from datetime import date

import pytest

from ledger import Account, monthly_statement
from ledger.statement import format_cents, month_bounds


@pytest.fixture
def account():
    account = Account("cash", opening=10_000)
    account.book(date(2024, 1, 31), 2_500, "fees")
    account.book(date(2024, 2, 1), -4_000, "hall")
    account.book(date(2024, 2, 14), 1_250, "cake sale")
    account.book(date(2024, 2, 29), -999, "stamps")
    return account


def test_month_bounds_know_leap_years():
    assert month_bounds(2024, 2) == (date(2024, 2, 1), date(2024, 2, 29))


def test_opening_balance_is_what_january_left(account):
    assert monthly_statement(account, 2024, 2).opening == 12_500


def test_closing_balance_is_next_months_opening(account):
    february, march = monthly_statement(account, 2024, 2), monthly_statement(account, 2024, 3)
    assert february.closing == march.opening


def test_last_day_is_on_the_statement(account):
    assert [e.text for e in monthly_statement(account, 2024, 2).entries] == ["hall", "cake sale", "stamps"]


def test_income_and_expenses_of_a_quiet_month(account):
    statement = monthly_statement(account, 2024, 5)
    assert (statement.income, statement.expenses) == (0, 0)


@pytest.mark.parametrize("cents, text", [(0, "0.00"), (1234, "12.34"), (-5, "-0.05"), (-120, "-1.20")])
def test_cents_are_written_with_two_places(cents, text):
    assert format_cents(cents) == text
