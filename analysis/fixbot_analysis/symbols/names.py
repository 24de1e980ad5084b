"""Names in use: what is called and what is referred to, and in which scope."""

from collections.abc import Iterable
from sys import intern

from fixbot_analysis.symbols.chains import chain, dotted, expression
from fixbot_analysis.symbols.facts import Call
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

_TELLING = frozenset({"isinstance", "__all__.extend", "__all__.append"})


def calls(nodes: Iterable[Node], data: bytes, scopes: Segments[str]) -> tuple[tuple[Call, ...], dict[str, list[Node]]]:
    """Calls by place, and the callees that say more than that; `nodes` are what is called.

    What is neither short nor a chain of names is left out.
    """
    found = []
    telling: dict[str, list[Node]] = {}
    for node in nodes:
        start = node.start_byte
        callee = dotted(data, start, node.end_byte)
        if callee in _TELLING:
            telling.setdefault(callee, []).append(node)
        if callee := callee or _callee(node, data):
            found.append(Call(intern(callee), scopes.owner(start), node.start_point[0] + 1))
    return tuple(found), telling


def _callee(node: Node, data: bytes) -> str:
    """What is called, on one line: as written where it is an attribute, else its chain."""
    written = expression(node, data) if node.type == "attribute" else ""
    return written if written and "\n" not in written else chain(node, data)


def references(
    nodes: Iterable[Node], others: set[int], data: bytes, scopes: Segments[str]
) -> tuple[tuple[str, str], ...]:
    """(longest dotted name, scope) of each use of a name.

    `nodes` are names and attributes, outer first; `others` are the offsets where a name begins that is no use.
    """
    found: dict[tuple[str, str], None] = {}
    past = 0
    for node in nodes:
        start = node.start_byte
        if start < past:
            continue
        end = node.end_byte
        if name := dotted(data, start, end):
            past = end
            if start not in others:
                found[intern(name), scopes.owner(start)] = None
    return tuple(found)
