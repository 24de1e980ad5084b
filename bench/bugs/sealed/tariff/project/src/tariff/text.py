"""Bills as plain text."""

from tariff.bill import rounded


def amount(value, currency="EUR"):
    """1234.5 as "1.234,50 EUR"."""
    text = "{:,.2f}".format(rounded(value))
    return text.translate(str.maketrans(",.", ".,")) + " " + currency


def units(value):
    """At most three places after the point, without zeros at the end."""
    text = "{:.3f}".format(value)
    return text.rstrip("0").rstrip(".")


def render(bill, width=60):
    head = "{} to {}".format(bill.first.strftime("%d.%m.%Y"), bill.last.strftime("%d.%m.%Y"))
    lines = [head + (" (estimated)" if bill.estimated else ""), "-" * width]
    for line in bill.lines:
        label = line.label
        if line.units is not None:
            label += " {} x {}".format(units(line.units), line.price)
        lines.append(_row(label, amount(line.amount), width))
    lines.append("-" * width)
    lines.append(_row("net", amount(bill.net), width))
    lines.append(_row("VAT {:.0%}".format(bill.vat), amount(bill.tax), width))
    if bill.paid:
        lines.append(_row("paid", amount(-bill.paid), width))
    lines.append(_row("to pay" if bill.due >= 0 else "in your favour", amount(abs(bill.due)), width))
    return "\n".join(lines)


def _row(label, value, width):
    room = width - len(value) - 1
    if len(label) > room:
        label = label[: room - 1] + "…"
    return label.ljust(room) + " " + value
