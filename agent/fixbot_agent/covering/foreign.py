"""Classes of the project's other modules that a module imports: where they are defined, and how their objects are made."""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixbot_agent.covering.layout import Layout, Read
from fixbot_agent.covering.targets import Target, making_of, members_of

_DEEPEST = 3  # modules that only pass a class on
_LARGEST = 500_000  # bytes of one module


@dataclass(frozen=True, slots=True)
class Foreign:
    """By the name of a class in the module: how objects are `made`, the `members` of enumerations, the `lines` that import it."""

    made: Mapping[str, Target] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Project:
    """The files that modules are imported from."""

    top: str
    paths: Collection[str]
    read: Read

    def tree(self, name: str) -> tuple[ast.Module, bool] | None:
        """Effect: reads a file. The parse of the module `name`, and whether it is a package; None where the project has none."""
        stem = str(PurePosixPath(self.top) / name.replace(".", "/"))
        for path, is_package in ((f"{stem}.py", False), (f"{stem}/__init__.py", True)):
            data = self.read(path) if path in self.paths else None
            if data is not None and len(data) < _LARGEST:
                try:
                    return ast.parse(data), is_package
                except (SyntaxError, ValueError):
                    return None
        return None

    def defined(self, module: str, name: str, depth: int = 0) -> tuple[ast.ClassDef, dict[str, ast.ClassDef]] | None:
        """The class `name` of a module, or of one that passes it on; with the classes beside it."""
        found = self.tree(module)
        if found is None or depth > _DEEPEST:
            return None
        tree, is_package = found
        classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        if name in classes:
            return classes[name], classes
        for source, alias in _imported(tree, module, is_package=is_package):
            if (alias.asname or alias.name) == name:
                return self.defined(source, alias.name, depth + 1)
        return None


def foreign(tree: ast.Module, here: Layout, path: str, paths: Collection[str], read: Read) -> Foreign:
    """Effect: reads the modules that the one at `path` imports classes from."""
    project, found = _Project(here.top, frozenset(paths), read), Foreign({}, {}, {})
    made, members, lines = dict(found.made), dict(found.members), dict(found.lines)
    for source, alias in _imported(tree, here.name, is_package=path.endswith("/__init__.py")):
        if alias.asname is None and (defined := project.defined(source, alias.name)) is not None:
            node, classes = defined
            lines[alias.name] = f"from {source} import {alias.name}"
            if listed := members_of(node):
                members[alias.name] = tuple(listed)
            else:
                made[alias.name] = making_of(node, classes)
    return Foreign(made, members, lines)


def _imported(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[tuple[str, ast.alias]]:
    """(module, what is imported from it) of a module's imports by name, wherever they stand."""
    parts = module.split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            up = node.level - is_package
            around = parts[: len(parts) - up] if node.level else []
            if not node.level or up < len(parts):
                yield from ((".".join([*around, node.module]), alias) for alias in node.names if alias.name != "*")
