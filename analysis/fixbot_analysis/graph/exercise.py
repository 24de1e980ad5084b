"""What tests exercise: definitions outside of the tests that a test calls or names, itself, through its fixtures or through helpers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, Instance
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

_PREPARING = ("setUp", "setUpClass", "setUpTestData", "asyncSetUp", "setup_method", "setup_class", "setup")


class Exercise:
    """Answers for the tests of one project."""

    def __init__(self, resolver: Resolver, facts: Mapping[str, FileFacts]) -> None:
        self._resolver = resolver
        self._facts = facts
        self._uses: dict[str, dict[str, list[tuple[str, str, int]]]] = {}
        self._direct: dict[tuple[str, str], tuple[Definition, ...]] = {}
        self._fixtures: dict[str, dict[str, str]] = {}

    def targets(self, path: str, symbol: Symbol) -> list[str]:
        """Ids of what a test function or method exercises; empty for what is no test."""
        if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.METHOD) or not symbol.name.lower().startswith("test"):
            return []
        found: dict[str, None] = {}
        helpers = {(path, symbol.qualname): None, **dict.fromkeys(self._prepared(path, symbol))}
        for where, qualname in helpers:
            for target in self._exercised(where, qualname):
                if not _of_tests(target.path):
                    found[target.id] = None
                elif (target.path, target.symbol.qualname) not in helpers:
                    found.update(dict.fromkeys(t.id for t in self._behind(target) if not _of_tests(t.path)))
        return list(found)

    def _prepared(self, path: str, symbol: Symbol) -> Iterator[tuple[str, str]]:
        """Fixtures that the test takes, with theirs, and what prepares its class: (path, qualified name)."""
        for name in _PREPARING if symbol.kind is SymbolKind.METHOD else ():
            owner = self._resolver.scope(path).symbols.get(symbol.parent)
            method = self._resolver.attribute(Instance(Definition(path, owner)), name) if owner else None
            if isinstance(method, Definition):
                yield method.path, method.symbol.qualname
        waiting, seen = [*symbol.parameters], set()
        while waiting:
            name = waiting.pop(0)
            fixture = self._fixture(path, name) if name not in seen else None
            seen.add(name)
            if fixture is not None:
                where, qualname = fixture
                yield fixture
                waiting.extend(self._resolver.scope(where).symbols[qualname].parameters)

    def _fixture(self, path: str, name: str) -> tuple[str, str] | None:
        """The fixture that `name` means in `path`: its own, else that of the nearest conftest."""
        for place in (path, *_conftests(path)):
            if place in self._resolver.modules and (qualname := self._fixtures_of(place).get(name)):
                return place, qualname
        return None

    def _fixtures_of(self, path: str) -> dict[str, str]:
        if path not in self._fixtures:
            symbols = self._resolver.scope(path).symbols.values()
            self._fixtures[path] = {
                s.name: s.qualname
                for s in symbols
                if any(".fixture" in f".{d.partition('(')[0]}" for d in s.decorators)
            }
        return self._fixtures[path]

    def _behind(self, helper: Definition) -> Iterator[Definition]:
        """What a helper of the tests exercises itself."""
        if not helper.is_class:
            yield from self._exercised(helper.path, helper.symbol.qualname)

    def _exercised(self, path: str, qualname: str) -> tuple[Definition, ...]:
        """Definitions that a function names, what is nested in it included."""
        key = (path, qualname)
        if key not in self._direct:
            inside = self._uses_of(path).get(qualname, ())
            self._direct[key] = tuple(dict.fromkeys(d for use in inside for d in self._meant(path, *use)))
        return self._direct[key]

    def _uses_of(self, path: str) -> dict[str, list[tuple[str, str, int]]]:
        """Scope -> (expression, scope, line) of what is called and named there and in what is nested in it."""
        if path not in self._uses:
            facts, found = self._facts[path], defaultdict(list)
            scope = self._resolver.scope(path)
            for call in facts.calls:
                line = scope.since(call.scope, call.callee, call.line)
                found[call.scope].append((call.callee, call.scope, line))
            called = {(written, around) for uses in found.values() for written, around, _ in uses}
            for dotted, around in facts.references:
                if (dotted, around) not in called and dotted not in scope.local_variables(around):
                    found[around].append((dotted, around, 0))
            for inner in list(found):
                outer = inner.rpartition(".")[0]
                while outer:
                    found[outer].extend(found[inner])
                    outer = outer.rpartition(".")[0]
            self._uses[path] = dict(found)
        return self._uses[path]

    def _meant(self, path: str, written: str, scope: str, line: int) -> Iterator[Definition]:
        for value in self._resolver.values(path, scope, written, line):
            if isinstance(value, Definition):
                yield value


@cache
def _of_tests(path: str) -> bool:
    return is_test(path) or PurePosixPath(path).name == "conftest.py"


@cache
def _conftests(path: str) -> tuple[str, ...]:
    """Where the fixtures for a test file may stand besides it, nearest first."""
    folders = [str(folder) for folder in PurePosixPath(path).parents]
    return tuple("conftest.py" if folder == "." else f"{folder}/conftest.py" for folder in folders)
