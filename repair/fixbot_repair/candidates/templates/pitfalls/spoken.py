"""What names say of an expression: its own, that of what its value is given to, and the calls that it is handed to."""

import re

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.scope import scope_node

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _snake(name: str) -> str:
    return f"_{_CAMEL.sub('_', name).lower().strip('_')}_" if name else ""


def spoken(node: Node) -> str:
    """The words of the name that says what the expression `node` is, as ``_page_size_``; "" where it has none."""
    return _snake(_said(node))


def _said(node: Node) -> str:
    if node.type == "identifier":
        return text_of(node)
    if node.type == "attribute" and (name := node.child_by_field_name("attribute")) is not None:
        return text_of(name)
    if node.type == "subscript" and (key := node.child_by_field_name("subscript")) is not None:
        return text_of(key).strip("'\"") if key.type == "string" else _said(node.named_children[0])
    if node.type == "call" and (function := node.child_by_field_name("function")) is not None:
        arguments = node.child_by_field_name("arguments")
        first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        if _said(function) == "get" and first is not None and first.type == "string":
            return text_of(first).strip("'\"")
        return _said(function)
    return ""


_THROUGH = frozenset(
    ["parenthesized_expression", "conditional_expression", "argument_list", "boolean_operator", "unary_operator"]
)
_SAME = frozenset(["round", "int", "float", "max", "min", "abs", "Decimal", "ceil", "floor"])


def purpose(node: Node) -> str:
    """The words of the name that the value of `node` is given to: a variable, a key, or the function that returns it."""
    at, parent = node, node.parent
    while parent is not None and (
        parent.type in _THROUGH
        or (parent.type == "call" and _said(parent) in _SAME)
        or (parent.type == "binary_operator" and parent.children[1].type in "+-")
    ):
        at, parent = parent, parent.parent
    if parent is None:
        return ""
    if parent.type == "return_statement":
        name = scope_node(parent).child_by_field_name("name")
        return _snake(text_of(name)) if name is not None else ""
    for target in ("left", "name", "key"):
        given = parent.child_by_field_name(target)
        if given is not None and given != at and parent.type in ("assignment", "keyword_argument", "pair"):
            return _snake(text_of(given).strip("'\"") if given.type == "string" else _said(given))
    return ""


def within(node: Node, *functions: str) -> bool:
    """Whether `node` is an argument, in brackets or not, of a call of one of `functions`, or of one around such a call."""
    at = node.parent
    while at is not None and at.type in (
        "parenthesized_expression",
        "argument_list",
        "call",
        "attribute",
        "binary_operator",
    ):
        if at.type == "call" and _said(at) in functions:
            return True
        at = at.parent
    return False
