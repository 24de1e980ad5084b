"""Small slips in the functions of a module, as edits of its bytes: what tests should notice.

The kinds are those of mutation testing: operators and constants exchanged, conditions turned round, statements and results
left out (DeMillo, Lipton, Sayward, "Hints on Test Data Selection", IEEE Computer 1978; Jia, Harman, IEEE TSE 2011).
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeGuard

_OTHER = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.Is: "is not", ast.IsNot: "is",
    ast.In: "not in", ast.NotIn: "in", ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "/",
    ast.Mod: "/", ast.And: "or", ast.Or: "and",
}  # fmt: skip
EXCHANGED = frozenset({"operator", "number"})
"""The kinds that only put one operator or number in the place of another."""
Position = tuple[int, int]
_Found = tuple[str, Position, Position, str]


@dataclass(frozen=True, slots=True)
class Slip:
    """One edit: bytes `start` to `end` become `text`. `line` is where it is, from 1; `name` says it in words."""

    kind: str
    line: int
    start: int
    end: int
    text: str
    name: str

    def applied(self, source: bytes) -> bytes:
        """`source` with it."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def slips(source: bytes, kinds: Collection[str] = ()) -> list[Slip]:
    """Every slip in a function of `source`, by place; only of `kinds` where some are named. Raises SyntaxError, ValueError."""
    starts = [0]
    for line in source.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    found: dict[tuple[int, int, str], str] = {}
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in function.body:
                for kind, first, last, text in _of(statement):
                    if not kinds or kind in kinds:
                        place = [starts[line - 1] + column for line, column in (first, last)]
                        found.setdefault((place[0], place[1], text), kind)
    return [_slip(source, found[place], *place) for place in sorted(found)]


def _slip(source: bytes, kind: str, start: int, end: int, text: str) -> Slip:
    old = " ".join(source[start:end].decode().split())
    line = source.count(b"\n", 0, start) + 1
    return Slip(kind, line, start, end, text, f"line {line}: {old} to {text.strip()}")


def _of(statement: ast.stmt) -> Iterator[_Found]:
    """(kind, begin, end, new text) of a statement and what it holds; places are (line from 1, byte column)."""
    for node in ast.walk(statement):
        yield from _exchanged(node)
        yield from _left_out(node)


def _exchanged(node: ast.AST) -> Iterator[_Found]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield _between(node.left, node.comparators[0], _OTHER[type(node.ops[0])])
    elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER:
        yield _between(node.left, node.right, _OTHER[type(node.op)])
    elif isinstance(node, ast.BoolOp) and len(node.values) == 2:
        yield _between(node.values[0], node.values[1], _OTHER[type(node.op)])
    elif isinstance(node, ast.Constant) and isinstance(node.value, int) and node.end_lineno is not None:
        other = repr(not node.value if isinstance(node.value, bool) else node.value + 1)
        yield "number", *_whole(node), other


def _left_out(node: ast.AST) -> Iterator[_Found]:
    if isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Constant | ast.NamedExpr):
        yield "condition", *_whole(node.test), f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "result", *_whole(node), "return None"
    elif _has_only_effect(node):
        yield "statement", *_whole(node), "pass"


def _has_only_effect(node: ast.AST) -> TypeGuard[ast.stmt]:
    """Whether a statement does something, and binds no name that others could miss."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant | ast.Yield | ast.YieldFrom)
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(node, ast.Raise | ast.AugAssign)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _whole(node: ast.stmt | ast.expr) -> tuple[Position, Position]:
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)


def _between(left: ast.expr, right: ast.expr, operator: str) -> _Found:
    # Brackets between the two would be lost: such an edit does not parse and is left out by whoever tries it.
    begin = (left.end_lineno or 0, left.end_col_offset or 0)
    return "operator", begin, (right.lineno, right.col_offset), f" {operator} "
