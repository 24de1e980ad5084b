"""Evaluate formulas, and the functions that they can call.

A function gets its arguments evaluated: a plain value, or for a range a list
of rows.  Those in LAZY get callables, so that what is not needed is not
evaluated.
"""

import inspect
import math

from .refs import range_rows
from .values import DIV0, NA, NAME, NUM, REF, VALUE, CellError, Failure
from .values import is_number, round_half_up, to_bool, to_number, to_text


def flatten(args):
    """Pairs of value and whether it comes from a range."""
    for arg in args:
        if isinstance(arg, list):
            for row in arg:
                for value in row:
                    yield value, True
        else:
            yield arg, False


def numbers(args):
    """The numbers among the arguments; from ranges, all but numbers is left out."""
    found = []
    for value, from_range in flatten(args):
        if isinstance(value, CellError):
            raise Failure(value)
        if not from_range:
            found.append(to_number(value))
        elif is_number(value):
            found.append(value)
    return found


def single(value):
    """A plain value; a range of one cell counts as its cell."""
    if isinstance(value, list):
        if len(value) == 1 and len(value[0]) == 1:
            return value[0][0]
        raise Failure(VALUE)
    return value


def whole(value):
    return int(to_number(single(value)))


def average(*args):
    found = numbers(args)
    if not found:
        raise Failure(DIV0)
    return sum(found) / len(found)


def count(*args):
    """How many numbers there are; errors do not count and do no harm."""
    return sum(1 for value, _ in flatten(args) if is_number(value))


def counta(*args):
    return sum(1 for value, _ in flatten(args) if value is not None)


def same(one, two):
    """Equal as lookups see it: text without regard to case, kinds never mixed."""
    if isinstance(one, str) and isinstance(two, str):
        return one.casefold() == two.casefold()
    if is_number(one) and is_number(two):
        return one == two
    return type(one) is type(two) and one == two


def vlookup(wanted, table, column):
    """The value in the given column of the first row whose first cell matches."""
    wanted = single(wanted)
    if isinstance(wanted, CellError):
        raise Failure(wanted)
    if not isinstance(table, list):
        raise Failure(VALUE)
    index = whole(column)
    if index < 1:
        raise Failure(VALUE)
    if index > len(table[0]):
        raise Failure(REF)
    for row in table:
        if same(row[0], wanted):
            return row[index - 1]
    raise Failure(NA)


def if_(condition, then, otherwise=lambda: False):
    return single((then if to_bool(single(condition())) else otherwise)())


def iferror(value, fallback):
    try:
        result = single(value())
    except Failure:
        return single(fallback())
    return single(fallback()) if isinstance(result, CellError) else result


FUNCTIONS = {
    "AVERAGE": average,
    "COUNT": count,
    "COUNTA": counta,
    "IF": if_,
    "IFERROR": iferror,
    "LEN": lambda text: len(to_text(single(text))),
    "MAX": lambda *args: max(numbers(args), default=0),
    "MIN": lambda *args: min(numbers(args), default=0),
    "ROUND": lambda value, places=0: round_half_up(to_number(single(value)), whole(places)),
    "SUM": lambda *args: sum(numbers(args)),
    "UPPER": lambda text: to_text(single(text)).upper(),
    "VLOOKUP": vlookup,
}
LAZY = frozenset(["IF", "IFERROR"])


def compare(left, right):
    """-1, 0 or 1; numbers come before text and text before booleans, an empty cell takes the other's kind."""
    for value in (left, right):
        if isinstance(value, CellError):
            raise Failure(value)
    left, right = _fill(left, right), _fill(right, left)
    one, two = _rank(left), _rank(right)
    return (one > two) - (one < two)


def _fill(value, other):
    if value is not None:
        return value
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0


def _rank(value):
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, value


def _power(base, exponent):
    if base == 0 and exponent < 0:
        raise Failure(DIV0)
    if isinstance(base, int) and abs(base) > 1 and exponent > 1024:
        raise Failure(NUM)
    try:
        result = base**exponent
    except OverflowError:
        raise Failure(NUM)
    if isinstance(result, complex):
        raise Failure(NUM)
    return result


_COMPARE = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def operate(sign, left, right):
    if sign in _COMPARE:
        return _COMPARE[sign](compare(left, right))
    if sign == "&":
        return to_text(left) + to_text(right)
    one, two = to_number(left), to_number(right)
    if sign == "+":
        return one + two
    if sign == "-":
        return one - two
    if sign == "*":
        return one * two
    if sign == "/":
        if two == 0:
            raise Failure(DIV0)
        return one / two
    return _power(one, two)


def _fits(function, count):
    try:
        inspect.signature(function).bind(*([None] * count))
    except TypeError:
        return False
    return True


def evaluate(node, lookup):
    """The value of the tree; ``lookup`` gives the value of a cell.  Failure ends it."""
    kind = node[0]
    if kind == "const":
        return node[1]
    if kind == "error":
        raise Failure(node[1])
    if kind == "ref":
        return lookup(node[1].cell)
    if kind == "range":
        return [[lookup(cell) for cell in row] for row in range_rows(node[1], node[2])]
    if kind == "neg":
        return -to_number(single(evaluate(node[1], lookup)))
    if kind == "op":
        left = single(evaluate(node[2], lookup))
        right = single(evaluate(node[3], lookup))
        return operate(node[1], left, right)
    function = FUNCTIONS.get(node[1])
    if function is None:
        raise Failure(NAME)
    if not _fits(function, len(node[2])):
        raise Failure(VALUE)
    if node[1] in LAZY:
        return function(*[lambda part=part: evaluate(part, lookup) for part in node[2]])
    return function(*[evaluate(part, lookup) for part in node[2]])


def result_of(node, lookup):
    """The value that a cell shows for the tree; failures become error values."""
    try:
        value = single(evaluate(node, lookup))
    except Failure as failure:
        return failure.error
    except OverflowError:
        return NUM
    if isinstance(value, float) and not math.isfinite(value):
        return NUM
    return 0 if value is None else value
