"""What is to be drawn: a part of the graph small enough to look at, in boxes and lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries import Selection, in_tests, label, reached
from fixbot_analysis.symbols import SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

BOXES = 60  # more are not readable at once
ROWS = 10  # names listed in one box
BUILT_UPON = ("inherits", "overrides")  # kinds of lines whose target stands first: a class is right of its base
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
    """A picture of what was selected, its first `boxes` nodes drawn; with `columns` each in that of its distance, else where its lines put it."""
    inside = set(selection.ids[:boxes])
    made = [
        node_box(graph, f.id, not f.distance, f.distance if columns else None, describe) for f in selection.found[:KEPT]
    ]
    layers = {b.id: b.layer for b in made}
    steps = {f.edge for f in selection.found}
    shown, further = [], []
    for edge in selection.among(list(layers)):
        aside = columns and layers.get(edge.source) == layers.get(edge.target) and edge not in steps
        if edge.source in inside and edge.target in inside and not aside:
            shown.append(_line(edge))
        else:
            further.append(_line(edge))
    left_out = selection.omitted + max(len(selection.found) - boxes, 0)
    drawn, more = tuple(made[:boxes]), tuple(made[boxes:])
    return Picture(selection.title, drawn, tuple(shown), left_out, more, tuple(further), selection.notes)


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
