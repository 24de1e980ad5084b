from datetime import date

import pytest

from ledger.accounts import Account

DAYS = [date(2024, 2, d) for d in (1, 2, 28, 29)]


@pytest.mark.parametrize("first", DAYS)
@pytest.mark.parametrize("last", DAYS)
def test_both_days_belong_to_the_span(first, last):
    account = Account("cash", opening=5)
    for day in [*DAYS, date(2024, 1, 31), date(2024, 3, 1)]:
        account.book(day, 100, "till")
    assert [e.day for e in account.entries_between(first, last)] == [d for d in DAYS if first <= d <= last]
    assert account.balance_before(first) == 5 + 100 * sum(d < first for d in [date(2024, 1, 31), *DAYS])
