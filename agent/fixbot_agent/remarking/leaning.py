"""Who leans on what a change touches: callers, users, heirs and tests of each changed definition, as the graph is sure of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.reviewing import Change
from fixbot_agent.tools import Desk
from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import DependencyGraph, EdgeKind
from fixbot_analysis.graph.queries.impact import symbols_at
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.symbols import SymbolKind

_MOST = 24  # definitions that are asked about
_USERS, _TESTS = 8, 5  # of each that are named
_SITES = 2  # lines of one user
_WIDEST = 140
_WORDS = {
    EdgeKind.CALLS: "called by", EdgeKind.USES: "named by", EdgeKind.INHERITS: "inherited by", EdgeKind.OVERRIDES: "overridden by",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Leaning:
    """Ids of who leans on one definition: not of tests by kind, and tests."""

    users: dict[EdgeKind, list[str]]
    tests: list[str]


def leaning(change: Change, desk: Desk) -> Iterator[str]:
    """Effect: asks the graph, reads files. A block of rows for each changed definition; those of tests are passed over."""
    if desk.equipment.graph is None:
        return
    graph = desk.equipment.graph()
    changed = _changed(change, graph)
    found = _leaning(graph, changed)
    for each in changed:
        if rows := list(_rows(desk, graph, each, found[each])):
            yield "\n".join([f"{each}:", *rows])


def _changed(change: Change, graph: DependencyGraph) -> list[str]:
    """Ids of the innermost definitions that hold changed lines."""
    found: list[str] = []
    for path, touched in sorted(change.lines.items()):
        rows = change.after[path].split(b"\n")
        lines = [n for n in touched if rows[n - 1].strip()]
        if lines and not is_test(path):
            found += [each for each in symbols_at(graph, path, [(n, n) for n in lines]) if "::" in each]
    return list(dict.fromkeys(found))[:_MOST]


def _leaning(graph: DependencyGraph, changed: Sequence[str]) -> dict[str, _Leaning]:
    """One walk over all edges. A constructor is called by the name of its class."""
    found = {each: _Leaning(defaultdict(list), []) for each in changed}
    names = {each: each for each in changed} | {
        each.removesuffix(".__init__"): each for each in changed if each.endswith(".__init__")
    }
    for edge in graph.edges:
        each = names.get(edge.target)
        if each is None or edge.guessed or edge.kind not in (*_WORDS, EdgeKind.TESTS) or edge.source == each:
            continue
        path = edge.source.partition("::")[0]
        if is_secret(path):
            continue
        if edge.kind is EdgeKind.USES and graph.nodes[each].kind is SymbolKind.CLASS:
            continue  # annotations and imports, for the most part
        rows = found[each].tests if edge.kind is EdgeKind.TESTS or is_test(path) else found[each].users[edge.kind]
        rows.append(edge.source)
    return found


def _rows(desk: Desk, graph: DependencyGraph, target: str, found: _Leaning) -> Iterator[str]:
    name = target.removesuffix(".__init__").rpartition("::")[2].rpartition(".")[2]
    for kind, users in found.users.items():
        yield f"  {_WORDS[kind]}:"
        for user in list(dict.fromkeys(users))[:_USERS]:
            yield from _sites(desk, graph, user, name)
        if (left := len(set(users)) - _USERS) > 0:
            yield f"    … and {left} more"
    tests = list(dict.fromkeys(found.tests))
    if tests:
        more = f" and {len(tests) - _TESTS} more" if len(tests) > _TESTS else ""
        yield f"  tests that use it directly: {', '.join(tests[:_TESTS])}{more}"
    elif found.users:
        yield "  no test uses it directly"


def _sites(desk: Desk, graph: DependencyGraph, user: str, name: str) -> Iterator[str]:
    """The lines of `user` on which `name` stands, the first ones."""
    node = graph.nodes[user]
    inside = f" ({node.qualname})" if node.qualname else ""
    try:
        rows = desk.document(node.path).text.split("\n")
        facts = desk.symbols.facts(node.path)
    except (Refused, SourceError):
        yield f"    {node.path}:{node.line}{inside}"
        return
    called = [c.line for c in facts.calls if c.scope == node.qualname and c.callee.rpartition(".")[2] == name]
    spoken = [n for n in range(node.line, min(node.end_line, len(rows)) + 1) if name in rows[n - 1]]
    for n in list(dict.fromkeys(called or spoken or [node.line]))[:_SITES]:
        yield f"    {node.path}:{n}{inside}: {cut(rows[n - 1].strip(), _WIDEST)}"
