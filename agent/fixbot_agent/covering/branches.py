"""The branches of a module as coverage.py counts them: from each line the lines that control can go to, where these are several.

Arcs are between first lines of statements, after coverage.py's documentation ("Branch coverage measurement"): what stands on one line
is one, `except` clauses are none, a `def` or `class` on one line is one, and what is left out of the report counts for nothing.
"""

import ast
import dis
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CodeType

from fixbot_agent.covering.leaving_out import Statements

Function = ast.FunctionDef | ast.AsyncFunctionDef
_After = tuple[int, ...]
"""Lines that may be seen to run next, the one that counts last (leaving a ``with``, its line is seen once more); () for none."""


@dataclass(frozen=True, slots=True, order=True)
class Exit:
    """One way from a line: `line`, the line `to` which it leads (-line for out of what begins there), `seen` as `to` or before it."""

    line: int
    to: int
    seen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Where:
    """What jumps lead to: the head of a loop and what follows it, the line of what ``return`` leaves, the first handler of a ``try``."""

    out: int
    top: _After = ()
    behind: _After = ()
    handler: int = 0
    is_raised: bool = True  # out of the function; a `try` with nothing but `finally` keeps it


def exits(tree: ast.Module, statements: Statements) -> tuple[Exit, ...]:
    """The ways from lines that have more than one, by line. `statements` says what is left out."""
    found: dict[tuple[int, int], Exit] = {}
    for each in _Walk(statements, _coded(tree, statements)).all(tree):
        if each.line != each.to and each.line not in statements.excluded and each.to not in statements.excluded:
            old = found.get((each.line, each.to))
            found[each.line, each.to] = replace(each, seen=tuple(sorted({*each.seen, *(old.seen if old else ())})))
    counts: dict[int, int] = {}
    for line, _ in found:
        counts[line] = counts.get(line, 0) + 1
    return tuple(found[place] for place in sorted(found) if counts[place[0]] > 1)


def _coded(tree: ast.Module, statements: Statements) -> frozenset[int]:
    """First lines of the statements for which there is code."""
    lines: set[int] = set()
    waiting: list[CodeType] = [compile(tree, "<module>", "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        lines.update(line for _, line in dis.findlinestarts(code) if line)
        waiting += [each for each in code.co_consts if isinstance(each, CodeType)]
    return frozenset(map(statements.first, lines))


class _Walk:
    """Goes through statements, each with what follows it."""

    def __init__(self, statements: Statements, coded: frozenset[int]) -> None:
        self._first = statements.first
        self._coded = coded

    def all(self, tree: ast.Module) -> Iterator[Exit]:
        """The ways from heads and from what ends its function, class or module."""
        yield from self._body(tree.body, (-1,), _Where(-1))
        for node in ast.walk(tree):
            if isinstance(node, Function | ast.ClassDef):
                out = -self._entry(node)
                yield from self._body(node.body, (out,), _Where(out))

    def _entry(self, node: ast.stmt) -> int:
        decorators = node.decorator_list if isinstance(node, Function | ast.ClassDef) else []
        return self._first(min([node.lineno, *(d.lineno for d in decorators)]))

    def _real(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        return [each for each in body if self._entry(each) in self._coded]

    def _start(self, body: Sequence[ast.stmt], after: _After) -> _After:
        real = self._real(body)
        return (self._entry(real[0]),) if real else after

    def _body(self, body: Sequence[ast.stmt], after: _After, where: _Where) -> Iterator[Exit]:
        real = self._real(body)
        for number, node in enumerate(real):
            following = (self._entry(real[number + 1]),) if number + 1 < len(real) else after
            yield from self._ways(node, following, where)

    def _ways(self, node: ast.stmt, after: _After, where: _Where) -> Iterator[Exit]:
        match node:
            case ast.If():
                yield from self._if(node, after, where)
            case ast.While() | ast.For() | ast.AsyncFor():
                yield from self._loop(node, after, where)
            case ast.Match():
                yield from self._match(node, after, where)
            case ast.With() | ast.AsyncWith():
                line = self._first(node.lineno)
                yield from self._way(line, self._start(node.body, after))
                yield from self._body(node.body, (line, *after) if after else (), where)
                if self._entry(node.body[-1]) == line and self._ends(node.body):
                    yield from self._way(line, after)
            case ast.Try() | ast.TryStar():
                yield from self._try(node, after, where)
            case _:
                last = self._first(node.lineno)
                yield from self._way(last, self._jump(node, after, where))

    def _jump(self, node: ast.stmt, after: _After, where: _Where) -> _After:
        match node:
            case ast.Return():
                return (where.out,)
            case ast.Raise():
                return (where.handler,) if where.handler else (where.out,) if where.is_raised else ()
            case ast.Break():
                return where.behind
            case ast.Continue():
                return where.top
        return after

    def _way(self, line: int, after: _After) -> Iterator[Exit]:
        if after:
            yield Exit(line, after[-1], after)

    def _if(self, node: ast.If, after: _After, where: _Where) -> Iterator[Exit]:
        line, known = self._first(node.test.lineno), _constant(node.test)
        for body, needed in ((node.body, True), (node.orelse, False)):
            if known is None or known is needed:
                yield from self._way(line, self._start(body, after))
                yield from self._body(body, after, where)

    def _loop(self, node: ast.While | ast.For | ast.AsyncFor, after: _After, where: _Where) -> Iterator[Exit]:
        head = node.test if isinstance(node, ast.While) else node.iter
        line = self._first(head.lineno)
        yield from self._way(line, self._start(node.body, (line,)))
        inside = replace(where, top=(line,), behind=after)
        yield from self._body(node.body, (line,), inside)
        if node.orelse or not (isinstance(node, ast.While) and _constant(head) is not None):
            yield from self._way(line, self._start(node.orelse, after))
        yield from self._body(node.orelse, after, where)

    def _match(self, node: ast.Match, after: _After, where: _Where) -> Iterator[Exit]:
        lines = [self._first(case.pattern.lineno) for case in node.cases]
        yield from self._way(self._first(node.lineno), (lines[0],))
        for number, case in enumerate(node.cases):
            yield from self._way(lines[number], self._start(case.body, after))
            if number + 1 < len(lines):
                yield from self._way(lines[number], (lines[number + 1],))
            elif not takes_all(case):
                yield from self._way(lines[number], after)
            yield from self._body(case.body, after, where)

    def _try(self, node: ast.Try | ast.TryStar, after: _After, where: _Where) -> Iterator[Exit]:
        goes_on = self._ends([*node.body, *node.orelse]) or any(self._ends(h.body) for h in node.handlers)
        then = self._start(node.finalbody, after)
        handlers = [self._first(handler.lineno) for handler in node.handlers]
        yield from self._way(self._first(node.lineno), self._start(node.body, then))
        inside = replace(where, handler=handlers[0] if handlers else 0, is_raised=False)
        yield from self._body(node.body, self._start(node.orelse, then), inside)
        kept = replace(where, handler=0, is_raised=False) if node.finalbody else where
        for handler, line in zip(node.handlers, handlers, strict=True):
            yield from self._way(line, self._start(handler.body, then))
            yield from self._body(handler.body, then, kept)
        yield from self._body(node.orelse, then, kept)
        yield from self._body(node.finalbody, after if goes_on else (), where)

    def _ends(self, body: Sequence[ast.stmt]) -> bool:
        """Whether control can come to the end of `body`."""
        return all(map(self._passes, self._real(body)))

    def _passes(self, node: ast.stmt) -> bool:
        match node:
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                return False
            case ast.If():
                known = _constant(node.test)
                return (known is not False and self._ends(node.body)) or (known is not True and self._ends(node.orelse))
            case ast.While() if _constant(node.test) is not None and not node.orelse:
                return _breaks(node.body)
            case ast.While() | ast.For() | ast.AsyncFor():
                return _breaks(node.body) or self._ends(node.orelse)
            case ast.With() | ast.AsyncWith():
                return self._ends(node.body)
            case ast.Match():
                return not takes_all(node.cases[-1]) or any(self._ends(case.body) for case in node.cases)
            case ast.Try() | ast.TryStar():
                goes_on = self._ends([*node.body, *node.orelse]) or any(self._ends(h.body) for h in node.handlers)
                return goes_on and self._ends(node.finalbody)
        return True


def _breaks(body: Sequence[ast.stmt]) -> bool:
    """Whether a loop of this body is left by a ``break`` of its own."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, ast.While | ast.For | ast.AsyncFor):
            waiting += node.orelse
        elif not isinstance(node, Function | ast.ClassDef | ast.expr):
            waiting += ast.iter_child_nodes(node)
    return False


def _constant(test: ast.expr) -> bool | None:
    """What a condition is where it needs no running; None where it does."""
    match test:
        case ast.Constant():
            return bool(test.value)
        case ast.Name(id="__debug__"):
            return True
        case ast.UnaryOp(op=ast.Not()):
            inner = _constant(test.operand)
            return None if inner is None else not inner
        case ast.BoolOp():
            known = [_constant(each) for each in test.values]
            if None in known:
                return None
            return any(known) if isinstance(test.op, ast.Or) else all(known)
    return None


def takes_all(case: ast.match_case) -> bool:
    """Whether a case takes whatever comes to it."""
    pattern = case.pattern
    while isinstance(pattern, ast.MatchOr | ast.MatchAs):
        inner = pattern.patterns[-1] if isinstance(pattern, ast.MatchOr) else pattern.pattern
        if inner is None:
            return case.guard is None
        pattern = inner
    return False


def by_line(found: Sequence[Exit]) -> Mapping[int, tuple[int, ...]]:
    """Line -> the numbers of its exits in `found`."""
    rows: dict[int, tuple[int, ...]] = {}
    for number, each in enumerate(found):
        rows[each.line] = (*rows.get(each.line, ()), number)
    return rows
