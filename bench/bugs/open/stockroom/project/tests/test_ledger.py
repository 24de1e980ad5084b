from datetime import date

import pytest

from stockroom import Ledger, Money, OutOfStock

DAY = date(2024, 3, 1)


@pytest.fixture
def ledger():
    ledger = Ledger()
    ledger.receive("nut", 10, "0.10", date(2024, 1, 5))
    ledger.receive("nut", 10, "0.20", date(2024, 2, 5))
    ledger.receive("yeast", 5, "1.50", date(2024, 2, 1), expires=date(2024, 2, 29))
    return ledger


def test_oldest_first(ledger):
    assert ledger.ship("nut", 4, DAY) == Money.of("0.40")
    assert ledger.on_hand("nut") == 16


def test_across_lots(ledger):
    assert ledger.ship("nut", 12, DAY) == Money.of("1.40")
    assert ledger.value("nut") == Money.of("1.60")


def test_too_many(ledger):
    with pytest.raises(OutOfStock) as caught:
        ledger.ship("nut", 21, DAY)
    assert caught.value.available == 20
    assert ledger.on_hand("nut") == 20


def test_reserved_is_not_free(ledger):
    ledger.reserve("nut", "A1", 15, DAY)
    assert ledger.free("nut", DAY) == 5
    with pytest.raises(OutOfStock):
        ledger.ship("nut", 6, DAY, "B2")
    ledger.ship("nut", 15, DAY, "A1")
    assert ledger.free("nut", DAY) == 5


def test_hold_ends(ledger):
    until = ledger.reserve("nut", "A1", 15, DAY)
    assert until == date(2024, 3, 4)
    assert ledger.free("nut", date(2024, 3, 5)) == 20


def test_write_off(ledger):
    assert ledger.on_hand("yeast", DAY) == 0
    assert ledger.write_off(DAY) == Money.of("7.50")
    assert ledger.value() == Money.of("3.00")
    assert ledger.movements[-1].quantity == -5
