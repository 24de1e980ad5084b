"""Numbers as text."""

from decimal import ROUND_HALF_UP, Context, Decimal

_SIZES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


class NumberFormat:
    """How the numbers of a column are written.

    ``places``: digits after the point, rounded half away from zero; None leaves the number as it is
    ``thousands``: what stands between groups of three digits
    ``point``: what stands for the decimal point
    ``percent``: the number is a share and is written in per cent
    ``sign``: write a plus before positive numbers
    ``missing``: what stands for None and for floats that are not a number
    """

    def __init__(self, places=None, thousands="", point=".", percent=False, sign=False, missing="-"):
        if places is not None and places < 0:
            raise ValueError("places must not be negative")
        self.places = places
        self.thousands = thousands
        self.point = point
        self.percent = percent
        self.sign = sign
        self.missing = missing

    def __call__(self, value):
        if value is None or value != value:
            return self.missing
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            return str(value)
        # The shortest text of a float is what people take it for: 2.675 is not 2.67499999.
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        if number.is_infinite():
            return "-∞" if number < 0 else ("+∞" if self.sign else "∞")
        if self.percent:
            number = number.scaleb(2)
        if self.places is not None:
            number = _round(number, self.places)
        return self._write(number)

    def _write(self, number):
        digits = "{:f}".format(number.copy_abs())
        whole, _, fraction = digits.partition(".")
        text = self._group(whole)
        if fraction:
            text += self.point + fraction
        if number < 0:
            text = "-" + text
        elif self.sign and number > 0:
            text = "+" + text
        return text + "%" if self.percent else text

    def _group(self, whole):
        if not self.thousands:
            return whole
        groups = []
        while len(whole) > 3:
            groups.insert(0, whole[-3:])
            whole = whole[:-3]
        return self.thousands.join([whole] + groups)


def _round(number, places):
    # The usual context raises for numbers that have more digits than it allows.
    context = Context(prec=max(28, number.adjusted() + places + 2))
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=context)


def human_size(count, places=1):
    """Bytes with a unit that keeps the number below 1024: ``1536`` is ``1.5 KiB``."""
    size = Decimal(count)
    unit = 0
    while _round(size.copy_abs(), places if unit else 0) >= 1024 and unit < len(_SIZES) - 1:
        size /= 1024
        unit += 1
    return "%s %s" % (NumberFormat(places if unit else 0)(size), _SIZES[unit])


def looks_numeric(text):
    """Whether a text is a plain number, as in the cells of a CSV file."""
    text = text.strip().replace("_", "x")
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def to_number(text):
    """The int or float that a text stands for, or the text itself. ``007`` stays a text."""
    plain = text.strip()
    if not looks_numeric(plain):
        return text
    digits = plain.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return text
    try:
        return int(plain)
    except ValueError:
        return float(plain)
