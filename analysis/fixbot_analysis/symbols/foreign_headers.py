"""Headers of definitions in any language taken apart: where the name ends a chain of declarators, body, signature, parameters, result."""

import re

from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.syntax import Node

_SIGNATURE_LIMIT = 1000  # characters
_VALUE_LIMIT = 120  # characters of a variable's line, and of a type
_OPENERS = re.compile(r"\s*(?:=>|[{:=;,]|where\s*)\s*$")


def declared(node: Node) -> tuple[Node | None, bool]:
    """The name at the end of a chain of declarators, and whether it is a function's, not a variable's that points to one."""
    function = False
    while True:
        inside = node.child_by_field_name("declarator") if not node.type.startswith("operator") else None
        if inside is None and node.type.endswith("_declarator") and node.named_child_count:
            inside = node.named_child(node.named_child_count - 1)
        if inside is None:
            return (None if node.type.endswith("declarator") else node), function
        if node.type == "function_declarator":
            function = inside.type != "parenthesized_declarator" or _only_name(inside)
        node = inside


def _only_name(brackets: Node) -> bool:
    """Whether nothing but a name stands in the brackets: ``(name)``, not ``(*name)``."""
    only = brackets.named_child(0)
    return brackets.named_child_count == 1 and only is not None and only.type.endswith("identifier")


def _value(node: Node) -> Node:
    """The function in ``name = function``, else `node` itself."""
    for name in ("value", "right"):
        if inside := node.child_by_field_name(name):
            return inside
    return node


def body(node: Node) -> Node | None:
    """What a definition holds, the body of the function that a name is given included."""
    return node.child_by_field_name("body") or _value(node).child_by_field_name("body")


def signature(node: Node, end: int, data: bytes, *, short: bool) -> str:
    """The header up to the byte `end`, on one line; `short`: that of a variable."""
    limit = _VALUE_LIMIT if short else _SIGNATURE_LIMIT
    header = data[node.start_byte : min(end, node.start_byte + 4 * limit)].decode("utf-8", "replace")
    return _OPENERS.sub("", " ".join(header.split()))[:limit]


def parameters(node: Node, data: bytes) -> tuple[str, ...]:
    """Names of the parameters, where the tree has them as such."""
    held = _parameter_list(node)
    if held is None:
        return ()
    named = (_parameter(each) for each in held.named_children)
    return tuple(text_of(n, data) for n in named if n is not None)


def _parameter_list(node: Node | None) -> Node | None:
    depth = 0
    while node is not None and depth < 8:
        if found := node.child_by_field_name("parameters"):
            return found
        value = _value(node)
        node = node.child_by_field_name("declarator") or (value if value != node else None)
        depth += 1
    return None


def _parameter(node: Node) -> Node | None:
    if node.type.endswith("identifier"):
        return node
    for name in ("name", "pattern", "left"):
        if inside := node.child_by_field_name(name):
            return inside if inside.type.endswith("identifier") else None
    if inside := node.child_by_field_name("declarator"):
        found, _ = declared(inside)
        return found if found is not None and found.type.endswith("identifier") else None
    return None


def returns(node: Node, data: bytes) -> str:
    """The type of the result as written, ``""`` where it is not."""
    for name in ("return_type", "result", "type"):
        if found := node.child_by_field_name(name) or _value(node).child_by_field_name(name):
            return text_of(found, data).lstrip(": ")[:_VALUE_LIMIT]
    return ""
