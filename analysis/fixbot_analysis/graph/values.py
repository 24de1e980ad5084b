"""What an expression can stand for while names are resolved."""

from dataclasses import dataclass
from enum import Enum

from fixbot_analysis.symbols import Symbol


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module of the project, by its location."""

    location: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A class, function or method of the project."""

    path: str
    symbol: Symbol

    @property
    def id(self) -> str:
        """Its node id."""
        return f"{self.path}::{self.symbol.qualname}"

    def __hash__(self) -> int:
        return hash((self.path, self.symbol.qualname))


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the project; `above` says that the search for its attributes begins after that class (``super()``)."""

    cls: Definition
    above: bool = False


class Nothing(Enum):
    """Why there is no value of the project."""

    UNKNOWN = "of this project perhaps, but nothing says which"
    EXTERNAL = "from outside the project: a builtin, an installed package"


Value = ModuleValue | Definition | Instance | Nothing
UNKNOWN, EXTERNAL = Nothing.UNKNOWN, Nothing.EXTERNAL
