"""What names and patterns stand for."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from fnmatch import translate
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries.selection import in_order, last_name
from fixbot_analysis.symbols import SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_BASES = 20  # steps up a hierarchy


def called(graph: "DependencyGraph", name: str) -> tuple[str, ...]:
    """Ids of all that `name` may mean, by place: an id, a path, a dotted or qualified name, or the end of one; or a pattern of those.

    A member that a class has from a base may be named by either.
    """
    if not is_pattern(name):
        found = graph.find(name) or ((_ending(graph, name) or _inherited(graph, name)) if "." in name else ())
        return tuple(in_order(graph, found)) if found or "::" not in name else called(graph, _with_dots(graph, name))
    matches, dotted = matcher(name), Dotted(graph)
    return tuple(i for i in graph.nodes if any(map(matches, {i, i.partition("::")[2], dotted(i)})))


def _with_dots(graph: "DependencyGraph", name: str) -> str:
    """A name whose parts stand between ``::``, as in Rust and C++, as the graph writes it; a file may come first."""
    path, _, inside = name.partition("::")
    known = path in graph.nodes and "::" in inside
    return f"{path}::{inside.replace('::', '.')}" if known else name.replace("::", ".")


def alike(graph: "DependencyGraph", name: str, most: int = 3) -> tuple[str, ...]:
    """Names of the project that are spelled much like `name`, the most alike first."""
    last = name.rpartition("::")[2].rpartition(".")[2]
    folded: dict[str, list[str]] = {}
    for known in sorted({last_name(i) or graph.module_of(i).rpartition(".")[2] for i in graph.nodes}):
        folded.setdefault(known.casefold(), []).append(known)
    return tuple(k for near in get_close_matches(last.casefold(), folded, most, 0.7) for k in folded[near])[:most]


def variable_of(graph: "DependencyGraph", name: str) -> str | None:
    """Effect: path of the first file with a variable or attribute called `name` (an id, a dotted name, or the end of one): the graph has none."""
    last = name.rpartition("::")[2].rpartition(".")[2]
    for path, block in sorted(graph.links.blocks.items()):
        if f"\n{last}\n" not in block.names:
            continue
        for symbol in graph.resolver.scope(path).facts.symbols:
            if symbol.kind is SymbolKind.VARIABLE and symbol.name == last:
                dotted = f".{graph.module_of(path)}.{symbol.qualname}"
                if name == f"{path}::{symbol.qualname}" or dotted.endswith(f".{name}"):
                    return path
    return None


def not_a_node(graph: "DependencyGraph", name: str) -> str:
    """What to do about a `name` that is in the project, but not in its graph; ``""`` where it is no such name."""
    path = variable_of(graph, name)
    return f"{name} is a variable, and the graph has none; ask for its module, {path}" if path else ""


def is_pattern(name: str) -> bool:
    """Whether `name` holds ``*`` or ``?``."""
    return "*" in name or "?" in name


def matcher(pattern: str) -> Callable[[str], object]:
    """What tells whether a whole text matches `pattern`: ``*`` any characters, ``?`` one; in linear time for each star."""
    return re.compile(translate(pattern.replace("[", "[[]"))).match


def _ending(graph: "DependencyGraph", name: str) -> list[str]:
    """Ids whose dotted name ends in `name`."""
    end, dotted = f".{name}", Dotted(graph)
    last = name.rpartition(".")[2]
    return [i for i in graph.nodes if (i.endswith(last) or "::" not in i) and dotted(i).endswith(end)]


def _inherited(graph: "DependencyGraph", name: str) -> list[str]:
    """Ids of the member `name` (``Class.member``, the class as it may be named) in the nearest bases that define it."""
    owner, _, member = name.rpartition(".")
    classes = [i for i in graph.find(owner) or _ending(graph, owner) if graph.nodes[i].kind is SymbolKind.CLASS]
    for _ in range(_BASES if member.isidentifier() else 0):
        if found := [f"{i}.{member}" for i in classes if f"{i}.{member}" in graph.nodes]:
            return list(dict.fromkeys(found))
        bases = (e.target for i in classes for e in graph.neighbours(i, (EdgeKind.INHERITS,)))
        classes = [i for i in dict.fromkeys(bases) if i in graph.nodes]
    return []


class Dotted:
    """Dotted names of nodes by their ids: ``shop.cart.Cart`` for ``shop/cart.py::Cart``."""

    def __init__(self, graph: "DependencyGraph") -> None:
        self._graph = graph
        self._modules: dict[str, str] = {}

    def __call__(self, node: str) -> str:
        """The dotted name of the node."""
        path, _, qualname = node.partition("::")
        module = self._modules.get(path)
        if module is None:
            module = self._modules[path] = self._graph.module_of(path)
        return f"{module}.{qualname}" if qualname else module
