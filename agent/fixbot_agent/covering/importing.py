"""New imports of a test file put where the file has those of their kind: into the statement of their module, else to their group, in order."""

import ast
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_LINE = 79  # characters, which no project finds too long
Import = ast.Import | ast.ImportFrom
_FUTURE, _STANDARD, _OTHERS, _OWN, _NEAR = range(5)  # groups, in the order of isort and ruff


@dataclass(frozen=True, slots=True)
class _Head:
    """The imports at the head of a file, its lines, which group a module is of, and whether blank lines part the groups."""

    nodes: tuple[Import, ...]
    lines: list[str]
    group: Callable[[Import], int]
    is_parted: bool

    def key(self, node: Import) -> tuple[int, bool, str]:
        """Where a statement stands among others."""
        return self.group(node), isinstance(node, ast.ImportFrom), _module(node).lower()


def with_imports(text: str, imports: Sequence[Import], package: str) -> str:
    """`text` with what it lacks of the `imports`; `package` is the project's own. No line but those of imports is changed."""
    body = ast.parse(text).body
    present = {line for node in body if isinstance(node, Import) for line in _each(node)}
    for node in imports:
        missing = [one for one in _each(node) if one not in present]
        if isinstance(node, ast.Import):
            for one in missing:
                text = _placed(text, ast.parse(one).body[0], package)
        elif missing:
            names = [alias for alias in node.names if ast.unparse(_one(node, alias)) in missing]
            new = ast.ImportFrom(node.module, names, node.level)
            text = _merged(text, new) or _placed(text, new, package)
    return text


def _merged(text: str, new: ast.ImportFrom) -> str:
    """`text` with the names of `new` in the statement that imports from its module already; "" where none does that can be written anew."""
    lines = text.split("\n")
    for old in _nodes(ast.parse(text)):
        if not isinstance(old, ast.ImportFrom) or (old.module, old.level) != (new.module, new.level):
            continue
        last = old.end_lineno or old.lineno
        held = lines[old.lineno - 1 : last]
        is_whole = old.col_offset == 0 and len(held[-1].encode()) == old.end_col_offset
        if is_whole and not any("#" in line or "\\" in line or "*" in line for line in held):
            whole = ast.ImportFrom(old.module, _ordered(old.names, new.names), old.level)
            limit = max(_LINE, len(held[0])) if len(held) == 1 else 0
            lines[old.lineno - 1 : last] = _spelled(whole, limit)
            return "\n".join(lines)
    return ""


def _ordered(old: Sequence[ast.alias], new: Sequence[ast.alias]) -> list[ast.alias]:
    """Names of one statement: in the order that the old ones have, else the new ones last."""
    for key in (_by_kind, _by_letters):
        if [*map(key, old)] == sorted(map(key, old)):
            return sorted([*old, *new], key=key)
    return [*old, *new]


def _by_kind(alias: ast.alias) -> tuple[int, str]:
    """The order of ruff and isort: constants, classes, the rest."""
    name = alias.name
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def _by_letters(alias: ast.alias) -> tuple[int, str]:
    return 0, alias.name.lower()


def _placed(text: str, new: ast.stmt, package: str) -> str:
    """`text` with a statement for a module that it has none of."""
    assert isinstance(new, Import)
    tree, lines = ast.parse(text), text.split("\n")
    head = _head(tree, lines, package)
    rows = _spelled(new, _LINE)
    if not head.nodes:
        return _first(tree, lines, rows)
    group = head.group(new)
    alike = [node for node in head.nodes if head.group(node) == group]
    if before := [node for node in alike if head.key(node) <= head.key(new)]:
        after = before[-1].end_lineno or 0
    elif alike:
        after = alike[0].lineno - 1
    else:
        lower = [node for node in head.nodes if head.group(node) < group]
        after = (lower[-1].end_lineno or 0) if lower else head.nodes[0].lineno - 1
        if head.is_parted:
            rows = ["", *rows] if lower else [*rows, ""]
    lines[after:after] = rows
    return "\n".join(lines)


def _first(tree: ast.Module, lines: list[str], rows: Sequence[str]) -> str:
    """The first import of a file: below its documentation, or its comments."""
    body = tree.body
    is_documented = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    after = (body[0].end_lineno or 0) if is_documented else 0
    while not is_documented and after < len(lines) and lines[after].startswith("#"):
        after += 1
    is_close = after < len(lines) and lines[after].strip() != ""
    lines[after:after] = [*([""] if after else []), *rows, *(["", ""] if is_close else [])]
    return "\n".join(lines)


def _head(tree: ast.Module, lines: list[str], package: str) -> _Head:
    nodes = _nodes(tree)

    def plain(node: Import) -> int:
        if isinstance(node, ast.ImportFrom) and node.level:
            return _NEAR
        first = _module(node).partition(".")[0]
        if first == "__future__":
            return _FUTURE
        return _STANDARD if first in sys.stdlib_module_names else _OWN if first == package else _OTHERS

    pairs = [(a, b, (b.lineno - (a.end_lineno or 0)) > 1) for a, b in itertools.pairwise(nodes)]
    is_one = any({plain(a), plain(b)} == {_OTHERS, _OWN} and not blank for a, b, blank in pairs)

    def group(node: Import) -> int:
        found = plain(node)
        return _OTHERS if is_one and found == _OWN else found

    parted = [blank for a, b, blank in pairs if group(a) != group(b)]
    return _Head(nodes, lines, group, any(parted) or not parted)


def _nodes(tree: ast.Module) -> tuple[Import, ...]:
    """The imports at the head: up to the first statement that is none and no text."""
    found: list[Import] = []
    for node in tree.body:
        if isinstance(node, Import):
            found.append(node)
        elif found and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
    return tuple(found)


def _module(node: Import) -> str:
    return (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name


def _spelled(node: Import, limit: int) -> list[str]:
    """A statement as lines; in brackets where it is longer than `limit`."""
    one = ast.unparse(node)
    if isinstance(node, ast.Import) or len(one) <= limit:
        return [one]
    start = one.partition(" import ")[0]
    return [f"{start} import (", *(f"    {ast.unparse(name)}," for name in node.names), ")"]


def _each(node: Import) -> Iterator[str]:
    return (ast.unparse(_one(node, alias)) for alias in node.names)


def _one(node: Import, alias: ast.alias) -> Import:
    return ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], node.level)
