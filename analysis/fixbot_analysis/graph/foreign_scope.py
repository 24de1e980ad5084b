"""The facts of one file in another language than Python, arranged by name and scope."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixbot_analysis.languages import Language
from fixbot_analysis.symbols import FileFacts, Import, Symbol, SymbolKind


@dataclass(frozen=True, slots=True)
class Meaning:
    """A definition, or (`instance`) an object of a class."""

    path: str
    symbol: Symbol
    instance: bool = False

    @property
    def id(self) -> str:
        """Its node id."""
        return f"{self.path}::{self.symbol.qualname}" if self.symbol.qualname else self.path


@dataclass(slots=True)
class ForeignScope:
    """The facts of one file by name."""

    path: str
    facts: FileFacts
    language: Language
    symbols: dict[str, Symbol] = field(default_factory=dict)
    named: dict[str, Symbol] = field(
        default_factory=dict
    )  # those that code can name: a test that is a call has no name
    bound: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    imports: dict[str, list[Import]] = field(default_factory=lambda: defaultdict(list))
    stars: list[Import] = field(default_factory=list)
    members: dict[str, list[Symbol]] = field(default_factory=lambda: defaultdict(list))  # by the class around
    parts: set[str] = field(default_factory=set)  # names that some scope of the file gives a meaning to

    def __post_init__(self) -> None:
        for symbol in self.facts.symbols:
            if symbol.kind is not SymbolKind.VARIABLE:
                self.symbols.setdefault(symbol.qualname, symbol)
                self.members[symbol.parent].append(symbol)
                if symbol.decorators[:1] != ("test",):
                    self.named.setdefault(symbol.qualname, symbol)
                    self.parts.update(symbol.qualname.split("."))
        for binding in self.facts.bindings:
            self.parts.add(binding.name)
            self.bound[binding.scope, binding.name].append(binding.value)
        for each in self.facts.imports:
            if each.name == "*":
                self.stars.append(each)
            else:
                self.imports[each.alias or each.name].append(each)

    def around(self, scope: str) -> Iterator[str]:
        """`scope` and what encloses it, the file (``""``) last."""
        while scope:
            yield scope
            scope = scope.rpartition(".")[0]
        yield ""

    def holder(self, scope: str) -> str:
        """The nearest scope with a node around what stands in `scope`."""
        return next(s for s in self.around(scope) if not s or s in self.symbols)

    def cls(self, scope: str) -> str:
        """Qualified name of the class around `scope`, whether or not it is defined here; ``""`` where there is none."""
        for each in self.around(scope):
            symbol = self.symbols.get(each)
            if symbol is not None and symbol.kind is SymbolKind.CLASS:
                return each
            if symbol is not None and symbol.kind is SymbolKind.METHOD:
                return symbol.parent
        return ""
