"""Which statement gave a name its value before a line, as it is written: for Python, where the whole function is read."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 120  # characters of a value

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Assigned:
    """The expression `value` (as written, cut) at `line` (from 1); `way` says how the name has it of it: "" the value itself, else a few words."""

    value: str
    line: int
    way: str = ""


def parsed(data: bytes) -> ast.Module | None:
    """The tree of a file; None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def around(tree: ast.Module, line: int) -> Function | None:
    """The innermost function that `line` lies in."""
    found = [n for n in ast.walk(tree) if isinstance(n, Function) and n.lineno <= line <= (n.end_lineno or n.lineno)]
    return max(found, key=lambda n: n.lineno, default=None)


def assigned(function: Function, name: str, line: int) -> Assigned | None:
    """The nearest statement of `function` above `line` (or the heads of blocks around it) that binds `name`; None where only a parameter, or nothing, does."""
    found = [a for n, a in _bindings(function) if n == name and a.line < line]
    return max(found, key=lambda a: a.line, default=None)


def _bindings(function: Function) -> Iterator[tuple[str, Assigned]]:
    for node in _inside(function):
        for target, value, how in _targets(node):
            yield from _bound(target, value, how)
        if isinstance(node, ast.ExceptHandler) and node.name and node.type is not None:
            yield node.name, Assigned(_written(node.type), node.lineno, "what was caught")


def _targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.AST, str]]:
    """What a statement binds, to what, and how."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value, "") for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value, ""
    elif isinstance(node, ast.AugAssign):
        yield node.target, node, "changed in place"
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield node.target, node.iter, "one after the other"
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr, "what it gives to a `with`"


def _bound(target: ast.expr, value: ast.AST, way: str) -> Iterator[tuple[str, Assigned]]:
    """The names in a target, each with the part of a value that is written out for it."""
    if isinstance(target, ast.Name):
        yield target.id, Assigned(_written(value), target.lineno, way)
    elif isinstance(target, ast.Starred):
        yield from _bound(target.value, value, "several of its elements")
    elif isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
        for number, each in enumerate(target.elts):
            yield from _bound(each, parts[number], way) if parts else _bound(each, value, "an element of it")


def _written(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _inside(child)
