"""What is to be drawn: a part of the graph small enough to look at."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.symbols import SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

BOXES = 80  # more are not readable on one page


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the picture. `kind` is a node's kind, or ``package`` for modules drawn as one; `focus` marks what was asked for."""

    id: str
    label: str
    kind: str
    note: str = ""  # where it is, or how many modules it stands for
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An edge of the picture; `count` edges of the graph stand behind it."""

    source: str
    target: str
    kind: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and lines, sorted; `omitted` nodes did not fit."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    omitted: int = 0


def neighbourhood(graph: "DependencyGraph", node: str, depth: int) -> Picture:
    """Everything at most `depth` edges from `node`, the nearest :data:`BOXES` of it."""
    near = list(graph.within(node, depth))
    kept = set(near[:BOXES])
    boxes = []
    for each in near[:BOXES]:
        n = graph.nodes[each]
        label = n.name if n.kind is SymbolKind.MODULE else n.qualname
        boxes.append(Box(each, label, n.kind.value, f"{n.path}:{n.line}", each == node))
    lines = [Line(e.source, e.target, e.kind.value) for e in graph.edges if e.source in kept and e.target in kept]
    return Picture(
        f"{node}, {depth} step{'s' if depth != 1 else ''} around", tuple(boxes), tuple(lines), len(near) - len(kept)
    )


def overview(graph: "DependencyGraph") -> Picture:
    """The modules of a project and what they import; packages, where there are too many modules."""
    names = {n.path: n.name for n in graph.nodes.values() if n.kind is SymbolKind.MODULE}
    depth = _depth(list(names.values()))
    group = {path: ".".join(name.split(".")[:depth]) for path, name in names.items()}
    sizes = Counter(group.values())
    counts = Counter(
        (group[e.source], group[e.target])
        for e in graph.edges
        if e.kind is EdgeKind.IMPORTS and group[e.source] != group[e.target]
    )
    degree: Counter[str] = Counter()
    for (source, target), count in counts.items():
        degree[source] += count
        degree[target] += count
    kept = sorted(sizes, key=lambda g: (-degree[g], g))[:BOXES]
    paths = {group[path]: path for path in names}
    boxes = [
        Box(g, g, "module", paths[g]) if sizes[g] == 1 else Box(g, g, "package", f"{sizes[g]} modules")
        for g in sorted(kept)
    ]
    inside = set(kept)
    lines = [Line(s, t, "imports", n) for (s, t), n in sorted(counts.items()) if s in inside and t in inside]
    what = "modules" if len(sizes) == len(names) else "packages"
    return Picture(
        f"{len(names)} modules, drawn as {len(boxes)} {what}", tuple(boxes), tuple(lines), len(sizes) - len(kept)
    )


def _depth(names: list[str]) -> int:
    """How many parts of the dotted names to tell apart: as many as give at most BOXES groups, at least one."""
    deepest = max((name.count(".") + 1 for name in names), default=1)
    fitting = [d for d in range(1, deepest + 1) if len({tuple(n.split(".")[:d]) for n in names}) <= BOXES]
    return max(fitting, default=1)
