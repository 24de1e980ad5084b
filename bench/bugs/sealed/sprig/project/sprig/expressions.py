"""Expressions: ``a.b == 3 and not c|default:"x"``. A name that is not there is None, not an error."""

import operator
import re

from sprig.errors import RenderError, SyntaxFault
from sprig.lexer import words

COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
CONSTANTS = {"true": True, "false": False, "none": None}


def parse(text, line):
    """A function of a scope and the filters."""
    reader = _Reader(words(text, line), line)
    found = reader.either()
    if reader.more():
        raise SyntaxFault("%r was not expected" % reader.next()[1], line)
    return found


class _Reader:
    def __init__(self, parts, line):
        self.parts = parts
        self.at = 0
        self.line = line

    def more(self):
        return self.at < len(self.parts)

    def next(self):
        if not self.more():
            raise SyntaxFault("the expression ends too early", self.line)
        self.at += 1
        return self.parts[self.at - 1]

    def take(self, *choices):
        if self.more() and self.parts[self.at][0] in ("name", "sign") and self.parts[self.at][1] in choices:
            return self.next()[1]
        return None

    def either(self):
        left = self.both()
        while self.take("or"):
            left = _or(left, self.both())
        return left

    def both(self):
        left = self.negated()
        while self.take("and"):
            left = _and(left, self.negated())
        return left

    def negated(self):
        if self.take("not"):
            inner = self.negated()
            return lambda scope, filters: not inner(scope, filters)
        return self.comparison()

    def comparison(self):
        left = self.total()
        sign = self.take("in", *COMPARE)
        if sign is None:
            return left
        right = self.total()
        return _compare(sign, left, right)

    def total(self):
        left = self.filtered()
        while True:
            sign = self.take("+", "-")
            if sign is None:
                return left
            left = _sum(sign, left, self.filtered())

    def filtered(self):
        value = self.atom()
        while self.take("|"):
            kind, name = self.next()
            if kind != "name":
                raise SyntaxFault("%r is no filter" % name, self.line)
            arguments = []
            if self.take(":"):
                arguments.append(self.atom())
                while self.take(","):
                    arguments.append(self.atom())
            value = _filter(name, value, arguments)
        return value

    def atom(self):
        kind, text = self.next()
        if kind == "string":
            constant = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), text[1:-1])
        elif kind == "number":
            constant = float(text) if "." in text else int(text)
        elif kind == "name" and text in CONSTANTS:
            constant = CONSTANTS[text]
        elif kind == "name":
            return lambda scope, filters: scope.find(text)
        elif text == "(":
            inner = self.either()
            if not self.take(")"):
                raise SyntaxFault("a bracket is not closed", self.line)
            return inner
        elif text == "-":
            inner = self.atom()
            return lambda scope, filters: -inner(scope, filters)
        else:
            raise SyntaxFault("%r was not expected" % text, self.line)
        return lambda scope, filters: constant


def _or(left, right):
    return lambda scope, filters: left(scope, filters) or right(scope, filters)


def _and(left, right):
    return lambda scope, filters: left(scope, filters) and right(scope, filters)


def _compare(sign, left, right):
    def run(scope, filters):
        one, other = left(scope, filters), right(scope, filters)
        if sign == "in":
            return other is not None and one in other
        if (one is None or other is None) and sign not in ("==", "!="):
            return False
        return COMPARE[sign](one, other)

    return run


def _sum(sign, left, right):
    def run(scope, filters):
        one, other = left(scope, filters), right(scope, filters)
        try:
            return one + other if sign == "+" else one - other
        except TypeError:
            raise RenderError("cannot work out %r %s %r" % (one, sign, other))

    return run


def _filter(name, value, arguments):
    def run(scope, filters):
        if name not in filters:
            raise RenderError("there is no filter %s" % name)
        return filters[name](value(scope, filters), *[each(scope, filters) for each in arguments])

    return run
