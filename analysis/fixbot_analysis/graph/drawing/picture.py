"""What is to be drawn: a part of the graph small enough to look at, in boxes and lines."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from fixbot_analysis.graph.drawing.looks import TELLING
from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries import Found, Selection, in_tests, label, reached
from fixbot_analysis.symbols import SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

BOXES = 60  # more are not readable at once
ROWS = 10  # names listed in one box
KEPT = 2000  # boxes whose data a page carries, to be brought in by clicking


@dataclass(frozen=True, slots=True)
class Detail:
    """What is said of a box when it is asked: its header as written and the first paragraph of its docstring."""

    signature: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the picture. `kind` is a node's kind, or ``cluster`` for modules drawn as one; `focus` marks what was asked for.

    `note` says where it is, `rows` what is in it, `inside` names all that it stands for; `layer` is the column it must stand
    in, None where its lines decide.
    """

    id: str
    label: str
    kind: str
    note: str = ""
    focus: bool = False
    rows: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    layer: int | None = None
    detail: Detail = Detail()
    test: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An edge of the picture; `count` edges of the graph stand behind it."""

    source: str
    target: str
    kind: str
    count: int = 1
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes in the order in which they matter, and lines, sorted; `omitted` nodes did not fit.

    `more` boxes are not drawn at first, but a page has them at hand; `further` are the lines from and to those, and
    those between drawn boxes that would only be in the way.
    """

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    omitted: int = 0
    more: tuple[Box, ...] = ()
    further: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


_COLUMN = 40  # percent of the boxes that one column may hold

# Says more of a node, by id.
Describe = Callable[[str], Detail]


def pictured(
    graph: "DependencyGraph",
    selection: Selection,
    boxes: int = BOXES,
    *,
    columns: bool = True,
    describe: Describe | None = None,
) -> Picture:
    """A picture of what was selected, at most `boxes` nodes of it drawn; with `columns` each in that of its distance, else where its lines put it."""
    chosen = _chosen(selection.found, boxes) if columns else selection.found[:boxes]
    inside = {f.id for f in chosen}
    others = [f for f in selection.found if f.id not in inside][: max(KEPT - len(chosen), 0)]
    made = [
        node_box(graph, f.id, not f.distance, f.distance if columns else None, describe) for f in (*chosen, *others)
    ]
    layers = {box.id: box.layer or 0 for box in made}
    best: dict[tuple[str, str], Edge] = {}
    edges = selection.among(list(layers))
    for edge in edges:
        ends = edge.source, edge.target
        near = not columns or abs(layers[edge.source] - layers[edge.target]) == 1 or edge.source == edge.target
        if near and inside.issuperset(ends) and (ends not in best or TELLING[edge.kind] < TELLING[best[ends].kind]):
            best[ends] = edge
    drawn = set(best.values())
    return Picture(
        selection.title,
        tuple(made[: len(chosen)]),
        tuple(_line(e) for e in edges if e in drawn),
        selection.omitted + len(selection.found) - len(chosen),
        tuple(made[len(chosen) :]),
        tuple(_line(e) for e in edges if e not in drawn),
        selection.notes,
    )


def _chosen(found: Sequence[Found], boxes: int) -> list[Found]:
    """What is drawn in columns: the nearest first, no column too long to be seen, of each kind of edge some, nothing without what it hangs on."""
    layers: dict[int, list[Found]] = defaultdict(list)
    for each in found:
        layers[each.distance].append(each)
    chosen: dict[str, Found] = {}
    for distance in sorted(layers, key=lambda d: (abs(d), -d)):
        longest = max(boxes * _COLUMN // 100, 1) if distance else boxes
        hanging = [f for f in layers[distance] if not f.via or f.via in chosen]
        kept = set(_varied(hanging)[: min(longest, boxes - len(chosen))])
        chosen.update((f.id, f) for kind in _by_kind(hanging) for f in kind if f in kept)
    return list(chosen.values())


def _varied(found: Sequence[Found]) -> list[Found]:
    """The same nodes in turns of the kinds of edges that they were reached by."""
    return [each for turn in zip_longest(*_by_kind(found)) for each in turn if each is not None]


def _by_kind(found: Sequence[Found]) -> list[list[Found]]:
    """The nodes by the kind of edge that they were reached by."""
    kinds: dict[EdgeKind | None, list[Found]] = defaultdict(list)
    for each in found:
        kinds[each.edge.kind if each.edge else None].append(each)
    return list(kinds.values())


def node_box(
    graph: "DependencyGraph", node: str, focus: bool = False, layer: int | None = None, describe: Describe | None = None
) -> Box:
    """The box of one node."""
    n = graph.nodes[node]
    module = n.kind is SymbolKind.MODULE
    note = n.path if module else f"{n.path}:{n.line}"
    return Box(
        node,
        label(graph, node),
        n.kind.value,
        note,
        focus,
        layer=layer,
        detail=describe(node) if describe else Detail(),
        test=in_tests(node),
    )


def neighbourhood(
    graph: "DependencyGraph", found: Selection, folded: bool, boxes: int = BOXES, describe: Describe | None = None
) -> Picture:
    """What was found around a node: what leads to it on its left, what it leads to on its right.

    Where `folded`, what the node itself holds is listed in its box and not drawn around it.
    """
    node = found.ids[0]
    members = [i for i, (far, _) in reached(graph, [node], {EdgeKind.DEFINES}, within=1).items() if far]
    drawn = pictured(graph, found.without(set(members)) if folded else found, boxes, describe=describe)
    rows = listed([graph.nodes[i].name for i in members]) if folded else ()
    return replace(drawn, boxes=tuple(replace(b, rows=rows) if b.id == node else b for b in drawn.boxes))


def listed(names: Sequence[str]) -> tuple[str, ...]:
    """Names for the lines of a box, public ones first, as many as are read."""
    order = sorted(names, key=lambda n: (n.startswith("_"), n.startswith("__")))
    if len(order) <= ROWS + 1:
        return tuple(order)
    return (*order[:ROWS], f"and {len(order) - ROWS} more")


def _line(edge: Edge) -> Line:
    return Line(edge.source, edge.target, edge.kind.value, 1, edge.guessed)
