"""What documentation says of an item: the docstring of what it stands for, in the project, in the library or in a package."""

import ast
import builtins
import inspect
import textwrap

from fixbot_agent.completing.cursor.place import Place, read_place
from fixbot_agent.completing.importing.edits import read_import
from fixbot_agent.completing.importing.world import World, world_of
from fixbot_agent.completing.names.overrides import bases_of
from fixbot_agent.completing.outside.homes import home_of, source_of
from fixbot_analysis.graph.values import Definition, External, Value, Values
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position, language_of

_LONGEST = 2000  # characters that are told
_LARGEST = 60_000  # characters of a definition that is read


def explain(index: Index, path: str, position: Position, label: str, brings: str = "") -> str:
    """Effect: reads facts and source. The docstring of the item `label` offered for the word that begins at `position`; "" where none is known.

    `brings` is the import that the item needs. Only Python is explained. Raises SourceError where `path` is not indexed.
    """
    if (language_of(path) or "python") != "python" or not label.isidentifier():
        return ""
    world, place = world_of(index), read_place(index.tree.read(path), position)
    texts = (_said(world, value) for value in _values(world, place, label, brings))
    return next((text for text in texts if text), "")[:_LONGEST]


def _values(world: World, place: Place, label: str, brings: str) -> Values:
    wanted = read_import(brings) if brings and not brings.startswith("from .") else None
    if wanted is not None or (place.module and not place.naming_module):
        module, name = (wanted.module, wanted.name) if wanted else (place.module, label)
        location = world.modules.location(module, place.path) if name else None
        return world.resolver.exported(location, name) if location else (External(f"{module}.{name}".strip(".")),)
    if place.before[-1:] == ("def",):
        ways = (world.resolver.values(place.path, "", f"{base}.{label}") for base in bases_of(place))
        return tuple(value for values in ways for value in values)
    written = f"{place.expression}.{label}" if place.dotted else label
    return world.resolver.values(place.path, place.qualname, written, place.line + 1)


def _said(world: World, value: Value) -> str:
    if isinstance(value, Definition):
        span, data = value.symbol.span, world.index.tree.read(value.path).data
        return _docstring(data[span.start : span.end].decode("utf-8", "replace"))
    if not isinstance(value, External) or value.made:
        return ""
    home = home_of(value.name, world.packages)
    return _docstring(source_of(home)) if home else _of_builtin(value.name)


def _docstring(source: str) -> str:
    """The docstring of a definition, of a class without one that of what makes its objects."""
    try:
        node = ast.parse(textwrap.dedent(source[:_LARGEST])).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return ""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return ""
    makers = (each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__")
    inner = next(makers, None) if isinstance(node, ast.ClassDef) else None
    return ast.get_docstring(node) or (ast.get_docstring(inner) if inner else "") or ""


def _of_builtin(name: str) -> str:
    thing: object = builtins
    for part in name.removeprefix("builtins.").split("."):
        thing = getattr(thing, part, None)
    return (inspect.getdoc(thing) or "") if callable(thing) else ""
