"""What a query finds: a part of the graph, in order, each node with the reason why it is there."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from fixbot_analysis.graph.kinds import TRAITS
from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, kind_mask
from fixbot_analysis.graph.reach import is_test

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

ASKED = "asked for"

# How an edge reads, from its source and from its target.
WORDS = {kind: trait.words for kind, trait in TRAITS.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """A node by id, its distance in edges from what was asked for (below 0: it leads there), and the edge that it was reached by."""

    id: str
    distance: int = 0
    edge: Edge | None = None

    @property
    def via(self) -> str:
        """Id of the node one step nearer; ``""`` for what was asked for."""
        if self.edge is None:
            return ""
        return self.edge.target if self.edge.source == self.id else self.edge.source

    @property
    def why(self) -> str:
        """Why it was found, with the node as the subject: ``calls Cart.total``."""
        if self.edge is None:
            return ASKED
        other = self.via.partition("::")[2] or self.via
        return (
            f"{WORDS[self.edge.kind][self.edge.source != self.id]} {other}{' (guessed)' if self.edge.guessed else ''}"
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """Nodes in the order in which they matter; `among` gives the edges among some of them (ids), sorted; `notes` are for the reader.

    `omitted` nodes were found too, but left out as too many. `unknown_calls` are calls by the name of what was asked for on
    receivers of which nothing is known: the answer may lack them. None where the answer does not hang on calls.
    """

    title: str
    found: tuple[Found, ...]
    among: Callable[[Collection[str]], tuple[Edge, ...]]
    omitted: int = 0
    notes: tuple[str, ...] = ()
    unknown_calls: int | None = None

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges among all that was found, worked out when they are asked for."""
        return self.among(self.ids)

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
        return replace(self, found=kept)

    def first(self, count: int) -> "Selection":
        """The first `count` nodes."""
        left_out = max(len(self.found) - count, 0)
        return replace(self, found=self.found[:count], omitted=self.omitted + left_out)


def linking(
    graph: "DependencyGraph", kinds: Collection[EdgeKind] | None = None, guessed: bool = True
) -> Callable[[Collection[str]], tuple[Edge, ...]]:
    """What gives the edges of `kinds` among some nodes of `graph`."""
    return lambda ids: edges_among(graph, ids, kinds, guessed)


def given(edges: Iterable[Edge]) -> Callable[[Collection[str]], tuple[Edge, ...]]:
    """What gives those of `edges` that lie among some nodes."""
    kept = tuple(sorted(set(edges)))

    def among(ids: Collection[str]) -> tuple[Edge, ...]:
        inside = set(ids)
        return tuple(e for e in kept if e.source in inside and e.target in inside)

    return among


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
    return node.partition("::")[2] or graph.module_of(node) or node


def in_order(graph: "DependencyGraph", ids: Iterable[str]) -> Iterator[str]:
    """The `ids` by path and place."""
    place = Adjacency.of(graph).place
    return iter(sorted(ids, key=place.__getitem__))


def last_name(node: str) -> str:
    """The last part of a definition's qualified name, by its id."""
    return node.partition("::")[2].rpartition(".")[2]


@lru_cache(maxsize=4096)
def path_is_test(path: str) -> bool:
    """:func:`~fixbot_analysis.graph.is_test`, asked once a path."""
    return is_test(path)


def in_tests(node: str) -> bool:
    """Whether a node (by id) lies in a file of tests."""
    return path_is_test(node.partition("::")[0])
