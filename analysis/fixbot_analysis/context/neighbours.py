"""What stands in a relation to a definition: what it uses, its siblings, who calls it, which test is nearest."""

from collections.abc import Iterator

from fixbot_analysis.context.snippet import Offer
from fixbot_analysis.context.units import Units
from fixbot_analysis.graph import is_test
from fixbot_analysis.symbols import Symbol, SymbolKind

_CALLERS, _TESTS = 5, 2

_UNITS = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)


def used(units: Units, path: str, symbol: Symbol) -> Iterator[Offer]:
    """Definitions of the names that a definition uses, in the order of use: names first, then what only calls resolve."""
    graph, node = units.index.graph, f"{path}::{symbol.qualname}"
    names = [name for name, scope in units.index.facts(path).references if scope == symbol.qualname]
    found = dict.fromkeys(n for name in names if (n := graph.resolve(name, path)))
    found.update(dict.fromkeys(graph.callees(node)))
    for target in found:
        defined = units.symbol(target)
        if defined and target != node and not node.startswith(f"{target}."):
            yield from _offer(units, *defined, f"used by {symbol.qualname}")


def siblings(units: Units, path: str, symbol: Symbol) -> Iterator[Offer]:
    """Headers of the class around a method and of its other members, or of the module's other definitions, nearest first."""
    symbols = units.index.facts(path).symbols
    if symbol.parent:
        around = next((s for s in symbols if s.qualname == symbol.parent), None)
        header = units.header(path, around, f"the class of {symbol.name}") if around else None
        if header:
            yield Offer(header)
    for other in sorted(symbols, key=lambda s: (abs(s.line - symbol.line), s.line)):
        if other.kind in _UNITS and other.parent == symbol.parent and other.qualname != symbol.qualname:
            header = units.header(path, other, f"beside {symbol.qualname}")
            if header:
                yield Offer(header)


def callers(units: Units, path: str, symbol: Symbol) -> Iterator[Offer]:
    """What calls a definition, tests left out: whole, or the lines around the call."""
    found = (caller for caller in _calling(units, path, symbol) if not is_test(caller.partition("::")[0]))
    for _, caller in zip(range(_CALLERS), found, strict=False):
        yield from _call(units, caller, symbol, f"calls {symbol.qualname}")


def nearest_test(units: Units, path: str, symbol: Symbol) -> Iterator[Offer]:
    """Tests that call a definition; where none does, a test of a file that reaches it and has its name in it."""
    calling = [c for c in _calling(units, path, symbol) if is_test(c.partition("::")[0])]
    for caller in calling[:_TESTS]:
        yield from _call(units, caller, symbol, f"tests {symbol.qualname}")
    if calling:
        return
    for test in units.index.graph.tests_reaching([path]):
        facts = units.index.facts(test)
        for name, scope in facts.references:
            if scope and name.rpartition(".")[2] == symbol.name and (found := units.symbol(f"{test}::{scope}")):
                yield from _offer(units, *found, f"a test that names {symbol.name}")
                return


def _calling(units: Units, path: str, symbol: Symbol) -> tuple[str, ...]:
    return tuple(sorted(units.index.graph.callers(f"{path}::{symbol.qualname}")))


def _call(units: Units, caller: str, symbol: Symbol, why: str) -> Iterator[Offer]:
    defined = units.symbol(caller)
    if defined is None:
        return
    path, function = defined
    whole = units.lines(path, function.line, function.end_line, why)
    calls = units.index.facts(path).calls
    name = symbol.qualname.split(".")[-2] if symbol.name == "__init__" and symbol.parent else symbol.name
    line = next((c.line for c in calls if c.scope == function.qualname and c.callee.endswith(name)), function.line)
    if whole:
        yield Offer(whole, units.around(path, line, why, within=function))


def _offer(units: Units, path: str, symbol: Symbol, why: str) -> Iterator[Offer]:
    offer = units.definition(path, symbol, why)
    if offer:
        yield offer
