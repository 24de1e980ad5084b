"""Where lines may be cut: before statements, and before the paragraphs of a docstring."""

import ast
import warnings
from collections.abc import Sequence

from fixbot_analysis.context.units import Lines, Page


def cuts(page: Page, first: int, last: int) -> Sequence[int]:
    """Lines from `first` to `last` at which a statement or a paragraph begins, rising; every line where Python cannot read them."""
    text = page.text(first, last)
    inside = text[:1] in (" ", "\t")  # a definition in a class cannot be read by itself
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the project that is read: an invalid escape is not the reader's
            tree = ast.parse("if 1:\n" + text if inside else text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return range(first, last + 1)
    offset = first - 1 - inside
    found = {first}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            decorators = getattr(node, "decorator_list", ())
            found.add(offset + min([node.lineno, *(d.lineno for d in decorators)]))
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                inner = range(offset + node.lineno + 1, offset + (node.end_lineno or node.lineno))
                found.update(n for n in inner if page.line(n).strip() and not page.line(n - 1).strip())
    return sorted(n for n in found if first <= n <= last)


def around(page: Page, lines: Lines, starts: Sequence[int], line: int, reach: int) -> Lines:
    """Of `lines` the statement at `line`, with the whole ones at most `reach` lines away from it; `starts` are its cuts."""
    ends = [*(n - 1 for n in starts[1:]), lines.last]
    at = max((n for n, start in enumerate(starts) if start <= line), default=0)
    first = min((s for s in starts[: at + 1] if s >= line - reach), default=starts[at])
    last = max((e for e in ends[at:] if e <= line + reach), default=ends[at])
    first, last = min(first, starts[at]), max(last, ends[at])
    while last > first and not page.line(last).strip():
        last -= 1
    return Lines(lines.path, first, max(last, min(line, lines.last)))
