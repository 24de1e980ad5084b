"""What an expression can stand for while names are resolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fixbot_analysis.symbols import Symbol, SymbolKind


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module of the project, by its location."""

    location: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A class, function or method of the project; `receiver` is what a method was looked up on, which alone does not make it another."""

    path: str
    symbol: Symbol
    receiver: "Value | None" = None

    @property
    def id(self) -> str:
        """Its node id."""
        return f"{self.path}::{self.symbol.qualname}"

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return self.symbol.kind is SymbolKind.CLASS

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Definition) and self.symbol.qualname == other.symbol.qualname and self.path == other.path
        )

    def __hash__(self) -> int:
        return hash((self.path, self.symbol.qualname))


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the project; `above` says that the search for its attributes begins after that class (``super()``).

    `own` marks the receiver of a method seen from inside: a result that is it, is whatever the method was called on.
    `items` are what stands for the type variables of its class, in their order.
    """

    cls: Definition
    above: bool = False
    own: bool = False
    items: tuple["Values", ...] = ()


@dataclass(frozen=True, slots=True)
class External:
    """Something from outside the project, by its dotted name: a builtin, a module, a class, a function of an installed package.

    `made` says that it is an object of what is named. `items` are what a container holds (a dictionary's keys, then values), what a tuple
    has at each place, what a callable or an awaitable gives.
    """

    name: str
    made: bool = False
    items: tuple["Values", ...] = ()

    @property
    def last(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a type (``Items = list[Item] | None``); `values` are what an object of it is."""

    values: "Values"


@dataclass(frozen=True, slots=True)
class Variable:
    """An object of a type variable, as long as nothing stands for it; `bound` is what it is at least."""

    name: str
    bound: "Values" = ()


Value = ModuleValue | Definition | Instance | External | Alias | Variable
Values = tuple[Value, ...]  # the possible ones; none where nothing says which

UNKNOWN: Values = ()
NONE = External("None", made=True)
ANYTHING = External("?", made=True)  # an object from outside of which no more is known
_MOST = 8  # values of one expression that are told apart


class Spot(NamedTuple):
    """Where an expression stands: file, qualified name of the scope, line (from 1; 0: anywhere in it), names bound by the expression itself."""

    path: str
    scope: str
    line: int = 0
    names: Mapping[str, Values] | None = None


def union(parts: Iterable[Values]) -> Values:
    """All values of `parts`, each once, the first few."""
    first: Values = ()
    found: dict[Value, None] = {}
    for part in parts:
        if not part or part is first:
            continue
        if not first:
            first = part
        else:  # seldom
            found = found or dict.fromkeys(first)
            found.update(dict.fromkeys(part))
    return tuple(found)[:_MOST] if found else first


def is_nothing(values: Values) -> bool:
    """Whether no attribute could be found on any of `values`: unknown or None."""
    return not values or values == (NONE,)
