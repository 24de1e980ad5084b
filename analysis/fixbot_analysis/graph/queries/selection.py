"""What a query finds: a part of the graph, in order, each node with the reason why it is there."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, kind_mask

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

ASKED = "asked for"

# How an edge reads, from its source and from its target.
WORDS = {
    EdgeKind.IMPORTS: ("imports", "imported by"),
    EdgeKind.DEFINES: ("defines", "defined in"),
    EdgeKind.CALLS: ("calls", "called by"),
    EdgeKind.INHERITS: ("inherits from", "base of"),
    EdgeKind.OVERRIDES: ("overrides", "overridden by"),
    EdgeKind.USES: ("uses", "used by"),
    EdgeKind.TESTS: ("tests", "tested by"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A node by id, its distance in edges from what was asked for (below 0: it leads there), and why it was found.

    `why` reads with the node as its subject: ``calls Cart.total``. `edge` is the one that it was reached by.
    """

    id: str
    distance: int
    why: str
    edge: Edge | None = None

    @property
    def via(self) -> str:
        """Id of the node one step nearer; ``""`` for what was asked for."""
        if self.edge is None:
            return ""
        return self.edge.target if self.edge.source == self.id else self.edge.source


@dataclass(frozen=True, slots=True)
class Selection:
    """Nodes in the order in which they matter, and the edges among them, sorted; `notes` are for the reader.

    `omitted` nodes were found too, but left out as too many.
    """

    title: str
    found: tuple[Found, ...]
    edges: tuple[Edge, ...]
    omitted: int = 0
    notes: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of what was found, in order."""
        return tuple(f.id for f in self.found)

    def without(self, ids: Container[str]) -> "Selection":
        """All but the nodes `ids`, what was reached through them only, and the edges of both."""
        left_out: set[str] = set()
        for each in self.found:  # nearer ones come first
            if each.id in ids or each.via in left_out:
                left_out.add(each.id)
        kept = tuple(f for f in self.found if f.id not in left_out)
        edges = tuple(e for e in self.edges if e.source not in left_out and e.target not in left_out)
        return Selection(self.title, kept, edges, self.omitted, self.notes)

    def first(self, count: int) -> "Selection":
        """The first `count` nodes, with the edges among them."""
        if count >= len(self.found):
            return self
        kept = self.found[:count]
        inside = {f.id for f in kept}
        edges = tuple(e for e in self.edges if e.source in inside and e.target in inside)
        return Selection(self.title, kept, edges, self.omitted + len(self.found) - count, self.notes)


def edges_among(
    graph: "DependencyGraph", ids: Iterable[str], kinds: Iterable[EdgeKind] | None = None, guessed: bool = True
) -> tuple[Edge, ...]:
    """Edges of `kinds` (all where None) from one of `ids` to another, sorted."""
    near = Adjacency.of(graph)
    mask = kind_mask(None if kinds is None else frozenset(kinds), guessed)
    inside = {near.number[i] for i in ids if i in near.number}
    return tuple(
        sorted(
            near.edge(n, arc, True) for n in inside for arc in near.arcs(n, True) if arc[0] in inside and mask[arc[1]]
        )
    )


def label(graph: "DependencyGraph", node: str) -> str:
    """How a reader calls a node: a module's dotted name, else the qualified name."""
    found = graph.nodes[node]
    return found.qualname or found.name or found.path


def reason(graph: "DependencyGraph", edge: Edge, subject: str) -> str:
    """The `edge` in words, read from its end `subject`: ``called by Cart.show``."""
    forwards, backwards = WORDS[edge.kind]
    words, other = (forwards, edge.target) if edge.source == subject else (backwards, edge.source)
    return f"{words} {label(graph, other)}" + (" (guessed)" if edge.guessed else "")


def in_order(graph: "DependencyGraph", ids: Iterable[str]) -> Iterator[str]:
    """The `ids` by path and line."""
    nodes = graph.nodes
    return iter(sorted(ids, key=lambda i: (nodes[i].path, nodes[i].line, i)))
