"""What may behave differently after a change: everything that leans on it, the tests first."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, kind_mask
from fixbot_analysis.graph.queries.selection import Found, Selection, edges_among, label
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE, found_by, reached
from fixbot_analysis.graph.reach import is_test

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

# What depends on the target of such an edge: its source.
_LEANS = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.OVERRIDES, EdgeKind.TESTS)
_CALLS = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.TESTS)


def impact(
    graph: "DependencyGraph",
    changed: Iterable[str],
    within: int = ANY_DISTANCE,
    guessed: bool = True,
    *,
    whole: bool = True,
) -> Selection:
    """What may behave differently when the symbols or files `changed` (ids) do, at most `within` steps away.

    A class or module stands for all that it holds, unless not `whole`. Followed backwards are calls, uses, inheritance, overriding and tests;
    imports only from a changed module's own top level, as importing runs that and nothing else. Callers of a method that a
    changed one overrides are affected as well: what they call may be the changed one. What was changed comes first, then the tests and then the rest, each by distance.
    """
    asked = tuple(dict.fromkeys(c for c in changed if c in graph.nodes))
    seeds = reached(graph, asked, {EdgeKind.DEFINES}, within=ANY_DISTANCE if whole else 0)
    steps = {node: found_by(graph, node, 0, edge) for node, (_, edge) in seeds.items()}
    _add_importers(graph, asked, within, steps)
    _add_leaning(graph, list(seeds), within, guessed, steps)
    order = sorted(
        steps.values(), key=lambda f: (f.distance > 0, not is_test(graph.nodes[f.id].path), f.distance, f.id)
    )
    title = f"what a change of {', '.join(label(graph, a) for a in asked)} may reach"
    kinds = (*_LEANS, EdgeKind.IMPORTS, EdgeKind.DEFINES)
    return Selection(title, tuple(order), edges_among(graph, steps, kinds, guessed))


def symbols_at(graph: "DependencyGraph", path: str, lines: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Ids of the innermost definitions of the file at `path` that the ranges of `lines` (from 1, both ends included) touch.

    Lines outside of all functions and classes belong to the module. Empty where the graph has no such file.
    """
    if path not in graph.nodes:
        return ()
    nodes = graph.nodes
    inside = list(reached(graph, [path], {EdgeKind.DEFINES}))
    borders = sorted({line for i in inside for line in (nodes[i].line, nodes[i].end_line + 1)})
    found: dict[str, None] = {}
    for first, last in lines:
        for line in (max(first, 1), *(b for b in borders if first < b <= last)):
            found[max(inside, key=lambda i: _depth(graph, i, path, line))] = None
    return tuple(found)


def _depth(graph: "DependencyGraph", node: str, path: str, line: int) -> tuple[bool, int, int]:
    """Greatest for the innermost definition that holds `line`; the module holds every line."""
    n = graph.nodes[node]
    if node == path:
        return True, 0, 0
    return n.line <= line <= n.end_line, n.line, -n.end_line


def _add_importers(graph: "DependencyGraph", asked: Iterable[str], within: int, steps: dict[str, Found]) -> None:
    modules = [a for a in asked if a == graph.nodes[a].path]
    for node, (far, edge) in reached(graph, modules, {EdgeKind.IMPORTS}, outgoing=False, within=within).items():
        steps.setdefault(node, found_by(graph, node, far, edge))


def _add_leaning(
    graph: "DependencyGraph", layer: list[str], within: int, guessed: bool, steps: dict[str, Found]
) -> None:
    """Layer by layer what leans on the last one."""
    near = Adjacency.of(graph)
    leans, calls, overrides = (kind_mask(k, guessed) for k in (_LEANS, _CALLS, (EdgeKind.OVERRIDES,)))
    distance = 0
    while layer and distance < within:
        distance += 1
        following: list[str] = []
        for here in layer:
            for edge in _leaning(near, near.number[here], leans, calls, overrides):
                known = steps.get(edge.source)
                if known is None or known.distance > distance:
                    steps[edge.source] = found_by(graph, edge.source, distance, edge)
                    following.append(edge.source)
        layer = following


def _leaning(near: Adjacency, node: int, leans: bytes, calls: bytes, overrides: bytes) -> Iterator[Edge]:
    """Edges from what leans on `node`, and from what calls a method that `node` stands in for."""
    for arc in near.arcs(node, False):
        if leans[arc[1]]:
            yield near.edge(node, arc, False)
    seen, rest = {node}, [node]
    while rest:
        for base, kind in near.arcs(rest.pop(), True):
            if overrides[kind] and base not in seen:
                seen.add(base)
                rest.append(base)
                yield from (near.edge(base, arc, False) for arc in near.arcs(base, False) if calls[arc[1]])
