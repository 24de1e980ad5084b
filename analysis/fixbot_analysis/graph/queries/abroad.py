"""Classes from outside, of which a graph has no nodes: what of the project inherits from them."""

import builtins
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.outside import as_name
from fixbot_analysis.graph.queries.naming import is_pattern, matcher
from fixbot_analysis.graph.queries.selection import Found, last_name
from fixbot_analysis.graph.queries.walking import heirs
from fixbot_analysis.graph.values import Definition, External
from fixbot_analysis.symbols import Symbol, SymbolKind

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph


def heirs_abroad(graph: "DependencyGraph", name: str) -> tuple[dict[str, Found], tuple[str, ...]]:
    """Effect: classes of the project that inherit, directly or not, from the class from outside called `name`, and the full names that it may mean.

    `name` is a dotted name, the end of one, or a pattern; as far as packages can be read, what lies between is followed, builtin
    classes always. Both are empty where no class of the project has such a base.
    """
    asked = _asker(name)
    bases: dict[str, str] = {}  # class -> the name by which it came from outside
    meant: set[str] = set()
    for node, said in _from_outside(graph):
        for base, above in said:
            if fitting := [each for each in above if asked(each)]:
                meant.update(fitting)
                bases.setdefault(node, base)
    roots = [i for i in bases if not any(e.target in bases for e in graph.neighbours(i, (EdgeKind.INHERITS,)))]
    found = {i: Found(i, 1, Edge(i, bases[i], EdgeKind.INHERITS)) for i in roots}
    for node, (far, edge) in heirs(graph, roots).items():
        found.setdefault(node, Found(node, far + 1, edge))
    return found, tuple(sorted(meant))


def _asker(name: str) -> Callable[[str], object]:
    if is_pattern(name):
        return matcher(name)
    end = f".{name}"
    return lambda known: known == name or known.endswith(end)


def _from_outside(graph: "DependencyGraph") -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """(class, its bases from outside), each base with the names of all that it is."""
    for path in graph.links.blocks:
        scope = graph.resolver.scope(path)
        is_python = scope.facts.language == "python"
        for symbol in scope.symbols.values():
            if symbol.kind is SymbolKind.CLASS and symbol.bases:
                names = (
                    _resolved(graph, path, symbol) if is_python else _written(graph, scope.id(symbol.qualname), symbol)
                )
                yield scope.id(symbol.qualname), [(name, (name, *_above(name))) for name in names]


def _resolved(graph: "DependencyGraph", path: str, symbol: Symbol) -> list[str]:
    cls = Definition(path, symbol)
    between = (as_name(each) for each in graph.resolver.lineage(cls)[1:])
    found = (*graph.resolver.outside(cls), *between)
    return [v.name for v in dict.fromkeys(found) if isinstance(v, External) and not v.made]


def _written(graph: "DependencyGraph", node: str, symbol: Symbol) -> list[str]:
    """Bases as another language writes them, less those that are of the project."""
    known = {last_name(e.target) for e in graph.neighbours(node, (EdgeKind.INHERITS,))}
    return [base for base in symbol.bases if base.rpartition(".")[2] not in known]


def _above(name: str) -> tuple[str, ...]:
    """What the builtin class `name` inherits from."""
    return _builtin_bases().get(name, ())


@cache
def _builtin_bases() -> Mapping[str, tuple[str, ...]]:
    classes = (c for c in vars(builtins).values() if isinstance(c, type))
    return {c.__name__: tuple(b.__name__ for b in c.__mro__[1:-1]) for c in classes}
