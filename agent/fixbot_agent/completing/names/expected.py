"""Values that the type of the other side asks for: members of an enumeration, with the name of its class before them."""

from collections.abc import Iterator

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.parameters import Parameter
from fixbot_agent.completing.cursor.place import Place, chain_before
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.world import World
from fixbot_analysis.codemodel.slots import Slot
from fixbot_analysis.graph.values import Definition, External, Instance, Values
from fixbot_analysis.symbols import SymbolKind

SOURCE = "expected"

_COMPARED = frozenset({"==", "!=", "is", "in"})
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


def expected_values(world: World, place: Place, slot: Slot, parameter: Parameter | None) -> Iterator[Name]:
    """Effect: reads facts. Members of enumerations that are asked for, each as ``Class.MEMBER``, where the class is called so in this file."""
    for value in _asked(world, place, slot, parameter):
        cls = value.cls if isinstance(value, Instance) else value
        if not isinstance(cls, Definition) or not cls.is_class or not _is_enum(world, cls):
            continue
        own = cls.symbol.qualname
        if cls not in world.resolver.values(place.path, place.qualname, cls.symbol.name):
            continue
        for symbol in world.index.facts(cls.path).symbols:
            if symbol.parent == own and symbol.kind is SymbolKind.VARIABLE and not symbol.name.startswith("_"):
                yield Name(f"{cls.symbol.name}.{symbol.name}", ItemKind.ATTRIBUTE, SOURCE, symbol.signature[:120])


def _asked(world: World, place: Place, slot: Slot, parameter: Parameter | None) -> Values:
    """What stands on the other side of a comparison, or what the parameter is annotated with."""
    if slot.lead in _COMPARED and slot.kind in ("comparison", "is"):
        chain = chain_before(place.before, len(place.before) - 1)
        return world.resolver.values(place.path, place.qualname, chain, place.line + 1) if chain else ()
    written = parameter.annotation if parameter else ""
    is_plain = written.replace(".", "").isidentifier()
    return world.resolver.values(place.path, place.qualname, written) if is_plain else ()


def _is_enum(world: World, cls: Definition) -> bool:
    return any(isinstance(base, External) and base.last in _ENUMS for base in world.resolver.outside(cls))
