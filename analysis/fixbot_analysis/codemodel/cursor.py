"""The site at a cursor, read from no more of the text than says something about it: the headers around, and the function it stands in."""

from collections.abc import Sequence

from fixbot_analysis.codemodel.sites import Site, SiteReader
from fixbot_analysis.codemodel.tokens import DEDENT, INDENT, LAYOUT, NEWLINE

_LONGEST = 4000  # tokens of a function that are looked at


def site_at(tokens: Sequence[str]) -> Site | None:
    """The site that `tokens` end in; None where their end is no dot after an expression."""
    if tokens[-1:] != ["."] and tokens[-1:] != (".",):
        return None
    reader = SiteReader()
    for _ in reader.read(_telling(tokens)):
        pass
    return reader.site


def _telling(tokens: Sequence[str]) -> list[str]:
    """The headers of the blocks around the end, outermost first, and everything since the first of them that is a function's."""
    told: list[str] = []
    blocks = _blocks(tokens)
    for opening in blocks:
        header = _header(tokens, opening)
        if "def" in tokens[header : header + 2]:
            return told + list(tokens[header:])
        told += tokens[header : opening + 1]
    last = next((at for at in range(len(tokens) - 1, -1, -1) if tokens[at] in (INDENT, DEDENT)), -1)
    return told + list(tokens[last + 1 :])


def _blocks(tokens: Sequence[str]) -> list[int]:
    """Where the blocks begin that are open at the end: indices of their indentations, outermost first."""
    found, level, lowest = [], 0, 0
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at] == DEDENT:
            level += 1
        elif tokens[at] == INDENT:
            level -= 1
            if level < lowest:
                lowest = level
                found.append(at)
    return found[::-1]


def _header(tokens: Sequence[str], opening: int) -> int:
    """Index of the first token of the header before the indentation at `opening`."""
    at = opening - 1 if opening and tokens[opening - 1] == NEWLINE else opening
    while at and tokens[at - 1] not in LAYOUT:
        at -= 1
    return at


def function_around(tokens: Sequence[str]) -> int:
    """Index of the first token of the outermost function around the end of `tokens`; where none is, of the statement at their end."""
    first = max(0, len(tokens) - _LONGEST)
    near = tokens[first:]
    for opening in _blocks(near):
        header = _header(near, opening)
        if "def" in near[header : header + 2]:
            return first + header
    at = len(tokens)
    while at and tokens[at - 1] not in LAYOUT:
        at -= 1
    return at
