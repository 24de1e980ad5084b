from datetime import date
from decimal import Decimal

import pytest

from tariff.bill import instalments, make_bill
from tariff.text import amount, render


def test_a_year(meter, book):
    bill = make_bill(meter, book, date(2023, 1, 1), date(2024, 1, 1))
    assert [line.amount for line in bill.lines] == [Decimal("36.50"), Decimal("182.50"), Decimal("292.00")]
    assert bill.net == Decimal("511.00")
    assert bill.gross == Decimal("613.20")
    assert not bill.estimated


def test_across_a_change_of_price(meter, book):
    bill = make_bill(meter, book, date(2023, 7, 1), date(2025, 1, 1), payments=[(date(2023, 8, 1), 100)])
    assert [line.label for line in bill.lines] == [
        "base 23: standing charge",
        "base 23",
        "base 23",
        "base 24: standing charge",
        "base 24",
        "base 24",
    ]
    assert bill.estimated
    assert bill.due == bill.gross - 100


def test_minimum(meter, book):
    bill = make_bill(meter, book, date(2023, 1, 1), date(2023, 1, 2), minimum=5)
    assert bill.net == 5
    assert bill.lines[-1].label == "up to the minimum"


def test_no_days(meter, book):
    with pytest.raises(ValueError):
        make_bill(meter, book, date(2023, 1, 1), date(2023, 1, 1))


def test_instalments(meter, book):
    bill = make_bill(meter, book, date(2023, 1, 1), date(2024, 1, 1))
    assert instalments(bill) == [56] * 11


def test_text(meter, book):
    bill = make_bill(meter, book, date(2023, 1, 1), date(2024, 1, 1), payments=[(date(2023, 5, 1), 700)])
    assert render(bill, 44).splitlines() == [
        "01.01.2023 to 01.01.2024",
        "-" * 44,
        "base 23: standing charge           36,50 EUR",
        "base 23 365 x 0.50                182,50 EUR",
        "base 23 365 x 0.80                292,00 EUR",
        "-" * 44,
        "net                               511,00 EUR",
        "VAT 20%                           102,20 EUR",
        "paid                             -700,00 EUR",
        "in your favour                     86,80 EUR",
    ]


def test_amount():
    assert amount(1234567.5) == "1.234.567,50 EUR"
