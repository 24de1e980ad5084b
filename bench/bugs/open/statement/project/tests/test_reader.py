from datetime import date
from decimal import Decimal

import pytest

from statement import StatementError, Transaction, detect, merge, read_statement


def pairs(transactions):
    return [(transaction.text, transaction.amount) for transaction in transactions]


def test_plain():
    (only,) = read_statement("Date,Description,Amount,Balance\n2024-03-01,Bakery  Nord,-3.20,10.00\n", "giro")
    assert (only.date, only.text, only.amount) == (date(2024, 3, 1), "Bakery Nord", Decimal("-3.20"))
    assert only.account == "giro"
    assert only.extra == {"balance": "10.00"}


def test_debit_and_credit():
    text = 'Account 123\n\nTransaction Date,Details,Money Out,Money In\n01/02/2024,Rent,"1,200.00",\n02/02/24,Pay,,2000\n'
    assert pairs(read_statement(text)) == [("Rent", Decimal("-1200")), ("Pay", Decimal("2000"))]


def test_german_with_old_encoding():
    text = "Konto;1\nBuchungstag;Empfänger;Verwendungszweck;Betrag;Saldo\n31.12.2023;Bäcker;Brot;-4,50;1,00\n"
    assert pairs(read_statement(text.encode("cp1252"))) == [("Bäcker Brot", Decimal("-4.50"))]
    assert pairs(read_statement(text.encode("utf-8"))) == [("Bäcker Brot", Decimal("-4.50"))]


def test_card():
    text = "Posted\tMerchant\tValue\tD/C\n03/04/2024\tShop\t10.00\tD\n03/05/2024\tRefund\t4.00\tC\n"
    assert pairs(read_statement(text)) == [("Shop", Decimal("-10")), ("Refund", Decimal("4"))]


def test_byte_order_mark():
    data = "date,description,amount\n2024-01-01,Käse,-1.00\n".encode("utf-8-sig")
    assert pairs(read_statement(data)) == [("Käse", Decimal("-1"))]


def test_quoted_line_break():
    text = 'date,description,amount\n2024-01-01,"two\nlines",-1.00\n2024-01-02,b,-2\n'
    assert pairs(read_statement(text)) == [("two lines", Decimal("-1")), ("b", Decimal("-2"))]


def test_newest_first_is_turned_round():
    text = "date,description,amount\n2024-01-02,c,1\n2024-01-01,b,1\n2024-01-01,a,1\n"
    assert [transaction.text for transaction in read_statement(text)] == ["a", "b", "c"]


def test_order_of_one_day():
    text = "date,description,amount\n2024-01-01,a,1\n2024-01-01,b,1\n2024-01-01,c,1\n"
    assert [transaction.text for transaction in read_statement(text)] == ["a", "b", "c"]


def test_errors_say_the_line():
    text = "bank\ndate,description,amount\n2024-01-01,a,1\n2024-01-32,b,1\n"
    with pytest.raises(StatementError) as caught:
        read_statement(text)
    assert caught.value.line == 4


def test_unknown_file():
    with pytest.raises(StatementError):
        read_statement(b"a,b\n1,2\n")
    assert detect(["a,b"]) is None


def booking(day, text="Coffee", amount="-2.50"):
    return Transaction(date(2024, 1, day), text, Decimal(amount))


def test_merge_overlapping():
    merged = merge([booking(1), booking(2)], [booking(2), booking(3)])
    assert [transaction.date.day for transaction in merged] == [1, 2, 3]


def test_merge_keeps_equal_bookings_of_one_statement():
    assert len(merge([booking(1), booking(1)], [booking(1)])) == 2
    assert len(merge([booking(1)], [booking(1), booking(1)])) == 2
