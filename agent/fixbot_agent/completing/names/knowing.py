"""Whether the members that are known of a receiver are all that it has: a class whose bases are known, and nothing that makes members while it runs."""

from collections.abc import Iterable, Sequence

from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.outside import members as outside
from fixbot_analysis.codemodel import Extent, tokenize
from fixbot_analysis.codemodel.installed import Folders
from fixbot_analysis.codemodel.tokens import LAYOUT
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.scopes import is_test_of_type
from fixbot_analysis.graph.values import NONE, Definition, External, Instance, ModuleValue, Value, Values
from fixbot_analysis.symbols import Binding, Symbol

_TOLD_APART = 8  # values of one expression; of so many there may be more
_ASKED = frozenset({"__getattr__", "__getattribute__"})
_METACLASSES = frozenset({"ABCMeta", "EnumMeta", "EnumType", "type"})  # that give objects nothing
_DECORATORS = frozenset({
    "dataclass", "total_ordering", "final", "runtime_checkable", "unique", "define", "frozen", "mutable", "s", "attrs", "mypyc_attr",
    "trait", "deprecated",
})  # fmt: skip


class Knowing:
    """Judges by the facts that `resolver` reads; packages lie in `packages`."""

    def __init__(self, resolver: Resolver, packages: Folders) -> None:
        self._resolver = resolver
        self._packages = packages

    def extent(self, place: Place, values: Values) -> Extent:
        """Whether objects like `values`, those of the receiver at `place`, have members that are not known."""
        known = [value for value in values if value != NONE]
        if not known or len(values) >= _TOLD_APART or not self._is_sure(place):
            return Extent.OPEN
        return min(self._of(value, place) for value in known)

    def _of(self, value: Value, place: Place) -> Extent:
        if isinstance(value, ModuleValue):
            return Extent.CLOSED if self._is_whole_module(value.location, set()) else Extent.OPEN
        if isinstance(value, External):
            return Extent.CLOSED if outside.members(value, self._packages).whole else Extent.OPEN
        cls = value.cls if isinstance(value, Instance) else value
        if not isinstance(cls, Definition) or not cls.is_class:
            return Extent.OPEN
        is_around = cls.path == place.path and f"{place.qualname}.".startswith(f"{cls.symbol.qualname}.")
        is_super = isinstance(value, Instance) and value.above
        if is_around and not is_super:
            return Extent.WRITTEN if self._has_known_bases(cls) else Extent.OPEN
        if not self._is_whole_class(cls):
            return Extent.OPEN
        if is_super:  # a class without bases is mixed with others to have some
            return Extent.CLOSED if self._resolver.bases(cls) or self._resolver.outside(cls) else Extent.OPEN
        return Extent.CLOSED

    def _is_whole_class(self, cls: Definition) -> bool:
        return all(self._is_plain(owner) for owner in self._resolver.order(cls)) and self._has_known_bases(cls)

    def _has_known_bases(self, cls: Definition) -> bool:
        bases = (base for base in self._resolver.outside(cls) if isinstance(base, External))
        return all(outside.members(External(b.name, made=True), self._packages).whole for b in bases)

    def _is_plain(self, cls: Definition) -> bool:
        """Whether a class has the members that its source names, and no others."""
        symbol, facts = cls.symbol, self._resolver.scope(cls.path).facts
        _, is_made, meta = symbol.signature.partition("metaclass")
        return (
            all(_last(each) in _DECORATORS for each in symbol.decorators)
            and (not is_made or _last(meta.strip(" =):")) in _METACLASSES)
            and not any(f"{symbol.qualname}.{name}" in self._resolver.scope(cls.path).symbols for name in _ASKED)
            and not any(outside.writes_members(c.callee) and _is_in(c.scope, symbol) for c in facts.calls)
        )

    def _is_whole_module(self, location: str, seen: set[str]) -> bool:
        if not location.endswith(".py"):
            return True
        seen.add(location)
        module = self._resolver.scope(location)
        if "__getattr__" in module.symbols or any(
            not c.scope and outside.writes_members(c.callee) for c in module.facts.calls
        ):
            return False
        origins = [self._resolver.origin(location, star) for star in module.stars]
        return all(origin is not None and (origin in seen or self._is_whole_module(origin, seen)) for origin in origins)

    def _is_sure(self, place: Place) -> bool:
        """Whether something is known of all that the receiver may be bound to."""
        if _is_made_another(place):
            return False
        *around, last = place.expression.split(".")
        if not all(part.isidentifier() for part in (*around, last)):
            return True
        if not around:
            return self._is_sure_name(place, last)
        holders = self._resolver.meant(place.path, place.qualname, ".".join(around), place.line + 1)
        return all(self._is_sure_attribute(value.cls, last) for value in holders if isinstance(value, Instance))

    def _is_sure_name(self, place: Place, name: str) -> bool:
        module = self._resolver.scope(place.path)
        owner = module.owner(place.qualname, name)
        bindings = module.bindings[owner or ""].get(name, [])
        function = module.symbols.get(owner) if owner else None
        if function is not None and name in function.parameters and not any(b.first == 0 for b in bindings):
            is_receiver = name == function.parameters[0] and function.kind.value == "method"
            return is_receiver or any(is_test_of_type(b) for b in bindings)
        return self._are_known(place.path, bindings)

    def _is_sure_attribute(self, cls: Definition, name: str) -> bool:
        owner = self._resolver.holder(cls, name)
        if owner is None:
            return False
        bindings = self._resolver.scope(owner.path).bindings[owner.symbol.qualname].get(name, [])
        return any(b.value.endswith("$:") for b in bindings) or self._are_known(owner.path, bindings)

    def _are_known(self, path: str, bindings: Iterable[Binding]) -> bool:
        return all(self._resolver.bound(path, each) for each in bindings)


def _is_made_another(place: Place) -> bool:
    """Whether the statement under way, which facts do not hold, says what the receiver is, or a line above gives it another class."""
    before = place.before
    first = next((at for at in range(len(before) - 1, -1, -1) if before[at] in LAYOUT), -1) + 1
    statement, written = before[first:-1], tuple(tokenize(place.expression))
    length = len(written)
    tests = (at for at, word in enumerate(statement) if word in ("isinstance", ":="))
    if any(statement[at + 2 : at + 2 + length] == written or statement[at - 1 : at] == written for at in tests):
        return True
    classes = (at for at, word in enumerate(before) if word == "__class__" and before[at + 1 : at + 2] == ("=",))
    return any(before[at - 1 - length : at - 1] == written for at in classes)


def _is_in(scope: str, symbol: Symbol) -> bool:
    return scope == symbol.qualname or scope.startswith(f"{symbol.qualname}.")


def _last(written: str) -> str:
    return written.partition("(")[0].rpartition(".")[2]


def fields(bases: Sequence[str]) -> tuple[str, ...]:
    """Fields that a base written as ``namedtuple("Name", "a b")`` brings."""
    for base in bases:
        head, _, rest = base.partition("(")
        if head.endswith("namedtuple"):
            words = rest.replace('"', " ").replace("'", " ").replace(",", " ").strip("()[] ").split()
            return tuple(word for word in words[1:] if word.isidentifier())
    return ()
