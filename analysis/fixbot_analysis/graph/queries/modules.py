"""The graph seen from afar: how strongly each module leans on each other one."""

from collections import Counter
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import GUESSED, KINDS, EdgeKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph


def module_paths(graph: "DependencyGraph") -> tuple[str, ...]:
    """Paths of all modules, sorted."""
    return tuple(sorted(i for i in graph.nodes if "::" not in i))


def module_links(graph: "DependencyGraph") -> dict[tuple[str, str], Counter[EdgeKind]]:
    """Edges between different modules, (path, path) -> how many of each kind; guesses are left out."""
    edges = graph.edges
    home = [i.partition("::")[0] for i in edges.ids]
    at = home.__getitem__
    counted = Counter(zip(map(at, edges.sources), map(at, edges.targets), edges.kinds, strict=True))
    found: dict[tuple[str, str], Counter[EdgeKind]] = {}
    for (source, target, kind), count in sorted(counted.items()):
        if source != target and kind < GUESSED:
            found.setdefault((source, target), Counter())[KINDS[kind]] += count
    return found
