"""What names and patterns stand for."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from fnmatch import translate
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Node
from fixbot_analysis.graph.queries.selection import in_order

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph


def called(graph: "DependencyGraph", name: str) -> tuple[str, ...]:
    """Ids of all that `name` may mean, by place: an id, a path, a dotted or qualified name, or the end of one; or a pattern of those."""
    if not is_pattern(name):
        found = graph.find(name) or (_ending(graph, name) if "." in name else ())
        return tuple(in_order(graph, found))
    matches = matcher(name)
    return tuple(in_order(graph, (i for i, n in graph.nodes.items() if _any_name(graph, n, matches))))


def alike(graph: "DependencyGraph", name: str, most: int = 3) -> tuple[str, ...]:
    """Names of the project that are spelled much like `name`, the most alike first."""
    last = name.rpartition("::")[2].rpartition(".")[2]
    folded: dict[str, list[str]] = {}
    for known in sorted({n.name.rpartition(".")[2] for n in graph.nodes.values()}):
        folded.setdefault(known.casefold(), []).append(known)
    return tuple(k for near in get_close_matches(last.casefold(), folded, most, 0.7) for k in folded[near])[:most]


def is_pattern(name: str) -> bool:
    """Whether `name` holds ``*`` or ``?``."""
    return "*" in name or "?" in name


def matcher(pattern: str) -> Callable[[str], object]:
    """What tells whether a whole text matches `pattern`: ``*`` any characters, ``?`` one; in linear time for each star."""
    return re.compile(translate(pattern.replace("[", "[[]"))).match


def _ending(graph: "DependencyGraph", name: str) -> list[str]:
    """Ids whose dotted name ends in `name`."""
    end = f".{name}"
    last = name.rpartition(".")[2]
    return [i for i, n in graph.nodes.items() if n.name.endswith(last) and _dotted(graph, n).endswith(end)]


def _dotted(graph: "DependencyGraph", node: Node) -> str:
    module = graph.nodes[node.path].name if node.path in graph.nodes else ""
    return f"{module}.{node.qualname}" if node.qualname else node.name


def _any_name(graph: "DependencyGraph", node: Node, matches: Callable[[str], object]) -> bool:
    return any(map(matches, {node.id, node.qualname or node.name, _dotted(graph, node)}))
