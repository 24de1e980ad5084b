"""Names that are in scope at a place, each with what it is and where it was found."""

import builtins
import keyword
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_agent.completing.bindings import bound, parameters
from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.place import Place, Scope
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

KINDS = {
    SymbolKind.CLASS: ItemKind.CLASS,
    SymbolKind.FUNCTION: ItemKind.FUNCTION,
    SymbolKind.METHOD: ItemKind.METHOD,
    SymbolKind.MODULE: ItemKind.MODULE,
    SymbolKind.VARIABLE: ItemKind.VARIABLE,
}

_BUILTINS = {
    name: ItemKind.CLASS if isinstance(value, type) else ItemKind.FUNCTION if callable(value) else ItemKind.VARIABLE
    for name, value in vars(builtins).items()
    if not name.startswith("_")
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may be written: what it stands for, where it was found (the item's `source`), one line about it."""

    name: str
    kind: ItemKind
    source: str
    detail: str = ""
    depth: int = 0  # of a member: how far up the bases its class is
    role: str = ""  # of a member: the kind of its symbol, "property" where it is one


def in_scope(document: Document, facts: FileFacts, place: Place) -> dict[str, Name]:
    """Every name that could be read at `place`, the nearest meaning of each: locals before module before builtins."""
    found: dict[str, Name] = {}
    for source in (_locals(document, place), _class_body(facts, place), _module(facts), _always()):
        for name in source:
            found.setdefault(name.name, name)
    return found


def from_symbol(symbol: Symbol, source: str, depth: int = 0) -> Name:
    """A definition as a name; attributes of classes are told from variables of modules."""
    kind = KINDS[symbol.kind]
    if symbol.kind is SymbolKind.VARIABLE and symbol.parent:
        kind = ItemKind.ATTRIBUTE
    is_property = any(written.endswith("property") for written in symbol.decorators)
    return Name(symbol.name, kind, source, symbol.signature[:120], depth, "property" if is_property else kind.value)


def _locals(document: Document, place: Place) -> Iterator[Name]:
    lines = document.text.split("\n")
    for depth, scope in enumerate(reversed(place.scopes)):
        if scope.is_class:
            continue
        source = "enclosing" if depth else "local"
        text = "\n".join(lines[scope.line : scope.end_line])
        for name in parameters(text):
            yield Name(name, ItemKind.PARAMETER, source)
        for name in bound(_without_line(lines, scope, place, document)):
            yield Name(name, ItemKind.VARIABLE, source)


def _without_line(lines: list[str], scope: Scope, place: Place, document: Document) -> str:
    """The scope's text below its header, the line of the cursor blank: what is being typed there binds nothing yet."""
    at = document.line_of(place.offset)
    return "\n".join("" if number == at else lines[number] for number in range(scope.line + 1, scope.end_line))


def _class_body(facts: FileFacts, place: Place) -> Iterator[Name]:
    if place.scopes and place.scopes[-1].is_class:
        yield from (from_symbol(s, "enclosing") for s in facts.symbols if s.name and s.parent == place.qualname)


def _module(facts: FileFacts) -> Iterator[Name]:
    for symbol in facts.symbols:
        if symbol.name and not symbol.parent:
            yield from_symbol(symbol, "module")
    for each in facts.imports:
        if each.name != "*":
            kind = (
                ItemKind.MODULE if not each.name else ItemKind.CLASS if each.bound[:1].isupper() else ItemKind.VARIABLE
            )
            yield Name(each.bound, kind, "import", ("." * each.level) + each.module)


def _always() -> Iterator[Name]:
    for name, kind in _BUILTINS.items():
        yield Name(name, kind, "builtin")
    for name in (*keyword.kwlist, *keyword.softkwlist):
        yield Name(name, ItemKind.KEYWORD, "keyword")
