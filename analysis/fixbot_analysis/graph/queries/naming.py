"""What names and patterns stand for."""

import re
from collections.abc import Callable
from fnmatch import translate
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Node
from fixbot_analysis.graph.queries.selection import in_order

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph


def called(graph: "DependencyGraph", name: str) -> tuple[str, ...]:
    """Ids of all that `name` may mean, by place: an id, a path, a dotted or qualified name, or the end of one; or a pattern of those."""
    if not is_pattern(name):
        return tuple(in_order(graph, graph.find(name)))
    matches = matcher(name)
    return tuple(in_order(graph, (i for i, n in graph.nodes.items() if _any_name(graph, n, matches))))


def is_pattern(name: str) -> bool:
    """Whether `name` holds ``*`` or ``?``."""
    return "*" in name or "?" in name


def matcher(pattern: str) -> Callable[[str], object]:
    """What tells whether a whole text matches `pattern`: ``*`` any characters, ``?`` one; in linear time for each star."""
    return re.compile(translate(pattern.replace("[", "[[]"))).match


def _any_name(graph: "DependencyGraph", node: Node, matches: Callable[[str], object]) -> bool:
    qualname = node.qualname
    module = graph.nodes[node.path].name if node.path in graph.nodes else ""
    names = (node.id, qualname, f"{module}.{qualname}") if qualname else (node.id, node.name)
    return any(map(matches, names))
