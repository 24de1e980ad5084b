"""The names of one module, looked up by scope and line."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from fixbot_analysis.symbols import Binding, FileFacts, Import, Symbol, SymbolKind

_GENERIC = re.compile(r"(?:async )?(?:def|class) \w+ ?\[")  # a header with type variables


class _Bindings(dict[str, dict[str, list[Binding]]]):
    """Scope -> name -> its bindings; each scope is arranged when it is first asked for by ``[]``."""

    def __init__(self, facts: FileFacts) -> None:
        super().__init__()
        self._by_scope = facts.bindings_by_scope()

    def __missing__(self, scope: str) -> dict[str, list[Binding]]:
        found: dict[str, list[Binding]] = {}
        for binding in self._by_scope.get(scope, ()):
            found.setdefault(binding.name, []).append(binding)
        self[scope] = found
        return found


class ModuleScope:
    """Facts of the file at `path`, arranged by the scope that a name belongs to."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self.path = path
        self.facts = facts
        self.exports = facts.exports
        self.symbols: dict[str, Symbol] = {}
        self.variables: dict[str, Symbol] = {}
        self.imports: dict[str, dict[str, list[Import]]] = defaultdict(dict)
        self.bindings = _Bindings(facts)
        self.stars: list[Import] = []
        self._names: dict[str, frozenset[str]] = {}
        self._seen: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}
        self._local: dict[str, frozenset[str]] = {}
        self._borders: dict[str, dict[str, list[int]]] = {}
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
        self.tested = facts.narrows

    def id(self, qualname: str) -> str:
        """Node id of what is called `qualname` here."""
        return f"{self.path}::{qualname}" if qualname else self.path

    def member(self, scope: str, name: str) -> Symbol | None:
        """The class or function `name` defined directly in `scope`."""
        return self.symbols.get(f"{scope}.{name}" if scope else name)

    def names(self, scope: str) -> frozenset[str]:
        """All bare names that belong to `scope`, whatever binds them."""
        found = self._names.get(scope)
        if found is None:
            symbol = self.symbols.get(scope)
            defined = (s.name for s in self.members.get(scope, ()))
            parameters = symbol.parameters if symbol is not None else ()
            found = frozenset().union(defined, self.bindings[scope], self.imports.get(scope, ()), parameters)
            self._names[scope] = found = frozenset(n for n in found if "." not in n) if self.tested else found
        return found

    def owner(self, scope: str, name: str) -> str | None:
        """The scope that the bare `name` belongs to where it is used in `scope`: classes around are not looked into; None for the builtins'."""
        for around, names in self._seen.get(scope) or self._visible(scope):
            if name in names:
                return around
        return None

    def _visible(self, scope: str) -> tuple[tuple[str, frozenset[str]], ...]:
        """The scopes whose names are seen from `scope`, itself first, with those names."""
        found = self._seen.get(scope)
        if found is None:
            found = self._seen[scope] = tuple(self._looked_through(scope))
        return found

    def _looked_through(self, scope: str) -> Iterator[tuple[str, frozenset[str]]]:
        around = scope
        while around:
            symbol = self.symbols.get(around)
            if symbol is None or symbol.kind is not SymbolKind.CLASS:
                yield around, self.names(around)
            elif around == scope:
                yield around, frozenset(n for n in self.names(around) if self._in_body(around, n))
            around = around.rpartition(".")[0]
        yield "", self.names("")

    def since(self, scope: str, written: str, line: int) -> int:
        """The first line from which on the expression `written` means in `scope` what it means on `line`; 0 where lines make no difference."""
        borders = self._borders.get(scope)
        if borders is None:
            borders = self._borders[scope] = self._borders_of(scope)
        if not borders:
            return 0
        if "(" in written or "[" in written:
            names = [name for name in borders if name in written]  # one too many splits what is the same, no more
        else:
            link = f"{written}."
            names = [name for name in borders if link.startswith(name) and link[len(name)] == "."]
        return max((_border(borders[name], line) for name in names), default=0)

    def _borders_of(self, scope: str) -> dict[str, list[int]]:
        """Name -> lines from which on it may mean something else, for the names of `scope` that do not mean the same everywhere."""
        symbol = self.symbols.get(scope)
        parameters = symbol.parameters if symbol is not None else ()
        found = {}
        for name, bindings in self.bindings[scope].items():
            if len(bindings) == 1:  # nearly always
                only = bindings[0]
                passing = only.last and not only.leaks
                if not passing and "." not in name and not (only.first > 0 and name in parameters):
                    continue
            lines = {b.first for b in bindings} | {b.last + 1 for b in bindings if b.last}
            found[name] = sorted(lines - {0})
        return found

    @cached_property
    def members(self) -> dict[str, list[Symbol]]:
        """What each class and function defines directly, by its qualified name."""
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols.values():
            if symbol.name:
                found.setdefault(symbol.parent, []).append(symbol)
        return found

    @cached_property
    def is_generic(self) -> bool:
        """Whether some header declares type variables of its own (PEP 695)."""
        return any(_GENERIC.match(s.signature) for s in self.symbols.values())

    def type_parameters(self, scope: str) -> dict[str, str]:
        """The type variables that the header of `scope` declares, each with its bound as written, ``""`` for none (PEP 695)."""
        symbol = self.symbols.get(scope) if self.is_generic else None
        header = _GENERIC.match(symbol.signature) if symbol is not None else None
        if symbol is None or header is None:
            return {}
        parts = (part.partition("=")[0].partition(":") for part in _listed(symbol.signature[header.end() :]))
        return {name.strip("* "): bound.strip() for name, _, bound in parts}

    def local_variables(self, scope: str) -> frozenset[str]:
        """The bare names that are variables or parameters of a function where they are used in `scope`."""
        found = self._local.get(scope)
        if found is None:
            found = frozenset()
            for around, names in reversed(self._visible(scope)):
                symbol = self.symbols.get(around)
                found -= names
                if around and (symbol is None or symbol.kind is not SymbolKind.CLASS):
                    defined = (s.name for s in self.members.get(around, ()))
                    found |= names.difference(defined, self.imports.get(around, ()))
            self._local[scope] = found
        return found

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


def _listed(text: str) -> list[str]:
    """What stands between commas up to the bracket that closes the list."""
    found, depth = [""], 1
    for sign in text:
        depth += (sign in "[(") - (sign in "])")
        if not depth:
            break
        if sign == "," and depth == 1:
            found.append("")
        else:
            found[-1] += sign
    return [part for part in found if part.strip()]


def _border(borders: Sequence[int], line: int) -> int:
    """The nearest of `borders` that is not below `line`; 1 above all of them."""
    at = bisect_right(borders, line)
    return borders[at - 1] if at else 1


def is_test_of_type(binding: Binding) -> bool:
    """Whether it only says more of a name that is bound already (isinstance), be it what it is or what it is not."""
    return not binding.leaks and binding.value.endswith(("$?", "$!"))


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
