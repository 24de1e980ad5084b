"""From facts to edges: what each file of a project imports, defines, calls and inherits."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from fixbot_analysis.graph import foreign
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import UNKNOWN, Definition
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

# Source, target, what for, and whether it is only a guess.
Link = tuple[str, str, EdgeKind, bool]

# Methods of the builtin types and of files: a call on an unknown receiver most often means one of these.
_COMMON = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int, float, object, type, property) for name in dir(kind)
) | {
    "close",
    "flush",
    "read",
    "readline",
    "readlines",
    "seek",
    "tell",
    "write",
    "writelines",
    "acquire",
    "release",
    "run",
    "start",
    "stop",
    "send",
}


class EdgeBuilder:
    """Makes the edges of one file at a time from the `facts` of all (path -> facts)."""

    def __init__(self, resolver: Resolver, facts: Mapping[str, FileFacts]) -> None:
        self._resolver = resolver
        self._facts = facts
        self._methods: dict[str, list[str]] = defaultdict(list)
        for path in facts:
            for symbol in resolver.scope(path).symbols.values():
                if symbol.kind is SymbolKind.METHOD:
                    self._methods[symbol.name].append(f"{path}::{symbol.qualname}")

    def edges(self, path: str) -> Iterator[Link]:
        """Edges that begin in the file at `path`; the same one may come more than once."""
        if self._facts[path].language != "python":
            yield from foreign.edges(path, self._facts[path])
            return
        scope = self._resolver.scope(path)
        for symbol in scope.symbols.values():
            if symbol.qualname:
                yield (
                    scope.id(symbol.parent if symbol.parent in scope.symbols else ""),
                    scope.id(symbol.qualname),
                    EdgeKind.DEFINES,
                    False,
                )
                yield from self._inherits(path, symbol)
        for each in self._facts[path].imports:
            target = self._resolver.imported(path, each)
            if target is not None and target != path:
                yield path, target, EdgeKind.IMPORTS, False
        for callee, around in dict.fromkeys((c.callee, c.scope) for c in self._facts[path].calls):
            for target, guessed in self._called(path, around, callee):
                yield scope.id(around), target, EdgeKind.CALLS, guessed

    def _inherits(self, path: str, symbol: Symbol) -> Iterator[Link]:
        if symbol.bases:
            cls = Definition(path, symbol)
            for base in self._resolver.bases(cls):
                yield cls.id, base.id, EdgeKind.INHERITS, False

    def _called(self, path: str, scope: str, callee: str) -> Iterator[tuple[str, bool]]:
        """(id, guessed) of what a call may run: calling a class also runs its ``__init__``."""
        value = self._resolver.evaluate(path, scope, callee)
        if isinstance(value, Definition):
            yield value.id, False
            if value.symbol.kind is SymbolKind.CLASS:
                init = self._resolver.member(value, "__init__")
                if isinstance(init, Definition):
                    yield init.id, False
        elif value is UNKNOWN and (only := self._only_method(callee)):
            yield only, True

    def _only_method(self, callee: str) -> str | None:
        """The one method of the project that ``something.name()`` can mean, unless builtin types have the name too."""
        receiver, _, name = callee.rpartition(".")
        if not receiver or name in _COMMON or name.startswith("__"):
            return None
        found = self._methods.get(name, ())
        return found[0] if len(found) == 1 else None
