"""Expressions as facts keep them: as written where that is short, else as a chain (``make(1).run`` is ``make().run``)."""

import re
from sys import intern

from fixbot_analysis.syntax import Node

_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_LONGEST = 200  # bytes of a dotted name
_WRITTEN = 160  # bytes of an expression that is kept as it stands
_LINKS = 20  # of a chain; what is longer names nothing that could be found
_LITERALS = {
    "string": "''",
    "concatenated_string": "''",
    "list": "[]",
    "list_comprehension": "[]",
    "dictionary": "{}",
    "dictionary_comprehension": "{}",
    "tuple": "()",
    "set": "{0}",
    "set_comprehension": "{0}",
}


def text_of(node: Node, data: bytes) -> str:
    """Text of `node` as written in the file's `data`."""
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def dotted(data: bytes, start: int, end: int) -> str:
    """``data[start:end]`` if it is a name or a dotted name, else ``""``."""
    if end - start > _LONGEST:
        return ""
    text = data[start:end].decode("utf-8", "replace")
    return text if text.isidentifier() or _DOTTED.fullmatch(text) else ""


def expression(node: Node | None, data: bytes) -> str:
    """`node` as written, if that is not long; else its chain, or an empty literal of its type; ``""`` where it is neither."""
    if node is None:
        return ""
    start, end = node.start_byte, node.end_byte
    if end - start <= _WRITTEN:
        if data[end - 1 : end] in (b"'", b'"') and node.type in _LITERALS:
            return "''"
        return intern(data[start:end].decode("utf-8", "replace"))
    return _LITERALS.get(node.type, "") or chain(node, data)


def chain(node: Node | None, data: bytes) -> str:
    """The chain of an expression; ``""`` where it is no name, attribute or call at all."""
    links: list[str] = []
    while node is not None and len(links) < _LINKS:
        if node.type == "identifier":
            return "".join(reversed([*links, text_of(node, data)]))
        if node.type == "attribute":
            name = node.child_by_field_name("attribute")
            links.append(f".{text_of(name, data)}" if name else ".?")
            node = node.child_by_field_name("object")
        elif node.type == "call":
            links.append("()")
            node = node.child_by_field_name("function")
        elif node.type in ("parenthesized_expression", "await") and node.named_child_count:
            node = node.named_child(0)
        else:
            break
    return "?" + "".join(reversed(links)) if links and links[-1] != "()" else ""
