"""Names of a proposed test: what its imports give, what they stand for with dots, and what is only put in place of something for a while."""

import ast
from collections.abc import Mapping


def words(text: str) -> frozenset[str]:
    """A table of names, written as a text."""
    return frozenset(text.split())


_ON_OBJECTS = frozenset(
    {"setattr", "delattr", "setitem", "delitem", "object", "dict", "patch", "multiple", "syspath_prepend"}
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def aliases(tree: ast.AST) -> dict[str, str]:
    """Of the names that imports give, what they stand for, with dots."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                full = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or full] = full
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def rooted(node: ast.AST, names: Mapping[str, str]) -> str:
    """What a name, or a chain of attributes of one, stands for where an import gives the name; "" for others."""
    match node:
        case ast.Name(id=name):
            return names.get(name, "")
        case ast.Attribute(value=value, attr=name):
            above = rooted(value, names)
            return f"{above}.{name}" if above else ""
    return ""


def patched(test: _Function, names: Mapping[str, str]) -> frozenset[int]:
    """The ids of nodes that say whose attribute or which item is put in place of something: by monkeypatch, or by unittest's mock.

    Nothing, where the test itself defines what is called so.
    """
    nodes = list(ast.walk(test))
    own = {n.name for n in nodes if isinstance(n, _Function | ast.ClassDef)} | {
        n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    opened = {
        i.optional_vars.id
        for n in nodes
        if isinstance(n, ast.With)
        for i in n.items
        if isinstance(i.optional_vars, ast.Name)
    }
    if own & _ON_OBJECTS:
        return frozenset()
    fixtures = {a.arg for a in test.args.args} | opened
    found = set()
    for node in nodes:
        if isinstance(node, ast.Call) and node.args and _patches(node.func, fixtures, names):
            found.add(id(node.args[0]))
    return frozenset(found)


def _patches(called: ast.expr, fixtures: set[str], names: Mapping[str, str]) -> bool:
    """Whether what is called puts something in place of another."""
    if isinstance(called, ast.Name):
        return names.get(called.id, "") in ("unittest.mock.patch", "mock.patch")
    root = called
    while isinstance(root, ast.Attribute):
        root = root.value
    is_one = isinstance(called, ast.Attribute) and called.attr in _ON_OBJECTS
    if not is_one or not isinstance(root, ast.Name):
        return False
    full = names.get(root.id, "")
    return root.id in fixtures or full.startswith(("unittest", "mock", "pytest"))
