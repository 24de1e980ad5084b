"""Tokens to nodes; a node is its line and a function that writes its output."""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

from .core import TemplateError, TemplateSyntaxError, escape, text_of
from .expressions import Evaluator, ExpressionParser
from .lexer import Token

Writer = Callable[[Any, List[str]], None]
Body = List[Tuple[int, Writer]]


def render_all(body: Body, context: Any, out: List[str]) -> None:
    for line, write in body:
        try:
            write(context, out)
        except TemplateError as problem:
            problem.locate(line, context.name)
            raise


def output(value: Evaluator) -> Writer:
    def write(context: Any, out: List[str]) -> None:
        result = value(context)
        out.append(str(escape(result)) if context.autoescape else text_of(result))

    return write


def unpack(names: List[str], item: Any) -> Dict[str, Any]:
    if len(names) == 1:
        return {names[0]: item}
    values = list(item) if isinstance(item, (list, tuple)) else [item]
    if len(values) != len(names):
        raise TemplateError("cannot unpack {} values into {} names".format(len(values), len(names)))
    return dict(zip(names, values))


def loop(names: List[str], source: Evaluator, body: Body, empty: Body) -> Writer:
    def write(context: Any, out: List[str]) -> None:
        found = source(context)
        if isinstance(found, dict) and len(names) == 2:
            found = found.items()
        try:
            items = list(found)
        except TypeError as problem:
            raise TemplateError("cannot loop over {!r}".format(found)) from problem
        if not items:
            render_all(empty, context, out)
        for index, item in enumerate(items):
            scope = unpack(names, item)
            scope["loop"] = {
                "index": index + 1,
                "first": index == 0,
                "last": index == len(items) - 1,
                "length": len(items),
            }
            with context.scope(scope):
                render_all(body, context, out)

    return write


def literal(text: str) -> Writer:
    return lambda context, out: out.append(text)


class Parser:
    def __init__(self, tokens: List[Token]) -> None:
        self.tokens = tokens
        self.index = 0

    def parse_body(self, ends: Tuple[str, ...] = (), opened: Optional[Token] = None) -> Tuple[Body, Any, Any]:
        """Nodes up to a tag in ends; gives that tag's name and the parser of its rest too."""
        body: Body = []
        while self.index < len(self.tokens):
            token = self.tokens[self.index]
            self.index += 1
            if token.kind == "text":
                body.append((token.line, literal(token.value)))
                continue
            rest = ExpressionParser(token.value, token.line)
            if token.kind == "output":
                body.append((token.line, output(rest.parse())))
                rest.finish()
                continue
            tag = rest.expect_name()
            if tag in ends:
                return body, tag, rest
            method = getattr(self, "tag_" + tag, None)
            if method is None:
                raise TemplateSyntaxError("unexpected tag '{}'".format(tag), token.line)
            body.append((token.line, method(rest, token)))
        if opened is not None:
            raise TemplateSyntaxError("'{}' is never closed".format(opened.value.split()[0]), opened.line)
        return body, None, None

    def tag_if(self, rest: ExpressionParser, token: Token) -> Writer:
        branches: List[Tuple[Evaluator, Body]] = []
        tag = "if"
        while tag != "endif":
            condition: Evaluator = (lambda context: True) if tag == "else" else rest.parse()
            rest.finish()
            ends = ("endif",) if tag == "else" else ("elif", "else", "endif")
            body, tag, rest = self.parse_body(ends, token)
            branches.append((condition, body))
        rest.finish()

        def write(context: Any, out: List[str]) -> None:
            for condition, body in branches:
                if condition(context):
                    render_all(body, context, out)
                    return

        return write

    def tag_for(self, rest: ExpressionParser, token: Token) -> Writer:
        names = [rest.expect_name()]
        while rest.accept(","):
            names.append(rest.expect_name())
        rest.expect("in")
        source = rest.parse()
        rest.finish()
        body, tag, rest = self.parse_body(("else", "endfor"), token)
        empty: Body = []
        if tag == "else":
            rest.finish()
            empty, tag, rest = self.parse_body(("endfor",), token)
        rest.finish()
        return loop(names, source, body, empty)

    def tag_set(self, rest: ExpressionParser, token: Token) -> Writer:
        name = rest.expect_name()
        rest.expect("=")
        value = rest.parse()
        rest.finish()
        return lambda context, out: context.assign(name, value(context))

    def tag_include(self, rest: ExpressionParser, token: Token) -> Writer:
        """include NAME [ignore missing] [with A=1, B=2]"""
        target = rest.parse_postfix()
        optional = rest.accept("ignore") is not None
        if optional:
            rest.expect("missing")
        values: Dict[str, Evaluator] = {}
        separator = "with"
        while rest.accept(separator):
            name = rest.expect_name()
            rest.expect("=")
            values[name] = rest.parse()
            separator = ","
        rest.finish()

        def write(context: Any, out: List[str]) -> None:
            given = {name: value(context) for name, value in values.items()}
            context.include(target(context), given, optional, out)

        return write
