"""Expressions: their grammar and how they are evaluated."""
from __future__ import annotations

import operator
import re
from typing import Any, Callable, Dict, List, Optional

from .core import (
    FilterError, Markup, TemplateError, TemplateSyntaxError, Undefined, UndefinedError, escape, text_of,
)
from .lexer import Token

_TOKEN = re.compile(
    r"""(?P<space>\s+)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<name>[^\W\d]\w*)
  | (?P<op>==|!=|<=|>=|[-+*<>=().,|\[\]~])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t"}
_CONSTANTS = {"true": True, "false": False, "none": None}
_KEYWORDS = {"and", "or", "not", "in"}
Evaluator = Callable[[Any], Any]


def concatenate(first: Any, second: Any) -> str:
    """Text put together; if one side is safe, the other is made so."""
    if isinstance(first, Markup) or isinstance(second, Markup):
        return Markup(str(escape(first)) + str(escape(second)))
    return text_of(first) + text_of(second)


_COMPARE: Dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, container: item in container,
    "not in": lambda item, container: item not in container,
}
_SUM: Dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "~": concatenate}


def lex(source: str, line: int) -> List[Token]:
    lexemes: List[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise TemplateSyntaxError("unexpected character {!r}".format(source[position]), line)
        if match.lastgroup != "space":
            lexemes.append(Token(match.lastgroup or "", match.group(), line))
        line += match.group().count("\n")
        position = match.end()
    return lexemes


def unquote(literal: str) -> str:
    """The text that a string literal stands for."""
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), literal[1:-1], flags=re.DOTALL)


def look_up(target: Any, key: Any, context: Any, line: int) -> Any:
    """target.key or target[key]: an item first, then a public attribute (methods are called)."""
    if isinstance(target, Undefined):
        raise UndefinedError("'{}' is undefined".format(target.name), line)
    try:
        return target[key]
    except (LookupError, TypeError):
        pass
    if isinstance(key, str) and not key.startswith("_") and hasattr(target, key):
        value = getattr(target, key)
        return value() if callable(value) else value
    return context.undefined(str(key), line)


class ExpressionParser:
    """Recursive descent; the results are functions of the context."""

    def __init__(self, source: str, line: int) -> None:
        self.lexemes = lex(source, line)
        self.index = 0
        self.line = line

    def peek(self) -> Optional[Token]:
        return self.lexemes[self.index] if self.index < len(self.lexemes) else None

    def accept(self, *values: str) -> Optional[Token]:
        lexeme = self.peek()
        if lexeme and lexeme.kind != "string" and lexeme.value in values:
            self.index += 1
            return lexeme
        return None

    def expect(self, value: str) -> None:
        if self.accept(value) is None:
            raise self.error("expected '{}'".format(value))

    def expect_name(self) -> str:
        lexeme = self.peek()
        if lexeme is None or lexeme.kind != "name":
            raise self.error("expected a name")
        self.index += 1
        return lexeme.value

    def error(self, message: str) -> TemplateSyntaxError:
        lexeme = self.peek()
        found = repr(lexeme.value) if lexeme else "the end of the tag"
        return TemplateSyntaxError("{}, got {}".format(message, found), lexeme.line if lexeme else self.line)

    def finish(self) -> None:
        if self.peek() is not None:
            raise self.error("unexpected rest of the tag")

    def parse(self) -> Evaluator:
        left = self.parse_and()
        if self.accept("or"):
            right = self.parse()
            return lambda context: left(context) or right(context)
        return left

    def parse_and(self) -> Evaluator:
        left = self.parse_not()
        if self.accept("and"):
            right = self.parse_and()
            return lambda context: left(context) and right(context)
        return left

    def parse_not(self) -> Evaluator:
        if self.accept("not"):
            operand = self.parse_not()
            return lambda context: not operand(context)
        left = self.parse_sum()
        lexeme = self.accept("==", "!=", "<", "<=", ">", ">=", "in", "not")
        if lexeme is None:
            return left
        if lexeme.value == "not":
            self.expect("in")
        name = "not in" if lexeme.value == "not" else lexeme.value
        return self.binary(_COMPARE[name], name, left, self.parse_sum(), lexeme.line)

    def parse_sum(self) -> Evaluator:
        left = self.parse_filters()
        while True:
            lexeme = self.accept(*_SUM)
            if lexeme is None:
                return left
            left = self.binary(_SUM[lexeme.value], lexeme.value, left, self.parse_filters(), lexeme.line)

    @staticmethod
    def binary(
        function: Callable[[Any, Any], Any], name: str, left: Evaluator, right: Evaluator, line: int
    ) -> Evaluator:
        def evaluate(context: Any) -> Any:
            first, second = left(context), right(context)
            try:
                return function(first, second)
            except TypeError as problem:
                raise TemplateError("cannot compute '{}': {}".format(name, problem), line) from problem

        return evaluate

    def parse_filters(self) -> Evaluator:
        value = self.parse_postfix()
        while True:
            lexeme = self.accept("|")
            if lexeme is None:
                return value
            name = self.expect_name()
            args = self.parse_list(")") if self.accept("(") else []
            value = self.filtered(value, name, args, lexeme.line)

    def parse_list(self, end: str) -> List[Evaluator]:
        items: List[Evaluator] = []
        while not self.accept(end):
            if items:
                self.expect(",")
            items.append(self.parse())
        return items

    @staticmethod
    def filtered(value: Evaluator, name: str, args: List[Evaluator], line: int) -> Evaluator:
        def evaluate(context: Any) -> Any:
            function = context.environment.filters.get(name)
            if function is None:
                raise FilterError("no filter named '{}'".format(name), line)
            given = [value(context)] + [arg(context) for arg in args]
            try:
                return function(*given)
            except TemplateError as problem:
                problem.locate(line, None)
                raise
            except (TypeError, ValueError) as problem:
                raise FilterError("filter '{}': {}".format(name, problem), line) from problem

        return evaluate

    def parse_postfix(self) -> Evaluator:
        value = self.parse_atom()
        while True:
            lexeme = self.accept(".", "[")
            if lexeme is None:
                return value
            if lexeme.value == "[":
                key = self.parse()
                self.expect("]")
            else:
                key = self.constant(self.expect_name())
            value = self.item(value, key, lexeme.line)

    @staticmethod
    def item(value: Evaluator, key: Evaluator, line: int) -> Evaluator:
        return lambda context: look_up(value(context), key(context), context, line)

    @staticmethod
    def constant(value: Any) -> Evaluator:
        return lambda context: value

    def parse_atom(self) -> Evaluator:
        lexeme = self.peek()
        if lexeme is None or lexeme.value in _KEYWORDS:
            raise self.error("expected an expression")
        self.index += 1
        kind, text, line = lexeme
        if kind == "number":
            return self.constant(float(text) if "." in text else int(text))
        if kind == "string":
            return self.constant(unquote(text))
        if kind == "name":
            if text in _CONSTANTS:
                return self.constant(_CONSTANTS[text])
            return lambda context: context.resolve(text, line)
        if text == "(":
            value = self.parse()
            self.expect(")")
            return value
        if text == "[":
            items = self.parse_list("]")
            return lambda context: [item(context) for item in items]
        self.index -= 1
        raise self.error("expected an expression")
