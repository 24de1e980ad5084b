"""Formulas: ``=SUM(A1:B2, 3) * -2 ^ 2 & "x" >= 4``. Read into a tree, written back as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Tuple, Union

from .refs import Ref

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<string>"(?:[^"]|"")*")
    |(?P<ref>\$?[A-Za-z]{1,3}\$?[1-9]\d*(?![\w(]))
    |(?P<name>[A-Za-z_][\w.]*|\#REF!)
    |(?P<sign><=|>=|<>|[-+*/^&=<>(),:%])
    )""",
    re.VERBOSE,
)
BINARY = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
NEGATION = 5


class FormulaError(ValueError):
    pass


@dataclass(frozen=True)
class Constant:
    value: Union[float, str, bool]


@dataclass(frozen=True)
class Cell:
    ref: Ref


@dataclass(frozen=True)
class Area:
    first: Ref
    last: Ref


@dataclass(frozen=True)
class Broken:
    """What was a reference before it was copied off the sheet."""


@dataclass(frozen=True)
class Negated:
    inner: "Node"


@dataclass(frozen=True)
class Percent:
    inner: "Node"


@dataclass(frozen=True)
class Binary:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    name: str
    arguments: Tuple["Node", ...]


Node = Union[Constant, Cell, Area, Broken, Negated, Percent, Binary, Call]


def tokenize(text: str) -> List[Tuple[str, str]]:
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaError(f"cannot read {text[at:]!r}")
        found.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
        at = match.end()
    return found


def parse(text: str) -> Node:
    """The tree of a formula, with or without its = sign."""
    reader = _Reader(tokenize(text[1:] if text.startswith("=") else text))
    tree = reader.expression(0)
    if reader.peek() != ("", ""):
        raise FormulaError(f"{reader.peek()[1]!r} was not expected")
    return tree


class _Reader:
    def __init__(self, tokens: List[Tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> Tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def take(self, sign: str) -> bool:
        if self.peek() == ("sign", sign):
            self.at += 1
            return True
        return False

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise FormulaError(f"{sign!r} is missing")

    def expression(self, least: int) -> Node:
        if self.take("-"):
            left: Node = Negated(self.expression(NEGATION))
        elif self.take("+"):
            left = self.expression(NEGATION)
        else:
            left = self.atom()
        while True:
            kind, sign = self.peek()
            if kind != "sign":
                return left
            if sign == "%":
                self.at += 1
                left = Percent(left)
                continue
            level = BINARY.get(sign, -1)
            if level < max(least, 1):
                return left
            self.at += 1
            left = Binary(sign, left, self.expression(level + 1))

    def atom(self) -> Node:
        kind, text = self.peek()
        self.at += 1
        if kind == "number":
            return Constant(float(text))
        if kind == "string":
            return Constant(text[1:-1].replace('""', '"'))
        if kind == "ref":
            ref = _ref(text)
            if self.take(":"):
                kind, text = self.peek()
                if kind != "ref":
                    raise FormulaError("a cell is missing after ':'")
                self.at += 1
                return Area(ref, _ref(text))
            return Cell(ref)
        if text == "#REF!":
            return Broken()
        if kind == "name":
            return self.named(text)
        if text == "(":
            inner = self.expression(0)
            self.need(")")
            return inner
        raise FormulaError(f"{text!r} was not expected" if text else "the formula ends too early")

    def named(self, text: str) -> Node:
        if text.upper() in ("TRUE", "FALSE"):
            return Constant(text.upper() == "TRUE")
        self.need("(")
        arguments: List[Node] = []
        if not self.take(")"):
            arguments.append(self.expression(0))
            while self.take(","):
                arguments.append(self.expression(0))
            self.need(")")
        return Call(text.upper(), tuple(arguments))


def _ref(text: str) -> Ref:
    try:
        return Ref.parse(text)
    except ValueError as error:
        raise FormulaError(str(error))


def write(node: Node, least: int = 0) -> str:
    """A tree as text, with brackets only where they are needed."""
    if isinstance(node, Constant):
        if isinstance(node.value, bool):
            return "TRUE" if node.value else "FALSE"
        if isinstance(node.value, str):
            return '"' + node.value.replace('"', '""') + '"'
        return f"{node.value:.15g}"
    if isinstance(node, Cell):
        return str(node.ref)
    if isinstance(node, Area):
        return f"{node.first}:{node.last}"
    if isinstance(node, Broken):
        return "#REF!"
    if isinstance(node, Call):
        return f"{node.name}({', '.join(write(each) for each in node.arguments)})"
    if isinstance(node, Percent):
        return write(node.inner, 7) + "%"
    if isinstance(node, Negated):
        text, level = "-" + write(node.inner, NEGATION), NEGATION
    else:
        level = BINARY[node.sign]
        text = f"{write(node.left, level)} {node.sign} {write(node.right, level + 1)}"
    return f"({text})" if level < least else text


def moved(node: Node, rows: int, columns: int) -> Node:
    """The formula as it reads when it is copied so many rows down and columns to the right."""
    if isinstance(node, Cell):
        ref = node.ref.moved(rows, columns)
        return Broken() if ref is None else Cell(ref)
    if isinstance(node, Area):
        first, last = node.first.moved(rows, columns), node.last.moved(rows, columns)
        return Broken() if first is None or last is None else Area(first, last)
    if isinstance(node, (Negated, Percent)):
        return type(node)(moved(node.inner, rows, columns))
    if isinstance(node, Binary):
        return Binary(node.sign, moved(node.left, rows, columns), moved(node.right, rows, columns))
    if isinstance(node, Call):
        return Call(node.name, tuple(moved(each, rows, columns) for each in node.arguments))
    return node
