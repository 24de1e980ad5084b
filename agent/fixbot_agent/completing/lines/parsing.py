"""Whether a file parses with a suggestion as well as without, asked of the definition around the cursor: the rest of the file is as it was."""

import re

from fixbot_analysis.codemodel import tokenize
from fixbot_analysis.codemodel.grammar import Brackets
from fixbot_analysis.source import Document, Span
from fixbot_analysis.syntax import SyntaxTree

_LARGEST = 60_000  # bytes of the stretch that is parsed while somebody waits
_DEFINITION = re.compile(rb"\n(?=(?:async[ \t]+def|def|class)[ \t]|@)")


def still_parses(document: Document, replaced: Span, text: str, language: str = "python") -> bool:
    """Whether `text` in the place of the bytes `replaced` brings no syntax error, and in Python none stands on its own lines.

    Elsewhere, where that is told by blocks that are still open, they are thought to be closed.
    """
    around = _around(document, replaced) if language == "python" else _near(document, replaced)
    data = document.data[around.start : around.end]
    start, end, new = replaced.start - around.start, replaced.end - around.start, text.encode()
    before = SyntaxTree.parse(data, language)
    changed = data[:start] + new + data[end:]
    after = before.edited(changed, start, end, start + len(new))
    broken = after.errors()
    begin = changed.rfind(b"\n", 0, start) + 1
    finish = changed.find(b"\n", start + len(new))
    finish = len(changed) if finish < 0 else finish
    if language != "python":
        return len(broken) <= len(before.errors()) or _parses_closed(data[:start], new, language)
    return len(broken) <= len(before.errors()) and not any(begin <= e.start < finish for e in broken)


def _parses_closed(head: bytes, new: bytes, language: str) -> bool:
    """Whether what is written up to a suggestion's end parses as well as what is written up to its line, every open block closed."""
    line = head.rfind(b"\n") + 1
    texts = (head[:line], head + new + b"\n")
    was, now = (len(SyntaxTree.parse(text + _closing(text, language), language).errors()) for text in texts)
    return now <= was


def _closing(text: bytes, language: str) -> bytes:
    """The brackets that close what is open at the end of a text."""
    return Brackets(tokenize(text.decode("utf-8", "replace"), language)).closing.encode()


def _around(document: Document, replaced: Span) -> Span:
    """The definition at the outermost level around a place, and what follows it up to the next."""
    data = document.data
    line = data.rfind(b"\n", 0, replaced.start) + 1
    start, least = 0, max(0, line - _LARGEST)
    for match in _DEFINITION.finditer(data, least, line):
        start = match.end()
    after = _DEFINITION.search(data, replaced.end)
    end = after.start() + 1 if after else len(data)
    return Span(start or least, min(end, replaced.end + _LARGEST))


def _near(document: Document, replaced: Span) -> Span:
    return (
        Span(0, len(document.data))
        if len(document.data) <= 4 * _LARGEST
        else Span(max(0, replaced.start - _LARGEST), replaced.end)
    )
