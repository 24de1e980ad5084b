"""What may be handed to the call at a place: names of its arguments, and what is asked for at the present one."""

import builtins
import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.parameters import Parameter, read_parameters
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name
from fixbot_agent.completing.importing.world import World
from fixbot_agent.completing.outside import members as outside
from fixbot_agent.completing.outside.handing import Handing, hidden
from fixbot_agent.completing.outside.homes import header_of, home_of, source_of
from fixbot_agent.completing.outside.results import GIVEN
from fixbot_analysis.codemodel.installed import Folders
from fixbot_analysis.codemodel.tokens import CLOSING, OPENING
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, External
from fixbot_analysis.symbols import Symbol, SymbolKind

_FIELDED = ("dataclass", "define", "frozen", "mutable", "attr.s", "attrs", "attr.dataclass", "dataclass_transform")
_STARRED = re.compile(r"[(,]\s*\*\s*\w")
_RECORDS = frozenset({"NamedTuple", "TypedDict", "BaseModel"})


@dataclass(frozen=True, slots=True)
class Callee:
    """What is called at a place: its parameters without the receiver, and one line about it."""

    parameters: tuple[Parameter, ...] = ()
    signature: str = ""
    is_whole: bool = False  # all that it takes is among the parameters

    @property
    def takes_others(self) -> bool:
        """Whether it may take arguments by names that are not known."""
        if self.is_whole:
            return False
        return not self.signature or "**" in self.signature or not self.parameters

    def takes_more(self, placed: int) -> bool:
        """Whether it may take one more argument by its place than `placed`."""
        return placed < sum(each.is_placed for each in self.parameters) or _STARRED.search(self.signature) is not None


_NOTHING = Callee()


def callee_at(place: Place, world: World) -> Callee:
    """Effect: reads source of what is called. The callee of the call directly around `place`; without parameters where it is not known."""
    if not place.callee or "?" in place.callee:
        return _NOTHING
    called = world.resolver.evaluate(place.path, place.qualname, place.callee, place.line + 1)
    handing = Handing(world.index, world.resolver, world.packages)
    if isinstance(called, Definition):
        found = _defined(called, world)
        return _with(found, *handing.of_definition(called)) if "**" in found.signature else found
    if isinstance(called, External) and not called.made:
        where, _, last = called.name.rpartition(".")
        if where in GIVEN:  # a method of what a function gives
            called = External(f"{GIVEN[where]}.{last}")
        found = _outside(called, world.packages)
        return _with(found, *handing.of_name(called.name)) if "**" in found.signature else found
    return _NOTHING


def _with(callee: Callee, more: tuple[Parameter, ...], is_whole: bool) -> Callee:
    """A callee with what it hands on; where that is all, nothing else is guessed at."""
    known = {each.name for each in callee.parameters}
    others = tuple(each for each in more if each.name not in known)
    return replace(callee, parameters=(*callee.parameters, *others), is_whole=is_whole) if others else callee


def names_of_arguments(callee: Callee, place: Place) -> dict[str, Name]:
    """Arguments that may still be given by name at `place`, under their names with ``=``."""
    placed, given = given_at(place.before)
    by_place = [each for each in callee.parameters if each.is_placed][:placed]
    left = (p for p in callee.parameters if p.is_named and p.name not in given and p not in by_place)
    return {f"{p.name}=": Name(f"{p.name}=", ItemKind.PARAMETER, "argument", callee.signature[:120]) for p in left}


def parameter_at(callee: Callee, argument: str) -> Parameter | None:
    """The parameter that an argument is for: ``#0`` the first by place, else the one of that name."""
    if argument.startswith("#"):
        placed = [each for each in callee.parameters if each.is_placed]
        at = int(argument[1:])
        return placed[at] if at < len(placed) else None
    return next((each for each in callee.parameters if each.name == argument), None)


def given_at(before: Sequence[str]) -> tuple[int, frozenset[str]]:
    """How many arguments the call at the end of `before` was given by place, and which by name."""
    depth, at = 0, len(before) - 1
    while at >= 0:
        depth += (before[at] in CLOSING) - (before[at] in OPENING)
        if depth < 0:
            break
        at -= 1
    depth, commas, named = 0, 0, set[str]()
    for i in range(at + 1, len(before)):
        word = before[i]
        depth += (word in OPENING) - (word in CLOSING)
        if depth == 0 and word == "=" and before[i - 1].isidentifier():
            named.add(before[i - 1])
        elif depth == 0 and word == ",":
            commas += 1
    return max(0, commas - len(named)), frozenset(named)


def _defined(called: Definition, world: World) -> Callee:
    symbol, resolver = called.symbol, world.resolver
    if symbol.kind is SymbolKind.CLASS:
        maker = resolver.member(called, "__init__")
        if isinstance(maker, Definition):
            header = maker.symbol.signature
            return Callee(read_parameters(header, skips=1), header)
        if fields := _fields(called, resolver):
            return Callee(fields, symbol.signature)
        outer = (_outside(base, world.packages) for base in resolver.outside(called) if isinstance(base, External))
        return next((found for found in outer if found.parameters), Callee((), symbol.signature))
    is_bound = symbol.kind is SymbolKind.METHOD and not any(d.endswith("staticmethod") for d in symbol.decorators)
    return Callee(read_parameters(symbol.signature, skips=int(is_bound)), symbol.signature)


def _fields(cls: Definition, resolver: Resolver) -> tuple[Parameter, ...]:
    """Fields that the constructor of a dataclass, named tuple or model takes, those of its bases first."""
    found: dict[str, Parameter] = {}
    for owner in reversed(resolver.order(cls)):
        if not _has_fields(owner, resolver):
            continue
        for field in resolver.scope(owner.path).facts.symbols:
            if field.parent == owner.symbol.qualname and field.kind is SymbolKind.VARIABLE and _is_field(field):
                annotation, given, _ = field.signature.partition(":")[2].partition("=")
                found[field.name] = Parameter(field.name, annotation.strip(), is_required=not given)
    return tuple(found.values())


def _has_fields(cls: Definition, resolver: Resolver) -> bool:
    decorators = (written.partition("(")[0] for written in cls.symbol.decorators)
    if any(each.endswith(_FIELDED) for each in decorators):
        return True
    bases = (base for base in resolver.outside(cls) if isinstance(base, External))
    return any(base.last in _RECORDS for base in bases)


def _is_field(symbol: Symbol) -> bool:
    return ":" in symbol.signature.partition("=")[0] and "ClassVar" not in symbol.signature


def _outside(called: External, packages: Folders) -> Callee:
    if called.made:
        return _NOTHING
    if plain := _plain(called.name):
        return plain
    if header := hidden(called.name):
        return Callee(read_parameters(header), header, is_whole=True)
    symbol = outside.definition(called.name, packages)
    if symbol is None or "def " not in symbol.signature:
        return _made(called.name, packages)
    return Callee(read_parameters(symbol.signature, skips=int(symbol.kind is SymbolKind.METHOD)), symbol.signature)


@lru_cache(256)
def _made(name: str, packages: Folders) -> Callee:
    """A class by its ``__new__``; one of the library that is written in C by what stands for it in Python."""
    for written in (name, f"_py{name}"):
        if home := home_of(f"{written}.__new__", packages):
            header = header_of(source_of(home))
            return Callee(read_parameters(header, skips=1), f"{name}{header.rpartition(')')[0]})")
    return _NOTHING


@lru_cache(256)
def _plain(name: str) -> Callee | None:
    """A function or class of Python's builtins, or a method of one of its types, by what it says of itself."""
    thing: object = builtins
    for part in name.split("."):
        thing = getattr(thing, part, None)
    if thing is None or not callable(thing):
        return None
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):  # some say nothing
        return None
    skips = int("." in name)
    return Callee(read_parameters(f"({str(signature)[1:]}", skips=skips), f"{name}{signature}")
