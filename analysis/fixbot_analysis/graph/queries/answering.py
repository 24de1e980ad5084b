"""What a query finds in a graph."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind, Node
from fixbot_analysis.graph.queries.expressions import (
    AllOf,
    AnyOf,
    Heir,
    In,
    Is,
    Kind,
    Name,
    Named,
    Not,
    Path,
    Query,
    Relation,
)
from fixbot_analysis.graph.queries.impact import impact
from fixbot_analysis.graph.queries.naming import called, is_pattern, matcher
from fixbot_analysis.graph.queries.parsing import parse
from fixbot_analysis.graph.queries.paths import paths
from fixbot_analysis.graph.queries.selection import ASKED, Found, Selection, edges_among, in_order, reason
from fixbot_analysis.graph.queries.soundness import import_cycles, unused
from fixbot_analysis.graph.queries.tokens import fault
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE, around, found_by, reached
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.symbols import SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_LEANING = tuple(k for k in EdgeKind if k is not EdgeKind.DEFINES)
_NAMED = 4  # candidates shown of a name that may mean several things

# Verb -> along which edges, whether forwards, and how far unless the query says.
_WALKS: dict[str, tuple[tuple[EdgeKind, ...], bool, int]] = {
    "callers": ((EdgeKind.CALLS,), False, 1),
    "callees": ((EdgeKind.CALLS,), True, 1),
    "users": ((EdgeKind.USES,), False, 1),
    "uses": ((EdgeKind.USES,), True, 1),
    "importers": ((EdgeKind.IMPORTS,), False, 1),
    "imports": ((EdgeKind.IMPORTS,), True, 1),
    "subclasses": ((EdgeKind.INHERITS,), False, ANY_DISTANCE),
    "bases": ((EdgeKind.INHERITS,), True, ANY_DISTANCE),
    "overriders": ((EdgeKind.OVERRIDES,), False, ANY_DISTANCE),
    "overridden": ((EdgeKind.OVERRIDES,), True, ANY_DISTANCE),
    "members": ((EdgeKind.DEFINES,), True, 1),
    "owners": ((EdgeKind.DEFINES,), False, 1),
    "dependents": (_LEANING, False, 1),
    "dependencies": (_LEANING, True, 1),
}

_Set = dict[str, Found]


def answer(graph: "DependencyGraph", query: str) -> Selection:
    """What `query` finds, by distance and place, with the edges among it.

    Raises QueryError where the query cannot be read, names what is not there, or asks for a path between names that may mean several things.
    """
    tree = parse(query)
    asking = _Asking(graph, query)
    found = asking.find(tree)
    order = {i: at for at, i in enumerate(in_order(graph, found))}
    kept = tuple(sorted(found.values(), key=lambda f: (abs(f.distance), order[f.id])))
    edges = asking.edges if isinstance(tree, Path) else edges_among(graph, found)
    return Selection(query.strip(), kept, tuple(edges), notes=tuple(asking.notes))


class _Asking:
    """One evaluation of a query: what its parts find, and what the reader must be told besides."""

    def __init__(self, graph: "DependencyGraph", query: str) -> None:
        self._graph, self._query = graph, query
        self.notes: dict[str, None] = {}
        self.edges: list[Edge] = []

    def find(self, tree: Query) -> _Set:
        """What `tree` finds."""
        match tree:
            case Name():
                return self._asked(self._called(tree))
            case AllOf(parts):
                return self._all_of(parts)
            case AnyOf(parts):
                return {i: f for part in reversed(parts) for i, f in self.find(part).items()}
            case Not(part):
                left_out = self.find(part)
                return self._asked(i for i in self._graph.nodes if i not in left_out)
            case Relation():
                return self._relation(tree)
            case Heir(name, base):
                return self._heirs(name, base)
            case Path():
                return self._path(tree)
            case _:
                return self._filtered(tree)

    def _all_of(self, parts: tuple[Query, ...]) -> _Set:
        """What is in all parts; the reason is that of the first part which has more to say than that it was asked for."""
        sets = [self.find(part) for part in parts]
        common = set(sets[0]).intersection(*sets[1:])
        return {i: next((s[i] for s in sets if s[i].distance), sets[0][i]) for i in common}

    def _asked(self, ids: Iterable[str]) -> _Set:
        return {i: Found(i, 0, ASKED) for i in ids}

    def _filtered(self, tree: Kind | Named | In | Is) -> _Set:
        test = self._test(tree)
        return self._asked(i for i, node in self._graph.nodes.items() if test(node))

    def _test(self, tree: Kind | Named | In | Is) -> Callable[[Node], object]:
        match tree:
            case Kind(kind):
                return lambda n: n.kind is kind
            case Named(pattern):
                matches = matcher(pattern)
                return lambda n: matches(n.name if n.qualname else n.name.rpartition(".")[2])
            case In(place):
                return self._inside(place)
            case Is("test"):
                return lambda n: is_test(n.path)
            case Is("unused"):
                nothing = frozenset(unused(self._graph))
                return lambda n: n.id in nothing
            case _:
                cyclic = {path for group in import_cycles(self._graph) for path in group}
                return lambda n: n.id in cyclic

    def _inside(self, place: str) -> Callable[[Node], object]:
        if is_pattern(place):
            matches = matcher(place)
            return lambda n: matches(n.path)
        folder, package, nodes = place.removesuffix("/") + "/", f"{place}.", self._graph.nodes

        def test(node: Node) -> bool:
            module = nodes[node.path].name if node.path in nodes else ""
            return node.path == place or node.path.startswith(folder) or f"{module}.".startswith(package)

        return test

    def _relation(self, tree: Relation) -> _Set:
        of = tuple(self.find(tree.of))
        guessed, far = not tree.known, tree.within
        match tree.verb:
            case "near":
                found = around(self._graph, of, far or 1, tree.kinds or None, guessed=guessed).found
            case "impact" | "tests":
                found = impact(self._graph, of, far or ANY_DISTANCE, guessed).found
                if tree.verb == "tests":
                    found = tuple(f for f in found if self._is_test(f.id))
            case verb:
                kinds, outgoing, usual = _WALKS[verb]
                reach = reached(
                    self._graph, of, tree.kinds or kinds, outgoing=outgoing, within=far or usual, guessed=guessed
                )
                found = tuple(found_by(self._graph, i, *step) for i, step in reach.items())
        return {f.id: f for f in found if f.distance}

    def _is_test(self, node: str) -> bool:
        n = self._graph.nodes[node]
        return n.kind is not SymbolKind.MODULE and is_test(n.path)

    def _heirs(self, name: Name, base: Name) -> _Set:
        classes = [i for i in self._called(name) if self._graph.nodes[i].kind is SymbolKind.CLASS]
        bases = [i for i in self._called(base) if self._graph.nodes[i].kind is SymbolKind.CLASS]
        below: _Set = {}
        for each in bases:  # one by one: a class may be an heir of one and a base of another
            for i, step in reached(self._graph, [each], {EdgeKind.INHERITS}, outgoing=False).items():
                if step[0] and (i not in below or step[0] < below[i].distance):
                    below[i] = found_by(self._graph, i, *step)
        return {i: below[i] for i in classes if i in below}

    def _path(self, tree: Path) -> _Set:
        source, target = self._one(tree.source), self._one(tree.target)
        found = self._asked([source])
        for path in paths(self._graph, source, target, tree.kinds or None, directed=tree.directed):
            for far, step in enumerate(path, 1):
                found.setdefault(step.to, Found(step.to, far, reason(self._graph, step.edge, step.to), step.edge))
                self.edges.append(step.edge)
        self.edges = sorted(set(self.edges))
        if target not in found:
            way = "" if tree.directed else " either way"
            self.notes[f"no path leads from {tree.source.text} to {tree.target.text}{way}"] = None
            return {}
        return found

    def _called(self, name: Name) -> tuple[str, ...]:
        found = called(self._graph, name.text)
        if not found and not is_pattern(name.text):
            raise fault(self._query, name.column, "something of this project", f'"{name.text}", which names nothing')
        if len(found) > 1 and not is_pattern(name.text):
            shown = ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
            self.notes[f"{name.text} may be any of {len(found)}, all were taken: {shown}"] = None
        return found

    def _one(self, name: Name) -> str:
        found = self._called(name)
        if len(found) == 1:
            return found[0]
        error = fault(self._query, name.column, "one thing", f"{len(found)} that {name.text} may mean")
        error.hint = f"name one in full: {', '.join(found[:_NAMED])}{', …' if len(found) > _NAMED else ''}"
        raise error
