"""Tests that look at the text of a program in place of running it: they tell any two versions apart, and say nothing of a fault."""

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

_LOOKS = frozenset({
    "getsource", "getsourcelines", "getsourcefile", "findsource", "getcomments", "linecache", "tokenize",
    "__file__", "__code__", "co_code", "co_consts", "co_names", "co_firstlineno", "get_source", "get_data",
})  # fmt: skip


def looks_at_text(code: str, changed: Iterable[str]) -> bool:
    """Whether a test asks for the source of code, or names one of the `changed` files."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return False
    named = {name for path in changed for name in (path, PurePosixPath(path).name)}
    return any(_asks(node) or _names(node, named) for node in ast.walk(tree))


def _asks(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _LOOKS
    if isinstance(node, ast.Attribute):
        return node.attr in _LOOKS
    if isinstance(node, ast.alias):
        return not _LOOKS.isdisjoint(node.name.split("."))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _LOOKS


def _names(node: ast.AST, files: set[str]) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lstrip("./") in files
