"""What failing assertions say was got and was expected, read from their messages as source that may be put into code."""

import ast
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Flag, auto
from functools import cached_property

_SAID = 4  # lines of a message in which the assertion stands
_LONGEST = 400  # characters of a line that is read
_MOST = 4
_SHORT = 24  # characters of a value that code may hold
_CUT = "..."  # where a message leaves part of a value out
_HEADS = (
    re.compile(r"got (?P<got>.+?), expected (?P<wanted>.+)\Z"),
    re.compile(r"(?:[A-Z]\w+ differ: )?(?P<got>.+?) != (?P<wanted>.+?)(?: : .*)?\Z"),
)
_TRUTHS = {"False is not true": ("False", "True"), "True is not false": ("True", "False")}
_TOLERANCE = re.compile(r"\s*±\s*\S+")
_MADE = {"datetime": datetime, "date": date, "timedelta": timedelta}
_SCALARS = (int, float, str, bytes, type(None))


class Off(Flag):
    """In what way a value is another than the expected one."""

    NOTHING = 0
    NUMBER = auto()  # another number
    STEP = auto()  # by one
    TRUTH = auto()
    ABSENT = auto()  # None where there should be something
    TEXT = auto()
    ORDER = auto()  # the same elements
    MORE = auto()  # elements too many
    FEWER = auto()
    SCALE = auto()  # a number that is many times the other
    LETTERS = auto()  # the letters of a text for the text
    REPEATED = auto()  # elements more often than once


@dataclass(frozen=True)
class Wanted:
    """One assertion that does not hold: `got` and `expected` as Python values, which only the literal ones have."""

    got: object
    expected: object

    @cached_property
    def source(self) -> str:
        """The expected value as source; "" where it is too long, or no constant."""
        text = repr(self.expected) if _is_plain(self.expected) else ""
        return text if len(text) <= _SHORT else ""

    @property
    def is_empty(self) -> bool:
        """Whether the expected value is None, nought, or an empty container."""
        return bool(self.source) and not self.expected and self.expected is not False

    @cached_property
    def numbers(self) -> tuple[tuple[float, float], ...]:
        """Pairs of numbers (got, expected) that the two come to: themselves, days and seconds of dates, the first elements that differ."""
        return tuple(_numbers(self.got, self.expected))

    @cached_property
    def off(self) -> Off:
        """How the two differ."""
        got, expected = self.got, self.expected
        if isinstance(got, bool) and isinstance(expected, bool):
            return Off.TRUTH
        if got is None:
            return Off.ABSENT
        if isinstance(got, (list, tuple)) and isinstance(expected, (list, tuple)):
            return _sequences(got, expected)
        if isinstance(got, str) and isinstance(expected, str):
            return Off.TEXT
        return _figures(self.numbers[0]) if self.numbers else Off.NOTHING


def read(messages: Iterable[str]) -> tuple[Wanted, ...]:
    """What the messages of failing tests (exception type and text) say; nothing of values that are no literals, dates or times."""
    found: list[Wanted] = []
    for message in messages:
        head, _, text = message.partition(": ")
        if head == "AssertionError":
            lines = [line.strip() for line in text.splitlines()[:_SAID]] or [""]
            line = next((each for each in lines if each.startswith("assert ")), lines[0])  # own words may come first
            found += [w for w in _of(_TOLERANCE.sub("", line[:_LONGEST])) if w not in found]
    return tuple(found[:_MOST])


def _of(line: str) -> Iterator[Wanted]:
    if line in _TRUTHS:
        line = "assert {} == {}".format(*_TRUTHS[line])
    if line.startswith("assert "):
        yield from _asserted(line.removeprefix("assert "))
        return
    for head in _HEADS:
        if match := head.match(line):
            with suppress(ValueError):
                yield Wanted(_value(match["got"]), _value(match["wanted"]))
            return


def _asserted(text: str) -> Iterator[Wanted]:
    """What an ``assert`` as pytest shows it compares."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        node = ast.parse(text, mode="eval").body
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.Is)):
            yield Wanted(_made(node.left), _made(node.comparators[0]))
        elif isinstance(node, ast.Constant) and node.value is False:
            yield Wanted(False, True)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and _made(node.operand) is True:
            yield Wanted(True, False)


def _value(text: str) -> object:
    try:
        return _made(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(text) from error


def _made(node: ast.expr) -> object:
    """The value of a literal, a date or a span of time. Raises ValueError for anything else, and for what was cut."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        if name not in _MADE:
            raise ValueError(name)
        keywords = {k.arg: ast.literal_eval(k.value) for k in node.keywords if k.arg}
        try:
            return _MADE[name](*map(ast.literal_eval, node.args), **keywords)
        except (TypeError, OverflowError) as error:
            raise ValueError(name) from error
    value = ast.literal_eval(node)
    if _CUT in ast.unparse(node):
        raise ValueError(_CUT)
    return value


def _is_plain(value: object) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _SCALARS) or (isinstance(value, (list, tuple, dict)) and not value)


def _numbers(got: object, expected: object) -> Iterator[tuple[float, float]]:
    if isinstance(got, datetime) and isinstance(expected, datetime) and _comparable(got, expected):
        yield from _spans(got - expected)
    elif isinstance(got, date) and isinstance(expected, date) and type(got) is type(expected) is date:
        yield float(got.toordinal()), float(expected.toordinal())
    elif isinstance(got, timedelta) and isinstance(expected, timedelta):
        yield from _spans(got - expected)
        yield got.total_seconds(), expected.total_seconds()
    elif isinstance(got, (int, float)) and isinstance(expected, (int, float)):
        if not (isinstance(got, bool) or isinstance(expected, bool)) and math.isfinite(got) and math.isfinite(expected):
            yield float(got), float(expected)
    elif isinstance(got, (list, tuple)) and isinstance(expected, (list, tuple)) and len(got) == len(expected):
        yield from next((list(_numbers(a, b)) for a, b in zip(got, expected, strict=True) if a != b), [])
    elif isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        yield from next((list(_numbers(got[k], expected[k])) for k in got if got[k] != expected[k]), [])


def _comparable(one: datetime, other: datetime) -> bool:
    return (one.tzinfo is None) is (other.tzinfo is None)


def _spans(off: timedelta) -> Iterator[tuple[float, float]]:
    """A difference in each unit of which it is a whole number."""
    seconds = off.total_seconds()
    yield from ((seconds / unit, 0.0) for unit in (86400, 3600, 60, 1) if seconds and seconds % unit == 0)


_MANY_TIMES = 5.0


def _figures(pair: tuple[float, float]) -> Off:
    got, expected = pair
    if abs(got - expected) == 1:
        return Off.STEP | Off.NUMBER
    ratio = abs(got / expected) if got and expected else 1.0
    return Off.NUMBER | Off.SCALE if max(ratio, 1 / ratio) >= _MANY_TIMES else Off.NUMBER


def _sequences(got: Sequence[object], expected: Sequence[object]) -> Off:
    if _spelled(got, expected):
        return Off.LETTERS
    mine, right = sorted(map(repr, got)), sorted(map(repr, expected))
    if mine == right:
        return Off.ORDER
    if len(got) != len(expected):
        repeated = Off.REPEATED if len(got) > len(expected) and set(mine) == set(right) else Off.NOTHING
        return repeated | (Off.MORE if len(got) > len(expected) else Off.FEWER)
    pairs = [(a, b) for a, b in zip(got, expected, strict=True) if a != b]
    return Wanted(*pairs[0]).off if pairs else Off.NOTHING


def _spelled(got: Sequence[object], expected: Sequence[object]) -> bool:
    """Whether a text stands in `got` letter by letter that is one element of `expected`."""
    letters = "".join(each for each in got if isinstance(each, str) and len(each) == 1)
    return any(isinstance(each, str) and len(each) > 1 and each in letters for each in expected)
