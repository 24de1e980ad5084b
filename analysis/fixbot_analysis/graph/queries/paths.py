"""How one thing leads to another: the shortest paths between two nodes, with the kinds of their edges."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, Arc, kind_mask

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_LONGER = 2  # edges by which a path may be longer than the shortest
_TRIES = 20_000  # beginnings of paths looked at; circles can make more than anybody waits for


@dataclass(frozen=True, slots=True)
class Step:
    """One edge of a path; `forwards` says whether the path goes from its source to its target."""

    edge: Edge
    forwards: bool

    @property
    def to(self) -> str:
        """The id that the step leads to."""
        return self.edge.target if self.forwards else self.edge.source


def paths(
    graph: "DependencyGraph",
    source: str,
    target: str,
    kinds: Collection[EdgeKind] | None = None,
    *,
    count: int = 3,
    directed: bool = True,
    guessed: bool = True,
) -> tuple[tuple[Step, ...], ...]:
    """The `count` shortest paths from `source` to `target` (ids) that visit nothing twice; fewer where there are fewer.

    Edges are followed forwards, or either way where not `directed`. None is more than two edges longer than the shortest;
    shorter first, then by kinds and ids. Of several edges between the same two nodes the first kind is taken.
    Best-first search with exact distances to the target (A*, Hart, Nilsson and Raphael 1968).
    """
    near = Adjacency.of(graph)
    if source not in near.number or target not in near.number or source == target:
        return ()
    walk = _Walk(near, kind_mask(kinds, guessed), directed)
    found = walk.shortest(near.number[source], near.number[target], count)
    return tuple(tuple(walk.steps(path)) for path in found)


class _Walk:
    """The arcs that may be followed."""

    def __init__(self, near: Adjacency, mask: bytes, directed: bool) -> None:
        self._near, self._mask, self._directed = near, mask, directed

    def _neighbours(self, node: int, backwards: bool = False) -> set[int]:
        found = {other for other, kind in self._near.arcs(node, not backwards) if self._mask[kind]}
        if not self._directed:
            found.update(other for other, kind in self._near.arcs(node, backwards) if self._mask[kind])
        return found

    def _distances(self, source: int, target: int) -> dict[int, int]:
        """Edges to `target`, for all that a path that is short enough may visit."""
        distances = {target: 0}
        layer, far, last = [target], 0, len(self._near.ids)
        while layer and far < last:
            far += 1
            layer = sorted({n for here in layer for n in self._neighbours(here, True)} - distances.keys())
            distances.update(dict.fromkeys(layer, far))
            if source in distances:
                last = min(last, distances[source] + _LONGER - 1)
        return distances

    def shortest(self, source: int, target: int, count: int) -> list[tuple[int, ...]]:
        """The first `count` paths as nodes."""
        distances = self._distances(source, target)
        if source not in distances:
            return []
        longest = distances[source] + _LONGER
        heap: list[tuple[int, tuple[int, ...]]] = [(distances[source], (source,))]
        done: list[tuple[int, ...]] = []
        for _ in range(_TRIES):
            if not heap or len(done) == count:
                break
            _, path = heappop(heap)
            if path[-1] == target:
                done.append(path)
                continue
            for other in self._neighbours(path[-1]):
                if other in distances and other not in path and len(path) + distances[other] <= longest:
                    heappush(heap, (len(path) + distances[other], (*path, other)))
        return done

    def steps(self, path: tuple[int, ...]) -> Iterator[Step]:
        """The edges along a path."""
        for here, there in pairwise(path):
            ways = [(self._first(here, there, True), True)]
            if not self._directed:
                ways.append((self._first(here, there, False), False))
            arc, forwards = next((arc, way) for arc, way in ways if arc is not None)
            yield Step(self._near.edge(here, arc, forwards), forwards)

    def _first(self, here: int, there: int, outgoing: bool) -> Arc | None:
        arcs = (a for a in self._near.arcs(here, outgoing) if a[0] == there and self._mask[a[1]])
        return min(arcs, key=lambda a: a[1], default=None)
