"""Tokens to nodes."""

import re

from sprig import expressions, nodes
from sprig.errors import SyntaxFault
from sprig.lexer import TAG, TEXT, tokens

_FOR = re.compile(r"for\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s+in\s+(.+)", re.DOTALL)
_SET = re.compile(r"set\s+([A-Za-z_]\w*)\s*=\s*(.+)", re.DOTALL)


class Parser:
    def __init__(self, source):
        self.stream = list(tokens(source))
        self.at = 0

    def parse(self):
        body, end = self.block(())
        return body

    def block(self, ends, opened=None):
        """Nodes up to a tag whose first word is one of `ends`; the block and that tag."""
        found = []
        while self.at < len(self.stream):
            token = self.stream[self.at]
            self.at += 1
            if token.kind == TEXT:
                found.append(nodes.Text(token.text))
            elif token.kind == TAG:
                word = token.text.split(None, 1)[0] if token.text else ""
                if word in ends:
                    return nodes.Block(found), token
                found.append(self.tag(word, token))
            else:
                found.append(nodes.Value(expressions.parse(token.text, token.line)))
        if opened is not None:
            raise SyntaxFault("%r is never ended" % opened.text, opened.line)
        return nodes.Block(found), None

    def tag(self, word, token):
        if word == "if":
            return self.if_(token)
        if word == "for":
            return self.for_(token)
        if word == "set":
            match = _SET.fullmatch(token.text)
            if match is None:
                raise SyntaxFault("set NAME = VALUE is wanted", token.line)
            return nodes.Set(match.group(1), expressions.parse(match.group(2), token.line))
        if word == "include":
            return nodes.Include(expressions.parse(token.text[len("include"):], token.line))
        raise SyntaxFault("there is no tag %r" % word, token.line)

    def if_(self, opened):
        branches, otherwise = [], None
        condition = expressions.parse(opened.text[2:], opened.line)
        while True:
            body, end = self.block(("elif", "else", "endif"), opened)
            if condition is not None:
                branches.append((condition, body))
            else:
                otherwise = body
            word = end.text.split(None, 1)[0]
            if word == "endif":
                return nodes.If(branches, otherwise)
            if condition is None:
                raise SyntaxFault("%s after else" % word, end.line)
            condition = expressions.parse(end.text[4:], end.line) if word == "elif" else None

    def for_(self, opened):
        match = _FOR.fullmatch(opened.text)
        if match is None:
            raise SyntaxFault("for NAME in VALUE is wanted", opened.line)
        names = [name.strip() for name in match.group(1).split(",")]
        items = expressions.parse(match.group(2), opened.line)
        body, end = self.block(("empty", "endfor"), opened)
        empty = None
        if end.text == "empty":
            empty, end = self.block(("endfor",), opened)
        return nodes.For(names, items, body, empty)
