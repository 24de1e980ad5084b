"""How well names fit a kind of place: exceptions to raise, classes for isinstance, decorators, public names to import, arguments in their order."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name, is_builtin_exception, is_exception
from fixbot_agent.completing.importing.elsewhere import Elsewhere
from fixbot_agent.completing.importing.statements import UNLISTED
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.names.arguments import Callee, given_at, parameter_at
from fixbot_agent.completing.names.fixtures import SOURCE as FIXTURE
from fixbot_agent.completing.names.overrides import OTHER
from fixbot_agent.completing.outside import members as outside
from fixbot_agent.completing.outside.library import commonness
from fixbot_analysis.codemodel.commonness import COMMON_RAISED
from fixbot_analysis.codemodel.slots import ARGUMENT, BASE, DECORATOR, Slot
from fixbot_analysis.graph.values import Definition, External, Instance, Value
from fixbot_analysis.symbols import SymbolKind

# What is added to a name's score (the logarithm of its chance), by hand.
UNFIT = -5.0  # it cannot stand here, as far as is known
_DOUBTFUL = -2.0
_COMMON, _COMMON_RAISED = 5.0, 2.0  # of what is as common as can be
_ASKED = 1.0  # what the project has in such places already
_FIRST = 1.0  # a key, or a fixture: in their own order
_REQUIRED = 0.15  # an argument that must be given
_LATER, _FAR = -0.08, 6  # one place further in the header, up to so many

_TAKEN = frozenset({
    "func", "function", "fn", "f", "fun", "method", "meth", "callback", "cls", "klass", "view", "handler", "wrapped", "wrappee", "obj",
    "coro", "test", "view_func", "user_function",
})  # fmt: skip
_DECORATORS = frozenset({"property", "staticmethod", "classmethod"})
# What the first argument of these must have.
_WALKED = {
    "len": "__len__", "reversed": "__len__", "sorted": "__iter__", "enumerate": "__iter__", "zip": "__iter__", "sum": "__iter__",
    "any": "__iter__", "all": "__iter__", "set": "__iter__", "tuple": "__iter__", "iter": "__iter__", "frozenset": "__iter__",
}  # fmt: skip
# Types that pass for a builtin one.
_LIKE = {"int": {"int", "bool"}, "float": {"float", "int"}, "complex": {"complex", "float", "int"}}
OF_TYPES = frozenset({"isinstance", "issubclass"})


def fits(world: World, place: Place, slot: Slot, callee: Callee, names: Mapping[str, Name]) -> dict[str, float]:
    """Effect: reads facts. By name what speaks for it (above 0) or against it at `place`; names that nothing is known of are left out."""
    return dict(_fits(world, place, slot, callee, names))


def is_for_exceptions(slot: Slot) -> bool:
    """Whether an exception belongs here."""
    return slot.kind in ("raise", "except") or (slot.head == "except" and slot.kind == "group")


def can_stand(slot: Slot, name: Name) -> bool:
    """Whether the grammar and what Python itself defines leave room for a name here."""
    if not is_for_exceptions(slot) or name.source not in ("builtin", "keyword"):
        return True
    return is_builtin_exception(name) or name.name == "type"  # raise type(error)(…)


def is_full(place: Place, callee: Callee) -> bool:
    """Whether all that a call takes by place is given, so that only names of arguments may follow."""
    return bool(callee.parameters) and not callee.takes_more(given_at(place.before)[0])


def _fits(
    world: World, place: Place, slot: Slot, callee: Callee, names: Mapping[str, Name]
) -> Iterator[tuple[str, float]]:
    listed = [word for word, name in names.items() if name.kind is ItemKind.TEXT or name.source == FIXTURE]
    yield from ((word, _FIRST + _LATER * at) for at, word in enumerate(listed))
    if slot.lead == "def":
        yield from ((word, UNFIT) for word, name in names.items() if name.role == OTHER)
    elif slot.kind == "module":
        yield from ((word, _DOUBTFUL) for word in names if word.startswith("_") and word != "__future__")
    elif slot.kind == "imported":
        yield from _imported(world, place, names)
    elif slot.kind == BASE:
        others = (word for word, name in names.items() if name.source == "builtin" and name.kind is not ItemKind.CLASS)
        yield from ((word, UNFIT) for word in others)
    elif judge := _judge(slot):
        yield from ((word, judge(world, place, name)) for word, name in names.items())
    elif slot.kind == ARGUMENT or (slot.kind, slot.head) == ("in", "for"):
        yield from _used(world, place, slot, callee, names)


def _judge(slot: Slot) -> Callable[[World, Place, Name], float] | None:
    """What judges each name alone at such places."""
    if is_for_exceptions(slot):
        return _raised
    if slot.kind == DECORATOR:
        return _decorating
    return _typed if slot.kind == ARGUMENT and slot.callee in OF_TYPES and slot.argument == "#1" else None


def _used(
    world: World, place: Place, slot: Slot, callee: Callee, names: Mapping[str, Name]
) -> Iterator[tuple[str, float]]:
    """For arguments, and what a loop goes through."""
    if slot.kind == ARGUMENT:
        yield from _handed(place, callee, names)
    needed = "__iter__" if slot.kind == "in" else _WALKED.get(place.callee, "") if slot.argument == "#0" else ""
    wanted = parameter_at(callee, slot.argument) if slot.argument else None
    if needed:
        yield from _walked(world, place, names, needed)
    elif wanted is not None and wanted.annotation.rpartition(".")[2].isidentifier():
        yield from _annotated(world, place, names, wanted.annotation.rpartition(".")[2])


def _imported(world: World, place: Place, names: Mapping[str, Name]) -> Iterator[tuple[str, float]]:
    asked = world.kept(Elsewhere).imported_from(place.module)
    is_own = place.module.startswith(".") or world.modules.location(place.module, place.path) is not None
    against = _DOUBTFUL if is_own else UNFIT  # a project takes from itself what it offers to nobody
    for word, name in names.items():
        common = _COMMON * commonness(place.module, word)
        yield word, common + (_ASKED if word in asked else against if name.role == UNLISTED else 0.0)


def _raised(world: World, place: Place, name: Name) -> float:
    if is_builtin_exception(name):
        return _COMMON_RAISED * COMMON_RAISED.get(name.name, 0.0)
    if name.source in ("builtin", "keyword"):
        return UNFIT
    if is_exception(name) or name.role == "except":
        return 0.0
    if name.kind is ItemKind.MODULE or name.name in ("self", "cls"):
        return _DOUBTFUL
    known = [_is_exception(world, value) for value in _values(world, place, name)]
    if any(known):
        return 0.0
    return UNFIT if known and all(each is False for each in known) else _DOUBTFUL


def _is_exception(world: World, value: Value) -> bool | None:
    """Whether a class, or an object of it, can be raised; None where that is not known, as of what a function gives."""
    cls = value.cls if isinstance(value, Instance) else value
    if isinstance(cls, External):
        return True if is_exception(Name(cls.last, ItemKind.CLASS, "")) else None
    if not isinstance(cls, Definition):
        return False
    if not cls.is_class:
        return None
    bases = [base for base in world.resolver.outside(cls) if isinstance(base, External)]
    if any(is_exception(Name(base.last, ItemKind.CLASS, "")) for base in bases):
        return True
    return None if bases else False


def _typed(world: World, place: Place, name: Name) -> float:
    """For the second argument of isinstance."""
    if name.kind is ItemKind.CLASS or name.source == "argument":
        return 0.0
    if name.source in ("builtin", "keyword") or name.role == "parameter":
        return UNFIT if name.name != "None" else _DOUBTFUL
    if name.kind is ItemKind.MODULE or name.name.isupper():
        return 0.0
    values = _values(world, place, name)
    is_type = any(isinstance(value, Definition) and value.is_class for value in values)
    return 0.0 if is_type else UNFIT


def _decorating(world: World, place: Place, name: Name) -> float:
    used = _ASKED if world.kept(Elsewhere).decorators[name.name] > 0 else 0.0
    if name.source == "builtin":
        return used if name.name in _DECORATORS else UNFIT
    if used or name.kind is ItemKind.MODULE:
        return used
    values = [value for value in _values(world, place, name) if isinstance(value, Definition)]
    if any(value.symbol.decorators for value in values):
        return used  # it is no longer the function that is written there
    return UNFIT if values and not any(_is_decorator(world, value) for value in values) else 0.0


def _is_decorator(world: World, value: Definition) -> bool:
    """Whether a function takes one function, gives one or makes one inside; whether objects of a class can be called."""
    symbol, symbols = value.symbol, world.index.facts(value.path).symbols
    inside = [each for each in symbols if each.parent == symbol.qualname]
    if value.is_class:
        return any(each.name == "__call__" for each in inside) or not isinstance(
            world.resolver.member(value, "__call__"), External
        )
    first = symbol.parameters[0] if symbol.parameters else ""
    return (
        first.lstrip("*") in _TAKEN
        or "Callable" in symbol.signature
        or any(each.kind is SymbolKind.FUNCTION for each in inside)
    )


def _handed(place: Place, callee: Callee, names: Mapping[str, Name]) -> Iterator[tuple[str, float]]:
    order = {f"{each.name}=": at for at, each in enumerate(callee.parameters)}
    required = {f"{each.name}=" for each in callee.parameters if each.is_required}
    has_all = is_full(place, callee)
    for word, name in names.items():
        if word in order and name.source == "argument":
            yield word, _LATER * min(order[word], _FAR) + (_REQUIRED if word in required else 0.0)
        elif has_all and name.source != "argument":
            yield word, UNFIT


def _annotated(world: World, place: Place, names: Mapping[str, Name], asked: str) -> Iterator[tuple[str, float]]:
    """For variables whose type is called as the parameter's, or derives from such; against those of another type."""
    for word, name in names.items():
        if name.kind is ItemKind.VARIABLE and name.source in ("module", "local"):
            types = [_types(world, value) for value in _values(world, place, name)]
            if types and all(types):
                yield word, _ASKED if any(_LIKE.get(asked, {asked}) & each for each in types) else _DOUBTFUL


def _types(world: World, value: Value) -> set[str]:
    """Names of the class of an object and of its bases; none where it is no object."""
    if isinstance(value, External):
        return {value.last} if value.made and value.name != "None" else set()
    if not isinstance(value, Instance):
        return set()
    bases = (base.last for base in world.resolver.outside(value.cls) if isinstance(base, External))
    return {*(owner.symbol.name for owner in world.resolver.order(value.cls)), *bases}


def _walked(world: World, place: Place, names: Mapping[str, Name], method: str) -> Iterator[tuple[str, float]]:
    """Against variables that have no `method`, where all that they have is known; of a function it may be the result that is meant."""
    for word, name in names.items():
        if name.kind is ItemKind.VARIABLE and name.source in ("module", "local"):
            known = [
                outside.members(value, world.packages)
                for value in _values(world, place, name)
                if isinstance(value, External) and value.made
            ]
            if known and all(found.names and all(each.name != method for each in found.names) for found in known):
                yield word, _DOUBTFUL


def _values(world: World, place: Place, name: Name) -> Sequence[Value]:
    return world.resolver.values(place.path, place.qualname, name.name, place.line + 1)
