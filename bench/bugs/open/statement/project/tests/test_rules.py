from datetime import date
from decimal import Decimal

import pytest

from statement import Rule, RuleError, Rules, Transaction, parse_rules


def booking(text, amount="-10", account=""):
    return Transaction(date(2024, 1, 1), text, Decimal(amount), account)


RULES = """
# what we pay
rent: landlord amount>500   # not the deposit
food: /bakery|market/
fun: disney+
side job: amount<100 account=Work
"""


@pytest.mark.parametrize(
    "transaction, expected",
    [
        (booking("LANDLORD Inc", "-700"), "rent"),
        (booking("Landlord Inc", "-500"), "other"),
        (booking("Supermarket 7"), "food"),
        (booking("Disney+ subscription"), "fun"),
        (booking("Disneyland"), "other"),
        (booking("x", "99", "work"), "side job"),
    ],
)
def test_categories(transaction, expected):
    assert parse_rules(RULES).category(transaction) == expected


def test_words_are_whole():
    assert Rule("a", "bar").matches(booking("The Bar, Oslo"))
    assert not Rule("a", "bar").matches(booking("Barber"))


def test_first_rule_wins():
    rules = Rules([Rule("a", "x"), Rule("b", "x y")])
    assert rules.category(booking("x y")) == "a"
    assert [rule.category for rule in rules.unused([booking("x y")])] == ["b"]


def test_fixed():
    rules = Rules([Rule("a", "x")])
    rules.fix(booking("x"), "b")
    assert rules.category(booking("x")) == "b"


@pytest.mark.parametrize("text", ["no colon", "a: /(/", "a: x amount>ten", "a: x account>b"])
def test_bad_rules(text):
    with pytest.raises(RuleError, match="line 2"):
        parse_rules("\n" + text)
