"""Monthly reports as data, text and CSV."""
import csv
import io
from decimal import Decimal

from .budget import month_of, months_between
from .money import format_amount, share


def monthly(assigned, first_day=1, ignore=("transfer",)):
    """{month: {"income", "spending", "net", "categories"}}, months without bookings included.

    Transfers between own accounts are neither income nor spending. A category counts as a whole: refunds
    lessen what was spent in it.
    """
    totals = {}
    for transaction, category in assigned:
        if category in ignore:
            continue
        row = totals.setdefault(month_of(transaction.date, first_day), {})
        row[category] = row.get(category, Decimal(0)) + transaction.amount
    if not totals:
        return {}
    report = {}
    for month in months_between(min(totals), max(totals)):
        categories = totals.get(month, {})
        income = sum((total for total in categories.values() if total > 0), Decimal(0))
        spending = -sum((total for total in categories.values() if total < 0), Decimal(0))
        report[month] = {
            "income": income,
            "spending": spending,
            "net": income - spending,
            "categories": dict(categories),
        }
    return report


def averages(report):
    """The mean of each category over all months of a report, rounded to cents only when shown."""
    sums = {}
    for row in report.values():
        for category, total in row["categories"].items():
            sums[category] = sums.get(category, Decimal(0)) + total
    return {category: total / len(report) for category, total in sums.items()}


def ranked(categories):
    """Categories by what was spent, most first; then those with income, least first; equal ones by name."""
    return sorted(categories, key=lambda name: (categories[name], name.casefold()))


def render_month(month, row, width=40, decimal=".", grouping=","):
    """A month as text: a line for each category, its share of the spending, and the sums."""
    lines = ["{:04d}-{:02d}".format(*month)]

    def add(label, amount, note=""):
        figure = format_amount(amount, decimal, grouping)
        room = width - len(figure) - 1
        if len(label) > room:
            label = label[: room - 1] + "…"
        lines.append((label.ljust(room) + " " + figure + note).rstrip())

    for name in ranked(row["categories"]):
        total = row["categories"][name]
        part = share(-total, row["spending"]) if total < 0 else None
        add(name, total, "" if part is None else "  {}%".format(part).replace(".", decimal))
    add("income", row["income"])
    add("spending", -row["spending"])
    add("net", row["net"])
    return "\n".join(lines) + "\n"


def to_csv(assigned, delimiter=","):
    """The categorised transactions as CSV, oldest first, that spreadsheets read safely."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["date", "description", "amount", "category", "account"])
    for transaction, category in sorted(assigned, key=lambda pair: pair[0].date):
        text = transaction.text
        if text[:1] in ("=", "+", "-", "@"):
            text = "'" + text
        writer.writerow([transaction.date.isoformat(), text, transaction.amount, category, transaction.account])
    return stream.getvalue()
