"""What to know about a text: the definitions it is about, with their classes, what they use, callers and tests."""

from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.scene import USING, last_names
from fixbot_analysis.context.surroundings import pack_callers, pack_tests
from fixbot_analysis.context.units import Units
from fixbot_analysis.context.writings import pack_answering
from fixbot_analysis.documents import Library
from fixbot_analysis.graph import Node
from fixbot_analysis.retrieval import Hit, locate

_SUBJECTS = 10  # definitions that a text may be about
_EXPLORED = 3  # of them, whose neighbours are looked at
_WHOLE, _USED = 0.3, 0.05  # share of the budget that one subject, one used definition may take


def pack_text(units: Units, text: str, packing: Packing, library: Library | None) -> None:
    """Effect: reads facts and files through the index. Pack what `text` is about."""
    found = [(hit, node) for hit in locate(units.index, text).symbols[:_SUBJECTS] if (node := _node(units, hit))]
    for hit, node in found:
        _subject(units, node, Reason(f"fits the text: {', '.join(hit.why)}"), packing)
    for _, node in found[:_EXPLORED]:
        _used(units, node, packing)
        pack_callers(units, node, packing)
        pack_tests(units, node, packing)
    if library is not None:
        pack_answering(units, library, text, found[0][1].path if found else "", packing)


def _node(units: Units, hit: Hit) -> Node | None:
    return units.index.graph.nodes.get(f"{hit.path}::{hit.name}")


def _subject(units: Units, node: Node, reason: Reason, packing: Packing) -> None:
    whole, room = units.whole(node), int(_WHOLE * packing.room())
    taken = packing.put(whole, Part.PLACE, reason, room) or packing.put(units.described(node), Part.PLACE, reason)
    parent, _, _ = node.id.rpartition(".")
    around = units.index.graph.nodes.get(parent) if taken and "::" in parent else None
    if around is not None and not packing.covers(units.name_line(around)):
        packing.put(units.described(around), Part.PLACE, Reason(f"around {node.name}"), room)


def _used(units: Units, node: Node, packing: Packing) -> None:
    graph = units.index.graph
    for edge in graph.neighbours(node.id, USING):
        used = graph.nodes[edge.target]
        if not used.qualname or edge.guessed:
            continue
        reason = Reason(f"used by {node.qualname}", f"{node.qualname} -> {last_names(used.id)} ({edge.kind})")
        room = int(_USED * packing.budget)
        if not packing.put(units.whole(used), Part.DEFINITION, reason, room):
            packing.put(units.described(used), Part.DEFINITION, reason, room)
