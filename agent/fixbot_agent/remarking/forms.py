"""Tests that look at the text of a program in place of running it: they tell any two versions apart, and say nothing of a fault."""

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

_LOOKS = frozenset({
    "getsource", "getsourcelines", "getsourcefile", "findsource", "getcomments", "linecache", "tokenize",
    "file_digest", "__file__", "__code__", "co_code", "co_consts", "co_names", "co_firstlineno", "get_source", "get_data",
})  # fmt: skip

_READS = frozenset({"read_text", "read_bytes", "listdir", "scandir", "iterdir", "glob", "rglob", "iglob"})
_PLACES = ("tmp_path", "tmpdir", "TemporaryDirectory", "mkdtemp", "NamedTemporaryFile")


def looks_at_text(code: str, changed: Iterable[str]) -> bool:
    """Whether a test asks for the source of code, names one of the `changed` files, or reads files and makes none of its own."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return False
    named = {name for path in changed for name in (path, PurePosixPath(path).name)}
    is_own = any(place in code for place in _PLACES)
    return any(_asks(n) or _names(n, named) or (_reads(n) and not is_own) for n in ast.walk(tree))


def _reads(node: ast.AST) -> bool:
    """Whether it is a call that reads a file or a folder, whichever that is."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "open"
    return isinstance(node.func, ast.Attribute) and node.func.attr in _READS


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
