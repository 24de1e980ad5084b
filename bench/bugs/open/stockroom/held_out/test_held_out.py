import random
from datetime import date, timedelta

import pytest

from stockroom import Ledger, Lot, LotQueue, Money, OutOfStock
from stockroom.money import total
from stockroom.reorder import Rule, daily_use, plan, reorder_point, suggestion
from stockroom.report import cost_by_month, margin, stock_table
from stockroom.reservations import Reservations

D = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("0.005", 1), ("1.005", 101), (2.675, 268), ("-0.005", -1), (19.99, 1999), (7, 700), ("0.29", 29), (1.1, 110)],
)
def test_of(amount, cents):
    assert Money.of(amount).cents == cents


@pytest.mark.parametrize(("cents", "factor", "result"), [(5, 0.5, 3), (10, 3, 30), (333, "1.5", 500), (101, 0.1, 10)])
def test_times(cents, factor, result):
    assert (Money(cents) * factor).cents == result


@pytest.mark.parametrize("cents", [0, 1, 99, 100, 1001, 99999])
@pytest.mark.parametrize("parts", [1, 2, 3, 7, 12])
def test_split(cents, parts):
    shares = Money(cents).split(parts)
    assert len(shares) == parts
    assert total(shares) == Money(cents)
    assert shares == sorted(shares, reverse=True)
    assert shares[0].cents - shares[-1].cents <= 1


def test_text():
    assert [str(Money(c)) for c in (0, 7, -100, 1234567, -1234567)] == ["0.00", "0.07", "-1.00", "12,345.67", "-12,345.67"]


def test_take_by_hand():
    rnd = random.Random(4)
    for _ in range(60):
        queue, pieces = LotQueue("x"), []
        for n in range(rnd.randint(1, 6)):
            size, cost, day = rnd.randint(1, 9), rnd.randint(1, 50), D + timedelta(days=rnd.randint(0, 40))
            expires = day + timedelta(days=rnd.randint(0, 60)) if rnd.random() < 0.5 else None
            queue.receive(Lot(size, Money(cost), day, expires))
            pieces.append((day, n, size, cost, expires))
        now = D + timedelta(days=45)
        usable = [(d, n, c) for d, n, s, c, e in sorted(pieces, key=lambda p: (p[0], p[1])) if e is None or e >= now for _ in range(s)]
        assert queue.on_hand(now) == len(usable)
        assert queue.on_hand() == sum(p[2] for p in pieces)
        want = rnd.randint(0, len(usable))
        before = queue.value()
        taken = queue.take(want, now)
        assert sum(n for n, _ in taken) == want
        assert [u.cents for n, u in taken for _ in range(n)] == [c for _, _, c in usable[:want]]
        assert queue.value() == before - total(u * n for n, u in taken)
        assert all(lot.quantity > 0 for lot in queue)


def test_expiry_day_is_usable():
    queue = LotQueue("x")
    queue.receive(Lot(2, Money(5), D, D + timedelta(days=1)))
    assert queue.on_hand(D + timedelta(days=1)) == 2
    assert queue.discard_expired(D + timedelta(days=1)) == Money()
    assert queue.on_hand(D + timedelta(days=2)) == 0
    assert queue.discard_expired(D + timedelta(days=2)) == Money(10)
    assert list(queue) == []


def test_late_delivery_is_sorted_in():
    queue = LotQueue("x")
    queue.receive(Lot(1, Money(9), D))
    queue.receive(Lot(1, Money(3), D - timedelta(days=3)))
    queue.receive(Lot(1, Money(4), D))
    assert [u.cents for _, u in queue.take(3, D)] == [3, 9, 4]


def test_shipping_an_unknown_item():
    with pytest.raises(OutOfStock) as caught:
        Ledger().ship("ghost", 1, D)
    assert (caught.value.sku, caught.value.wanted, caught.value.available) == ("ghost", 1, 0)
    assert Ledger().value("ghost") == Money()
    assert Ledger().on_hand("ghost", D) == 0
    assert Ledger().free("ghost", D) == 0


def stocked(pieces=20):
    ledger = Ledger()
    ledger.receive("nut", pieces, "0.10", D - timedelta(days=60))
    return ledger


def test_holds_of_one_order_add_up():
    ledger = stocked()
    ledger.reserve("nut", "A", 4, D)
    ledger.reserve("nut", "A", 5, D + timedelta(days=1))
    assert ledger.free("nut", D + timedelta(days=1)) == 11
    assert ledger.free("nut", D + timedelta(days=4)) == 11
    assert ledger.free("nut", D + timedelta(days=5)) == 20


def test_partial_shipment_keeps_the_rest_held():
    ledger = stocked()
    ledger.reserve("nut", "A", 10, D)
    ledger.ship("nut", 4, D, "A")
    assert ledger.free("nut", D) == 10
    assert ledger.reservations.held_for("nut", "A", D) == 6
    ledger.ship("nut", 8, D, "A")
    assert ledger.reservations.held_for("nut", "A", D) == 0
    assert ledger.free("nut", D) == 8


def test_an_order_without_hold_keeps_off_others():
    ledger = stocked()
    ledger.reserve("nut", "A", 10, D)
    ledger.ship("nut", 10, D, "B")
    with pytest.raises(OutOfStock) as caught:
        ledger.ship("nut", 1, D)
    assert caught.value.available == 0
    assert ledger.reservations.held("nut", D) == 10


def test_own_rules_of_holding():
    ledger = Ledger(Reservations(hold_days=0))
    ledger.receive("nut", 5, 1, D)
    assert ledger.reserve("nut", "A", 5, D) == D
    assert ledger.free("nut", D) == 0
    assert ledger.free("nut", D + timedelta(days=1)) == 5


def test_expire_and_release():
    held = Reservations()
    assert held.hold_days == 3
    held.hold("b", "2", 1, D)
    held.hold("a", "9", 1, D)
    held.hold("a", "1", 5, D + timedelta(days=1))
    assert held.expire(D + timedelta(days=3)) == []
    assert held.expire(D + timedelta(days=4)) == [("a", "9"), ("b", "2")]
    assert held.release("a", "1", 2) == 2
    assert held.held("a", D) == 3
    assert held.release("a", "1", 9) == 3
    assert held.release("a", "1") == 0
    assert held.release("zzz", "1") == 0
    held.hold("a", "3", 4, D)
    assert held.release("a", "3") == 4


def test_between_is_inclusive():
    ledger = stocked()
    for n in range(5):
        ledger.ship("nut", 1, D + timedelta(days=n))
    assert len(ledger.between(D, D + timedelta(days=4))) == 5
    assert len(ledger.between(D + timedelta(days=1), D + timedelta(days=1))) == 1


@pytest.mark.parametrize("window", [1, 3, 7, 28])
def test_daily_use_counts_today_and_not_more_days(window):
    ledger = stocked(1000)
    for back in range(40):
        ledger.ship("nut", 1 + back, D - timedelta(days=back))
    assert daily_use(ledger, "nut", D, window) == sum(range(1, window + 1)) / window
    assert daily_use(ledger, "other", D, window) == 0


def test_what_expired_was_not_used():
    ledger = Ledger()
    ledger.receive("yeast", 28, 1, D - timedelta(days=9), expires=D - timedelta(days=2))
    ledger.receive("yeast", 28, 1, D - timedelta(days=9))
    ledger.write_off(D)
    assert daily_use(ledger, "yeast", D, 28) == 0
    ledger.ship("yeast", 14, D)
    assert daily_use(ledger, "yeast", D, 28) == 0.5


def test_default_window_and_point():
    ledger = stocked(100)
    ledger.ship("nut", 28, D - timedelta(days=27))
    rule = Rule(lead_days=10)
    assert (rule.window, rule.safety, rule.pack) == (28, 0, 1)
    assert reorder_point(ledger, "nut", rule, D) == 10
    assert reorder_point(ledger, "nut", rule, D + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("stock", "pack", "safety", "result"),
    [(38, 1, 0, 10), (38, 6, 0, 12), (39, 1, 0, 0), (38, 1, 5, 15), (30, 10, 0, 20), (33, 10, 0, 20), (28, 7, 0, 21)],
)
def test_suggestion(stock, pack, safety, result):
    ledger = stocked(stock)
    ledger.ship("nut", 28, D - timedelta(days=3))
    assert suggestion(ledger, "nut", Rule(lead_days=10, pack=pack, safety=safety), D) == result


def test_nothing_used_nothing_ordered():
    assert suggestion(Ledger(), "nut", Rule(lead_days=10), D) == 0
    assert suggestion(Ledger(), "nut", Rule(lead_days=10, safety=4), D) == 4


def test_plan_order():
    rules = {s: Rule(lead_days=1, safety=q) for s, q in (("b", 5), ("a", 5), ("c", 50), ("d", 0))}
    assert plan(Ledger(), rules, D) == ["   50 x c", "    5 x a", "    5 x b"]


def test_months_across_years():
    ledger = stocked(100)
    for day in (date(2024, 12, 31), date(2023, 12, 1), date(2024, 1, 1), date(2023, 12, 31)):
        ledger.ship("nut", 10, day)
    assert cost_by_month(ledger) == ["2023-12 2.00", "2024-01 1.00", "2024-12 1.00"]
    assert cost_by_month(Ledger()) == []


def test_margin():
    ledger = stocked(100)
    ledger.ship("nut", 10, D, "A")
    ledger.ship("nut", 20, D, "A")
    ledger.ship("nut", 5, D, "B")
    assert margin(ledger, "A", Money.of(9)) == 0.6667
    assert margin(ledger, "A", Money(0)) == 0.0
    assert margin(ledger, "A", Money.of(1)) == -2.0
    assert margin(ledger, "C", Money.of(1)) == 1.0


def test_empty_table():
    assert stock_table(Ledger(), D).splitlines() == ["item  on hand  free  value", "                      0.00"]


def test_table_with_expired_and_held():
    ledger = Ledger()
    ledger.receive("yeast", 5, "1.50", D, expires=D)
    ledger.receive("a long name", 12, "0.99", D)
    ledger.reserve("a long name", "Q", 2, D)
    assert stock_table(ledger, D + timedelta(days=1)).splitlines() == [
        "item         on hand  free  value",
        "a long name       12    10  11.88",
        "yeast              0     0   7.50",
        "                            19.38",
    ]


def test_write_off_once():
    ledger = Ledger()
    ledger.receive("a", 3, 2, D, expires=D)
    ledger.receive("b", 1, 5, D, expires=D)
    ledger.receive("c", 1, 5, D)
    later = D + timedelta(days=1)
    assert ledger.write_off(D) == Money()
    assert ledger.write_off(later) == Money.of(11)
    assert ledger.write_off(later) == Money()
    assert [(m.sku, m.quantity, m.note) for m in ledger.movements[3:]] == [("a", -3, "expired"), ("b", -1, "expired")]
