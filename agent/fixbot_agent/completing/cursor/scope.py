"""Names that are in scope at a place, each with what it is and where it was found."""

import builtins
import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.bindings import bound
from fixbot_agent.completing.cursor.flow import after_here, locals_before
from fixbot_agent.completing.cursor.place import Place
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind

KINDS = {
    SymbolKind.CLASS: ItemKind.CLASS,
    SymbolKind.FUNCTION: ItemKind.FUNCTION,
    SymbolKind.METHOD: ItemKind.METHOD,
    SymbolKind.MODULE: ItemKind.MODULE,
    SymbolKind.NAMESPACE: ItemKind.MODULE,
    SymbolKind.VARIABLE: ItemKind.VARIABLE,
}

_BUILTINS = {
    name: ItemKind.CLASS if isinstance(value, type) else ItemKind.FUNCTION if callable(value) else ItemKind.VARIABLE
    for name, value in vars(builtins).items()
    if not name.startswith("_") and not keyword.iskeyword(name)
}
_EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_RAISED = ("Error", "Exception", "Warning", "Exit", "Interrupt")
_OF_MODULES = ("__name__", "__file__", "__doc__", "__all__")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may be written: what it stands for, where it was found (the item's `source`), one line about it.

    `role` says of a member the kind of its symbol, "property" where it is one; of a local name how it was bound
    (:class:`fixbot_agent.completing.cursor.flow.Local`), "closed" where that was in a block that has ended, "later" where it is below the place.
    `at` is the index of the token that binds a local name, -1 where none is known.
    """

    name: str
    kind: ItemKind
    source: str
    detail: str = ""
    depth: int = 0  # of a member: how far up the bases its class is
    role: str = ""
    at: int = -1


_LAST: list[tuple[Place, FileFacts, Mapping[str, Name]]] = []  # one place is asked of by items and by lines


def in_scope(document: Document, facts: FileFacts, place: Place) -> Mapping[str, Name]:
    """Every name that could be read at `place`, the nearest meaning of each: locals before module before builtins."""
    for known, of, names in _LAST:
        if known is place and of is facts:
            return names
    found: dict[str, Name] = {}
    for source in (_locals(place), _below(document, place), _class_body(facts, place), _module(facts, place), _ALWAYS):
        for name in source:
            found.setdefault(name.name, name)
    _LAST[:] = [(place, facts, found)]
    return found


def from_symbol(symbol: Symbol, source: str, depth: int = 0) -> Name:
    """A definition as a name; attributes of classes are told from variables of modules."""
    kind = KINDS[symbol.kind]
    if symbol.kind is SymbolKind.VARIABLE and symbol.parent:
        kind = ItemKind.ATTRIBUTE
    is_property = any(written.endswith("property") for written in symbol.decorators)
    return Name(symbol.name, kind, source, symbol.signature[:120], depth, "property" if is_property else kind.value)


def is_constant(name: str) -> bool:
    """Whether a name is written as constants are; one letter may be a class or a type variable."""
    return name.isupper() and len(name) > 1


def is_builtin_exception(name: Name) -> bool:
    """Whether a name is one of Python's own exceptions."""
    return name.source == "builtin" and name.name in _EXCEPTIONS


def is_exception(name: Name) -> bool:
    """Whether a name looks like a class that can be raised."""
    return name.name in _EXCEPTIONS or (name.name[:1].isupper() and name.name.endswith(_RAISED))


def outermost_function(place: Place) -> int:
    """Index in the tokens before `place` of the header of the outermost function around it; their number where there is none."""
    before = place.before
    name = next((scope.name for scope in place.scopes if not scope.is_class), None)
    if name is not None:
        for at in range(len(before) - 1, 0, -1):
            if before[at] == name and before[at - 1] == "def":
                return at - 1
    return len(before)


def _locals(place: Place) -> Iterator[Name]:
    start = outermost_function(place)
    for local in locals_before(place.before[start:]).values():
        kind = ItemKind.PARAMETER if local.how == "parameter" else ItemKind.VARIABLE
        if local.how == "definition":
            kind = ItemKind.FUNCTION
        role = "closed" if local.is_closed else local.how
        yield Name(local.name, kind, "enclosing" if local.around else "local", role=role, at=start + local.at)
    for name in after_here(place.rest) if place.rest else ():
        yield Name(name, ItemKind.VARIABLE, "local", role="comprehension")


def _below(document: Document, place: Place) -> Iterator[Name]:
    """Names that the functions around bind only below the place."""
    lines: list[str] = []
    for depth, scope in enumerate(reversed(place.scopes)):
        if not scope.is_class and scope.end_line > place.line + 1:
            lines = lines or document.text.split("\n")
            for name in bound("\n".join(lines[place.line + 1 : scope.end_line])):
                yield Name(name, ItemKind.VARIABLE, "enclosing" if depth else "local", role="later")


def _class_body(facts: FileFacts, place: Place) -> Iterator[Name]:
    if place.scopes and place.scopes[-1].is_class:
        yield from (from_symbol(s, "enclosing") for s in facts.symbols if s.name and s.parent == place.qualname)


def _module(facts: FileFacts, place: Place) -> Iterator[Name]:
    for symbol in facts.symbols:
        if symbol.name and not symbol.parent:
            is_later = not place.scopes and symbol.line > place.line + 1
            name = from_symbol(symbol, "module")
            yield Name(name.name, name.kind, name.source, name.detail, role="later") if is_later else name
    around = f"{place.qualname}."
    for each in reversed(facts.imports):  # of one name the last holds
        if each.name != "*" and (not each.scope or around.startswith(f"{each.scope}.")):
            is_class = each.bound[:1].isupper() and not is_constant(each.bound)
            kind = ItemKind.MODULE if not each.name else ItemKind.CLASS if is_class else ItemKind.VARIABLE
            yield Name(each.bound, kind, "import", ("." * each.level) + each.module)


_ALWAYS = (
    *(Name(name, kind, "builtin") for name, kind in _BUILTINS.items()),
    *(Name(name, ItemKind.VARIABLE, "builtin") for name in _OF_MODULES),
    *(Name(name, ItemKind.KEYWORD, "keyword") for name in (*keyword.kwlist, *keyword.softkwlist) if name != "_"),
)
