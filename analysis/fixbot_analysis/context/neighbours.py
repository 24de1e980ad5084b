"""What stands in a relation to a definition: who calls it, which test is nearest, what code is like it."""

from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from fixbot_analysis.context.packing import Reason
from fixbot_analysis.context.scene import USING, incoming, last_names
from fixbot_analysis.context.units import Lines, Units
from fixbot_analysis.graph import DependencyGraph, EdgeKind, Node, is_test
from fixbot_analysis.symbols import split_words

_CALLERS, _TESTS, _LOOKED_AT = 5, 2, 500
_WINDOW = 6  # lines before and after a call


def callers(units: Units, node: Node) -> Iterator[tuple[Node, Reason]]:
    """What calls a definition, tests left out: known calls first, guessed ones last and called so."""
    graph = units.index.graph
    edges = [e for e in incoming(graph, node.id, _LOOKED_AT) if e.kind is EdgeKind.CALLS]
    outside = [e for e in edges if not is_test(e.source.partition("::")[0]) and e.source != node.id]
    found = sorted(outside, key=lambda e: (e.guessed, _apart(e.source, node.path), e.source))
    for edge in found[:_CALLERS]:
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


def tests(units: Units, node: Node) -> Iterator[tuple[Node, Reason]]:
    """The nearest tests: those that exercise the definition, else its class, else what calls it; likest name first."""
    graph = units.index.graph
    for subject, way in _subjects(units, node):
        found = sorted(_testing(graph, subject), key=lambda n: _distance(n, node))
        for test in found[:_TESTS]:
            yield test, Reason(f"tests {node.qualname}", f"{test.qualname} -> {way} (tests)")
        if found:
            return


def _subjects(units: Units, node: Node) -> Iterator[tuple[str, str]]:
    """A definition, what calls it, the class around it: whose tests come nearest to exercising it."""
    graph = units.index.graph
    yield node.id, node.qualname
    for caller in [c for c, _ in islice(callers(units, node), _CALLERS)]:
        yield caller.id, f"{last_names(caller.id)} -> {node.qualname}"
    parent, _, _ = node.id.rpartition(".")
    if parent in graph.nodes and "::" in parent:
        yield parent, f"{graph.nodes[parent].qualname} -> {node.qualname}"


def _testing(graph: DependencyGraph, subject: str) -> list[Node]:
    """Functions of test files with an edge to `subject`."""
    edges = [e for e in incoming(graph, subject, _LOOKED_AT) if e.kind in (EdgeKind.TESTS, *USING)]
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
    one, other = PurePosixPath(node.partition("::")[0]).parent.parts, PurePosixPath(path).parent.parts
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return len(one) + len(other) - 2 * same


def call_site(units: Units, caller: Node, name: str) -> Lines:
    """The lines of `caller` around its call of `name`."""
    page = units.page(caller.path)
    lines = range(units.header(caller).last + 1, min(caller.end_line, page.last_line) + 1)
    line = next((n for n in lines if f"{name}(" in page.line(n)), caller.line)
    return Lines(caller.path, max(caller.line, line - _WINDOW), min(caller.end_line, line + _WINDOW))
