"""What lies around a few nodes: step by step along edges of chosen kinds, in one direction or both."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, kind_mask
from fixbot_analysis.graph.queries.ranking import rank
from fixbot_analysis.graph.queries.selection import Found, Selection, label, linking

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

ANY_DISTANCE = 1_000_000  # edges; more than any graph has between two nodes


class Direction(StrEnum):
    """Which way edges are followed."""

    OUT = "out"  # what it depends on
    IN = "in"  # what depends on it
    BOTH = "both"


def reached(
    graph: "DependencyGraph",
    seeds: Iterable[str],
    kinds: Collection[EdgeKind] | None = None,
    *,
    outgoing: bool = True,
    within: int = ANY_DISTANCE,
    guessed: bool = True,
) -> dict[str, tuple[int, Edge | None]]:
    """Ids at most `within` edges from the `seeds` in one direction, nearest first: distance, and the edge it was reached by.

    The seeds themselves are there with distance 0 and no edge. Edges of all kinds are followed where `kinds` is None.
    """
    near = Adjacency.of(graph)
    mask = kind_mask(kinds, guessed)
    layer = [near.number[s] for s in dict.fromkeys(seeds) if s in near.number]
    found: dict[str, tuple[int, Edge | None]] = {near.ids[n]: (0, None) for n in layer}
    seen = set(layer)
    distance = 0
    while layer and distance < within:
        distance += 1
        following: list[int] = []
        for here in layer:
            for arc in near.arcs(here, outgoing):
                if mask[arc[1]] and arc[0] not in seen:
                    seen.add(arc[0])
                    following.append(arc[0])
                    found[near.ids[arc[0]]] = (distance, near.edge(here, arc, outgoing))
        layer = following
    return found


def around(
    graph: "DependencyGraph",
    seeds: Iterable[str],
    within: int = 1,
    kinds: Collection[EdgeKind] | None = None,
    direction: Direction = Direction.BOTH,
    guessed: bool = True,
) -> Selection:
    """The neighbourhood of `seeds`: what leads to them (distances below 0), and what they lead to, `within` edges.

    Both cones are walked on their own: what callers call besides is no neighbour. A node in both belongs to the nearer
    one. Ordered by distance; at the same distance what is closest by :func:`~fixbot_analysis.graph.queries.rank` comes first.
    """
    asked = tuple(dict.fromkeys(s for s in seeds if s in graph.nodes))
    places: dict[str, tuple[int, Edge | None]] = {}
    for outgoing, sign in ((True, 1), (False, -1)):
        if direction in (Direction.BOTH, Direction.OUT if outgoing else Direction.IN):
            for node, (far, edge) in reached(
                graph, asked, kinds, outgoing=outgoing, within=within, guessed=guessed
            ).items():
                if node not in places or far < abs(places[node][0]):
                    places[node] = (sign * far, edge)
    found = _ordered(graph, asked, places)
    title = f"{', '.join(label(graph, s) for s in asked)}, {within} step{'s' if within != 1 else ''} around"
    return Selection(title, found, linking(graph, kinds, guessed))


def heirs(graph: "DependencyGraph", bases: Iterable[str]) -> dict[str, tuple[int, Edge]]:
    """Ids of classes that inherit, directly or not, from one of `bases`, nearest first: distance, and the edge to the base nearest to that.

    One of the `bases` is there too where it inherits from another.
    """
    near = Adjacency.of(graph)
    mask = kind_mask((EdgeKind.INHERITS,), guessed=True)
    layer = [near.number[b] for b in dict.fromkeys(bases) if b in near.number]
    walked = set(layer)
    found: dict[str, tuple[int, Edge]] = {}
    distance = 0
    while layer:
        distance += 1
        below = [(here, arc) for here in layer for arc in near.arcs(here, False) if mask[arc[1]]]
        for here, arc in below:
            found.setdefault(near.ids[arc[0]], (distance, near.edge(here, arc, False)))
        layer = list(dict.fromkeys(arc[0] for _, arc in below if arc[0] not in walked))
        walked.update(layer)
    return found


def hierarchy(graph: "DependencyGraph", node: str) -> Selection:
    """The class `node` with all its bases (distances above 0) and all that inherits from it (below 0)."""
    found = around(graph, [node], ANY_DISTANCE, {EdgeKind.INHERITS})
    return replace(found, title=f"hierarchy of {label(graph, node)}")


def flow(graph: "DependencyGraph", node: str, within: int = 3, guessed: bool = True) -> Selection:
    """What `node` calls, and what that calls, `within` steps; a constructor stands for its class, where both are called."""
    found = around(graph, [node], within, {EdgeKind.CALLS}, Direction.OUT, guessed)
    made = {i.removesuffix(".__init__") for i in found.ids if i.endswith(".__init__")}
    kept = tuple(f for f in found.found if f.id not in made or not f.distance)
    title = f"call flow of {label(graph, node)}, {within} step{'s' if within != 1 else ''}"
    return replace(found, title=title, found=kept)


def _ordered(
    graph: "DependencyGraph", asked: tuple[str, ...], places: Mapping[str, tuple[int, Edge | None]]
) -> tuple[Found, ...]:
    scores = rank(graph, asked)
    order = sorted(places, key=lambda i: (abs(places[i][0]), -scores.get(i, 0.0), i))
    return tuple(Found(i, *places[i]) for i in order)
