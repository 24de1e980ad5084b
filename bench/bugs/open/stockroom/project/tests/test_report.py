from datetime import date

from stockroom import Ledger, Money
from stockroom.report import cost_by_month, margin, stock_table


def filled():
    ledger = Ledger()
    ledger.receive("bolt", 4, "2.00", date(2024, 1, 1))
    ledger.receive("washer", 1000, "1.25", date(2024, 1, 2))
    return ledger


def test_table():
    assert stock_table(filled(), date(2024, 1, 3)).splitlines() == [
        "item    on hand  free     value",
        "bolt          4     4      8.00",
        "washer     1000  1000  1,250.00",
        "                       1,258.00",
    ]


def test_months():
    ledger = filled()
    ledger.ship("bolt", 1, date(2024, 2, 1))
    ledger.ship("washer", 2, date(2024, 3, 1))
    ledger.ship("bolt", 1, date(2024, 2, 9))
    assert cost_by_month(ledger) == ["2024-02 4.00", "2024-03 2.50"]


def test_margin():
    ledger = filled()
    ledger.ship("bolt", 2, date(2024, 2, 1), "A7")
    assert margin(ledger, "A7", Money.of(10)) == 0.6
