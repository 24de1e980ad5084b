"""The names of one module, looked up by scope."""

from collections import defaultdict

from fixbot_analysis.symbols import FileFacts, Import, Symbol, SymbolKind


class ModuleScope:
    """Facts of the file at `path`, arranged by the scope that a name belongs to."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self.path = path
        self.exports = facts.exports
        self.symbols: dict[str, Symbol] = {}
        self.imports: dict[str, dict[str, Import]] = defaultdict(dict)
        self.bindings: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.stars: list[Import] = []
        for symbol in facts.symbols:
            if symbol.kind is not SymbolKind.VARIABLE and not self._declared_again(symbol):
                self.symbols[symbol.qualname] = symbol
        for each in facts.imports:
            if each.name == "*":
                self.stars.append(each)
            else:
                self.imports[each.scope].setdefault(each.bound, each)
        for binding in facts.bindings:
            self.bindings[binding.scope].setdefault(binding.name, []).append(binding.value)

    def id(self, qualname: str) -> str:
        """Node id of what is called `qualname` here."""
        return f"{self.path}::{qualname}" if qualname else self.path

    def member(self, scope: str, name: str) -> Symbol | None:
        """The class or function `name` defined directly in `scope`."""
        return self.symbols.get(f"{scope}.{name}" if scope else name)

    def is_public(self, name: str) -> bool:
        """Whether ``from module import *`` brings `name` along."""
        return name in self.exports if self.exports is not None else not name.startswith("_")

    def _declared_again(self, symbol: Symbol) -> bool:
        """The first definition of a name counts (a property's getter), but no overload hides the function itself."""
        before = self.symbols.get(symbol.qualname)
        return before is not None and not any(d.endswith("overload") for d in before.decorators)
