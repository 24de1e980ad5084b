"""Values of cells: numbers, text, booleans, None for empty, and errors; how they are read and shown.

Number formats are ``General``, ``0.00``, ``#,##0`` or ``0.0%``, with a second part for negatives after ``;``.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

_FORMAT = re.compile(r"^(?P<before>[^0#]*)(?P<digits>[0#,]+(?:\.(?P<places>[0#]+))?)(?P<after>[^0#]*)$")


class CellError:
    """An error as a value; it goes on through every formula that uses it."""

    def __init__(self, code):
        self.code = code

    def __repr__(self):
        return "CellError(%r)" % self.code

    def __str__(self):
        return self.code

    def __eq__(self, other):
        return isinstance(other, CellError) and other.code == self.code

    def __hash__(self):
        return hash(self.code)


DIV0 = CellError("#DIV/0!")
VALUE = CellError("#VALUE!")
REF = CellError("#REF!")
NAME = CellError("#NAME?")
NUM = CellError("#NUM!")
NA = CellError("#N/A")
CYCLE = CellError("#CYCLE!")


class Failure(Exception):
    """Raised inside an evaluation to end it with an error value."""

    def __init__(self, error):
        super().__init__(error.code)
        self.error = error


def is_number(value):
    """Whether the value is a number; a boolean is not one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def parse_number(text):
    """The number that the text shows, or None: ``12``, ``-1.5``, ``1,234.5``, ``25%``, ``1e3``."""
    text = text.strip()
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip()
    plain = text.replace(",", "") if "," in text and _well_grouped(text) else text
    if not plain or plain[-1] not in "0123456789." or not set(plain) <= set("0123456789.+-eE"):
        return None
    try:
        number = int(plain)
    except ValueError:
        try:
            number = float(plain)
        except ValueError:
            return None
    return number / 100 if percent else number


def _well_grouped(text):
    """Whether commas part the whole digits in groups of three."""
    whole = text.lstrip("+-").split(".")[0]
    groups = whole.split(",")
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]) and whole.replace(",", "").isdigit()


def to_number(value):
    """The value as a number, as arithmetic wants it."""
    if isinstance(value, CellError):
        raise Failure(value)
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        number = parse_number(value)
        if number is None:
            raise Failure(VALUE)
        return number
    return value


def to_text(value):
    """The value as text, as ``&`` wants it."""
    if isinstance(value, CellError):
        raise Failure(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return "%.15g" % value
    return str(value)


def to_bool(value):
    if isinstance(value, CellError):
        raise Failure(value)
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        raise Failure(VALUE)
    return bool(value)


def round_half_up(number, places=0):
    """Round as people do by hand: halves go away from zero.  Negative places round to tens."""
    if isinstance(number, float) and number != number:
        raise Failure(NUM)
    quantum = Decimal(1).scaleb(-places)
    exact = Decimal(repr(number))
    if exact.adjusted() + places > 25:
        return number
    rounded = exact.quantize(quantum, rounding=ROUND_HALF_UP)
    return int(rounded) if places <= 0 else float(rounded)


def format_value(value, pattern="General"):
    """The text for a value; text, booleans and errors ignore the pattern."""
    if isinstance(value, CellError):
        return str(value)
    if not is_number(value) or pattern == "General":
        return to_text(value)
    positive, has_negative, negative = pattern.partition(";")
    if value < 0 and has_negative:
        return _apply(-value, negative)
    return _apply(value, positive)


def _apply(value, pattern):
    match = _FORMAT.match(pattern)
    if match is None:
        raise ValueError("not a format: %r" % pattern)
    number = Decimal(repr(value))
    if "%" in match.group("after"):
        number *= 100
    places = match.group("places") or ""
    number = number.quantize(Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP)
    sign = "-" if number < 0 else ""
    whole, _, fraction = "{:f}".format(abs(number)).partition(".")
    kept = places.rstrip("#")
    while len(fraction) > len(kept) and fraction.endswith("0"):
        fraction = fraction[:-1]
    digits = match.group("digits").split(".")[0]
    whole = _whole(whole, digits)
    text = whole + ("." + fraction if fraction else "")
    return sign + match.group("before") + text + match.group("after")


def _whole(whole, digits):
    """At least as many digits as there are zeros in the pattern, in groups if it has a comma."""
    whole = whole.lstrip("0").rjust(digits.count("0"), "0")
    if "," not in digits:
        return whole
    groups = []
    while len(whole) > 3:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    groups.insert(0, whole)
    return ",".join(groups)
