from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from statement import Rule, Rules, Transaction, format_amount, merge, parse_amount, parse_rules, read_statement


def booking(day=1, text="Coffee", amount="-2.50", account=""):
    return Transaction(date(2024, 1, day), text, Decimal(amount), account)


@pytest.mark.parametrize("counts", [(2, 0), (2, 1), (1, 2), (2, 2), (3, 1), (0, 3), (1, 1), (1, 0), (0, 0)])
def test_merge_counts(counts):
    first, second = ([booking()] * count + [booking(2)] for count in counts)
    merged = merge(first, second)
    assert Counter(each.date.day for each in merged) == Counter({1: max(counts), 2: 1}) - Counter()


@pytest.mark.parametrize("counts", list(permutations([1, 2, 3])) + [(1, 1, 1), (0, 2, 1)])
def test_merge_three(counts):
    assert len(merge(*([booking()] * count for count in counts))) == max(counts)


def test_merge_differences_and_order():
    statements = [[booking(2), booking(1, "b")], [booking(1, "a"), booking(1, "B"), booking(1, "b", "-3")]]
    merged = merge(*statements)
    assert [(each.date.day, each.text, each.amount) for each in merged] == [
        (1, "b", Decimal("-2.50")), (1, "a", Decimal("-2.50")), (1, "b", Decimal("-3")), (2, "Coffee", Decimal("-2.50")),
    ]
    assert len(merge([booking(account="x")], [booking(account="y")])) == 2
    assert merge() == [] and merge([], []) == []
    assert len(merge(iter([booking(), booking()]), iter([booking()]))) == 2


PLAIN = "date,description,amount\n2024-01-01,Käse,-1.00\n"
STREET = "Transaction Date,Details,Money Out,Money In\n01/01/2024,Käse,1.00,\n"
CARD = "Posted\tMerchant\tValue\tD/C\n01/01/2024\tKäse\t1.00\tDB\n"
GIRO = "Buchungstag;Empfänger;Verwendungszweck;Betrag\n01.01.2024;Käse;;-1,00\n"


@pytest.mark.parametrize("text", [PLAIN, STREET, CARD, GIRO])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("before", ["", "Own name\n\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings(text, encoding, before, newline):
    (only,) = read_statement((before + text).replace("\n", newline).encode(encoding))
    assert (only.date, only.text, only.amount) == (date(2024, 1, 1), "Käse", Decimal("-1"))


def test_other_encodings():
    assert read_statement(GIRO.encode("cp1252"))[0].text == "Käse"
    assert read_statement(PLAIN)[0].text == "Käse"
    with pytest.raises(ValueError):
        read_statement(PLAIN.encode("cp1252"))


@pytest.mark.parametrize("plus", [True, False])
@pytest.mark.parametrize("value", ["-0.001", "-0.0049", "-0.00", "0", "0.004", "-0", "-1E-9"])
def test_zero(value, plus):
    assert format_amount(Decimal(value), plus=plus) == "0.00"


@pytest.mark.parametrize(
    "value, plain, signed",
    [("-0.005", "-0.01", "-0.01"), ("-0.01", "-0.01", "-0.01"), ("0.005", "0.01", "+0.01"), ("12", "12.00", "+12.00"),
     ("-1234567.895", "-1,234,567.90", "-1,234,567.90"), ("-0.5", "-0.50", "-0.50"), ("999.999", "1,000.00", "+1,000.00")],
)
def test_formats(value, plain, signed):
    assert format_amount(Decimal(value)) == plain
    assert format_amount(Decimal(value), plus=True) == signed
    assert format_amount(Decimal(value), ",", ".") == plain.translate({44: ".", 46: ","})
    assert parse_amount(plain) == Decimal(plain.replace(",", ""))


def fixed_rules():
    return Rules([Rule("food", "market"), Rule("fun", "cinema")])


@pytest.mark.parametrize(
    "other",
    [booking(2, "Market"), booking(1, "Market", "-3"), booking(1, "Market", "2.50"), booking(1, "Market", account="b"),
     booking(9, "Market", "-100")],
)
def test_fix_is_for_one(other):
    rules = fixed_rules()
    rules.fix(booking(1, "Market"), "gifts")
    assert rules.category(other) == "food"
    assert rules.category(booking(1, "Market")) == "gifts"
    assert rules.category(booking(1, "MARKET")) == "gifts"
    assert rules.assign([other, booking(1, "Market")])[1][1] == "gifts"


def test_fix_more():
    rules = fixed_rules()
    rules.fix(booking(1, "Market"), "gifts")
    rules.fix(booking(2, "Market"), "party")
    rules.fix(booking(3, "Nobody"), "odd")
    assert [rules.category(booking(day, "Market")) for day in (1, 2, 3)] == ["gifts", "party", "food"]
    assert rules.category(booking(3, "Nobody")) == "odd"
    assert rules.category(booking(4, "Nobody")) == "other"
    rules.fix(booking(1, "Market"), "home")
    assert rules.category(booking(1, "Market")) == "home"
    assert fixed_rules().category(booking(1, "Market")) == "food"


HEAD = "date,description,amount\n"


def texts(*rows):
    return [each.text for each in read_statement(HEAD + "".join("2024-01-%02d,%s,1\n" % row for row in rows))]


@pytest.mark.parametrize(
    "rows, expected",
    [
        ([(1, "a")], "a"), ([(1, "a"), (1, "b")], "ab"), ([(1, "b"), (1, "a")], "ba"),
        ([(1, "a"), (1, "b"), (1, "c"), (1, "d")], "abcd"), ([(1, "a"), (2, "b"), (2, "c")], "abc"),
        ([(2, "c"), (2, "b"), (1, "a")], "abc"), ([(3, "d"), (2, "c"), (2, "b"), (1, "a")], "abcd"),
        ([(1, "a"), (3, "c"), (2, "b"), (3, "d")], "abcd"), ([(1, "a"), (1, "b"), (2, "c")], "abc"),
        ([(2, "a"), (3, "b"), (2, "c")], "acb"), ([], ""),
    ],
)
def test_order(rows, expected):
    assert "".join(texts(*rows)) == expected


@pytest.mark.parametrize(
    "pattern, text, expected",
    [
        ("disney+", "DISNEY+ abc", True), ("disney+", "x Disney+", True), ("disney+", "disney+, paris", True),
        ("disney+", "disney", False), ("c++", "book on C++", True), ("(uk)", "Shop (UK)", True),
        ("@home", "games @home", True), ("@home", "me@home", False), ("bar", "bar", True), ("bar", "the bar.", True),
        ("bar", "barber", False), ("bar", "crowbar", False), ("bar", "bar_1", False), ("a b", "A  B", True),
        ("a b", "a bc", False), ("", "anything", True), ("o.k.", "o.k. ltd", True), ("o.k.", "oak. ltd", False),
        ("m&s", "M&S food", True), ("café", "Café X", True), ("caf", "café", False), ("/disney+/", "disneyyy", True),
        ("#1", "shop #1", True), ("disney+", "disney+plus", False), ("$ave", "$ave more", True),
    ],
)
def test_words(pattern, text, expected):
    assert Rule("a", pattern).matches(booking(text=text)) is expected


def test_rules_with_conditions():
    rules = parse_rules("a: disney+ amount>=5\nb: disney+\nc: amount<1\n")
    assert rules.category(booking(text="Disney+", amount="-5")) == "a"
    assert rules.category(booking(text="Disney+", amount="-4.99")) == "b"
    assert rules.category(booking(text="x", amount="-0.5")) == "c"
    assert rules.category(booking(text="x", amount="-1")) == "other"
