"""What a query finds in a graph."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from fixbot_analysis.errors import QueryError
from fixbot_analysis.graph.kinds import TRAITS
from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.queries.abroad import heirs_abroad
from fixbot_analysis.graph.queries.expressions import (
    AllOf,
    AnyOf,
    Filter,
    Heir,
    Name,
    Not,
    Path,
    Query,
    Relation,
)
from fixbot_analysis.graph.queries.impact import impact
from fixbot_analysis.graph.queries.naming import Dotted, alike, called, is_pattern, matcher, not_a_node
from fixbot_analysis.graph.queries.parsing import parse
from fixbot_analysis.graph.queries.paths import paths
from fixbot_analysis.graph.queries.selection import (
    Found,
    Selection,
    given,
    in_order,
    in_tests,
    last_name,
    linking,
)
from fixbot_analysis.graph.queries.soundness import import_cycles, unused
from fixbot_analysis.graph.queries.tokens import fault
from fixbot_analysis.graph.queries.unknown import not_known, unknown_calls
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE, around, heirs, reached

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph

_LEANING = tuple(k for k in EdgeKind if k is not EdgeKind.DEFINES)
_NAMED = 4  # candidates shown of a name that may mean several things

# Verb -> along which edges, whether forwards, and how far unless the query says.
_WALKS: dict[str, tuple[tuple[EdgeKind, ...], bool, int]] = {
    verb.name: ((kind,), verb.forwards, ANY_DISTANCE if verb.whole else 1)
    for kind, trait in TRAITS.items()
    for verb in trait.verbs
} | {"dependents": (_LEANING, False, 1), "dependencies": (_LEANING, True, 1)}

_BY_CALLS = ("callers", "dependents", "impact", "tests")  # verbs whose answer hangs on who calls what was asked for

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
    among = given(asking.edges) if isinstance(tree, Path) else linking(graph)
    return Selection(query.strip(), kept, among, notes=tuple(asking.notes), unknown_calls=asking.unknown_calls)


_MAY_BE_USED = (
    "calls on receivers that are not known, by name at run time, or from outside the project count for none of these"
)


class _Asking:
    """One evaluation of a query: what its parts find, and what the reader must be told besides."""

    def __init__(self, graph: "DependencyGraph", query: str) -> None:
        self._graph, self._query = graph, query
        self.notes: dict[str, None] = {}
        self.edges: list[Edge] = []
        self.unknown_calls: int | None = None

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
        """What is in all parts; the reason is that of the first part which has more to say than that it was asked for.

        Filters are asked of what the other parts found, not of the whole project.
        """
        sets = [self.find(part) for part in parts if not isinstance(part, Filter)]
        common: Iterable[str] = set(sets[0]).intersection(*sets[1:]) if sets else self._graph.nodes
        for part in sorted((p for p in parts if isinstance(p, Filter)), key=lambda p: p.by == "kind"):
            common = filter(self._test(part), common)
        return {i: next((s[i] for s in sets if s[i].distance), Found(i)) for i in common}

    def _asked(self, ids: Iterable[str]) -> _Set:
        return {i: Found(i) for i in ids}

    def _filtered(self, tree: Filter) -> _Set:
        return self._asked(filter(self._test(tree), self._graph.nodes))

    def _test(self, tree: Filter) -> Callable[[str], object]:
        """What tells of an id whether a filter lets it through."""
        nodes = self._graph.nodes
        match tree:
            case Filter("kind", "module"):
                return lambda i: "::" not in i
            case Filter("kind", kind):
                return lambda i: "::" in i and nodes[i].kind == kind
            case Filter("name", pattern):
                matches, name_of = matcher(pattern), self._graph.module_of
                return lambda i: matches(last_name(i) or name_of(i).rpartition(".")[2])
            case Filter("in", place):
                return self._inside(place)
            case Filter("is", "test"):
                return in_tests
            case Filter("is", "unused"):
                self.notes[_MAY_BE_USED] = None
                return frozenset(unused(self._graph)).__contains__
            case _:
                return {path for group in import_cycles(self._graph) for path in group}.__contains__

    def _inside(self, place: str) -> Callable[[str], object]:
        if is_pattern(place):
            matches = matcher(place)
            return lambda i: matches(i.partition("::")[0])
        folder, package, dotted = place.removesuffix("/") + "/", f"{place}.", Dotted(self._graph)

        def test(node: str) -> bool:
            path = node.partition("::")[0]
            return path == place or path.startswith(folder) or f"{dotted(path)}.".startswith(package)

        return test

    def _relation(self, tree: Relation) -> _Set:
        if tree.verb == "subclasses" and isinstance(tree.of, Name) and (abroad := self._abroad(tree.of)):
            return {i: f for i, f in abroad.items() if f.distance <= (tree.within or ANY_DISTANCE)}
        of = tuple(self.find(tree.of))
        guessed, far = not tree.known, tree.within
        if tree.verb in _BY_CALLS and (not tree.kinds or EdgeKind.CALLS in tree.kinds):
            calls = unknown_calls(self._graph, of, guessed, whole=tree.verb in ("impact", "tests"))
            self.unknown_calls = (self.unknown_calls or 0) + calls.total()
            self.notes.update(dict.fromkeys(not_known(calls)))
        match tree.verb:
            case "near":
                found = around(self._graph, of, far or 1, tree.kinds or None, guessed=guessed).found
            case "impact" | "tests":
                found = impact(self._graph, of, far or ANY_DISTANCE, guessed).found
                if tree.verb == "tests":
                    found = tuple(f for f in found if "::" in f.id and in_tests(f.id))
            case verb:
                kinds, outgoing, usual = _WALKS[verb]
                reach = reached(
                    self._graph, of, tree.kinds or kinds, outgoing=outgoing, within=far or usual, guessed=guessed
                )
                found = tuple(Found(i, *step) for i, step in reach.items())
        return {f.id: f for f in found if f.distance}

    def _heirs(self, name: Name, base: Name) -> _Set:
        found = self._abroad(base)
        if not found:
            found = {i: Found(i, *step) for i, step in heirs(self._graph, self._called(base)).items()}
        wanted = found.keys() & set(self._called(name)) if name.text != "*" else found
        return {i: found[i] for i in wanted}

    def _abroad(self, base: Name) -> _Set:
        """What inherits from a class that is not of the project; nothing where the name means something of the project."""
        if called(self._graph, base.text):
            return {}
        found, meant = heirs_abroad(self._graph, base.text)
        if len(meant) > 1 and not is_pattern(base.text):
            self.notes[
                f"{base.text} may be any of {len(meant)} classes from outside, all were taken: {', '.join(meant[:_NAMED])}"
            ] = None
        return found

    def _path(self, tree: Path) -> _Set:
        source, target = self._one(tree.source), self._one(tree.target)
        found = self._asked([source])
        for path in paths(self._graph, source, target, tree.kinds or None, directed=tree.directed):
            for far, step in enumerate(path, 1):
                found.setdefault(step.to, Found(step.to, far, step.edge))
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
            raise self._unknown(name)
        if len(found) > 1 and not is_pattern(name.text):
            shown = ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
            self.notes[f"{name.text} may be any of {len(found)}, all were taken: {shown}"] = None
        return found

    def _unknown(self, name: Name) -> QueryError:
        """The error for a name that no node has."""
        wanted = "something of this project, or a base from outside of one of its classes"
        error = fault(self._query, name.column, wanted, f'"{name.text}", which names nothing')
        if heirs_abroad(self._graph, name.text)[0]:
            wanted, shown = "something of this project", f'"{name.text}", which is a class from outside'
            error = fault(self._query, name.column, wanted, shown)
            error.hint = f"ask for what inherits from it: subclasses of {name}, or class * < {name}"
            return error
        near = " or ".join(alike(self._graph, name.text))
        error.hint = not_a_node(self._graph, name.text) or (f"did you mean {near}?" if near else error.hint)
        return error

    def _one(self, name: Name) -> str:
        found = self._called(name)
        if len(found) == 1:
            return found[0]
        error = fault(self._query, name.column, "one thing", f"{len(found)} that {name.text} may mean")
        error.hint = f"name one in full: {', '.join(found[:_NAMED])}{', …' if len(found) > _NAMED else ''}"
        raise error
