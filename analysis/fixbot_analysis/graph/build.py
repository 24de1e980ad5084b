"""From facts to edges: what each file of a project imports, defines, calls, inherits, overrides, uses and tests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from fixbot_analysis.graph.chains import Chains
from fixbot_analysis.graph.exercise import Exercise
from fixbot_analysis.graph.model import EdgeKind
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, External, ModuleValue, Value, Values, is_nothing
from fixbot_analysis.symbols import FileFacts, SymbolKind

# Source, target, what for, and whether it is only a guess.
Link = tuple[str, str, EdgeKind, bool]

# Methods of the builtin types and of files: a call on an unknown receiver most often means one of these.
_COMMON = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int, float, object, type, property) for name in dir(kind)
) | {
    "close", "flush", "read", "readline", "readlines", "seek", "tell", "write", "writelines", "acquire", "release", "run", "start",
    "stop", "send",
}  # fmt: skip


class Methods(Protocol):
    """Ids of the methods of a project, by name."""

    def get(self, name: str, default: Sequence[str], /) -> Sequence[str]:
        """Ids of the methods called `name`."""
        ...


class EdgeBuilder:
    """Makes the edges of one file at a time from the `facts` of all (path -> facts); `methods` are gathered where they are not handed in."""

    def __init__(self, resolver: Resolver, facts: Mapping[str, FileFacts], methods: Methods | None = None) -> None:
        self._resolver = resolver
        self._facts = facts
        self._methods = self._gathered() if methods is None else methods
        self._exercise = Exercise(resolver, facts)
        self._run: dict[Value, Sequence[str]] = {}

    def edges(self, path: str) -> Iterator[Link]:
        """Edges that begin in the Python file at `path`; the same one may come more than once."""
        scope = self._resolver.scope(path)
        for symbol in scope.symbols.values():
            if symbol.qualname:
                holder = scope.id(symbol.parent if symbol.parent in scope.symbols else "")
                yield holder, scope.id(symbol.qualname), EdgeKind.DEFINES, False
                if symbol.kind is SymbolKind.CLASS:
                    yield from self._of_class(Definition(path, symbol))
        for each in self._facts[path].imports:
            target = self._resolver.imported(path, each)
            if target is not None and target != path:
                yield path, target, EdgeKind.IMPORTS, False
        yield from self._names_in_use(path)
        if is_test(path):
            for symbol in scope.symbols.values():
                source = scope.id(symbol.qualname)
                yield from ((source, t, EdgeKind.TESTS, False) for t in self._exercise.targets(path, symbol))

    def _gathered(self) -> Methods:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._facts:
            for symbol in self._resolver.scope(path).symbols.values():
                if symbol.kind is SymbolKind.METHOD:
                    found[symbol.name].append(f"{path}::{symbol.qualname}")
        return found

    def _of_class(self, cls: Definition) -> Iterator[Link]:
        if not cls.symbol.bases and "metaclass" not in cls.symbol.signature:
            return
        for base in self._resolver.bases(cls):
            yield cls.id, base.id, EdgeKind.INHERITS, False
        yield from ((cls.id, target, EdgeKind.CALLS, False) for target in self._resolver.made_by(cls))
        module = self._resolver.scope(cls.path)
        prefix = f"{cls.symbol.qualname}."
        for symbol in module.members.get(cls.symbol.qualname, ()):
            owner = self._resolver.holder(cls, symbol.name, above=True) if symbol.kind is SymbolKind.METHOD else None
            if owner is not None:
                over = self._resolver.scope(owner.path).member(owner.symbol.qualname, symbol.name)
                if over is not None and over.kind is SymbolKind.METHOD:
                    yield (
                        f"{cls.path}::{prefix}{symbol.name}",
                        f"{owner.path}::{over.qualname}",
                        EdgeKind.OVERRIDES,
                        False,
                    )

    def _names_in_use(self, path: str) -> Iterator[Link]:
        scope, facts, chains = self._resolver.scope(path), self._facts[path], Chains(self._resolver, path)
        called: set[tuple[str, str]] = set()
        seen: set[tuple[str, str, int]] = set()
        receivers: dict[tuple[str, str], str] = {}
        for call in facts.calls:
            key = (call.scope, call.callee, scope.since(call.scope, call.callee, call.line))
            if key in seen:
                continue
            seen.add(key)
            source = scope.id(call.scope)
            for target, guessed in self._called(call.callee, chains.values(*key)):
                called.add((source, target))
                receivers[call.callee, call.scope] = call.callee.rpartition(".")[0]
                yield source, target, EdgeKind.CALLS, guessed
        for around, names in _by_scope(facts.references, receivers):
            source = scope.id(around)
            # A local variable by itself is none of its values.
            for dotted in names.keys() - scope.local_variables(around):
                for target in chains.through(around, dotted):
                    if (source, target) not in called and source != target:
                        yield source, target, EdgeKind.USES, False

    def _called(self, callee: str, values: Values) -> Iterator[tuple[str, bool]]:
        """(id, guessed) of what a call of `values` may run: calling a class also runs its ``__init__``."""
        for value in values:
            if not isinstance(value, External):
                yield from ((target, False) for target in self._run_by(value))
        if is_nothing(values) and (only := self._only_method(callee)):
            yield only, True

    def _run_by(self, value: Value) -> Sequence[str]:
        if value not in self._run:
            self._run[value] = tuple(run_by(self._resolver, value))
        return self._run[value]

    def _only_method(self, callee: str) -> str | None:
        """The one method of the project that ``something.name()`` can mean, unless builtin types have the name too."""
        receiver, _, name = callee.rpartition(".")
        if not receiver or name in _COMMON or name.startswith("__"):
            return None
        found = self._methods.get(name, ())
        return found[0] if len(found) == 1 else None


def _by_scope(
    references: Iterable[tuple[str, str]], receivers: Mapping[tuple[str, str], str]
) -> Iterator[tuple[str, Mapping[str, None]]]:
    """Scope -> the names used in it, each once: of what is called and known, what it is called on."""
    found: dict[str, dict[str, None]] = {}
    for pair in references:
        dotted = receivers.get(pair, pair[0])
        if dotted:
            found.setdefault(pair[1], {})[dotted] = None
    yield from found.items()


def run_by(resolver: Resolver, value: Value) -> Iterator[str]:
    """Ids of what calling `value` runs: a class and what makes its objects, a function, the ``__call__`` of an object."""
    if isinstance(value, Definition):
        yield value.id
        if value.is_class:
            for name in ("__init__", "__new__"):
                made = resolver.member(value, name)
                if isinstance(made, Definition):
                    yield made.id
    elif not isinstance(value, ModuleValue):
        call = resolver.attribute(value, "__call__")
        if isinstance(call, Definition):
            yield call.id
