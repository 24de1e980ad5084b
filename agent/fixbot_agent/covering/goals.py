"""What there is to cover in a module: both outcomes of each branch, and the entry of each function.

A function without branches counts by its entry, as in EvoSuite and Pynguin; what coverage.py's pragma excludes does not count.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_repair.exercising import Head

Function = ast.FunctionDef | ast.AsyncFunctionDef
_PRAGMA = re.compile(rb"#\s*pragma:\s*no\s*cover")
Goal = int
"""2 n or 2 n + 1 for the outcomes of head n, -line for the entry of a function whose body begins there."""


@dataclass(frozen=True, slots=True)
class Span:
    """A function by its dotted name: first line with decorators, first line of the body, last line."""

    name: str
    first: int
    body: int
    last: int


@dataclass(frozen=True, slots=True)
class Goals:
    """All goals of a module. `tests` are the conditions of its heads, by number; `spans` its functions."""

    heads: tuple[Head, ...]
    tests: tuple[ast.expr | None, ...]
    spans: tuple[Span, ...]
    all: frozenset[Goal]

    def reached(self, lines: frozenset[int], branches: frozenset[int]) -> frozenset[Goal]:
        """The goals among what ran."""
        entered = (-span.body for span in self.spans if any(span.body <= n <= span.last for n in lines))
        return self.all.intersection([*branches, *entered])

    def near(self, lines: frozenset[int], goal: Goal) -> bool:
        """Whether the head of `goal` ran: its other outcome was taken."""
        return goal >= 0 and any(first <= n <= last for first, last, *_ in [self.heads[goal // 2]] for n in lines)

    def span_of(self, line: int) -> Span | None:
        """The innermost function that holds a line."""
        return max((s for s in self.spans if s.first <= line <= s.last), key=lambda s: s.first, default=None)

    def line_of(self, goal: Goal) -> int:
        """Where a goal is, from 1."""
        return -goal if goal < 0 else self.heads[goal // 2][0]

    def share(self, reached: frozenset[Goal]) -> float:
        """Which part of all goals `reached` is; 1 where there are none."""
        return len(self.all & reached) / len(self.all) if self.all else 1.0


def goals(source: bytes) -> Goals:
    """The goals of a module. Raises SyntaxError, ValueError."""
    tree = ast.parse(source)
    excluded = _excluded(source, tree)
    spans = tuple(span for span in _spans(tree, "") if span.body not in excluded)
    heads: list[Head] = []
    tests: list[ast.expr | None] = []
    for function in ast.walk(tree):
        if isinstance(function, Function) and function.body[0].lineno not in excluded:
            for head, test in _heads(function):
                if head[0] not in excluded and head not in heads:
                    heads.append(head)
                    tests.append(test)
    found = [*range(2 * len(heads)), *(-span.body for span in spans)]
    return Goals(tuple(heads), tuple(tests), spans, frozenset(found))


def _spans(node: ast.AST, prefix: str) -> Iterator[Span]:
    """Functions of modules and classes; those within functions count as part of these."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            body = _body(child)
            first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
            if body is not None:
                yield Span(prefix + child.name, first, body, child.end_lineno or child.lineno)
        elif isinstance(child, ast.ClassDef):
            yield from _spans(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If | ast.Try):
            yield from _spans(child, prefix)


def _body(function: Function) -> int | None:
    """The line of the first statement that runs; None where there is nothing to run."""
    for statement in function.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, ast.Global | ast.Nonlocal):
            return statement.lineno if statement.lineno > function.lineno else None
    return None


def _heads(function: Function) -> Iterator[tuple[Head, ast.expr | None]]:
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Constant):
            yield from _head(node.test.lineno, node.test.end_lineno, node.body, node.test, loops=False)
        elif isinstance(node, ast.For):
            yield from _head(node.lineno, node.iter.end_lineno, node.body, node.iter, loops=True)
        elif isinstance(node, ast.match_case) and not _takes_all(node):
            yield from _head(node.pattern.lineno, node.pattern.end_lineno, node.body, node.guard, loops=False)


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def _head(
    first: int, last: int | None, body: list[ast.stmt], test: ast.expr | None, *, loops: bool
) -> Iterator[tuple[Head, ast.expr | None]]:
    inner = body[0]
    decorators = inner.decorator_list if isinstance(inner, Function | ast.ClassDef) else []
    begins = min([inner.lineno, *(d.lineno for d in decorators)])
    if begins > (last or first):  # else both are on one line, and nobody can tell
        yield (first, last or first, begins, loops), test


def _excluded(source: bytes, tree: ast.Module) -> frozenset[int]:
    """Lines that a pragma leaves out, with what they open."""
    marked = {n for n, line in enumerate(source.split(b"\n"), 1) if _PRAGMA.search(line)}
    found = set(marked)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno in marked:
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(found)
