"""What a place would take for "nothing there": by annotations, by what failing assertions expect, by how a name is asked about."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Site

# Empty values of annotated results, by the head of the annotation.
_EMPTY: Mapping[str, tuple[str, ...]] = {
    "str": ('""',), "int": ("0",), "float": ("0.0",), "bool": ("False", "True"), "bytes": ('b""',), "None": ("None",),
    **dict.fromkeys(("list", "List", "Sequence", "Iterable"), ("[]",)), **dict.fromkeys(("dict", "Dict", "Mapping"), ("{}",)),
    **dict.fromkeys(("tuple", "Tuple"), ("()",)), **dict.fromkeys(("set", "Set"), ("set()",)), "Optional": ("None",), "Iterator": ("iter(())",),
}  # fmt: skip


def annotated(node: Node) -> tuple[str, ...]:
    """Empty values of the type that the function around `node` says to give: ``Money()`` for a class of its own."""
    at = node.parent
    while at is not None and at.type != "function_definition":
        at = at.parent
    return empties(at.child_by_field_name("return_type")) if at is not None else ()


def empties(written: Node | None) -> tuple[str, ...]:
    """Empty values of the type that the annotation `written` names."""
    if written is None:
        return ()
    heads = [text_of(n) for n in walk(written) if n.type in ("identifier", "none")]
    text = text_of(written)
    known = _EMPTY.get(heads[0], ()) if heads else ()
    may_lack = ("None",) if "None" in text or "Optional" in text else ()
    if not known and text.isidentifier() and text[:1].isupper():
        known = (f"{text}()",)
    return tuple(dict.fromkeys([*may_lack, *known]))


def received(site: Site, node: Node) -> tuple[str, ...]:
    """What suits the place that takes the value of `node`: by what failing assertions expect, by its annotation, by how its name is asked about."""
    wanted = [w.source for w in site.code.symptoms.wanted if w.is_empty]
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "conditional_expression"):
        parent = parent.parent
    if parent is None:
        return tuple(wanted)
    if parent.type == "return_statement":
        return (*wanted, *annotated(node))
    if parent.type == "assignment":
        left = parent.child_by_field_name("left")
        given = empties(parent.child_by_field_name("type"))
        return given or (("None",) if left is not None and _is_asked(site, text_of(left)) else ())
    return ()


def _is_asked(site: Site, name: str) -> bool:
    """Whether the function asks somewhere if `name` is there."""
    body = site.scope.node.child_by_field_name("body") or site.scope.node
    asked = (n for n in walk(body) if n.type == "identifier" and text_of(n) == name)
    return any(_is_question(n) for n in asked)


def _is_question(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "comparison_operator":
        return parent.named_children[-1].type == "none"
    if parent.type == "conditional_expression":
        return parent.named_children[1] == node
    return parent.type in ("not_operator", "boolean_operator") or parent.child_by_field_name("condition") == node
