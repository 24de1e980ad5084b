"""The file's own part of a context, and what stands in a relation to the definition around a place."""

from fixbot_analysis.context.likeness import similar
from fixbot_analysis.context.neighbours import call_site, callers, tests
from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.place import Place
from fixbot_analysis.context.scene import Scene, last_names
from fixbot_analysis.context.statements import around, cuts
from fixbot_analysis.context.units import Lines, Units
from fixbot_analysis.graph import Node
from fixbot_analysis.symbols import Symbol, SymbolKind

_AROUND = 12  # lines before and after a place, where no unit around it fits
_UNMENTIONED = 1000  # lines: further away than any mention

# Shares of the whole budget. The unit around is given whole up to the first, a finished one up to the second, else as its header
# and a window.
_WHOLE, _WHOLE_FINISHED, _WINDOW = 0.35, 0.6, 0.2
_USES, _BODIES, _USED = 0.8, 0.5, 0.15  # spent when headers, when bodies of what is used are in; what one body may take
_IMPORTS, _CLASS, _SIBLINGS = 0.08, 0.06, 0.06
_CALLERS, _TESTS, _SIMILAR = 0.08, 0.1, 0.08

_UNITS = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)


def pack_place(units: Units, place: Place, packing: Packing) -> None:
    """Effect: reads files. The unit around a place and the class around that."""
    symbol, reason = place.definition, Reason("around the place")
    if symbol is None:
        whole = Lines(place.path, 1, units.page(place.path).last_line)
        packing.put(_fitting(units, place, whole, packing.budget), Part.PLACE, reason)
        return
    node = node_of(place.path, symbol)
    share = _WHOLE_FINISHED if place.finished else _WHOLE
    if not packing.put(units.whole(node), Part.PLACE, reason, packing.room(share)):
        room = int(_WINDOW * packing.budget)
        packing.put(units.header(node), Part.PLACE, Reason(f"header of {symbol.qualname}"), room)
        packing.put(_fitting(units, place, units.whole(node), room), Part.PLACE, reason)
    _class(units, place, packing)


def pack_file(units: Units, place: Place, packing: Packing) -> None:
    """Effect: reads files. The imports of the file around a place, what stands beside the place as signatures."""
    part = Part.FILE if place.finished else Part.PLACE
    imports = units.imports(place.path) if place.definition else None
    if imports is not None:
        packing.put(imports, part, Reason("imports of the file"), int(_IMPORTS * packing.budget))
    _siblings(units, place, packing, part)


def pack_uses(units: Units, scene: Scene, packing: Packing) -> None:
    """Effect: reads files. What the function around a place uses, nearest to the place first: what each is for, then bodies."""
    nodes = scene.graph.nodes
    used = [
        (nodes[e.target], e) for e in scene.used_by(scene.here) if e.target != scene.here and nodes[e.target].qualname
    ]
    used.sort(key=lambda each: (_mentioned(scene, each[0]), each[0].id))
    for node, edge in used:
        reason = Reason(f"used by {scene.shown}", f"{scene.shown} -> {last_names(node.id)} ({edge.kind})")
        end = packing.tokens + packing.room(_USES)
        _first(packing, Part.DEFINITION, reason, end, units.described(node), units.signature(node))
    for node, _ in used:
        room = min(packing.room(_BODIES), int(_USED * packing.budget))
        packing.put(units.whole(node), Part.DEFINITION, Reason(f"used by {scene.shown}"), room)


def _mentioned(scene: Scene, node: Node) -> int:
    """Lines between the place and the nearest mention of a definition."""
    found = (d for chain, d in scene.place.mentions.items() if chain.rpartition(".")[2] == node.name)
    return min(found, default=_UNMENTIONED)


def node_of(path: str, symbol: Symbol) -> Node:
    """A symbol as a node of the graph."""
    return Node(f"{path}::{symbol.qualname}", symbol.kind, path, symbol.line, symbol.end_line, symbol.name)


def _fitting(units: Units, place: Place, whole: Lines, room: int) -> Lines:
    """The statement at a place and those around it, as many as fit `room` tokens; lines alone where not even it does."""
    page = units.page(place.path)
    line = min(max(place.line, whole.first), whole.last)
    statements = cuts(page, whole.first, whole.last) if whole.last else ()
    for starts in (statements, range(whole.first, whole.last + 1)):
        for reach in range(_AROUND, -1, -1) if starts else ():
            lines = around(page, whole, starts, line, reach)
            if units.tokens(lines) <= room:
                return lines
    return Lines(place.path, line, line)


def _class(units: Units, place: Place, packing: Packing) -> None:
    """Header and fields of the class around a method."""
    owner = place.owner
    if owner is None or owner is place.definition:
        return
    room = packing.tokens + int(_CLASS * packing.budget)
    name = place.definition.name if place.definition else place.name
    around_it = node_of(place.path, owner)
    if not packing.put(units.described(around_it), Part.PLACE, Reason(f"the class of {name}"), room - packing.tokens):
        packing.put(units.signature(around_it), Part.PLACE, Reason(f"the class of {name}"))
    for field in place.facts.symbols:
        if field.kind is SymbolKind.VARIABLE and field.parent == owner.qualname:
            lines = Lines(place.path, field.line, field.end_line)
            if not packing.covers(lines):
                packing.put(lines, Part.PLACE, Reason(f"fields of {owner.name}"), room - packing.tokens)


def _siblings(units: Units, place: Place, packing: Packing, part: Part) -> None:
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
        if not packing.put(lines, part, Reason(f"beside {place.scope or 'the place'}"), room - packing.tokens):
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
