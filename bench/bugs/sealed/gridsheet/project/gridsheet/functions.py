"""Functions of formulas. Each is handed values, or lists of values for areas."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Callable, Dict, Iterator, List

from .values import DIV, NUM, REF, VALUE, CellError, Value, number, text, truth


def flat(arguments) -> Iterator[Value]:
    for each in arguments:
        if isinstance(each, list):
            yield from each
        else:
            yield each


def numbers(arguments) -> List[float]:
    """The numbers among the values; of areas only what is a number, of single values what can be made one."""
    found = []
    for each in arguments:
        if not isinstance(each, list):
            found.append(number(each))
            continue
        for value in each:
            if isinstance(value, CellError):
                raise value
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found.append(float(value))
    return found


def average(*arguments) -> float:
    found = numbers(arguments)
    if not found:
        raise CellError(DIV)
    return sum(found) / len(found)


def median(*arguments) -> float:
    found = sorted(numbers(arguments))
    if not found:
        raise CellError(NUM)
    middle = len(found) // 2
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def rounded(value: Value, places: Value = 0) -> float:
    """Half is rounded away from zero; fewer places than none round to tens, hundreds, …"""
    unit = Decimal(1).scaleb(-int(number(places)))
    exact = Decimal(repr(number(value)))
    return float((exact / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit)


def matches(value: Value, wanted: Value) -> bool:
    """Whether a value fits a criterion such as 3, "x", ">=5" or "<>"."""
    if not isinstance(wanted, str):
        return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
    for sign in ("<=", ">=", "<>", "<", ">", "="):
        if wanted.startswith(sign):
            rest = wanted[len(sign) :]
            break
    else:
        sign, rest = "=", wanted
    try:
        limit = float(rest)
    except ValueError:
        same = isinstance(value, str) and value.lower() == rest.lower() or (value is None and not rest)
        return same if sign == "=" else not same if sign == "<>" else False
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return sign == "<>"
    return {
        "=": value == limit,
        "<>": value != limit,
        "<": value < limit,
        ">": value > limit,
        "<=": value <= limit,
        ">=": value >= limit,
    }[sign]


def sum_if(area: List[Value], wanted: Value, summed=None) -> float:
    pairs = zip(area, area if summed is None else summed)
    return sum(numbers([[value for each, value in pairs if matches(each, wanted)]]))


def lookup(wanted: Value, keys: List[Value], results: List[Value]) -> Value:
    """The result beside the first key that is equal; texts are compared without regard to case."""
    for key, result in zip(keys, results):
        same = key.lower() == wanted.lower() if isinstance(key, str) and isinstance(wanted, str) else key == wanted
        if same and isinstance(key, str) == isinstance(wanted, str):
            return result
    raise CellError(REF)


def square_root(value: Value) -> float:
    found = number(value)
    if found < 0:
        raise CellError(NUM)
    return math.sqrt(found)


def modulo(value: Value, divisor: Value) -> float:
    """The remainder; it has the sign of the divisor."""
    if number(divisor) == 0:
        raise CellError(DIV)
    return number(value) % number(divisor)


def middle(value: Value, start: Value, length: Value) -> str:
    """So many characters of a text, from a place that counts from 1."""
    first, size = int(number(start)), int(number(length))
    if first < 1 or size < 0:
        raise CellError(VALUE)
    return text(value)[first - 1 : first - 1 + size]


FUNCTIONS: Dict[str, Callable[..., Value]] = {
    "ABS": lambda value: abs(number(value)),
    "AND": lambda *values: all(truth(value) for value in flat(values) if value is not None),
    "AVERAGE": average,
    "CONCAT": lambda *values: "".join(text(value) for value in flat(values)),
    "COUNT": lambda *values: float(len(numbers([list(flat(values))]))),
    "COUNTA": lambda *values: float(sum(value is not None for value in flat(values))),
    "COUNTIF": lambda area, wanted: float(sum(matches(value, wanted) for value in area)),
    "LEFT": lambda value, length=1: middle(value, 1, length),
    "LEN": lambda value: float(len(text(value))),
    "LOOKUP": lookup,
    "LOWER": lambda value: text(value).lower(),
    "MAX": lambda *values: max(numbers(values), default=0.0),
    "MEDIAN": median,
    "MID": middle,
    "MIN": lambda *values: min(numbers(values), default=0.0),
    "MOD": modulo,
    "NOT": lambda value: not truth(value),
    "OR": lambda *values: any([truth(value) for value in flat(values) if value is not None]),
    "ROUND": rounded,
    "SQRT": square_root,
    "SUM": lambda *values: float(sum(numbers(values))),
    "SUMIF": sum_if,
    "TRIM": lambda value: " ".join(text(value).split()),
    "UPPER": lambda value: text(value).upper(),
}
