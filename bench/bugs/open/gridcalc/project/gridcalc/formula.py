"""Formulas as trees of tuples.

The nodes are ``("const", value)``, ``("ref", Ref)``, ``("range", Ref, Ref)``,
``("neg", node)``, ``("op", sign, left, right)``,
``("call", name, nodes)`` and ``("error", CellError)``.
"""

import re

from .refs import parse_ref, range_rows
from .values import REF

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<string>"(?:[^"]|"")*")
  | (?P<error>\#REF!)
  | (?P<ref>\$?[A-Za-z]{1,3}\$?[1-9][0-9]*(?![A-Za-z0-9_(]))
  | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
  | (?P<sign><=|>=|<>|[-+*/^&=<>(),:])
)""",
    re.VERBOSE,
)

_LEVELS = [("=", "<>", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",)]


class FormulaError(ValueError):
    """The text is not a formula."""


def scan(text):
    """The match of each token, one after the other."""
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaError("unexpected %r at %d" % (text[place], place))
        yield match
        place = match.end()


class _Parser:
    def __init__(self, tokens):
        self.tokens = tokens
        self.place = 0

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else (None, None)

    def take(self):
        token = self.peek()
        self.place += 1
        return token

    def accept(self, sign):
        if self.peek() == ("sign", sign):
            self.place += 1
            return True
        return False

    def expect(self, sign):
        if not self.accept(sign):
            raise FormulaError("expected %r" % sign)

    def binary(self, level=0):
        """Operators of one level, from left to right."""
        if level == len(_LEVELS):
            return self.unary()
        node = self.binary(level + 1)
        while self.peek()[0] == "sign" and self.peek()[1] in _LEVELS[level]:
            sign = self.take()[1]
            node = ("op", sign, node, self.binary(level + 1))
        return node

    def unary(self):
        if self.accept("-"):
            return ("neg", self.unary())
        if self.accept("+"):
            return self.unary()
        return self.primary()

    def primary(self):
        kind, text = self.take()
        if kind == "number":
            return ("const", int(text) if text.isdigit() else float(text))
        if kind == "string":
            return ("const", text[1:-1].replace('""', '"'))
        if kind == "error":
            return ("error", REF)
        if kind == "ref":
            first = parse_ref(text)
            if self.accept(":"):
                kind, text = self.take()
                if kind != "ref":
                    raise FormulaError("a range ends in a reference")
                return ("range", first, parse_ref(text))
            return ("ref", first)
        if kind == "word":
            return self.word(text.upper())
        if (kind, text) == ("sign", "("):
            node = self.binary()
            self.expect(")")
            return node
        raise FormulaError("unexpected %s" % ("end" if kind is None else repr(text)))

    def word(self, name):
        if not self.accept("("):
            if name in ("TRUE", "FALSE"):
                return ("const", name == "TRUE")
            raise FormulaError("unknown name %r" % name)
        nodes = []
        if not self.accept(")"):
            nodes.append(self.binary())
            while self.accept(","):
                nodes.append(self.binary())
            self.expect(")")
        return ("call", name, nodes)


def parse(text):
    """The tree of a formula, given without its equals sign."""
    parser = _Parser([(match.lastgroup, match.group(match.lastgroup)) for match in scan(text)])
    node = parser.binary()
    if parser.peek()[0] is not None:
        raise FormulaError("unexpected %r" % parser.peek()[1])
    return node


def references(node):
    """Each cell that the tree names, ranges included."""
    if node[0] == "ref":
        return {node[1].cell}
    if node[0] == "range":
        return {cell for row in range_rows(node[1], node[2]) for cell in row}
    found = set()
    for part in node[1:]:
        for child in part if isinstance(part, list) else [part]:
            if isinstance(child, tuple):
                found |= references(child)
    return found


def rewrite(text, change):
    """The formula with each reference replaced by ``change(ref)``; None becomes ``#REF!``."""
    pieces = []
    for match in scan(text):
        piece = match.group()
        if match.lastgroup == "ref":
            ref = change(parse_ref(match.group("ref")))
            blank = piece[: len(piece) - len(match.group("ref"))]
            piece = blank + ("#REF!" if ref is None else str(ref))
        pieces.append(piece)
    return "".join(pieces)
