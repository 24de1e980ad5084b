"""Cuts a template into texts, values ``{{ }}``, tags ``{% %}`` and comments ``{# #}``."""

import re

from sprig.errors import SyntaxFault

TEXT, VALUE, TAG = "text", "value", "tag"

_PIECE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_WORD = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\.\w+)*)|(==|!=|<=|>=|[<>|:,=()+-]))""")


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind = kind
        self.text = text
        self.line = line

    def __repr__(self):
        return "Token(%s, %r, %d)" % (self.kind, self.text, self.line)


def tokens(source):
    """Token after token. A minus inside a mark eats the white space of the text on that side of it."""
    line = 1
    eat = False
    pieces = _PIECE.split(source)
    for at, piece in enumerate(pieces):
        start = line
        line += piece.count("\n")
        if at % 2 == 0:
            _no_stray_marks(piece, start)
            if eat:
                piece = piece.lstrip()
            if at + 1 < len(pieces) and pieces[at + 1][2:3] == "-":
                piece = piece.rstrip()
            eat = False
            if piece:
                yield Token(TEXT, piece, start)
            continue
        inner = piece[2:-2]
        eat = inner.endswith("-")
        inner = inner[1:] if inner.startswith("-") else inner
        inner = inner[:-1] if eat else inner
        if piece.startswith("{{"):
            yield Token(VALUE, inner.strip(), start)
        elif piece.startswith("{%"):
            yield Token(TAG, inner.strip(), start)


def _no_stray_marks(text, line):
    for mark in ("{{", "{%", "{#"):
        if mark in text:
            line += text[: text.index(mark)].count("\n")
            raise SyntaxFault("%s is never closed" % mark, line)


def words(text, line):
    """The words of an expression: (kind, text) with kind string, number, name or sign."""
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise SyntaxFault("cannot read %r" % text[at:].strip(), line)
        kind = ("string", "number", "name", "sign")[match.lastindex - 1]
        found.append((kind, match.group(match.lastindex)))
        at = match.end()
    return found
