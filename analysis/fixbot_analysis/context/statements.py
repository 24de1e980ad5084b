"""Where lines may be cut: before statements, and before the paragraphs of a docstring.

Told from brackets, strings and line ends alone, as a parse of a long function would cost more than all else of a context.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fixbot_analysis.context.units import Lines, Page

_STRING = r"(?P<string>\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^\\']|\\.|'(?!''))*'''|\"(?:[^\\\"\n]|\\.)*\"|'(?:[^\\'\n]|\\.)*')"
# What decides whether a line end ends a statement; anything between is passed over.
_TOKEN = re.compile(rf"#[^\n]*|{_STRING}|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<going>\\\n)|(?P<end>\n)", re.DOTALL)
_SAME = re.compile(r"[ \t]*(?:#|$|(?:else|finally)\b\s*:|case\b.*:)")  # no statement of its own begins there
_DECORATOR, _DOCSTRING = re.compile(r"[ \t]*@"), re.compile(r"[ \t]*[rRuU]?(?:\"\"\"|''')")


def cuts(page: Page, first: int, last: int) -> Sequence[int]:
    """Lines from `first` to `last` at which a statement or a paragraph begins, rising; every line where brackets stay open."""
    text = page.text(first, last)
    rows = text.split("\n")
    starts = [0, *_ends(text)] if page.is_python else []
    if not starts or starts[-1] < len(rows) - 1:
        return range(first, last + 1)
    found, decorated = {first}, False
    for row, end in pairwise(starts):
        line = rows[row]
        if not decorated and not _SAME.match(line):
            found.add(first + row)
        decorated = bool(_DECORATOR.match(line)) or (decorated and bool(_SAME.match(line)))
        if _DOCSTRING.match(line):
            inner = range(row + 1, end - 1)
            found.update(first + n for n in inner if rows[n].strip() and not rows[n - 1].strip())
    return sorted(found)


def _ends(text: str) -> Iterator[int]:
    """Rows (from 0) that begin where no bracket and no string is open."""
    depth = row = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "end":
            row += 1
            if depth <= 0:
                yield row
        elif kind == "going":
            row += 1
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "string":
            row += token[0].count("\n")


def around(page: Page, lines: Lines, starts: Sequence[int], line: int, reach: int) -> Lines:
    """Of `lines` the statement at `line`, with the whole ones at most `reach` lines away from it; `starts` are its cuts."""
    at = max(bisect_right(starts, line) - 1, 0)
    first = starts[bisect_left(starts, line - reach, 0, at)]
    after = max(bisect_right(starts, line + reach + 1) - 1, at + 1)  # where what follows the last whole one begins
    last = starts[after] - 1 if after < len(starts) and lines.last > line + reach else lines.last
    while last > first and not page.line(last).strip():
        last -= 1
    return Lines(lines.path, first, max(last, min(line, lines.last)))
