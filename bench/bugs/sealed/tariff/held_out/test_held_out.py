from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from tariff.bill import Bill, Line, instalments, make_bill, rounded
from tariff.dunning import due_day, interest, spread, stage
from tariff.metering import Meter, MeterError, Reading, parse_readings
from tariff.periods import add_months, days_between, parse_day, split, working_day, year_share
from tariff.rates import Rate, RateBook, Step, parse_steps
from tariff.text import amount, render, units


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2023, 1, 31), 1, (2023, 2, 28)),
        ((2023, 12, 15), 1, (2024, 1, 15)),
        ((2023, 11, 30), 1, (2023, 12, 30)),
        ((2023, 10, 31), 2, (2023, 12, 31)),
        ((2023, 10, 31), 14, (2024, 12, 31)),
        ((2024, 3, 31), -1, (2024, 2, 29)),
        ((2024, 1, 5), -1, (2023, 12, 5)),
        ((2024, 5, 5), 0, (2024, 5, 5)),
        ((2024, 5, 5), 24, (2026, 5, 5)),
    ],
)
def test_add_months(day, months, result):
    assert add_months(date(*day), months) == date(*result)


@pytest.mark.parametrize("text", ["2024-02-30", "1/2/2024", "", "today"])
def test_no_day(text):
    with pytest.raises(ValueError, match="not a day"):
        parse_day(text)


def test_split_edges():
    a, b = date(2024, 1, 1), date(2024, 1, 10)
    assert split(a, b, []) == [(a, b)]
    assert split(a, b, [a, b]) == [(a, b)]
    cut = date(2024, 1, 5)
    assert split(a, b, [cut, cut]) == [(a, cut), (cut, b)]
    other = date(2024, 1, 3)
    assert split(a, b, [cut, other]) == [(a, other), (other, cut), (cut, b)]


def test_year_share():
    assert year_share(date(2024, 1, 1), date(2025, 1, 1)) == 1.0
    assert year_share(date(2023, 1, 1), date(2026, 1, 1)) == 3.0
    assert year_share(date(2023, 12, 31), date(2024, 1, 2)) == pytest.approx(1 / 365 + 1 / 366)
    assert year_share(date(2024, 5, 1), date(2024, 5, 2)) == pytest.approx(1 / 366)
    assert days_between(date(2024, 2, 28), date(2024, 3, 1)) == 2


def test_working_day():
    sat = date(2024, 3, 30)
    assert working_day(sat) == date(2024, 4, 1)
    assert working_day(sat, {date(2024, 4, 1)}) == date(2024, 4, 2)
    assert working_day(date(2024, 3, 29), {date(2024, 3, 29)}) == date(2024, 4, 1)
    assert working_day(date(2024, 3, 28)) == date(2024, 3, 28)


RATE = Rate("r", date(2024, 1, 1), "0", parse_steps("100: 1, 300: 2, *: 3"))


@pytest.mark.parametrize(
    ("used", "years", "portions"),
    [
        (0, 1, []),
        (50, 1, [(50, 1)]),
        (100, 1, [(100, 1)]),
        (101, 1, [(100, 1), (1, 2)]),
        (300, 1, [(100, 1), (200, 2)]),
        (500, 1, [(100, 1), (200, 2), (200, 3)]),
        (500, 2, [(200, 1), (300, 2)]),
        (90, "0.5", [(50, 1), (40, 2)]),
        (160, "0.5", [(50, 1), (100, 2), (10, 3)]),
    ],
)
def test_portions(used, years, portions):
    assert RATE.portions(D(used), D(years)) == portions


def test_rates_that_cannot_be():
    with pytest.raises(ValueError, match="open"):
        Rate("x", date(2024, 1, 1), 0, [])
    with pytest.raises(ValueError, match="open"):
        Rate("x", date(2024, 1, 1), 0, [Step(5, 1)])
    with pytest.raises(ValueError, match="go up"):
        Rate("x", date(2024, 1, 1), 0, parse_steps("9: 1, 5: 1, *: 1"))
    book = RateBook([RATE])
    with pytest.raises(ValueError, match="two rates"):
        book.add(RATE)


def test_book():
    rates = [Rate(str(y), date(y, 4, 1), 0, parse_steps("*: 1")) for y in (2022, 2020, 2021)]
    book = RateBook(rates)
    assert book.on(date(2020, 4, 1)).name == "2020"
    assert book.on(date(2021, 3, 31)).name == "2020"
    assert book.on(date(2021, 4, 1)).name == "2021"
    assert book.on(date(2030, 1, 1)).name == "2022"
    with pytest.raises(LookupError):
        book.on(date(2020, 3, 31))
    assert book.changes(date(2020, 4, 1), date(2022, 4, 1)) == [date(2021, 4, 1)]
    assert RateBook().changes(date(2020, 4, 1), date(2022, 4, 1)) == []
    with pytest.raises(LookupError):
        RateBook().on(date(2020, 3, 31))


def test_one_reading_a_day():
    day, later = date(2024, 1, 1), date(2024, 1, 2)
    def chosen(*rows):
        return [r.value for r in Meter([Reading(d, D(v), k) for d, v, k in rows]).readings]
    assert chosen((day, 5, "actual"), (day, 9, "estimate")) == [5]
    assert chosen((day, 9, "estimate"), (day, 5, "actual")) == [5]
    assert chosen((day, 5, "actual"), (day, 9, "actual")) == [9]
    assert chosen((day, 5, "estimate"), (day, 9, "estimate")) == [9]
    assert chosen((later, 5, "estimate"), (day, 4, "actual")) == [4, 5]


@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01;1;actual;x", "x;1", "2024-01-01;one", "2024-01-01;1;guess"])
def test_bad_lines(text):
    with pytest.raises(MeterError, match="line 3"):
        parse_readings("# c\n\n" + text)


def test_no_readings():
    assert parse_readings("  \n# nothing\n") == []
    with pytest.raises(MeterError):
        Meter([]).at(date(2024, 1, 1))


def test_single_reading():
    meter = Meter(parse_readings("2024-01-01; 7; estimate"))
    assert meter.at(date(2024, 1, 1)) == (0, True)
    with pytest.raises(MeterError):
        meter.at(date(2024, 1, 2))


@pytest.mark.parametrize(
    ("first", "last", "used", "guessed"),
    [(1, 11, 100, False), (11, 21, 50, True), (6, 16, 75, True), (21, 26, 20, True), (26, 26, 0, True), (1, 31, 190, False), (31, 31, 0, False)],
)
def test_used(first, last, used, guessed):
    meter = Meter(parse_readings("2024-01-01; 850\n2024-01-11; 950\n2024-01-21; 0; estimate\n2024-01-31; 40"), digits=3)
    assert meter.used(date(2024, 1, first), date(2024, 1, last)) == (used, guessed)


@pytest.mark.parametrize(("value", "result"), [("0.005", "0.01"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1.004", "1.00")])
def test_rounded(value, result):
    assert rounded(D(value)) == D(result)


def even(daily="0.10"):
    return RateBook([Rate("flat", date(2020, 1, 1), daily, parse_steps("*: 0.333"))])


def test_payments_of_the_span_only():
    meter = Meter(parse_readings("2024-01-01; 0\n2024-12-31; 365"))
    first, last = date(2024, 2, 1), date(2024, 3, 1)
    rows = [(first - timedelta(days=1), 1), (first, 2.5), (last - timedelta(days=1), "4"), (last, 8)]
    bill = make_bill(meter, even(), first, last, rows)
    assert bill.paid == D("6.5")
    assert bill.net == D("2.90") + D("9.66")
    assert bill.tax == D("2.51")
    assert bill.due == bill.net + bill.tax - D("6.5")
    assert bill.estimated


def test_vat_and_minimum():
    meter = Meter(parse_readings("2024-01-01; 0\n2024-01-11; 10"))
    bill = make_bill(meter, even(), date(2024, 1, 1), date(2024, 1, 11), vat="0.07", minimum="4.33")
    assert bill.net == D("4.33")
    assert len(bill.lines) == 2
    bill = make_bill(meter, even(), date(2024, 1, 1), date(2024, 1, 11), minimum="10")
    assert [line.amount for line in bill.lines] == [D("1.00"), D("3.33"), D("5.67")]
    assert bill.gross == 12
    assert repr(bill.lines[0]) == "Line('flat: standing charge', 1.00)"


def test_unused_meter_has_no_use_lines():
    meter = Meter(parse_readings("2024-01-01; 5\n2024-01-11; 5"))
    bill = make_bill(meter, even(), date(2024, 1, 1), date(2024, 1, 11))
    assert [line.label for line in bill.lines] == ["flat: standing charge"]
    with pytest.raises(ValueError):
        make_bill(meter, even(), date(2024, 1, 11), date(2024, 1, 1))


@pytest.mark.parametrize(("net", "count", "each"), [("110", 11, 12), ("0", 5, 0), ("110.01", 11, 13), ("100", 1, 120), ("10", 12, 1)])
def test_instalments(net, count, each):
    bill = Bill(date(2024, 1, 1), date(2025, 1, 1))
    bill.lines.append(Line("x", D(net)))
    assert instalments(bill, count) == [each] * count


def test_instalments_default():
    bill = Bill(date(2024, 1, 1), date(2025, 1, 1))
    assert len(instalments(bill)) == 11
    with pytest.raises(ValueError):
        instalments(bill, 0)


def test_bills_do_not_share_lines():
    one, other = Bill(date(2024, 1, 1), date(2025, 1, 1)), Bill(date(2024, 1, 1), date(2025, 1, 1))
    one.lines.append(Line("x", D(1)))
    assert other.net == 0


@pytest.mark.parametrize(("late", "name"), [(-1, None), (0, None), (1, "reminder"), (14, "reminder"), (15, "second reminder"), (30, "second reminder"), (31, "notice"), (400, "notice")])
def test_stage(late, name):
    due = date(2024, 1, 1)
    assert stage(due, due + timedelta(days=late)) == name


@pytest.mark.parametrize(("owed", "late", "yearly", "fee"), [("1000", 365, "0.08", "80"), ("1000", 1, "0.08", "0.22"), ("1000", -5, "0.08", "0"), ("-50", 10, "0.08", "0"), ("0", 10, "0.08", "0"), ("123.45", 100, "0.05", "1.69")])
def test_interest(owed, late, yearly, fee):
    due = date(2023, 1, 1)
    assert interest(D(owed), due, due + timedelta(days=late), yearly) == D(fee)


def test_interest_default():
    assert interest(D(730), date(2023, 1, 1), date(2023, 1, 2)) == D("0.16")


@pytest.mark.parametrize("months", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("owed", ["100", "99.99", "0.05", "1234.56"])
def test_spread(owed, months):
    plan = spread(D(owed), date(2023, 12, 31), months)
    assert sum(part for _, part in plan) == D(owed)
    assert len(plan) == months
    assert len({part for _, part in plan[:-1]}) <= 1
    assert [day for day, _ in plan][:4] == [date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 29), date(2024, 4, 1)][:months]


def test_due_day():
    assert due_day(date(2024, 12, 18), holidays={date(2025, 1, 1)}) == date(2025, 1, 2)
    assert due_day(date(2024, 3, 1), 0) == date(2024, 3, 1)
    assert due_day(date(2024, 3, 1), days=1) == date(2024, 3, 4)


@pytest.mark.parametrize(("value", "text"), [("10", "10"), ("100.500", "100.5"), ("0.1239", "0.124"), ("0", "0"), ("1200", "1200"), ("0.0004", "0"), ("20.010", "20.01")])
def test_units(value, text):
    assert units(D(value)) == text


def test_amount():
    assert amount(D("-1234.005")) == "-1.234,01 EUR"
    assert amount(0, "CHF") == "0,00 CHF"


def test_render():
    bill = Bill(date(2024, 1, 1), date(2024, 2, 1), "0.10")
    bill.estimated = True
    bill.lines.append(Line("a label that is far too long for the paper", D("1000")))
    bill.lines.append(Line("x", D("0.5"), D("2.50"), D("0.2")))
    assert render(bill, 30).splitlines() == [
        "01.01.2024 to 01.02.2024 (estimated)",
        "-" * 30,
        "a label that is … 1.000,00 EUR",
        "x 2.5 x 0.2           0,50 EUR",
        "-" * 30,
        "net               1.000,50 EUR",
        "VAT 10%             100,05 EUR",
        "to pay            1.100,55 EUR",
    ]


def test_nothing_due_is_to_pay():
    bill = Bill(date(2024, 1, 1), date(2024, 2, 1))
    assert render(bill, 30).splitlines()[-1] == "to pay                0,00 EUR"
    assert len(render(bill).splitlines()[-1]) == 60
