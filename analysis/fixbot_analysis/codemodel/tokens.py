"""Python text as lexical tokens for counting: fast, and never refusing a broken buffer.

Layout is said in tokens of its own (NEWLINE, INDENT, DEDENT), comments are left out, and text that nobody
will type the same way twice (docstrings, long literals) becomes one token, STRING.
"""

import re
from collections import deque

NEWLINE, INDENT, DEDENT, STRING = "<newline>", "<indent>", "<dedent>", "<string>"
LAYOUT = frozenset({NEWLINE, INDENT, DEDENT})
NOT_TEXT = LAYOUT | {STRING}  # tokens that stand for no text of their own

_LITERAL = 32  # characters; a longer string literal is not a token of its own

_TOKEN = re.compile(
    r"""
      [rRbBuUfFtT]{0,2}(?:
          \"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\"|\Z)
        | \'\'\'[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:\'\'\'|\Z)
        | "[^"\\\n]*(?:\\.[^"\\\n]*)*"?
        | '[^'\\\n]*(?:\\.[^'\\\n]*)*'?
      )
    | [^\W\d]\w*
    | \n[ \t\f]*
    | \.\.\. | \d[\w.]* | \.\d[\w]*
    | \#[^\n]*
    | \\\r?\n
    | ->|:=|//=|\*\*=|>>=|<<=|//|\*\*|>>|<<|[-+*/%@&|^=!<>]=
    | \S
    """,
    re.VERBOSE | re.DOTALL,
)

# Words that only begin statements: where one follows a line end, no bracket is open any more, whatever was typed.
_STATEMENTS = frozenset(
    {"def", "class", "import", "return", "while", "with", "try", "except", "finally", "raise", "del", "pass"}
    | {"break", "continue", "global", "nonlocal", "assert"}
)


def tokenize(text: str) -> list[str]:
    """Return the tokens of `text`, which may end anywhere: a trailing line start gives its layout tokens too."""
    return _Layout().tokens(_TOKEN.findall(text))


class _Layout:
    """Turns line starts outside brackets into layout tokens."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.depth = 0
        self.indents = [0]

    def tokens(self, raw: list[str]) -> list[str]:
        line_start = ""
        for token in raw:
            first = token[0]
            if first == "\n":
                line_start = token
                continue
            if first == "#" or (first == "\\" and len(token) > 1):
                continue
            if line_start:
                self._begin_line(line_start, token)
                line_start = ""
            self._add(first, token)
        if line_start:
            self._begin_line(line_start, "")
        return self.out

    def _add(self, first: str, token: str) -> None:
        if first in "([{":
            self.depth += 1
        elif first in ")]}":
            self.depth = max(0, self.depth - 1)
        elif len(token) > 1 and token[-1] in "'\"" and (len(token) > _LITERAL or "\n" in token):
            token = STRING
        self.out.append(token)

    def _begin_line(self, start: str, token: str) -> None:
        if token in _STATEMENTS:
            self.depth = 0
        if self.depth or not self.out:
            return
        self.out.append(NEWLINE)
        width = len(start.expandtabs()) - 1
        if width > self.indents[-1]:
            self.indents.append(width)
            self.out.append(INDENT)
        while width < self.indents[-1]:
            self.indents.pop()
            self.out.append(DEDENT)


def open_literal(text: str) -> bool:
    """Whether `text` ends inside a string literal or a comment, where no name is to be completed."""
    last = deque(_TOKEN.finditer(text), maxlen=1)
    if not last or last[0].end() != len(text):
        return False
    token = last[0].group()
    return token.startswith("#") or _unclosed(token.lstrip("rRbBuUfFtT"))


def _unclosed(literal: str) -> bool:
    for quote in ('"""', "'''", '"', "'"):
        if literal.startswith(quote):
            return len(literal) < 2 * len(quote) or not literal.endswith(quote) or _escaped_end(literal, len(quote))
    return False


def _escaped_end(literal: str, quote: int) -> bool:
    body = literal[:-quote]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1
