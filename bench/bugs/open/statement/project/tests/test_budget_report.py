from datetime import date
from decimal import Decimal

from statement import Budget, Transaction, monthly, to_csv
from statement.budget import month_of, months_between, shift
from statement.report import averages, ranked, render_month


def spend(month, day, category, amount):
    return Transaction(date(2024, month, day), category.upper(), Decimal(amount)), category


DATA = [
    spend(1, 5, "food", "-60"),
    spend(1, 9, "food", "10"),
    spend(1, 31, "pay", "1000"),
    spend(1, 31, "transfer", "-300"),
    spend(3, 1, "food", "-120"),
]


def test_months():
    assert month_of(date(2024, 1, 24), 25) == (2023, 12)
    assert month_of(date(2024, 2, 29), 31) == (2024, 2)
    assert shift((2024, 1), -1) == (2023, 12)
    assert months_between((2023, 11), (2024, 1)) == [(2023, 11), (2023, 12), (2024, 1)]


def test_left():
    assert Budget({"food": "100"}).left(DATA, (2024, 3)) == {"food": Decimal(-20)}
    assert Budget({"food": "100"}, carry=["food"]).left(DATA, (2024, 3)) == {"food": Decimal(130)}
    assert Budget({"food": "100"}, carry=["food"]).left([], (2024, 3)) == {"food": Decimal(100)}


def test_warnings():
    budget = Budget({"food": "100", "pay": "1"})
    assert budget.warnings(DATA, (2024, 3)) == ["food"]
    assert budget.warnings(DATA, (2024, 1)) == []


def test_monthly():
    report = monthly(DATA)
    assert list(report) == [(2024, 1), (2024, 2), (2024, 3)]
    assert report[2024, 1] == {
        "income": 1000, "spending": 50, "net": 950, "categories": {"food": -50, "pay": 1000},
    }
    assert report[2024, 2]["categories"] == {}
    assert averages(report)["food"] == Decimal(-170) / 3
    assert monthly([]) == {}


def test_ranked():
    assert ranked({"b": Decimal(-1), "a": Decimal(-1), "c": Decimal(5), "d": Decimal(-9)}) == ["d", "a", "b", "c"]


def test_render():
    text = render_month((2024, 1), monthly(DATA)[2024, 1], 20, ",", ".")
    assert text.splitlines() == [
        "2024-01",
        "food          -50,00  100,0%",
        "pay         1.000,00",
        "income      1.000,00",
        "spending      -50,00",
        "net           950,00",
    ]


def test_csv():
    rows = to_csv([(Transaction(date(2024, 1, 2), "=1+1", Decimal("-2.50"), "giro"), "food")]).splitlines()
    assert rows == ["date,description,amount,category,account", "2024-01-02,'=1+1,-2.50,food,giro"]
