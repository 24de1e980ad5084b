"""Where the names that a test mentions come from: the standard library, the module under test, what that imports itself."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_KNOWN: Mapping[str, str] = {
    "SimpleNamespace": "from types import SimpleNamespace",
    "Decimal": "from decimal import Decimal",
    "Fraction": "from fractions import Fraction",
    "Path": "from pathlib import Path",
    "OrderedDict": "from collections import OrderedDict",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
    "deque": "from collections import deque",
    "datetime": "import datetime",
    "io": "import io",
    "re": "import re",
    "asyncio": "import asyncio",
    "pytest": "import pytest",
}
GIVEN = frozenset({"tmp_path", "monkeypatch", "capsys"})  # by pytest


@dataclass(frozen=True, slots=True)
class Names:
    """Import lines for names, as seen from a module of the dotted name `module`."""

    module: str
    own: frozenset[str]
    imported: Mapping[str, str]

    @classmethod
    def of(cls, module: str, tree: ast.Module, others: Mapping[str, str] | None = None) -> "Names":
        """Read a module; `others` are lines for names that it imports from its own package."""
        own = frozenset(_bound(tree.body))
        return cls(module, own, {**(others or {}), **dict(_imports(tree))})

    def imports(self, text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
        """The import lines that statements need beside what they bind and what is `known`; LookupError for a name that is nobody's."""
        tree = ast.parse(text)
        bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        bound |= {a.arg for a in ast.walk(tree) if isinstance(a, ast.arg)} | GIVEN | set(known)
        used = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        return tuple(sorted({self._line(name) for name in used if name not in bound and self._is_foreign(name)}))

    def _is_foreign(self, name: str) -> bool:
        return name in self.own or not hasattr(builtins, name)

    def _line(self, name: str) -> str:
        if name in self.own:
            return f"from {self.module} import {name}"
        if name in self.imported and not (name == "datetime" and "from" in self.imported[name]):
            return self.imported[name]
        if name in _KNOWN:
            return _KNOWN[name]
        raise LookupError(name)


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for goal in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from (n.id for n in ast.walk(goal) if isinstance(n, ast.Name))
        elif isinstance(node, ast.If | ast.Try):
            yield from _bound([*node.body, *node.orelse])


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(name, line that imports it), of imports that need no package around them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                yield name, f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
            for alias in node.names:
                if alias.name != "*":
                    renamed = f" as {alias.asname}" if alias.asname else ""
                    yield alias.asname or alias.name, f"from {node.module} import {alias.name}{renamed}"
