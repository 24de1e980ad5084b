"""Cuts the source of a template into text, output and block tokens."""
from __future__ import annotations

import re
from typing import List, NamedTuple

from .core import TemplateSyntaxError


class Token(NamedTuple):
    kind: str  # "text", "output" or "block"
    value: str
    line: int


_OPEN = re.compile(r"\{\{|\{%|\{#")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_KINDS = {"{{": "output", "{%": "block"}


def _find_close(source: str, start: int, closer: str) -> int:
    """Where the tag ends; a closer inside a string literal does not count."""
    quote = ""
    index = start
    while index < len(source):
        char = source[index]
        if quote:
            if char == "\\":
                index += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif source.startswith(closer, index):
            return index
        index += 1
    return -1


def tokenize(source: str) -> List[Token]:
    """The tokens of source; '-' inside a tag's brackets strips the space beside it."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    tokens: List[Token] = []
    position = 0
    line = 1
    strip_left = False
    while True:
        match = _OPEN.search(source, position)
        text = source[position : match.start() if match else len(source)]
        if strip_left:
            stripped = text.lstrip()
            line += text[: len(text) - len(stripped)].count("\n")
            text = stripped
        start_line = line
        line += text.count("\n")
        if match and source.startswith("-", match.end()):
            text = text.rstrip()
        if text:
            tokens.append(Token("text", text, start_line))
        if match is None:
            return tokens

        opener = match.group()
        closer = _CLOSERS[opener]
        start = match.end() + source.startswith("-", match.end())
        close = source.find(closer, start) if opener == "{#" else _find_close(source, start, closer)
        if close < 0:
            raise TemplateSyntaxError("unclosed tag, expected '{}'".format(closer), line)
        body = source[start:close]
        strip_left = body.endswith("-")
        if strip_left:
            body = body[:-1]
        position = close + len(closer)
        if opener != "{#":
            tokens.append(Token(_KINDS[opener], body, line))
        line += source.count("\n", start, position)
