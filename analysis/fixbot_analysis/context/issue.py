"""What to know about a text: the definitions it is about, with their classes, what they use, callers and tests."""

from collections.abc import Sequence
from pathlib import Path

from fixbot_analysis.context.entries import USING
from fixbot_analysis.context.packing import Packing, Part, Reason
from fixbot_analysis.context.scene import last_names
from fixbot_analysis.context.surroundings import pack_callers, pack_tests
from fixbot_analysis.context.units import Units
from fixbot_analysis.context.writings import pack_answering
from fixbot_analysis.documents import Library
from fixbot_analysis.graph import Node
from fixbot_analysis.retrieval import Hit, locate

_SUBJECTS = 10  # definitions that a text may be about
_EXPLORED = 3  # of them, whose neighbours are looked at
_SUBJECTS_SHARE = 0.6  # of the budget, before what stands around them is packed; they get the rest too
_WHOLE, _USED, _ALL_USED = 0.3, 0.05, 0.1  # shares that one subject, one used definition, all used ones may take


def pack_text(units: Units, text: str, packing: Packing, library: Library | None, cache: Path | None) -> None:
    """Effect: reads facts and files through the index. Pack what `text` is about, then what stands around the best of that."""
    hits = locate(units.index, text, cache=cache).symbols[:_SUBJECTS]
    found = [(hit, node) for hit in hits if (node := _node(units, hit))]
    _subjects(units, found, packing, _SUBJECTS_SHARE)
    for _, node in found[:_EXPLORED]:
        pack_tests(units, node, packing)
        pack_callers(units, node, packing)
        _used(units, node, packing)
    if library is not None:
        pack_answering(units, library, text, found[0][1].path if found else "", packing)
    _subjects(units, found, packing, 1.0)


def _subjects(units: Units, found: Sequence[tuple[Hit, Node]], packing: Packing, share: float) -> None:
    """Pack definitions, the best first, until `share` of the budget is spent: whole, else what they are for."""
    for hit, node in found:
        reason = Reason(f"fits the text: {', '.join(hit.why)}")
        whole, end = units.whole(node), packing.room(share)
        if not packing.put(whole, Part.PLACE, reason, min(end, int(_WHOLE * packing.budget))):
            packing.put(units.described(node), Part.PLACE, reason, end)
        parent, _, _ = node.id.rpartition(".")
        around = units.index.graph.nodes.get(parent) if "::" in parent else None
        if around is not None and packing.covers(units.name_line(node)) and not packing.covers(units.name_line(around)):
            packing.put(units.described(around), Part.PLACE, Reason(f"around {node.name}"), packing.room(share))


def _node(units: Units, hit: Hit) -> Node | None:
    return units.index.graph.nodes.get(f"{hit.path}::{hit.name}")


def _used(units: Units, node: Node, packing: Packing) -> None:
    graph, end = units.index.graph, packing.tokens + int(_ALL_USED * packing.budget)
    for edge in graph.neighbours(node.id, USING):
        used = graph.nodes[edge.target]
        if not used.qualname or edge.guessed:
            continue
        reason = Reason(f"used by {node.qualname}", f"{node.qualname} -> {last_names(used.id)} ({edge.kind})")
        room = min(int(_USED * packing.budget), end - packing.tokens)
        if not packing.put(units.whole(used), Part.DEFINITION, reason, room):
            packing.put(units.described(used), Part.DEFINITION, reason, room)
