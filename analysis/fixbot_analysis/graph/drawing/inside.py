"""One module seen from inside: its classes and functions, how they lean on each other, and who leans on them from outside."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from fixbot_analysis.graph.drawing.picture import Box, Describe, Line, Picture, listed, node_box
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.queries import in_order, reached

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_LEANS = frozenset({EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.TESTS})
_OUTSIDE = 8  # modules drawn on either side

# Line -> how many edges are behind it: source box, target box, kind.
_Counts = Counter[tuple[str, str, str]]


def inside(graph: "DependencyGraph", path: str, describe: Describe | None = None) -> Picture:
    """The classes and functions at the top of the module at `path`, methods within their classes' boxes.

    Left of them are the modules that lean on them most, right those that they lean on, each by its strongest line; a page has the others too.
    """
    within, outside, into = _lines(graph, path)
    units = [i for i, (far, _) in reached(graph, [path], {EdgeKind.DEFINES}, within=1).items() if far]
    boxes = [_unit(graph, i, describe) for i in in_order(graph, units)]
    users, used = _strongest(outside, 0), _strongest(into, 1)
    drawn = {*users[:_OUTSIDE], *used[:_OUTSIDE]}
    others = list(dict.fromkeys([*users, *used]))
    strong = {_best(outside, u, 0) for u in users[:_OUTSIDE]} | {_best(into, u, 1) for u in used[:_OUTSIDE]}
    shown = _made(within | Counter({k: (outside | into)[k] for k in strong}))
    further = _made(Counter({k: n for k, n in (outside | into).items() if k not in strong}))
    return Picture(
        f"{graph.nodes[path].name or path}: definitions {len(units)}, modules that it leans on {len(used)}, that lean on it {len(users)}",
        (*boxes, *(node_box(graph, o) for o in others if o in drawn)),
        shown,
        len(others) - len(drawn),
        tuple(node_box(graph, o) for o in others if o not in drawn),
        further,
    )


def _lines(graph: "DependencyGraph", path: str) -> tuple[_Counts, _Counts, _Counts]:
    """Lines among the units of the module, from other modules to its units, and from its units to other modules."""
    within, outside, into = _Counts(), _Counts(), _Counts()
    top: dict[str, str] = {}
    for node in reached(graph, [path], {EdgeKind.DEFINES}):
        top[node] = f"{path}::{node.partition('::')[2].partition('.')[0]}" if node != path else ""
    for node, unit in top.items():
        for edge in graph.neighbours(node, _LEANS):
            target = top.get(edge.target)
            if target is None and unit:
                into[unit, edge.target.partition("::")[0], edge.kind.value] += 1
            elif unit and target and (unit != target):
                within[unit, target, edge.kind.value] += 1
        for edge in graph.neighbours(node, _LEANS, outgoing=False):
            if edge.source not in top and unit:
                outside[edge.source.partition("::")[0], unit, edge.kind.value] += 1
    return within, outside, into


def _strongest(counts: _Counts, end: int) -> list[str]:
    """The boxes at one end of the lines, those with the most edges first."""
    total: dict[str, int] = defaultdict(int)
    for key, count in counts.items():
        total[key[end]] += count
    return sorted(total, key=lambda box: (-total[box], box))


def _best(counts: _Counts, box: str, end: int) -> tuple[str, str, str]:
    return max((k for k in counts if k[end] == box), key=lambda k: (counts[k], k))


def _made(counts: _Counts) -> tuple[Line, ...]:
    return tuple(Line(*key, count) for key, count in sorted(counts.items()))


def _unit(graph: "DependencyGraph", node: str, describe: Describe | None) -> Box:
    members = [i for i, (far, _) in reached(graph, [node], {EdgeKind.DEFINES}, within=1).items() if far]
    box = node_box(graph, node, describe=describe)
    return replace(box, note=f"line {graph.nodes[node].line}", rows=listed([graph.nodes[i].name for i in members]))
