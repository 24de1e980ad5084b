from datetime import date, timedelta

from stockroom import Ledger
from stockroom.reorder import Rule, daily_use, plan, reorder_point, suggestion

TODAY = date(2024, 5, 30)


def busy(sku="nut", per_day=2):
    ledger = Ledger()
    ledger.receive(sku, 100, "0.10", date(2024, 1, 1))
    for back in range(28):
        ledger.ship(sku, per_day, TODAY - timedelta(days=back))
    return ledger


def test_daily_use():
    assert daily_use(busy(), "nut", TODAY, 28) == 2.0
    assert daily_use(busy(), "nut", TODAY, 14) == 2.0


def test_reorder_point():
    assert reorder_point(busy(), "nut", Rule(lead_days=5, safety=3), TODAY) == 13


def test_enough():
    assert suggestion(busy(), "nut", Rule(lead_days=5), TODAY) == 0


def test_whole_packs():
    assert suggestion(busy(), "nut", Rule(lead_days=25, pack=12), TODAY) == 60


def test_plan():
    rules = {"nut": Rule(lead_days=25, pack=12), "bolt": Rule(lead_days=3)}
    assert plan(busy(), rules, TODAY) == ["   60 x nut"]
