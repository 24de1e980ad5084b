"""Who is linked to whom, both ways round, in flat arrays made once a graph: what every query walks on."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fixbot_analysis.graph.model import GUESSED, KINDS, Edge, EdgeKind, Edges

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

# Another node's number, and the edge's kind: its place in KINDS, plus GUESSED.
Arc = tuple[int, int]


class Adjacency:
    """The edges of a graph by node (compressed sparse rows): nodes are numbers, their places in `ids`.

    `place` says where each id comes by path and place in the file; an id that it lacks is of no node any more.
    """

    __slots__ = ("_in", "_out", "ids", "number", "place")

    def __init__(self, nodes: Iterable[str], edges: Edges) -> None:
        self.ids: list[str] = list(edges.ids)
        self.number = {node: i for i, node in enumerate(self.ids)}
        self.place = {node: at for at, node in enumerate(nodes)}
        for node in self.place:
            if node not in self.number:
                self.number[node] = len(self.ids)
                self.ids.append(node)
        self._out = _rows(len(self.ids), edges.sources, edges.targets, edges.kinds)
        self._in = _rows(len(self.ids), edges.targets, edges.sources, edges.kinds)

    @staticmethod
    def of(graph: "DependencyGraph") -> "Adjacency":
        """The adjacency of `graph`, made on first use and again when its edges are others."""
        edges = graph.edges
        kept = _MADE.get(graph)
        if kept is None or kept[0] is not edges:
            kept = _MADE[graph] = (edges, Adjacency(graph.nodes, edges))
        return kept[1]

    def arcs(self, node: int, outgoing: bool) -> Iterator[Arc]:
        """What `node` leads to (`outgoing`), or what leads to it."""
        starts, others, kinds = self._out if outgoing else self._in
        first, last = starts[node], starts[node + 1]
        return zip(others[first:last], kinds[first:last], strict=True)

    def degree(self, node: int) -> int:
        """How many arcs begin or end at `node`."""
        out, into = self._out[0], self._in[0]
        return out[node + 1] - out[node] + into[node + 1] - into[node]

    def kinds(self, node: int, outgoing: bool) -> bytes:
        """The kinds of the arcs of `node`."""
        starts, _, kinds = self._out if outgoing else self._in
        return kinds[starts[node] : starts[node + 1]]

    def edge(self, node: int, arc: Arc, outgoing: bool) -> Edge:
        """The edge that `arc` of `node` stands for."""
        here, there = self.ids[node], self.ids[arc[0]]
        source, target = (here, there) if outgoing else (there, here)
        return Edge(source, target, KINDS[arc[1] & ~GUESSED], arc[1] >= GUESSED)


_Rows = tuple[Sequence[int], Sequence[int], bytes]
_MADE: "WeakKeyDictionary[DependencyGraph, tuple[Edges, Adjacency]]" = WeakKeyDictionary()


def kind_mask(kinds: Collection[EdgeKind] | None, guessed: bool) -> bytes:
    """256 flags: whether an arc of that kind is followed; all kinds where `kinds` is None."""
    mask = bytearray(256)
    for i, kind in enumerate(KINDS):
        mask[i] = wanted = kinds is None or kind in kinds
        mask[i | GUESSED] = wanted and guessed
    return bytes(mask)


def _rows(count: int, keys: Sequence[int], others: Sequence[int], kinds: bytes) -> _Rows:
    """Edges ordered by `keys`: where each key's begin, then the other ends and the kinds."""
    sizes = [0] * (count + 1)
    for key in keys:
        sizes[key + 1] += 1
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return (
        array("I", accumulate(sizes)),
        array("I", map(others.__getitem__, order)),
        bytes(map(kinds.__getitem__, order)),
    )
