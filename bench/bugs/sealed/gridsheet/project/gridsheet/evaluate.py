"""Works out a formula; cells are asked for through a function."""

from __future__ import annotations

import math
import operator
from typing import Callable, Iterator

from .formula import Area, Binary, Broken, Call, Cell, Constant, Negated, Node, Percent
from .functions import FUNCTIONS
from .refs import Ref, cells
from .values import DIV, NAME, NUM, REF, VALUE, CellError, Value, number, text, truth

Ask = Callable[[Ref], Value]
ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def used(node: Node) -> Iterator[Ref]:
    """The cells that a formula names, without dollars."""
    if isinstance(node, Cell):
        yield node.ref.plain
    elif isinstance(node, Area):
        yield from cells(node.first, node.last)
    elif isinstance(node, (Negated, Percent)):
        yield from used(node.inner)
    elif isinstance(node, Binary):
        yield from used(node.left)
        yield from used(node.right)
    elif isinstance(node, Call):
        for each in node.arguments:
            yield from used(each)


def evaluate(node: Node, ask: Ask) -> Value:
    """The value of a formula; errors are values too."""
    try:
        value = _value(node, ask)
    except CellError as error:
        return error
    if isinstance(value, list):
        return CellError(VALUE)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _value(node: Node, ask: Ask):
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Cell):
        value = ask(node.ref.plain)
        if isinstance(value, CellError):
            raise value
        return value
    if isinstance(node, Area):
        return [ask(ref) for ref in cells(node.first, node.last)]
    if isinstance(node, Broken):
        raise CellError(REF)
    if isinstance(node, Negated):
        return -number(_value(node.inner, ask))
    if isinstance(node, Percent):
        return number(_value(node.inner, ask)) / 100
    if isinstance(node, Binary):
        return _binary(node.sign, _single(node.left, ask), _single(node.right, ask))
    return _call(node, ask)


def _single(node: Node, ask: Ask) -> Value:
    value = _value(node, ask)
    if isinstance(value, list):
        raise CellError(VALUE)
    return value


def _binary(sign: str, left: Value, right: Value) -> Value:
    if sign == "&":
        return text(left) + text(right)
    if sign in ("=", "<>", "<", ">", "<=", ">="):
        return _compare(sign, left, right)
    try:
        result = ARITHMETIC[sign](number(left), number(right))
    except ZeroDivisionError:
        raise CellError(DIV)
    except OverflowError:
        raise CellError(NUM)
    if isinstance(result, complex) or not math.isfinite(result):
        raise CellError(NUM)
    return result


def _rank(value: Value) -> int:
    """Numbers come before texts, texts before truth values."""
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 0


def _compare(sign: str, left: Value, right: Value) -> bool:
    if left is None:
        left = "" if isinstance(right, str) else 0.0
    if right is None:
        right = "" if isinstance(left, str) else 0.0
    one = (_rank(left), left.lower() if isinstance(left, str) else left)
    other = (_rank(right), right.lower() if isinstance(right, str) else right)
    if sign in ("=", "<>"):
        return (one == other) == (sign == "=")
    if one[0] == other[0]:
        less, more = one[1] < other[1], one[1] > other[1]
    else:
        less, more = one[0] < other[0], one[0] > other[0]
    return {"<": less, ">": more, "<=": not more, ">=": not less}[sign]


def _call(node: Call, ask: Ask):
    if node.name == "IF":
        if not 2 <= len(node.arguments) <= 3:
            raise CellError(VALUE)
        if truth(_single(node.arguments[0], ask)):
            return _value(node.arguments[1], ask)
        return _value(node.arguments[2], ask) if len(node.arguments) == 3 else False
    if node.name == "IFERROR":
        if len(node.arguments) != 2:
            raise CellError(VALUE)
        try:
            return _single(node.arguments[0], ask)
        except CellError:
            return _value(node.arguments[1], ask)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise CellError(NAME)
    arguments = [_value(each, ask) for each in node.arguments]
    try:
        return function(*arguments)
    except TypeError:
        raise CellError(VALUE)
