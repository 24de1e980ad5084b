"""What the project says of names at a place: members of a receiver, the kind of a value, what a callable takes.

Asked of the resolver of the dependency graph on demand, for the files at hand; None means that nothing certain is known.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import takewhile
from operator import or_

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, External, Instance, ModuleValue, Value
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind, extract
from fixbot_repair.candidates.donors import Donor, collect
from fixbot_repair.candidates.kinds import ANNOTATIONS, Kind
from fixbot_repair.candidates.paths import is_test

_BUILTIN = {c.__name__: frozenset(dir(c)) for c in (str, bytes, int, float, bool, list, tuple, set, frozenset, dict)}
_NO_FACTS = extract(b"")


@dataclass(frozen=True, slots=True)
class Takes:
    """Parameters of a callable without its receiver; at least `least` positional arguments are needed, any more where `open`."""

    names: tuple[str, ...]
    least: int
    open: bool

    def fits(self, count: int) -> bool:
        """Whether so many positional arguments may be handed over."""
        return self.least <= count and (self.open or count <= len(self.names))


class Insight:
    """Answers for the files `paths`, whose `facts` are read when asked for; `source` gives their text (UTF-8)."""

    def __init__(
        self,
        paths: Iterable[str],
        facts: Callable[[str], FileFacts | None],
        source: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        self._facts = facts
        self._source = source
        self._paths = [p for p in paths if p.endswith(".py")]
        self._donors: dict[str, tuple[int, list[Donor]]] = {}
        self._resolver = Resolver(ModuleMap(self._paths), self._known)

    def _known(self, path: str) -> FileFacts:
        return self._facts(path) or _NO_FACTS

    def _values(self, path: str, line: int, written: str) -> tuple[Value, ...]:
        facts = self._facts(path)
        if facts is None:
            return ()
        around = facts.enclosing(line)
        try:
            return tuple(self._resolver.values(path, around.qualname if around else "", written, line))
        except (FixbotError, RecursionError, SyntaxError, ValueError):
            return ()

    def members(self, path: str, line: int, written: str) -> frozenset[str] | None:
        """Names of all attributes of the expression `written`; None unless all that it can be is known to the last base."""
        values = self._values(path, line, written)
        found = [self._of(value) for value in values]
        return reduce(or_, [f for f in found if f]) if found and all(found) else None

    def kind(self, path: str, line: int, written: str) -> Kind:
        """The kind of the expression `written`; ANY where nothing is known."""
        return reduce(or_, (_kind(v) for v in self._values(path, line, written)), Kind(0)) or Kind.ANY

    def literals(self, name: str) -> tuple[str, ...]:
        """Effect: reads the project. Short constants that stand beside `name` after ``==``, ``!=`` or ``=``, the most often written first."""
        return self._spoken.literals.get(name, ())

    @property
    def fields(self) -> frozenset[str]:
        """Effect: reads the project. Attributes that the project reads somewhere, and knows constants for."""
        return self._spoken.fields

    def donors(self, path: str) -> tuple[Donor, ...]:
        """Effect: reads files near `path`. What their functions may give to those of that file; tests give nothing."""
        found: list[Donor] = []
        left = _MOST_BYTES
        for near in sorted(
            (p for p in self._paths if p == path or not is_test(p)), key=lambda p: (-_shared(p, path), p)
        ):
            if near not in self._donors:
                self._donors[near] = self._collected(near)
            size, donors = self._donors[near]
            left -= size
            found += donors
            if left < 0:
                break
        return tuple(found)

    def _collected(self, path: str) -> tuple[int, list[Donor]]:
        data = self._source(path) or b""
        return len(data), collect(path, data)

    @cached_property
    def _spoken(self) -> "_Spoken":
        return _spoken([data for path in self._paths[:_MOST_FILES] if (data := self._source(path))])

    def takes(self, path: str, line: int, callee: str) -> Takes | None:
        """What the function, method or class `callee` takes; None where it is not one of the project's."""
        values = self._values(path, line, callee)
        if len(values) != 1 or not isinstance(values[0], Definition):
            return None
        called: Value = values[0]
        if values[0].is_class:
            called = self._resolver.member(values[0], "__init__")
        if not isinstance(called, Definition) or called.is_class:
            return None
        return _takes(called.symbol)

    def _of(self, value: Value) -> frozenset[str]:
        if isinstance(value, External):
            return _BUILTIN.get(value.last, frozenset()) if value.made else frozenset()
        if isinstance(value, ModuleValue):
            return self._exports(value.location)
        cls = value.cls if isinstance(value, Instance) else value
        if not isinstance(cls, Definition) or not cls.is_class or self._resolver.outside(cls):
            return frozenset()
        owners = self._resolver.order(cls)
        return frozenset(
            symbol.name
            for owner in owners
            for symbol in self._known(owner.path).symbols
            if symbol.name and symbol.parent == owner.symbol.qualname
        )

    def _exports(self, location: str) -> frozenset[str]:
        facts = self._facts(location)
        if facts is None:
            return frozenset()
        own = {s.name for s in facts.symbols if s.name and not s.parent}
        return frozenset(own | {each.bound for each in facts.imports if not each.scope and each.name not in ("", "*")})


_MOST_BYTES = 300_000  # of files that donors are taken from
_MOST_FILES = 200  # that are looked through for constants
_MOST_LITERALS = 8  # of one name
_BESIDE = re.compile(rb"""\b([A-Za-z_]\w*)\s*(?:==|!=|=)\s*("[^"\n\\]{1,24}"|'[^'\n\\]{1,24}'|-?\d{1,6}\b)""")


def _shared(one: str, other: str) -> int:
    """How near two files are: one more for each folder that both are in, and most for the same file."""
    folders = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return 100 * (one == other) + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], folders))


_READ = re.compile(rb"\.([A-Za-z_]\w*)\b(?!\s*\()")


@dataclass(frozen=True, slots=True)
class _Spoken:
    literals: Mapping[str, tuple[str, ...]]
    fields: frozenset[str]


def _spoken(sources: Iterable[bytes]) -> _Spoken:
    counts: dict[str, Counter[str]] = {}
    read: set[str] = set()
    for data in sources:
        read |= {match.decode() for match in _READ.findall(data)}
        for match in _BESIDE.finditer(data):
            counts.setdefault(match[1].decode(), Counter())[match[2].decode("utf-8", "replace")] += 1
    literals = {name: tuple(text for text, _ in found.most_common(_MOST_LITERALS)) for name, found in counts.items()}
    return _Spoken(literals, frozenset(read & literals.keys()))


def _kind(value: Value) -> Kind:
    if isinstance(value, External):
        if not value.made:
            return Kind.ANY
        return Kind.NONE if value.last == "None" else ANNOTATIONS.get(value.last, Kind.ANY)
    if isinstance(value, Instance):
        return Kind.OBJECT
    if isinstance(value, ModuleValue):
        return Kind.MODULE
    return (Kind.CLASS if value.is_class else Kind.CALLABLE) if isinstance(value, Definition) else Kind.ANY


def _takes(symbol: Symbol) -> Takes:
    is_bound = symbol.kind is SymbolKind.METHOD and "staticmethod" not in symbol.decorators
    names = symbol.parameters[is_bound:]
    parts = [part.strip() for part in symbol.signature.partition("(")[2].split(",")]
    starred = {part.lstrip("*").partition(":")[0].rstrip("): ") for part in parts if part.startswith("*")}
    plain = tuple(name for name in names if name not in starred)
    defaults = sum("=" in part for part in parts)
    return Takes(plain, max(0, len(plain) - defaults), bool(starred - {""}))
