"""A bill: what was used, at the prices of each part of the span, less what was paid ahead."""

from decimal import ROUND_HALF_UP, Decimal

from tariff.periods import days_between, split, year_share

CENT = Decimal("0.01")


def rounded(amount):
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


class Line:
    def __init__(self, label, amount, units=None, price=None):
        self.label = label
        self.amount = amount
        self.units = units
        self.price = price

    def __repr__(self):
        return "Line({!r}, {})".format(self.label, self.amount)


class Bill:
    def __init__(self, first, last, vat="0.20"):
        self.first = first
        self.last = last
        self.vat = Decimal(vat)
        self.lines = []
        self.paid = Decimal(0)
        self.estimated = False

    @property
    def net(self):
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def tax(self):
        return rounded(self.net * self.vat)

    @property
    def gross(self):
        return self.net + self.tax

    @property
    def due(self):
        """What is still to be paid; less than nothing where the customer gets money back."""
        return self.gross - self.paid


def make_bill(meter, book, first, last, payments=(), vat="0.20", minimum=None):
    """The bill of a span. `payments` are (day, amount); those of the span count."""
    if first >= last:
        raise ValueError("a bill is for one day at least")
    bill = Bill(first, last, vat)
    for start, end in split(first, last, book.changes(first, last)):
        rate = book.on(start)
        units, guessed = meter.used(start, end)
        bill.estimated = bill.estimated or guessed
        bill.lines.append(Line(rate.name + ": standing charge", rounded(rate.daily * days_between(start, end))))
        for portion, price in rate.portions(units, Decimal(str(year_share(start, end)))):
            bill.lines.append(Line(rate.name, rounded(portion * price), portion, price))
    if minimum is not None and bill.net < Decimal(minimum):
        bill.lines.append(Line("up to the minimum", Decimal(minimum) - bill.net))
    bill.paid = sum((Decimal(str(amount)) for day, amount in payments if first <= day < last), Decimal(0))
    return bill


def instalments(bill, count=11):
    """What to pay ahead in the next span: equal amounts, rounded up to a whole unit of money."""
    if count < 1:
        raise ValueError("at least one instalment")
    each = bill.gross / count
    return [each.to_integral_value(rounding="ROUND_CEILING")] * count
