"""What stands in a relation to a definition: who calls it, which test is nearest, what code is like it."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from fixbot_analysis.context.entries import USING, Directory
from fixbot_analysis.context.packing import Reason
from fixbot_analysis.context.scene import last_names
from fixbot_analysis.context.statements import around, cuts
from fixbot_analysis.context.units import Lines, Units
from fixbot_analysis.graph import DependencyGraph, EdgeKind, Node, is_test
from fixbot_analysis.graph.model import Edge
from fixbot_analysis.symbols import split_words

_CALLERS, _TESTS, _LOOKED_AT = 5, 2, 500
_LEVELS = 4  # calls between a test and the definition it reaches
_WINDOW = 6  # lines before and after a call


def callers(units: Units, node: Node) -> Iterator[tuple[Node, Reason]]:
    """What calls a definition, tests left out: known calls first, guessed ones last and called so."""
    graph = units.index.graph
    for edge in _calls(graph, node)[:_CALLERS]:
        guess = "may call" if edge.guessed else "calls"
        caller = graph.nodes[edge.source]
        if caller.qualname:
            yield (
                caller,
                Reason(
                    f"{guess} {node.qualname}",
                    f"{last_names(edge.source)} -> {node.qualname} (calls{', guessed' if edge.guessed else ''})",
                ),
            )


def _calls(graph: DependencyGraph, node: Node) -> list[Edge]:
    edges = [e for e in Directory.of(graph).incoming(node.id, _LOOKED_AT) if e.kind is EdgeKind.CALLS]
    outside = [e for e in edges if not is_test(e.source.partition("::")[0]) and e.source != node.id]
    return sorted(outside, key=lambda e: (e.guessed, _apart(e.source, node.path), e.source))


def tests(units: Units, node: Node) -> Iterator[tuple[Node, Reason]]:
    """The nearest tests: those that exercise the definition, else what leads to it, else its class; likest name first.

    The reason says which of these it is.
    """
    graph = units.index.graph
    for subject, tested, way in _subjects(units, node):
        found = sorted(_testing(graph, subject), key=lambda n: _distance(n, node))
        for test in found[:_TESTS]:
            yield test, Reason(f"tests {tested}", f"{test.qualname} -> {way} (tests)")
        if found:
            return


def _subjects(units: Units, node: Node) -> Iterator[tuple[str, str, str]]:
    """A definition, what leads to it call by call, the class around it: id, what its tests test, and the way from it."""
    graph = units.index.graph
    yield node.id, node.qualname, node.qualname
    ways, level = {node.id: node.qualname}, [node]
    for _ in range(_LEVELS):
        above = [(c, ways[n.id]) for n in level for c in _known_callers(graph, n)]
        level = []
        for caller, way in above:
            if caller.id not in ways:
                ways[caller.id] = f"{last_names(caller.id)} -> {way}"
                yield caller.id, f"{caller.qualname}, which leads to {node.qualname}", ways[caller.id]
                level.append(caller)
    parent, _, _ = node.id.rpartition(".")
    if parent in graph.nodes and "::" in parent:
        name = graph.nodes[parent].qualname
        yield parent, f"the {graph.nodes[parent].kind} {name}", f"{name} -> {node.qualname}"


def _known_callers(graph: DependencyGraph, node: Node) -> list[Node]:
    callers = (graph.nodes[e.source] for e in _calls(graph, node)[:_CALLERS] if not e.guessed)
    return [caller for caller in callers if caller.qualname]


def _testing(graph: DependencyGraph, subject: str) -> list[Node]:
    """Functions of test files with an edge to `subject`."""
    edges = [e for e in Directory.of(graph).incoming(subject, _LOOKED_AT) if e.kind in (EdgeKind.TESTS, *USING)]
    sources = dict.fromkeys(e.source for e in edges if is_test(e.source.partition("::")[0]))
    nodes = (graph.nodes[s] for s in sources)
    return [n for n in nodes if n.kind in ("function", "method") and n.name.startswith("test")]


def _distance(test: Node, node: Node) -> tuple[float, bool, int, int, str]:
    """How far a test is from a definition: names, file names, folders, length."""
    said, wanted = set(split_words(test.qualname)), set(split_words(node.name))
    missing = 1 - len(said & wanted) / len(wanted) if wanted else 1.0
    stem = PurePosixPath(node.path).stem.strip("_")
    return (
        missing,
        stem not in PurePosixPath(test.path).stem,
        _apart(test.id, node.path),
        test.end_line - test.line,
        test.id,
    )


def _apart(node: str, path: str) -> int:
    """Folders that two files do not share."""
    one, other = node.partition("::")[0].split("/")[:-1], path.split("/")[:-1]
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return len(one) + len(other) - 2 * same


def call_site(units: Units, caller: Node, name: str) -> Lines:
    """The statements of `caller` around its call of `name`."""
    page = units.page(caller.path)
    lines = range(units.header(caller).last + 1, min(caller.end_line, page.last_line) + 1)
    line = next((n for n in lines if f"{name}(" in page.line(n)), caller.line)
    whole = units.whole(caller)
    return around(page, whole, cuts(page, whole.first, whole.last), line, _WINDOW)
