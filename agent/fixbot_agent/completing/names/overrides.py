"""Methods of the bases that a class may define anew, each with a stub, and the special methods that every class may have."""

from collections.abc import Iterator
from dataclasses import replace

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.parameters import Parameter, arguments_in, read_parameters
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.outside import members as outside
from fixbot_agent.completing.outside.signatures import methods_of_type
from fixbot_analysis.codemodel.slots import Slot
from fixbot_analysis.graph.values import Definition, External
from fixbot_analysis.symbols import SymbolKind

SOURCE, SPECIAL = "override", "special"
OTHER = "other"  # the role of what is async where the place is not, or the other way round

_INDENT = "    "
_AWAITED = frozenset({"__aenter__", "__aexit__", "__anext__", "__call__"})  # special methods that may be async
_SPECIAL = {  # and how they are headed
    "__init__": "(self)", "__repr__": "(self) -> str", "__str__": "(self) -> str", "__eq__": "(self, other: object) -> bool",
    "__hash__": "(self) -> int", "__len__": "(self) -> int", "__iter__": "(self)", "__next__": "(self)",
    "__getitem__": "(self, key)", "__setitem__": "(self, key, value)", "__delitem__": "(self, key)",
    "__contains__": "(self, item: object) -> bool", "__call__": "(self)", "__enter__": "(self)",
    "__exit__": "(self, exc_type, exc_value, traceback)", "__aenter__": "(self)", "__aexit__": "(self, exc_type, exc_value, traceback)",
    "__getattr__": "(self, name: str)", "__setattr__": "(self, name: str, value: object) -> None", "__bool__": "(self) -> bool",
    "__lt__": "(self, other)", "__le__": "(self, other)", "__gt__": "(self, other)", "__ge__": "(self, other)",
    "__add__": "(self, other)", "__sub__": "(self, other)", "__mul__": "(self, other)", "__or__": "(self, other)",
    "__and__": "(self, other)", "__new__": "(cls)", "__post_init__": "(self) -> None", "__init_subclass__": "(cls, **kwargs) -> None",
    "__class_getitem__": "(cls, item)", "__reduce__": "(self)", "__del__": "(self) -> None", "__format__": "(self, spec: str) -> str",
}  # fmt: skip


def overrides(world: World, place: Place) -> dict[str, Name]:
    """Effect: reads facts and source of bases. What may follow ``def`` in the body of a class; none elsewhere, and none that it has already."""
    if not place.scopes or not place.scopes[-1].is_class:
        return {}
    is_async = place.before[-2:-1] == ("async",)
    symbols = world.index.facts(place.path).symbols
    written = {s.name for s in symbols if s.parent == place.qualname and s.line != place.line + 1}
    found: dict[str, Name] = {}
    for name in (*_of_bases(world, place), *_special()):
        is_other = name.detail.startswith("async ") is not is_async
        if name.role == SPECIAL:
            is_other = is_async and name.name not in _AWAITED
        if name.name not in written and not (is_other and name.role == SPECIAL):
            found.setdefault(name.name, replace(name, role=OTHER) if is_other else name)
    return found


def parameters_of_base(world: World, place: Place, slot: Slot) -> dict[str, Name]:
    """Effect: reads facts and source of bases. Parameters that a base's method of the name under way has, as they are written there."""
    statement = place.before[slot.first :]
    if not place.scopes or not place.scopes[-1].is_class or "def" not in statement[:-1]:
        return {}
    method = statement[statement.index("def") + 1]
    base = next((name for name in _of_bases(world, place) if name.name == method), None)
    header = base.detail.partition("def ")[2] if base else ""
    found = [each.name for each in read_parameters(header, skips=1) if each.name not in statement]
    return {name: Name(name, ItemKind.PARAMETER, "argument", header[:120]) for name in found}


def stub(name: Name, place: Place) -> str:
    """The method as it is written anew, without ``def``: header and a call of the base's; its name alone where text follows the place."""
    header = name.detail.partition("def ")[2]
    if place.rest.strip() or not header.startswith(f"{name.name}("):
        return name.name
    inside = _INDENT * (len(place.scopes) + 1)
    is_async = place.before[-2:-1] == ("async",)
    if name.role == SPECIAL:
        return f"{header}:\n{inside}"
    handed = ", ".join(_handed(read_parameters(header, skips=1), header))
    call = f"super().{name.name}({handed})"
    is_maker = name.name == "__init__" or header.endswith("-> None")
    return f"{header}:\n{inside}{'' if is_maker else 'return '}{'await ' if is_async else ''}{call}"


def _handed(parameters: tuple[Parameter, ...], header: str) -> Iterator[str]:
    stars = [
        word.strip("(),: ").partition(":")[0]
        for word in header.replace("(", " ").split()
        if word.lstrip("(").startswith("*")
    ]
    yield from (p.name for p in parameters if p.is_placed)
    yield from (star for star in stars if star.startswith("*") and not star.startswith("**") and len(star) > 1)
    yield from (f"{p.name}={p.name}" for p in parameters if not p.is_placed)
    yield from (star for star in stars if star.startswith("**"))


def _of_bases(world: World, place: Place) -> Iterator[Name]:
    """Methods of the bases that the header of the class names: its body need not parse."""
    for written in bases_of(place):
        for value in world.resolver.values(place.path, "", written):
            if isinstance(value, External):
                yield from _of_outside(value, world, 1)
            elif isinstance(value, Definition) and value.is_class:
                yield from _of_class(value, world)


def _of_class(cls: Definition, world: World) -> Iterator[Name]:
    for depth, owner in enumerate(world.resolver.order(cls)):
        for symbol in world.index.facts(owner.path).symbols:
            if symbol.parent == owner.symbol.qualname and symbol.kind is SymbolKind.METHOD:
                yield Name(symbol.name, ItemKind.METHOD, SOURCE, symbol.signature, depth + 1)
    for base in world.resolver.outside(cls):
        if isinstance(base, External):
            yield from _of_outside(base, world, 2)


def _of_outside(base: External, world: World, depth: int) -> Iterator[Name]:
    told = False
    for symbol in outside.methods(base.name, world.packages):
        told = True
        yield Name(symbol.name, ItemKind.METHOD, SOURCE, symbol.signature, depth)
    if not told:
        yield from (
            Name(name, ItemKind.METHOD, SOURCE, f"def {name}{header}", depth)
            for name, header in methods_of_type(base.name)
        )


def bases_of(place: Place) -> list[str]:
    """Bases of the innermost class as its header writes them."""
    before, name = place.before, place.scopes[-1].name
    at = next((i for i in range(len(before) - 1, 0, -1) if before[i] == name and before[i - 1] == "class"), None)
    if at is None or before[at + 1 : at + 2] != ("(",):
        return []
    return ["".join(part) for part in arguments_in(before[at + 2 :]) if "=" not in part]


def _special() -> Iterator[Name]:
    for name, header in _SPECIAL.items():
        yield Name(name, ItemKind.METHOD, SOURCE, f"def {name}{header}", role=SPECIAL)
