"""Chains: how an expression is written down when only its names matter (``make(1).run`` is ``make().run``)."""

import re

from fixbot_analysis.syntax import Node

_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_LONGEST = 200  # bytes of a dotted name
_LINKS = 20  # of a chain; what is longer names nothing that could be found
_OPTIONAL = re.compile(r"(?:typing\.|t\.)?Optional\[(.*)\]|(.*?)\s*\|\s*None|None\s*\|\s*(.*)", re.DOTALL)


def text_of(node: Node, data: bytes) -> str:
    """Text of `node` as written in the file's `data`."""
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def dotted(data: bytes, start: int, end: int) -> str:
    """``data[start:end]`` if it is a name or a dotted name, else ``""``."""
    if end - start > _LONGEST:
        return ""
    text = data[start:end].decode("utf-8", "replace")
    return text if text.isidentifier() or _DOTTED.fullmatch(text) else ""


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


def instance_of(annotation: str) -> str:
    """The chain of a value that `annotation` describes (``"Cart | None"`` -> ``Cart()``), ``""`` where it is no plain class."""
    text = annotation.strip().strip("\"'").strip()
    if found := _OPTIONAL.fullmatch(text):
        text = next(part for part in found.groups() if part is not None).strip().strip("\"'")
    return f"{text}()" if _DOTTED.fullmatch(text) and text != "None" else ""
