"""What was selected, as text for a terminal: trees, lists and paths."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fixbot_analysis.graph.drawing.markup import in_lines
from fixbot_analysis.graph.model import Edge
from fixbot_analysis.graph.queries import WORDS, Found, Selection, Step, in_tests, label
from fixbot_analysis.symbols import SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_ABOVE = "↑ above"  # said of what a tree showed already


def tree(graph: "DependencyGraph", selection: Selection, most: int) -> str:
    """What was asked for, and below it what was reached from it, grouped by how; each node once, at most `most` of them."""
    drawn = selection.first(most)
    children: dict[str, list[tuple[str, Found]]] = defaultdict(list)
    for found in drawn.found:
        if found.edge is not None:
            children[found.via].append((_word(found.edge, found.via), found))
    lines = [selection.title]
    for root in (f for f in drawn.found if f.edge is None):
        lines += [_line(graph, root.id), *_branches(graph, root.id, children, "")]
    return _ended(lines, drawn)


def call_tree(graph: "DependencyGraph", selection: Selection, most: int) -> str:
    """What was asked for, below it what it calls, and so on; what was shown before is only named again."""
    drawn = selection.first(most)
    order = {f.id: at for at, f in enumerate(drawn.found)}
    callees: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for edge in sorted(drawn.edges, key=lambda e: order[e.target]):
        callees[edge.source].append((edge.target, edge.guessed))
    lines, seen = [selection.title], set()

    def below(node: str, lead: str) -> None:
        seen.add(node)
        for at, (callee, guessed) in enumerate(callees[node], 1):
            last = at == len(callees[node])
            said = _ABOVE if callee in seen else _place(graph, callee)
            unsure = "  (guessed)" if guessed else ""
            lines.append(f"{lead}{'└─ ' if last else '├─ '}{label(graph, callee)}{unsure}  {said}")
            if callee not in seen:
                below(callee, lead + ("   " if last else "│  "))

    for root in (f for f in drawn.found if f.edge is None):
        lines.append(_line(graph, root.id))
        below(root.id, "")
    return _ended(lines, drawn)


def listing(graph: "DependencyGraph", selection: Selection, most: int) -> str:
    """One line a node: how far, what, where, why; what lies in tests has a heading of its own."""
    drawn = selection.first(most)
    asked = [f for f in drawn.found if not f.distance and f.edge is None]
    held = len(drawn.found) - len(asked) - sum(1 for f in drawn.found if f.distance)
    rest = [f for f in drawn.found if f.distance]
    tests = [f for f in rest if in_tests(f.id)]
    others = [f for f in rest if not in_tests(f.id)]
    total = len(selection.found) + selection.omitted
    lines = [f"{selection.title}: {total} found"]
    for heading, part in (("", asked), ("in tests", tests), ("elsewhere", others)):
        if part and heading and tests:
            lines.append(heading)
        lines += _table(graph, part)
        if part is asked and held:
            lines.append(f"     and the {held} definitions inside")
    return _ended(lines, drawn)


def routes(graph: "DependencyGraph", source: str, found: Sequence[Sequence[Step]]) -> str:
    """Paths, step by step."""
    lines = []
    for number, path in enumerate(found, 1):
        lines.append(f"{number}. {label(graph, source)}  {_place(graph, source)}")
        for step in path:
            words = WORDS[step.edge.kind][0 if step.forwards else 1]
            unsure = " (guessed)" if step.edge.guessed else ""
            lines.append(f"   {words} {label(graph, step.to)}{unsure}  {_place(graph, step.to)}")
    return in_lines(lines)


def _branches(
    graph: "DependencyGraph", node: str, children: dict[str, list[tuple[str, Found]]], lead: str
) -> Iterator[str]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for words, found in children.get(node, ()):
        groups[words].append(found)
    rows: list[tuple[str, str]] = []  # a line, and the node below whose line the next ones go
    for words, group in groups.items():
        rows += [(f"{words} {_line(graph, f.id)}{_unsure(f)}", f.id) for f in group]
    for at, (line, child) in enumerate(rows, 1):
        last = at == len(rows)
        yield f"{lead}{'└─ ' if last else '├─ '}{line}"
        yield from _branches(graph, child, children, lead + ("   " if last else "│  "))


def _word(edge: Edge, node: str) -> str:
    """How the edge reads from `node`."""
    return WORDS[edge.kind][0 if edge.source == node else 1]


def _unsure(found: Found) -> str:
    return "  (guessed)" if found.edge and found.edge.guessed else ""


def _table(graph: "DependencyGraph", found: Sequence[Found]) -> Iterator[str]:
    names = [label(graph, f.id) for f in found]
    wide = min(max(map(len, names), default=0), 48)
    for each, name in zip(found, names, strict=True):
        why = f"  {each.why}" if each.distance else ""
        yield f"{abs(each.distance) or '':>3}  {name:<{wide}}  {_place(graph, each.id)}{why}"


def _line(graph: "DependencyGraph", node: str) -> str:
    return f"{label(graph, node)}  {_place(graph, node)}"


def _place(graph: "DependencyGraph", node: str) -> str:
    n = graph.nodes[node]
    return n.path if n.kind is SymbolKind.MODULE else f"{n.path}:{n.line}"


def _ended(lines: list[str], drawn: Selection) -> str:
    more = [f"… and {drawn.omitted} more"] if drawn.omitted else []
    return in_lines([*lines, *more, *(f"note: {n}" for n in drawn.notes)])
