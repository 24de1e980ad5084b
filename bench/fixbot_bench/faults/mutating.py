"""Small wrong changes to Python functions, of the kinds that people make: what there is, and one drawn by chance."""

import ast
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Div: ast.Mult,
}  # fmt: skip
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_DRAWS = 20  # from one function before another is taken
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `text` in place of the characters `start` to `end` of a file; `function` (line of its def) holds it."""

    kind: str
    start: int
    end: int
    text: str
    function: int
    line: int  # from 1, of the changed place
    end_line: int

    def of(self, source: str) -> str:
        """`source` with it."""
        return source[: self.start] + self.text + source[self.end :]


class Module:
    """A module's source, and every change that could be made to a function of it. Raises SyntaxError."""

    def __init__(self, source: str) -> None:
        self.source = source
        lines = source.splitlines(keepends=True)
        self._lines = [line.encode() for line in lines]
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        tree = ast.parse(source)
        self.functions = [n for n in ast.walk(tree) if isinstance(n, Function)]

    def changes(self, function: Function) -> dict[str, list[Change]]:
        """Changes by kind; each still parses."""
        found: dict[str, list[Change]] = {}
        names = sorted({n.id for n in ast.walk(function) if isinstance(n, ast.Name)} & _bound(function))
        for body in _blocks(function):
            for place, statement in enumerate(body):
                if len(body) > 1 and _can_go(statement, is_first=place == 0):
                    found.setdefault("statement", []).append(self._without(statement, function))
        for node in _own(function):
            for kind, make in _KINDS.items():
                for other in make(node, names):
                    found.setdefault(kind, []).append(self._instead(node, other, kind, function))
        return {kind: good for kind, each in found.items() if (good := [c for c in each if self._parses(c)])}

    def _instead(self, node: ast.expr, other: ast.expr, kind: str, function: Function) -> Change:
        text = ast.unparse(ast.fix_missing_locations(other))
        if isinstance(other, ast.BinOp | ast.BoolOp | ast.Compare) or kind == "condition":
            text = f"({text})"
        return Change(
            kind, self._at(node.lineno, node.col_offset), self._at(node.end_lineno or 0, node.end_col_offset or 0),
            text, function.lineno, node.lineno, node.end_lineno or node.lineno,
        )  # fmt: skip

    def _without(self, statement: ast.stmt, function: Function) -> Change:
        end = statement.end_lineno or statement.lineno
        return Change(
            "statement",
            self._starts[statement.lineno - 1],
            self._starts[end],
            "",
            function.lineno,
            statement.lineno,
            end,
        )

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1][:column].decode())

    def _parses(self, change: Change) -> bool:
        changed = change.of(self.source)
        try:
            return ast.dump(ast.parse(changed)) != ast.dump(ast.parse(self.source))
        except SyntaxError:
            return False


def draw(modules: Sequence[tuple[str, Module]], covered: Callable[[str, int, int], bool], chance: Random) -> Iterator[tuple[str, Change]]:  # fmt: skip
    """Yield changes for ever: a function that tests run, a kind that it has, a place; each drawn with equal chances.

    `covered` says whether a test runs any of the lines (path, first, last).
    """
    functions = [
        (path, module, f)
        for path, module in modules
        for f in module.functions
        if covered(path, f.body[0].lineno, f.end_lineno or f.lineno)
    ]
    known: dict[tuple[str, int], dict[str, list[Change]]] = {}
    for _ in range(_DRAWS * len(functions)):
        path, module, function = chance.choice(functions)
        kinds = known.setdefault((path, function.lineno), {})
        if not kinds:
            kinds.update(module.changes(function) or {"": []})
        if changes := kinds[chance.choice(sorted(kinds))]:
            yield path, chance.choice(changes)


def _blocks(function: Function) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


def _can_go(statement: ast.stmt, *, is_first: bool) -> bool:
    """Whether a person might forget it: a call, a change of something, a guard."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Await) and not (
            is_first and isinstance(statement.value, ast.Constant)
        )
    if isinstance(statement, ast.If):
        return not statement.orelse and isinstance(statement.body[-1], _LEAVING)
    return isinstance(statement, ast.AugAssign | ast.Assign)


def _own(function: Function) -> Iterator[ast.expr]:
    """Expressions of the body, those of functions inside left to them."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, Function | ast.JoinedStr):
            continue
        if isinstance(node, ast.expr):
            yield node
        todo += ast.iter_child_nodes(node)


def _bound(function: Function) -> set[str]:
    named = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    arguments = function.args
    return named | {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)} - {"self", "cls"}


def _comparison(node: ast.expr, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and (other := _COMPARED.get(type(node.ops[0]))):
        yield ast.Compare(node.left, [other()], node.comparators)


def _arithmetic(node: ast.expr, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and (other := _COUNTED.get(type(node.op))):
        yield ast.BinOp(node.left, other(), node.right)


def _boolean(node: ast.expr, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield node.values[0]  # a condition that was forgotten


def _condition(node: ast.expr, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def _constant(node: ast.expr, _: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        if node.value > 0:
            yield ast.Constant(node.value - 1)


def _name(node: ast.expr, names: Sequence[str]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(other, ast.Load()) for other in names if other != node.id)


def _arguments(node: ast.expr, _: Sequence[str]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Call):
        return
    if len(node.args) >= 2 and not any(isinstance(a, ast.Starred) for a in node.args):
        swapped, fewer = deepcopy(node), deepcopy(node)
        swapped.args[:2] = swapped.args[1::-1]
        fewer.args.pop()
        yield swapped
        yield fewer
    for place in range(len(node.keywords)):
        less = deepcopy(node)
        del less.keywords[place]
        yield less


_KINDS: dict[str, Callable[[ast.expr, Sequence[str]], Iterator[ast.expr]]] = {
    "comparison": _comparison, "arithmetic": _arithmetic, "boolean": _boolean, "condition": _condition,
    "constant": _constant, "name": _name, "arguments": _arguments,
}  # fmt: skip
