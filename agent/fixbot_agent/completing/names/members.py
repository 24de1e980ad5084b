"""Members of what stands before a dot."""

from collections.abc import Iterator

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name, from_symbol
from fixbot_agent.completing.importing.statements import first
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.names.knowing import Knowing, fields
from fixbot_agent.completing.names.marks import RECEIVER, marks
from fixbot_agent.completing.outside import members as outside
from fixbot_agent.completing.outside.living import of_class, of_module, of_object
from fixbot_analysis.codemodel import Extent
from fixbot_analysis.graph.values import Definition, External, Instance, ModuleValue, Value, Values


class Members:
    """Answers for one project as it is now; names are resolved without the whole graph, as far as asked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._index, self._resolver, self._packages = world.index, world.resolver, world.packages
        self._imports = world.imports
        self._asked: tuple[tuple[str, int], Values] | None = None

    def of_receiver(self, place: Place) -> dict[str, Name]:
        """Members of the receiver, those of its class before those of the bases; none where it is not known."""
        if place.receiver == RECEIVER:  # it makes whatever it is asked for
            return first(marks(self._world))
        return first(name for value in self._receiver(place) for name in self._members(value))

    def of_expression(self, place: Place, written: str) -> dict[str, Name]:
        """Members of what the expression `written` stands for at `place`."""
        values = self._resolver.values(place.path, place.qualname, written, place.line + 1)
        return first(name for value in values for name in self._members(value))

    def extent(self, place: Place) -> Extent:
        """Whether the receiver has members beside those of :meth:`of_receiver`."""
        return Knowing(self._resolver, self._packages).extent(place, self._receiver(place))

    def lineage(self, place: Place) -> tuple[str, ...]:
        """Last names of the receiver's class and its bases, nearest first; none where it is not known."""
        names: dict[str, None] = {}
        for value in self._receiver(place):
            cls = value.cls if isinstance(value, Instance) else value
            if isinstance(cls, Definition) and cls.is_class:
                names.update(dict.fromkeys(owner.symbol.name for owner in self._resolver.order(cls)))
                names.update(dict.fromkeys(v.last for v in self._resolver.outside(cls) if isinstance(v, External)))
            elif isinstance(value, External) and value.made and value.last not in ("None", "?"):
                names[value.last] = None
        return tuple(names)

    def _receiver(self, place: Place) -> Values:
        key = (place.path, place.offset)
        if self._asked is None or self._asked[0] != key:
            self._asked = (key, self._received(place))
        return self._asked[1]

    def _received(self, place: Place) -> Values:
        if not place.receiver:
            return ()
        values = self._resolver.values(place.path, place.qualname, place.expression, place.line + 1)
        if any(isinstance(v, Definition | Instance | ModuleValue) for v in values) or not place.class_scope:
            return values
        # Inside a method that is still broken, its first parameter is not known: self is what it is everywhere.
        head, _, rest = place.receiver.partition(".")
        found = self._resolver.values(place.path, "", ".".join(scope.name for scope in place.class_scope))
        if head not in {"self", "cls"} or not any(isinstance(v, Definition) for v in found):
            return values
        if head == "self":
            found = tuple(Instance(v) for v in found if isinstance(v, Definition))
        for link in rest.split(".") if rest else ():
            found = self._resolver.members(found, link)
        return found

    def _members(self, value: Value) -> Iterator[Name]:
        if isinstance(value, ModuleValue):
            yield from self._imports.exports(value.location)
            yield from self._brought(value.location, set())
        elif isinstance(value, External):
            yield from outside.members(value, self._packages).names
        cls = value.cls if isinstance(value, Instance) else value
        if isinstance(cls, Definition) and cls.is_class:
            yield from self._of_class(cls, above=isinstance(value, Instance) and value.above)
            yield from of_object(object) if isinstance(value, Instance) else of_class(object)

    def _of_class(self, cls: Definition, *, above: bool) -> Iterator[Name]:
        for depth, owner in enumerate(self._resolver.order(cls)):
            if not depth and above:
                continue
            for symbol in self._index.facts(owner.path).symbols:
                if symbol.name and symbol.parent == owner.symbol.qualname:
                    yield from_symbol(symbol, "member", depth)
            for name in fields(owner.symbol.bases):
                yield Name(name, ItemKind.ATTRIBUTE, "member", "", depth, ItemKind.ATTRIBUTE.value)
        for base in self._resolver.outside(cls):
            if isinstance(base, External):
                yield from outside.members(External(base.name, made=True), self._packages).names

    def _brought(self, location: str, seen: set[str]) -> Iterator[Name]:
        """What else a module holds: modules that it imports, what stars bring, and what every module has."""
        yield from of_module()
        if not location.endswith(".py"):
            return
        seen.add(location)
        for each in self._index.facts(location).imports:
            if not each.scope and not each.name:
                yield Name(each.bound, ItemKind.MODULE, "member", "", 1, ItemKind.MODULE.value)
            origin = self._resolver.origin(location, each) if each.name == "*" else None
            if origin and origin not in seen:
                seen.add(origin)
                yield from self._imports.exports(origin)
                yield from self._brought(origin, seen)
