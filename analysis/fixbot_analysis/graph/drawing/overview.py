"""A whole project at a glance: its modules, or where these are too many its clusters, and what leans on what."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fixbot_analysis.graph.drawing.picture import Box, Line, Picture, node_box
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries import Cluster, clusters, module_links, module_paths

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

MODULES = 40  # that are still drawn one by one
_STRONG = 0.12  # of what a cluster leans on, or of what leans on it: weaker lines are in the way
_STRONGEST = 3  # lines of one cluster that are drawn


def overview(graph: "DependencyGraph", most: int = MODULES) -> Picture:
    """The modules of a project and what they import, where they are at most `most`; else its clusters and how they lean on each other."""
    paths = module_paths(graph)
    return _modules(graph, paths) if len(paths) <= most else _clusters(graph, paths)


def _modules(graph: "DependencyGraph", paths: tuple[str, ...]) -> Picture:
    lines = (
        Line(source, target, EdgeKind.IMPORTS.value)
        for (source, target), kinds in module_links(graph).items()
        if kinds[EdgeKind.IMPORTS]
    )
    boxes = tuple(node_box(graph, p) for p in paths)
    return Picture(f"{len(paths)} module{'s' if len(paths) != 1 else ''}", boxes, tuple(lines))


def _clusters(graph: "DependencyGraph", paths: tuple[str, ...]) -> Picture:
    found = clusters(graph)
    home = {path: f"cluster {at}" for at, cluster in enumerate(found, 1) for path in cluster.modules}
    boxes = tuple(_card(graph, cluster, f"cluster {at}") for at, cluster in enumerate(found, 1))
    leaning: Counter[tuple[str, str]] = Counter()
    for (source, target), kinds in module_links(graph).items():
        if home[source] != home[target]:
            leaning[home[source], home[target]] += kinds[EdgeKind.IMPORTS]
    strong = _strong(leaning)
    lines = {pair: Line(*pair, EdgeKind.IMPORTS.value, n) for pair, n in sorted(leaning.items()) if n}
    shown = tuple(line for pair, line in lines.items() if pair in strong)
    further = tuple(line for pair, line in lines.items() if pair not in strong)
    title = f"{len(paths)} modules in {len(found)} clusters"
    return Picture(title, boxes, shown, further=further)


def _strong(leaning: Mapping[tuple[str, str], int]) -> set[tuple[str, str]]:
    """Pairs worth a line: each cluster's strongest few, and of two that lean on each other the stronger way."""
    out, into = Counter[str](), Counter[str]()
    for (source, target), count in leaning.items():
        out[source] += count
        into[target] += count
    found: set[tuple[str, str]] = set()
    for each in {*out, *into}:
        mine = sorted((p for p in leaning if each in p), key=lambda p: (-leaning[p], p))
        worth = [p for p in mine if leaning[p] >= _STRONG * (out[each] if p[0] == each else into[each])]
        found.update((worth or mine)[:_STRONGEST])
    return {p for p in found if (leaning[p], p) >= (leaning.get((p[1], p[0]), 0), (p[1], p[0]))}


def _card(graph: "DependencyGraph", cluster: Cluster, number: str) -> Box:
    sizes = f"{len(cluster.modules)} modules · {cluster.symbols} definitions"
    central = [i.rpartition("::")[2] for i in cluster.central]
    rows = [", ".join(central)] if central else []
    rows += [" · ".join(cluster.words)] if cluster.words else []
    inside = tuple(graph.nodes[path].name or path for path in cluster.modules)
    return Box(number, cluster.title, "cluster", sizes, rows=tuple(rows), inside=inside)
