"""Source text as lexical tokens for counting: fast, and never refusing a broken buffer.

Python's layout is said in tokens of its own (NEWLINE, INDENT, DEDENT); in other languages line ends say nothing. Comments are left
out, and text that nobody will type the same way twice (docstrings, long literals) becomes one token, STRING.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

NEWLINE, INDENT, DEDENT, STRING = "<newline>", "<indent>", "<dedent>", "<string>"
LAYOUT = frozenset({NEWLINE, INDENT, DEDENT})
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
NOT_TEXT = LAYOUT | {STRING}  # tokens that stand for no text of their own

_PREFIXES = "rRbBuUfFtT"
_FIELD = re.compile(r"\{\{|\}\}(?=\})|[^{}]+|[{}]")

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

# The languages of curly braces, near enough for counting: C's comments and literals, backquoted text, lifetimes as signs.
_BRACES_TOKEN = re.compile(
    r"""
      //[^\n]*(?:\n|\Z) | /\*.*?(?:\*/|\Z)
    | "[^"\\\n]*(?:\\.[^"\\\n]*)*"? | '(?:[^'\\\n]|\\.[^'\n]*)' | '[^'\\\n]{2,}' | `[^`\\]*(?:\\.[^`\\]*)*(?:`|\Z)
    | [^\W\d]\w*
    | \.\.\.|\.\.= | \d[\w.]* | \.\d\w*
    | <<=|>>=|===|!==|\*\*=|&&=|\|\|=|\?\?=|=>|->|::|:=|<-|\?\.|\?\?|\+\+|--|&&|\|\||<<|>>|\*\*|\.\.|[-+*/%&|^=!<>]=
    | \S
    """,
    re.VERBOSE | re.DOTALL,
)

# Words that only begin statements: where one follows a line end, no bracket is open any more, whatever was typed.
_STATEMENTS = frozenset(
    {"def", "class", "import", "return", "while", "with", "try", "except", "finally", "raise", "del", "pass"}
    | {"break", "continue", "global", "nonlocal", "assert"}
)


def tokenize(text: str, language: str = "python") -> list[str]:
    """Return the tokens of `text`, which may end anywhere: a trailing line start gives its layout tokens too."""
    if language != "python":
        return _without_comments(_BRACES_TOKEN.findall(text))
    layout = Layout()
    layout.read(raw_tokens(text))
    layout.end("")
    return layout.out


@dataclass(frozen=True, slots=True)
class Head:
    """A Python text that ends with a line, read up to there: what follows can be read without reading it again."""

    last: tuple[str, ...]  # its last tokens, without the layout after them
    indents: tuple[int, ...]
    depth: int
    begun: bool

    def tokens(self, text: str) -> list[str]:
        """The tokens that `text` adds, those of the line end before it first."""
        layout = Layout(self.indents, self.begun, self.depth)
        layout.read(raw_tokens("\n" + text))
        layout.end("")
        return layout.out


@lru_cache(maxsize=4)
def _lines_before(text: str) -> Head | None:
    """All of `text`, read; a handful of texts that are typed at are kept."""
    return read_head(text, len(text))


def tokens_to(text: str) -> tuple[tuple[str, ...], str]:
    """Tokens of Python up to the end of `text`, and the literal or comment that it ends inside of, "" where it ends in none.

    While one line is typed at, the lines before it are read once.
    """
    cut = text.rfind("\n") + 1
    known = _lines_before(text[:cut]) if cut else None
    raw = raw_tokens(text[cut:] if known else text)
    last = raw[-1] if raw and text.endswith(raw[-1]) else ""
    is_open = last.startswith("#") or _unclosed(last.lstrip(_PREFIXES))
    tokens = (*known.last, *known.tokens(text[cut:])) if known else tuple(tokenize(text))
    return tokens, last if is_open else ""


@lru_cache(maxsize=256)
def head(text: str, last: int) -> Head | None:
    """As :func:`read_head`, of many texts that are asked for again and again."""
    return read_head(text, last)


def read_head(text: str, last: int) -> Head | None:
    """`text` read, with its `last` tokens; None where it does not end with the end of a line outside of literals."""
    raw = raw_tokens(text)
    if not raw or raw[-1] != "\n":
        return None
    layout = Layout()
    layout.read(raw[:-1])
    return Head(tuple(layout.out[-last:]), tuple(layout.indents), layout.depth, layout.begun)


def braced_tokens(text: str) -> list[str] | None:
    """The tokens of a text with curly braces that ends in an empty line; None where that lies inside a literal or a comment."""
    raw = _BRACES_TOKEN.findall(text)
    return None if raw and raw[-1].endswith("\n") else _without_comments(raw)


def gaps(text: str) -> Iterator[tuple[str, str]]:
    """The tokens of a text with curly braces, each with what stands before it that is no token: blanks, line ends, comments."""
    end = 0
    for match in _BRACES_TOKEN.finditer(text):
        if match[0][:2] not in ("//", "/*"):
            yield _shortened(match[0]), text[end : match.start()]
            end = match.end()


def open_text(text: str) -> bool:
    """Whether a text with curly braces ends inside a literal or a comment."""
    last = deque(_BRACES_TOKEN.finditer(text), maxlen=1)
    if not last or last[0].end() != len(text):
        return False
    token: str = last[0][0]
    if token[:2] in ("//", "/*"):
        return token[-1] != "\n" if token[1] == "/" else not (token.endswith("*/") and len(token) > 3)
    return token[0] in '"`' and (len(token) == 1 or token[-1] != token[0] or _escaped_end(token, 1))


def _without_comments(raw: Sequence[str]) -> list[str]:
    return [_shortened(token) for token in raw if token[:2] not in ("//", "/*")]


def raw_tokens(text: str) -> list[str]:
    """Lexemes of Python as they stand, comments and line starts (a line end with the indentation after it) among them."""
    return _TOKEN.findall(text)


class Layout:
    """Turns lexemes of Python into tokens, line starts outside brackets into layout tokens.

    `indents` are the open indentations (columns, outermost first), `depth` the open brackets; `begun`: there were tokens before.
    """

    def __init__(self, indents: Sequence[int] = (0,), begun: bool = False, depth: int = 0) -> None:
        self.out: list[str] = []
        self.depth = depth
        self.indents = list(indents)
        self.begun = begun
        self._line_start = ""

    def read(self, raw: Sequence[str]) -> None:
        """Take in the next lexemes; a line start at their end waits for what follows it, or for :meth:`end`."""
        line_start = self._line_start
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
        self._line_start = line_start

    def end(self, following: str) -> None:
        """Say the layout before the word `following`, "" at the end of the text."""
        if self._line_start:
            self._begin_line(self._line_start, following)
            self._line_start = ""

    def _add(self, first: str, token: str) -> None:
        if first in "([{":
            self.depth += 1
        elif first in ")]}":
            self.depth = max(0, self.depth - 1)
        elif len(token) > _LITERAL or token[-1] in "'\"" or "\n" in token:
            token = _shortened(token)
        self.out.append(token)
        self.begun = True

    def _begin_line(self, start: str, token: str) -> None:
        if token in _STATEMENTS:
            self.depth = 0
        if self.depth or not self.begun:
            return
        self.out.append(NEWLINE)
        width = len(start.expandtabs()) - 1
        if width > self.indents[-1]:
            self.indents.append(width)
            self.out.append(INDENT)
        while width < self.indents[-1]:
            self.indents.pop()
            self.out.append(DEDENT)


def _shortened(token: str) -> str:
    """STRING for a literal that is long or goes over lines, closed or not, else the token itself."""
    is_text = len(token) > 1 and token[-1] in "'\"`"
    return STRING if "\n" in token or (is_text and len(token) > _LITERAL) else token


def open_literal(text: str) -> bool:
    """Whether `text` ends inside a string literal or a comment, where no name is to be completed."""
    return bool(_open_token(text))


def open_field(text: str) -> tuple[str, str] | None:
    """The text before the f-string that `text` ends in, and the code of the replacement field under way; None outside of such."""
    token = _open_token(text)
    literal = token.lstrip(_PREFIXES)
    if not {"f", "F", "t", "T"} & set(token[: len(token) - len(literal)]):
        return None
    quote = literal[:3] if literal[:3] in ('"""', "'''") else literal[:1]
    code, opened = "", False
    for part in _FIELD.findall(literal[len(quote) :]):
        if not opened:
            opened, code = part == "{", ""
        elif part == "}" and _closed(code):
            opened = False
        else:
            code += part
    is_format = any(_closed(head) for head in _heads(code, ":")) or any(_closed(head) for head in _heads(code, "!"))
    return (text[: len(text) - len(token)], code) if opened and not is_format else None


def _heads(code: str, sign: str) -> list[str]:
    """What stands before each `sign`, comparisons aside."""
    return [code[:at] for at, each in enumerate(code) if each == sign and code[at + 1 : at + 2] != "="]


def _closed(code: str) -> bool:
    """Whether every bracket in `code` is closed."""
    return all(code.count(a) <= code.count(b) for a, b in ("()", "[]", "{}"))


def _open_token(text: str) -> str:
    """The literal or comment that `text` ends inside of; "" where it does not."""
    last = deque(_TOKEN.finditer(text), maxlen=1)
    if not last or last[0].end() != len(text):
        return ""
    token: str = last[0].group()
    return token if token.startswith("#") or _unclosed(token.lstrip(_PREFIXES)) else ""


def _unclosed(literal: str) -> bool:
    for quote in ('"""', "'''", '"', "'"):
        if literal.startswith(quote):
            return len(literal) < 2 * len(quote) or not literal.endswith(quote) or _escaped_end(literal, len(quote))
    return False


def _escaped_end(literal: str, quote: int) -> bool:
    body = literal[:-quote]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1
