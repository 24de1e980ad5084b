"""Text as Python: whether it is a program, what makes it one of today's, where one stands without a fence."""

import ast
import re
import warnings
from collections.abc import Sequence

_PRINT = re.compile(r"^([ \t]*)print[ \t]+(?![=(.\[])([^\n]*[^\s,\\])[ \t]*$", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from [\w.]{1,200} import \S|import [\w.]{1,200}(?:\s*(?:as|,)\s*\w|\s*(?:#|$)))")
_FURTHER_CODE = re.compile(
    r"^(?:[ \t]|@|#|(?:class|def|for|while|with|if|try|except|else|elif|finally|return|assert|raise|print|async|del)\b"
    r"|[)\]}]|[A-Za-z_][\w.]*(?:\[[^\n\]]*\])?\s*(?:[-+*/%|&]?=[^=]|\(|:\s*\w+\s*=)|[A-Za-z_][\w.]*\.\w+$)"
)
_LONGEST = 100_000  # characters of a block that are parsed
_MOST_LINES = 300  # of a program without a fence
_FEWER = 12  # lines at its end that may turn out to be no code


def parsed(source: str) -> list[ast.stmt]:
    """The statements of `source`; [] when it is no Python 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source[:_LONGEST]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def modern(source: str) -> str:
    """`source` with the print statements of Python 2 as calls, where that makes it Python 3; else as it is."""
    if parsed(source):
        return source
    called = _PRINT.sub(r"\1print(\2)", source)
    return called if parsed(called) else source


def programs(lines: Sequence[str]) -> dict[int, int]:
    """The programs that stand in `lines` without a fence: first line -> the line after the last.

    One begins with an import, goes on as long as lines fit, and all of it together is Python that does more than import.
    Lines that were tried in vain are not tried again: the time is linear in them.
    """
    found, at = dict[int, int](), 0
    while at < len(lines):
        if not _IMPORT.match(lines[at]):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and end < at + _MOST_LINES and _fits(lines[end]):
            end += 1
        if last := _last(lines, at, end):
            found[at] = end = last
        at = end
    return found


def _last(lines: Sequence[str], start: int, end: int) -> int:
    """Where the program of lines `start` to `end` ends; 0 for none."""
    for last in range(end, max(start + 1, end - _FEWER), -1):
        if lines[last - 1].strip() and (body := parsed(modern("\n".join(lines[start:last])))):
            return last if any(not isinstance(s, ast.Import | ast.ImportFrom) for s in body) else 0
    return 0


def _fits(line: str) -> bool:
    return not line.strip() or bool(_IMPORT.match(line) or _FURTHER_CODE.match(line))
