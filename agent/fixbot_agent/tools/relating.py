"""What the graph knows of a definition: who calls it, what it calls, who implements, overrides, imports and tests it."""

import re
from collections.abc import Iterator

from fixbot_agent.tools.desk import Desk, is_secret
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.hits import Hit, shown
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis.errors import FixbotError, QueryError, SourceError
from fixbot_analysis.graph import DependencyGraph, EdgeKind
from fixbot_analysis.graph.queries import Found, answer
from fixbot_analysis.graph.queries.expressions import quoted
from fixbot_analysis.symbols import SymbolKind

# What a model asks for -> the verb of the graph's own language.
RELATIONS = {
    "callers": "callers", "callees": "callees", "implementers": "subclasses", "overrides": "overridden", "importers": "importers",
    "tests": "tests",
}  # fmt: skip
_NEAREST = 15  # tests that are named
_WORD = re.compile(r"[A-Z]?[a-z0-9]{2,}|[A-Z]{2,}")
_SITES = 3  # lines of calls that one caller is shown with


def related(desk: Desk, definitions: Definitions, kind: str, name: str, prefix: str) -> Outcome:
    """Effect: asks the graph, which is brought up to date for it. What has the relation `kind` to the definition `name`, by file."""
    if desk.equipment.graph is None:
        raise Refused("there is no graph of this project; use kind 'text'")
    target = _target(desk, definitions, kind, name)
    graph = desk.equipment.graph()
    is_class = target in graph.nodes and graph.nodes[target].kind is SymbolKind.CLASS
    verb = "overriders" if kind == "implementers" and not is_class else RELATIONS[kind]
    try:
        found = answer(graph, f"{verb} of {quoted(target)}")
    except QueryError as error:
        raise Refused(error.message) from error
    nodes = [f for f in found.found if f.id.startswith(prefix) and not is_secret(f.id.partition("::")[0])]
    far = kind == "tests" and len(nodes) > _NEAREST
    near = sorted(nodes, key=lambda each: _farness(each, target))[:_NEAREST] if far else nodes
    hits = [hit for each in near for hit in _hits(desk, graph, target, each)]
    notes = "".join(f"\nnote: {note}" for note in found.notes)
    if not hits:
        return Outcome(f"no {kind} of {target} are known{notes}")
    if far:
        rows = [
            f"{len(nodes)} {kind} of {target}, the nearest {len(near)}:",
            *(f"{h.path}:{h.line}: {h.note.removeprefix('in ')}" for h in hits),
        ]
        return Outcome(
            "\n".join([*rows, f"… and {len(nodes) - len(near)} more that are not nearer; 'path' chooses"]) + notes
        )
    return Outcome(shown(desk, hits, f"{kind} of {target}") + notes)


def _farness(found: Found, target: str) -> tuple[int, int, str]:
    """How far a test is from `target`: by steps, then by how few words of its name they share."""
    shared = _words(found.id) & _words(target.partition("::")[2])
    return abs(found.distance), -len(shared), found.id


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


def _target(desk: Desk, definitions: Definitions, kind: str, name: str) -> str:
    """The graph's id of what is asked about."""
    if "::" not in name and desk.exists(name):
        return name
    if kind == "importers":
        return name.partition("::")[0]
    path, symbol = definitions.alike(name)[0]
    return f"{path}::{symbol.qualname}"


def _hits(desk: Desk, graph: DependencyGraph, target: str, found: Found) -> Iterator[Hit]:
    node = graph.nodes[found.id]
    label = node.qualname or node.path
    far = f", {abs(found.distance)} steps away" if abs(found.distance) > 1 else ""
    guess = ", by its name only" if found.edge is not None and found.edge.guessed else ""
    is_call = found.edge is not None and found.edge.kind is EdgeKind.CALLS and found.edge.target == target
    lines = list(_sites(desk, node.path, node.qualname, target)) if is_call else []
    for line in lines[:_SITES]:
        yield Hit(node.path, line, _line(desk, node.path, line), note=f"in {label}{guess}")
    if not lines:
        why = f": {found.why}" if found.distance and far else ""
        yield Hit(node.path, node.line, _line(desk, node.path, node.line), note=f"{label}{far}{why}{guess}")


def _sites(desk: Desk, path: str, scope: str, target: str) -> Iterator[int]:
    """Lines on which `scope` calls something of the name of `target`."""
    name = target.rpartition("::")[2].removesuffix(".__init__").rpartition(".")[2]
    try:
        calls = desk.symbols.facts(path).calls
    except SourceError:
        return
    yield from sorted({c.line for c in calls if c.scope == scope and c.callee.rpartition(".")[2] == name})


def _line(desk: Desk, path: str, line: int) -> str:
    try:
        return desk.document(path).line_text(line - 1)
    except (Refused, FixbotError):
        return ""
