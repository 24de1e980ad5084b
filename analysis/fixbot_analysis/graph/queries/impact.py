"""What may behave differently after a change: everything that leans on it, the tests first."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fixbot_analysis.graph.kinds import LEANING
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency, kind_mask
from fixbot_analysis.graph.queries.selection import Found, Selection, in_tests, label, linking
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE, reached

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

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
    steps = {node: Found(node, 0, edge) for node, (_, edge) in seeds.items()}
    modules = [a for a in asked if "::" not in a]
    for node, step in reached(graph, modules, {EdgeKind.IMPORTS}, outgoing=False, within=within).items():
        steps.setdefault(node, Found(node, *step))
    _add_leaning(Adjacency.of(graph), list(seeds), within, guessed, steps)
    order = sorted(steps.values(), key=lambda f: (f.distance > 0, not in_tests(f.id), f.distance, f.id))
    title = f"what a change of {', '.join(label(graph, a) for a in asked)} may reach"
    kinds = (*LEANING, EdgeKind.IMPORTS, EdgeKind.DEFINES)
    return Selection(title, tuple(order), linking(graph, kinds, guessed))


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


def _add_leaning(near: Adjacency, seeds: Iterable[str], within: int, guessed: bool, steps: dict[str, Found]) -> None:
    """Layer by layer what leans on the last one: on a node itself, or by a call on a method that it stands in for."""
    leans, calls, overrides = (kind_mask(k, guessed) for k in (LEANING, _CALLS, (EdgeKind.OVERRIDES,)))
    distances = {near.number[node]: found.distance for node, found in steps.items()}
    layer, distance = [near.number[s] for s in seeds], 0
    while layer and distance < within:
        distance += 1
        following: list[int] = []
        for here in layer:
            for base in _stood_in_for(near, here, overrides):
                mask = leans if base == here else calls
                for arc in near.arcs(base, False):
                    if mask[arc[1]] and distances.get(arc[0], ANY_DISTANCE) > distance:
                        distances[arc[0]] = distance
                        following.append(arc[0])
                        node = near.ids[arc[0]]
                        steps[node] = Found(node, distance, near.edge(base, arc, False))
        layer = following


def _stood_in_for(near: Adjacency, node: int, overrides: bytes) -> Iterator[int]:
    """The node itself, and the methods that it overrides, directly or not."""
    seen, rest = {node}, [node]
    while rest:
        here = rest.pop()
        yield here
        fresh = {base for base, kind in near.arcs(here, True) if overrides[kind]} - seen
        seen |= fresh
        rest += sorted(fresh)
