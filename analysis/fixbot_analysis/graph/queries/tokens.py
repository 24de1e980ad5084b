"""The words and signs of a query, with their places; and errors that point at them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_analysis.errors import QueryError

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[(),<])|(?P<quoted>"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')|(?P<open>["'])|(?P<word>(?:[^\s(),<"']|(?<!:)')+))""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_AROUND = 60  # characters of the query shown on either side of a fault


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a quoted word or a sign of a query; `column` from 1. The last one of a query is empty."""

    text: str
    column: int
    quoted: bool = False
    sign: bool = False
    tight: bool = False  # nothing stands between it and the one before

    @property
    def shown(self) -> str:
        """How an error names it."""
        return f'"{self.text}"' if self.text or self.quoted else "the end"


def tokens(query: str) -> Iterator[Token]:
    """The tokens of `query`, an empty one at the end. Raises QueryError for quotes that are not closed."""
    at, end = 0, len(query.rstrip())
    while at < end:
        match = _TOKEN.match(query, at)
        assert match is not None  # every character begins something
        start = match.start(match.lastgroup or 0)
        text = match[match.lastgroup or 0]
        if match["open"]:
            raise fault(query, start + 1, f"a {text} that closes this one")
        whole = _ESCAPED.sub(r"\1", text[1:-1]) if match["quoted"] else text
        yield Token(whole, start + 1, bool(match["quoted"]), bool(match["sign"]), start == at)
        at = match.end()
    yield Token("", end + 1)


def fault(query: str, column: int, wanted: str, found: str = "") -> QueryError:
    """The error that shows `query` with a mark below `column`, and says what was `wanted` there."""
    said = f"column {column}: expected {wanted}" + (f", found {found}" if found else "")
    return QueryError(f"{said}\n{pointed(query, column)}", "fixbot graph --help shows the language", column)


def pointed(query: str, column: int) -> str:
    """The part of `query` around `column`, and a mark below it."""
    first = max(column - 1 - _AROUND, 0)
    part = "".join(c if c.isprintable() else " " for c in query[first : column - 1 + _AROUND])
    return f"  {part}\n  {' ' * (column - 1 - first)}^"
