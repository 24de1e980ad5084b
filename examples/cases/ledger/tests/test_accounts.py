from datetime import date

import pytest

from ledger import Account
from ledger.accounts import BookingError


def test_booking_keeps_the_text_tidy():
    account = Account("cash")
    assert account.book(date(2024, 3, 1), 500, "  fees ").text == "fees"


@pytest.mark.parametrize("cents, text", [(0, "fees"), (100, "  ")])
def test_nothing_is_booked_without_amount_or_text(cents, text):
    account = Account("cash")
    with pytest.raises(BookingError):
        account.book(date(2024, 3, 1), cents, text)
    assert account.entries == []


def test_balance_before_leaves_the_day_itself_out():
    account = Account("cash", opening=1000)
    account.book(date(2024, 3, 1), 500, "fees")
    assert account.balance_before(date(2024, 3, 1)) == 1000
    assert account.balance_before(date(2024, 3, 2)) == 1500


def test_entries_come_by_day():
    account = Account("cash")
    account.book(date(2024, 3, 9), 2, "later")
    account.book(date(2024, 3, 4), 1, "earlier")
    found = account.entries_between(date(2024, 3, 1), date(2024, 3, 20))
    assert [e.text for e in found] == ["earlier", "later"]
