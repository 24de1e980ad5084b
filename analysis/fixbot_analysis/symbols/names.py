"""Names in use: what is called and what is referred to, and in which scope."""

from collections.abc import Iterable
from sys import intern

from fixbot_analysis.symbols.chains import chain, dotted
from fixbot_analysis.symbols.facts import Call
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node


def calls(nodes: Iterable[Node], data: bytes, scopes: Segments) -> tuple[Call, ...]:
    """Calls by place; `nodes` are what is called. What is no chain of names is left out."""
    found = []
    for node in nodes:
        start = node.start_byte
        if callee := dotted(data, start, node.end_byte) or chain(node, data):
            found.append(Call(intern(callee), scopes.owner(start), node.start_point[0] + 1))
    return tuple(found)


def references(nodes: Iterable[Node], others: set[int], data: bytes, scopes: Segments) -> tuple[tuple[str, str], ...]:
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
