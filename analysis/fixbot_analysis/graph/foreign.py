"""Edges of files in other languages than Python: what they define, import, inherit, override, call, use and test."""

from collections.abc import Iterator

from fixbot_analysis.graph.foreign_files import package_of
from fixbot_analysis.graph.foreign_implementing import Declared, Implementing
from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_scope import ForeignScope, Meaning
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.languages import Lookup, is_test_file
from fixbot_analysis.symbols import Symbol, SymbolKind

# Source, target, what for, and whether it is only a guess.
Link = tuple[str, str, EdgeKind, bool]


class ForeignEdges:
    """Makes the edges of one file at a time. A name that scope and imports do not lead to is linked where only one definition has it: a guess."""

    def __init__(self, resolver: ForeignResolver, declared: Declared) -> None:
        self._resolver = resolver
        self._implementing = Implementing(resolver, declared)

    def edges(self, path: str) -> Iterator[Link]:
        """Edges that begin in the file at `path`; the same one may come more than once."""
        scope = self._resolver.scope(path)
        for qualname, symbol in scope.symbols.items():
            if qualname:
                yield _id(path, scope.holder(symbol.parent)), _id(path, qualname), EdgeKind.DEFINES, False
                if symbol.kind is SymbolKind.CLASS and symbol.bases:
                    yield from self._of_class(Meaning(path, symbol))
                if scope.language.structural:
                    yield from self._by_shape(Meaning(path, symbol))
        for each in scope.facts.imports:
            for target in self._resolver.targets(path, each)[0]:
                if target != path:
                    yield path, target, EdgeKind.IMPORTS, False
        yield from self._names_in_use(scope)

    def _used(self, scope: ForeignScope, target: str) -> Iterator[Link]:
        """What is used of the own package is as good as imported: no import names it."""
        path = target.partition("::")[0]
        together = scope.language.lookup in (Lookup.FOLDER, Lookup.DOTTED) and package_of(path) == package_of(
            scope.path
        )
        if together and path != scope.path:
            yield scope.path, path, EdgeKind.IMPORTS, False

    def _of_class(self, cls: Meaning) -> Iterator[Link]:
        bases = self._resolver.bases(cls)
        for base in bases:
            yield cls.id, base.id, EdgeKind.INHERITS, False
        for symbol in self._resolver.scope(cls.path).members[cls.symbol.qualname] if bases else ():
            overridden = (m for base in bases for m in self._resolver.member(base, symbol.name))
            for over in overridden if symbol.kind is SymbolKind.METHOD else ():
                if over.symbol.kind is SymbolKind.METHOD:
                    yield _id(cls.path, symbol.qualname), over.id, EdgeKind.OVERRIDES, False

    def _by_shape(self, each: Meaning) -> Iterator[Link]:
        """What a type implements, and a method is there for, without saying so: nothing that is written, so a guess."""
        if each.symbol.kind is SymbolKind.CLASS:
            yield from ((each.id, i.id, EdgeKind.INHERITS, True) for i in self._implementing.of(each))
        elif each.symbol.kind is SymbolKind.METHOD:
            yield from ((each.id, over.id, EdgeKind.OVERRIDES, True) for over in self._implementing.over(each))

    def _names_in_use(self, scope: ForeignScope) -> Iterator[Link]:
        called: set[tuple[str, str]] = set()
        for callee, around in dict.fromkeys((c.callee, c.scope) for c in scope.facts.calls):
            source = scope.holder(around)
            for target, guessed in self._called(scope.path, around, callee):
                called.add((source, target.id))
                yield _id(scope.path, source), target.id, EdgeKind.CALLS, guessed
                yield from self._used(scope, target.id) if not guessed else ()
                if not guessed and self._tests(scope, source, target):
                    yield _id(scope.path, source), target.id, EdgeKind.TESTS, False
        for dotted, around in scope.facts.references:
            source = scope.holder(around)
            for target in self._resolver.resolve(scope.path, around, dotted):
                plain = not target.instance and target.symbol.kind is not SymbolKind.MODULE
                if plain and (source, target.id) not in called and target.id != _id(scope.path, source):
                    yield _id(scope.path, source), target.id, EdgeKind.USES, False
                    yield from self._used(scope, target.id)

    def _called(self, path: str, scope: str, callee: str) -> Iterator[tuple[Meaning, bool]]:
        found = self._resolver.resolve(path, scope, callee)
        for each in found:
            if each.symbol.kind is not SymbolKind.MODULE and not each.instance:
                yield each, False
        if not found and (only := self._resolver.only(path, callee)):
            yield only, True

    def _tests(self, scope: ForeignScope, source: str, target: Meaning) -> bool:
        """Whether a call from `source` exercises `target`: from a test to what is none."""
        if is_test_file(target.path) or self._is_test(scope, target.symbol):
            return False
        return is_test_file(scope.path) or any(
            self._is_test(scope, symbol) for s in scope.around(source) if (symbol := scope.symbols.get(s))
        )

    def _is_test(self, scope: ForeignScope, symbol: Symbol) -> bool:
        return bool(symbol.name) and scope.language.is_test(symbol.name, symbol.decorators)


def _id(path: str, qualname: str) -> str:
    return f"{path}::{qualname}" if qualname else path
