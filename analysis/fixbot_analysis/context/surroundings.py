"""The file's own part of a context, and what stands in a relation to the definition around a place."""

from fixbot_analysis.context.likeness import similar
from fixbot_analysis.context.neighbours import call_site, callers, tests
from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.place import Place
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.units import Lines, Units
from fixbot_analysis.graph import Node
from fixbot_analysis.symbols import Symbol, SymbolKind

_AROUND = 12  # lines before and after a place, where no unit around it fits

# Shares of the whole budget. The unit around is given whole up to the first, else as its header and a window.
_WHOLE, _WINDOW = 0.35, 0.2
_IMPORTS, _CLASS, _SIBLINGS = 0.08, 0.06, 0.06
_CALLERS, _TESTS, _SIMILAR = 0.08, 0.1, 0.08

_UNITS = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)


def pack_place(units: Units, place: Place, packing: Packing) -> None:
    """Effect: reads files. The unit around a place, the class around that, the file's imports, siblings as signatures."""
    symbol = place.definition
    if symbol is None:
        window = _window(units, place, 1, units.page(place.path).last_line)
        packing.put(window, Part.PLACE, Reason("around the place"))
        _siblings(units, place, packing)
        return
    node = node_of(place.path, symbol)
    if not packing.put(units.whole(node), Part.PLACE, Reason("around the place"), packing.room(_WHOLE)):
        room = int(_WINDOW * packing.budget)
        packing.put(_fitting(units, place, symbol, room), Part.PLACE, Reason("around the place"))
        packing.put(units.header(node), Part.PLACE, Reason(f"header of {symbol.qualname}"), room)
    _class(units, place, packing)
    imports = units.imports(place.path)
    if imports is not None:
        packing.put(imports, Part.PLACE, Reason("imports of the file"), int(_IMPORTS * packing.budget))
    _siblings(units, place, packing)


def node_of(path: str, symbol: Symbol) -> Node:
    """A symbol as a node of the graph."""
    return Node(f"{path}::{symbol.qualname}", symbol.kind, path, symbol.line, symbol.end_line, symbol.name)


def _window(units: Units, place: Place, first: int, last: int, around: int = _AROUND) -> Lines:
    last = max(min(last, units.page(place.path).last_line), first)
    line = min(max(place.line, first), last)
    return Lines(place.path, max(first, line - around), min(last, line + around))


def _fitting(units: Units, place: Place, symbol: Symbol, room: int) -> Lines:
    """Lines around a place, as many as fit `room` tokens."""
    around = _AROUND
    lines = _window(units, place, symbol.line, symbol.end_line, around)
    while around and units.tokens(lines) > room:
        around //= 2
        lines = _window(units, place, symbol.line, symbol.end_line, around)
    return lines


def _class(units: Units, place: Place, packing: Packing) -> None:
    """Header and fields of the class around a method."""
    owner = place.owner
    if owner is None or owner is place.definition:
        return
    room = packing.tokens + int(_CLASS * packing.budget)
    name = place.definition.name if place.definition else place.name
    packing.put(units.described(node_of(place.path, owner)), Part.PLACE, Reason(f"the class of {name}"))
    for field in place.facts.symbols:
        if field.kind is SymbolKind.VARIABLE and field.parent == owner.qualname:
            lines = Lines(place.path, field.line, min(field.end_line, field.line + 2))
            if not packing.covers(lines):
                packing.put(lines, Part.PLACE, Reason(f"fields of {owner.name}"), room - packing.tokens)


def _siblings(units: Units, place: Place, packing: Packing) -> None:
    """Signatures of the other definitions beside the one around, nearest first."""
    parent = place.definition.parent if place.definition else ""
    beside = [
        s
        for s in place.facts.symbols
        if s.kind in _UNITS and s.parent == parent and s is not place.definition and s.name
    ]
    room = packing.tokens + int(_SIBLINGS * packing.budget)
    for symbol in sorted(beside, key=lambda s: (abs(s.line - place.line), s.line)):
        lines = units.header(node_of(place.path, symbol))
        if packing.covers(lines):
            continue
        if not packing.put(lines, Part.PLACE, Reason(f"beside {place.scope or 'the place'}"), room - packing.tokens):
            return


def pack_relations(units: Units, scene: Scene, packing: Packing) -> None:
    """Effect: reads files. Callers, the nearest tests and similar code of the definition around a place."""
    symbol = scene.place.definition
    if symbol is None:
        return
    pack_callers(units, node_of(scene.place.path, symbol), packing)
    pack_tests(units, node_of(scene.place.path, symbol), packing)
    end = packing.tokens + int(_SIMILAR * packing.budget)
    for each, reason in similar(scene):
        node = units.index.graph.nodes[each]
        _first(packing, Part.SIMILAR, reason, end, units.whole(node), units.described(node))


def pack_callers(units: Units, node: Node, packing: Packing) -> None:
    """Effect: reads files. The lines around calls of a definition."""
    end = packing.tokens + int(_CALLERS * packing.budget)
    name = node.qualname.split(".")[-2] if node.name == "__init__" and "." in node.qualname else node.name
    for caller, reason in callers(units, node):
        _first(packing, Part.CALLER, reason, end, call_site(units, caller, name), units.header(caller))


def pack_tests(units: Units, node: Node, packing: Packing) -> None:
    """Effect: reads files. The tests nearest to a definition: whole, the first else as the lines around the call."""
    end = packing.tokens + int(_TESTS * packing.budget)
    for number, (test, reason) in enumerate(tests(units, node)):
        forms = (units.whole(test), call_site(units, test, node.name), units.header(test))
        _first(packing, Part.TEST, reason, end, *forms[: 1 if number else len(forms)])


def _first(packing: Packing, part: Part, reason: Reason, end: int, *forms: Lines) -> None:
    """Put the first form that fits below `end` tokens."""
    for form in forms:
        if packing.put(form, part, reason, end - packing.tokens):
            return
