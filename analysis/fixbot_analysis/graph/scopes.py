"""The names of one module, looked up by scope and line."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from fixbot_analysis.symbols import Binding, FileFacts, Import, Symbol, SymbolKind

_HEAD = re.compile(r"\w+")


class ModuleScope:
    """Facts of the file at `path`, arranged by the scope that a name belongs to."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self.path = path
        self.facts = facts
        self.exports = facts.exports
        self.symbols: dict[str, Symbol] = {}
        self.variables: dict[str, Symbol] = {}
        self.imports: dict[str, dict[str, list[Import]]] = defaultdict(dict)
        self.bindings: dict[str, dict[str, list[Binding]]] = defaultdict(dict)
        self.stars: list[Import] = []
        self._owners: dict[tuple[str, str], str | None] = {}
        for symbol in facts.symbols:
            if symbol.kind is SymbolKind.VARIABLE:
                self.variables.setdefault(symbol.qualname, symbol)
            elif not self._declared_again(symbol):
                self.symbols[symbol.qualname] = symbol
        for each in facts.imports:
            if each.name == "*":
                self.stars.append(each)
            else:
                self.imports[each.scope].setdefault(each.bound, []).append(each)
        self.tested = any("." in b.name for b in facts.bindings)  # dotted names that isinstance says more of
        for binding in facts.bindings:
            self.bindings[binding.scope].setdefault(binding.name, []).append(binding)

    def id(self, qualname: str) -> str:
        """Node id of what is called `qualname` here."""
        return f"{self.path}::{qualname}" if qualname else self.path

    def member(self, scope: str, name: str) -> Symbol | None:
        """The class or function `name` defined directly in `scope`."""
        return self.symbols.get(f"{scope}.{name}" if scope else name)

    def binds(self, scope: str, name: str) -> bool:
        """Whether `name` belongs to `scope`, whatever binds it."""
        symbol = self.symbols.get(scope)
        return (
            (f"{scope}.{name}" if scope else name) in self.symbols
            or name in self.bindings[scope]
            or name in self.imports[scope]
            or (symbol is not None and name in symbol.parameters)
        )

    def owner(self, scope: str, name: str) -> str | None:
        """The scope that the bare `name` belongs to where it is used in `scope`: classes around are not looked into; None for the builtins'."""
        key = (scope, name)
        if key not in self._owners:
            self._owners[key] = self._owner(scope, name)
        return self._owners[key]

    def _owner(self, scope: str, name: str) -> str | None:
        around = scope
        while around:
            symbol = self.symbols.get(around)
            is_class = symbol is not None and symbol.kind is SymbolKind.CLASS
            if (not is_class or (around == scope and self._in_body(around, name))) and self.binds(around, name):
                return around
            around = around.rpartition(".")[0]
        return "" if self.binds("", name) else None

    def varies(self, scope: str, written: str) -> bool:
        """Whether what an expression means may hang on the line of `scope` that it stands on."""
        bindings = self.bindings.get(scope)
        if not bindings:
            return False
        if self.tested:
            return True
        head = _HEAD.match(written)
        if head is None or "(" in written:
            return True
        found = bindings.get(head[0]) or []
        if len(found) > 1 or any(b.last and not b.leaks for b in found):
            return True
        symbol = self.symbols.get(scope)
        return bool(found) and found[0].first > 0 and symbol is not None and head[0] in symbol.parameters

    @cached_property
    def members(self) -> dict[str, list[Symbol]]:
        """What each class and function defines directly, by its qualified name."""
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols.values():
            if symbol.name:
                found.setdefault(symbol.parent, []).append(symbol)
        return found

    def is_local_variable(self, scope: str, name: str) -> bool:
        """Whether the bare `name` used in `scope` is a variable or parameter of a function."""
        owner = self.owner(scope, name)
        symbol = self.symbols.get(owner) if owner else None
        if symbol is None or symbol.kind is SymbolKind.CLASS:
            return False
        return f"{owner}.{name}" not in self.symbols and name not in self.imports[symbol.qualname]

    def is_passing(self, scope: str, name: str, line: int) -> bool:
        """Whether on `line` a comprehension or lambda has `name` for a while, which `scope` defines or imports."""
        if self.member(scope, name) is None and name not in self.imports[scope]:
            return False
        bindings = self.bindings[scope].get(name, ())
        return any(b.first <= line <= b.last and not b.leaks and not is_test_of_type(b) for b in bindings)

    def enclosing_class(self, scope: str) -> Symbol | None:
        """The innermost class around `scope`."""
        while scope:
            symbol = self.symbols.get(scope)
            if symbol is not None and symbol.kind is SymbolKind.CLASS:
                return symbol
            scope = scope.rpartition(".")[0]
        return None

    def is_public(self, name: str) -> bool:
        """Whether ``from module import *`` brings `name` along, as far as the module itself says."""
        return name in self.exports if self.exports is not None else not name.startswith("_")

    def _in_body(self, scope: str, name: str) -> bool:
        """Whether a class binds `name` in its body: attributes of self are no names there."""
        found = self.bindings[scope].get(name)
        return found is None or self.member(scope, name) is not None or any(not b.at for b in found)

    def _declared_again(self, symbol: Symbol) -> bool:
        """The first definition of a name counts (a property's getter), but no overload hides the function itself."""
        before = self.symbols.get(symbol.qualname)
        return before is not None and not any(d.endswith("overload") for d in before.decorators)


def is_test_of_type(binding: Binding) -> bool:
    """Whether it only says more of a name that is bound already (isinstance)."""
    return not binding.leaks and binding.value.endswith("$?")


def ends(binding: Binding, line: int) -> bool:
    """Whether a binding holds no longer on `line` (0: on any), whatever comes between."""
    return 0 < binding.last < line and not binding.leaks


def holding(bindings: Sequence[Binding], line: int) -> tuple[list[Binding], bool]:
    """Those of one name's `bindings` that may hold on `line` (0: on any), nearest above first, and whether one of them surely does."""
    if not line:
        return [b for b in bindings if not is_test_of_type(b)] or list(bindings), False
    found: list[Binding] = []
    for binding in sorted(bindings, key=lambda b: -b.first):
        if binding.first > line:
            continue
        if not binding.last or line <= binding.last:
            return [*found, binding], True
        if binding.leaks:
            found.append(binding)
    return found, False
