"""Amounts of money: from the text of a bank, and back to text for people."""
import re
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_SYMBOLS = re.compile(r"[€£$¥]|\b[A-Z]{3}\b")
_SPACES = re.compile(r"[\s\u00a0\u202f']+")
_MINUS = {"\u2212": "-", "\u2013": "-"}


class AmountError(ValueError):
    """The text is no amount."""


def parse_amount(text, decimal="."):
    """The amount that text stands for, rounded to cents.

    decimal is the mark before the cents; the other of '.' and ',' groups digits.
    A minus may lead or trail; parentheses, and DR at the end, mean negative too.
    """
    original = text
    text = text.strip()
    for sign, plain in _MINUS.items():
        text = text.replace(sign, plain)
    negative = False
    if text[-2:].upper() in ("DR", "CR"):
        negative = text[-2:].upper() == "DR"
        text = text[:-2].strip()
    if text.startswith("(") and text.endswith(")"):
        negative = True
        text = text[1:-1]
    text = _SPACES.sub("", _SYMBOLS.sub("", text))
    if text.endswith("-"):
        text = "-" + text[:-1]
    grouping = "," if decimal == "." else "."
    text = text.replace(grouping, "").replace(decimal, ".")
    if not re.match(r"[-+]?(\d+\.?\d*|\.\d+)$", text):
        raise AmountError("not an amount: {!r}".format(original))
    value = Decimal(text).quantize(CENT, rounding=ROUND_HALF_UP)
    return -value if negative else value


def format_amount(value, decimal=".", grouping=",", plus=False):
    """1234.5 as 1,234.50; zero never has a sign."""
    value = Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)
    sign = "-" if value < 0 else "+" if plus and value > 0 else ""
    text = "{:,.2f}".format(abs(value))
    return sign + text.translate({ord(","): grouping, ord("."): decimal})


def share(part, whole):
    """part of whole in percent, with one decimal; none of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
