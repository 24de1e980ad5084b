"""Definitions of installed packages, found by dotted name: only those that a meaning inside the project hangs on are read.

A value from outside stays the name that the project writes (:class:`External`). It is looked up here where it is a base of a class of the
project, or is handed something of the project. What a name means outside follows from imports and assignments of names alone:
nothing there is inferred, no module of the project is seen, so that the answer hangs on nothing that changes with the project.
"""

from collections.abc import Iterator, Sequence

from fixbot_analysis.graph.scopes import ModuleScope
from fixbot_analysis.graph.values import Definition, External, Instance, Value, Values
from fixbot_analysis.ports import Outside
from fixbot_analysis.symbols import Import

_MOST = 64  # modules and names on the way to one definition
_DEEPEST = 4  # containers within each other that are looked into


class OutsideDefinitions:
    """Looks up in `outside`."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._scopes: dict[str, ModuleScope | None] = {}
        self._found: dict[str, Definition | None] = {}

    def holds(self, name: str) -> bool:
        """Whether the dotted `name` begins with a module from outside that can be read; quick."""
        return bool(self._outside.location(name.partition(".")[0]))

    def scope(self, location: str) -> ModuleScope | None:
        """The names of a module from outside; None where it cannot be read."""
        if location not in self._scopes:
            facts = self._outside.facts(location) if location.endswith(".py") else None
            self._scopes[location] = ModuleScope(location, facts) if facts is not None else None
        return self._scopes[location]

    def definition(self, name: str) -> Definition | None:
        """The class or function from outside that is called `name` (dotted); None where it is none, or not known."""
        if name not in self._found:
            self._found[name] = self._named(name.split("."), set())
        return self._found[name]

    def cls(self, name: str) -> Definition | None:
        """As :meth:`definition`, of classes."""
        found = self.definition(name)
        return found if found is not None and found.is_class else None

    def _named(self, parts: Sequence[str], seen: set[tuple[str, str]]) -> Definition | None:
        """What `parts` name: as many as name modules, then names in the last of them."""
        location = self._outside.location(parts[0])
        at = 1
        while location and at < len(parts):
            if at == len(parts) - 1 and (found := self._in_module(location, parts[at:], seen)):
                return found
            below = self._outside.location(".".join(parts[: at + 1]))
            if not below:
                return self._in_module(location, parts[at:], seen)
            location, at = below, at + 1
        return None

    def _in_module(self, location: str, parts: Sequence[str], seen: set[tuple[str, str]]) -> Definition | None:
        """What the first of `parts` means at the top of a module, and the others in that."""
        step = (location, parts[0])
        if step in seen or len(seen) >= _MOST:
            return None
        seen.add(step)
        scope = self.scope(location)
        if scope is None:
            return None
        if symbol := scope.member("", parts[0]):
            return _inside(scope, Definition(location, symbol), parts[1:])
        ways = (self._named([*way, *parts[1:]], seen) for way in self._ways(scope, parts[0]))
        if found := next(filter(None, ways), None):
            return found
        named = (b.value.split(".") for b in scope.bindings[""].get(parts[0], ()) if _is_name(b.value))
        return next(filter(None, (self._in_module(location, [*n, *parts[1:]], seen) for n in named)), None)

    def _ways(self, scope: ModuleScope, name: str) -> Iterator[list[str]]:
        """The dotted names that `name` may be imported from in a module."""
        for each in scope.imports[""].get(name, ()):
            whole = each.name or each.alias  # import a.b binds a
            yield absolute(scope.path, each).split(".") if whole else [name]
        if name not in scope.names(""):
            yield from ([*module_of(scope.path, star).split("."), name] for star in scope.stars)


def is_outside(path: str) -> bool:
    """Whether `path`, or what a node id begins with, is the location of a module from outside."""
    return path.startswith("/")


def module_of(path: str, each: Import) -> str:
    """Absolute dotted name of the module that an import in `path`, a location from outside, names."""
    if not each.level:
        return each.module
    around = path.strip("/").split("/")[:-1]
    return ".".join([*around[: max(len(around) - each.level + 1, 0)], *filter(None, [each.module])])


def absolute(path: str, each: Import) -> str:
    """Absolute dotted name of what an import in `path`, a location from outside, names."""
    return ".".join(filter(None, (module_of(path, each), each.name)))


def as_name(value: Value) -> Value:
    """`value` as it is told outside of the resolver: what is from outside is told by its name."""
    if isinstance(value, Definition):
        return External(_dotted(value)) if is_outside(value.path) else value
    if isinstance(value, Instance) and is_outside(value.cls.path):
        return External(_dotted(value.cls), True, tuple(map(as_names, value.items)))
    return value


def as_names(values: Values) -> Values:
    """As :func:`as_name`, of all `values`."""
    for value in values:
        named = as_name(value)
        if named is not value:
            return tuple(map(as_name, values))
    return values


def is_ours(values: Values, depth: int = _DEEPEST) -> bool:
    """Whether one of `values` is of the project, or holds what is."""
    return any(_is_ours(value, depth) for value in values)


def _is_ours(value: Value, depth: int) -> bool:
    if isinstance(value, External | Instance) and depth and any(is_ours(held, depth - 1) for held in value.items):
        return True
    if isinstance(value, Instance | Definition):
        return not is_outside(value.cls.path if isinstance(value, Instance) else value.path)
    return False


def _inside(scope: ModuleScope, found: Definition, parts: Sequence[str]) -> Definition | None:
    """What `parts` name in a class, as far as it defines that itself."""
    for name in parts:
        symbol = scope.member(found.symbol.qualname, name) if found.is_class else None
        if symbol is None:
            return None
        found = Definition(found.path, symbol, found)
    return found


def _is_name(value: str) -> bool:
    return value.replace(".", "").isidentifier()


def _dotted(found: Definition) -> str:
    module = found.path.strip("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{module}.{found.symbol.qualname}"
