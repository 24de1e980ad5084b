"""Where a name that an expression uses was given its value: the nearest declaration above it whose block holds the place."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

_DEEPEST = 400  # nodes around a place
_LONGEST = 4_000  # nodes of one statement that are looked at
# What holds names of its own: nothing in it is seen from after it.
_CLOSED = (
    "block",
    "statement_block",
    "compound_statement",
    "class_body",
    "declaration_list",
    "field_declaration_list",
    "function_body",
)
_FUNCTIONS = frozenset({
    "function_declaration", "function_expression", "arrow_function", "method_definition", "generator_function", "function_item",
    "closure_expression", "func_literal", "lambda_expression", "method_declaration", "function_definition", "class_declaration",
    "constructor_declaration", "class_specifier", "struct_specifier", "impl_item", "struct_item", "interface_declaration",
    "abstract_class_declaration", "class", "generator_function_declaration", "trait_item", "mod_item", "enum_item",
})  # fmt: skip
_NAMED = ("name", "pattern", "declarator", "left", "parameter", "parameters", "alternative")
_DECLARING = frozenset({
    "variable_declarator", "required_parameter", "optional_parameter", "let_declaration", "parameter", "short_var_declaration",
    "var_spec", "const_spec", "parameter_declaration", "variadic_parameter_declaration", "range_clause", "formal_parameter",
    "spread_parameter", "enhanced_for_statement", "resource", "catch_formal_parameter", "for_in_statement", "for_range_loop",
    "for_expression", "init_declarator", "declaration", "optional_parameter_declaration", "catch_clause", "let_condition", "match_arm",
    "closure_parameters", "inferred_parameters", "type_switch_statement", "receive_statement", "const_item", "static_item",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """How a name was declared: by the node `by`, as the number `place` of several; `plain` unless it is a part of a pattern.

    `type` and `value` are nodes, where they are written; `element` says that the name stands for elements of the value, one after the other.
    """

    by: Node
    plain: bool
    type: Node | None = None
    value: Node | None = None
    place: int = 0
    of: int = 1
    element: bool = False
    listed: bool = False  # an array of the type


def way_to(root: Node, at: int) -> list[Node]:
    """The nodes that hold the byte `at`, outermost first; none where they are nested deeper than people nest.

    Asking each node for its parent would take time that grows with the square of the depth.
    """
    found, cursor = [root], root.walk()
    while cursor.goto_first_child_for_byte(at) is not None:
        node = cursor.node
        if node is None or len(found) > _DEEPEST:
            return []
        if node.start_byte > at:
            break
        found.append(node)
    return found


def declared(root: Node, node: Node, name: bytes, data: bytes) -> Declared | None:
    """The declaration that `name` means where `node`, below `root`, stands; None where the file has none above it, or around it."""
    end = node.start_byte
    for around in reversed(way_to(root, end)):
        if around.start_byte == end and around.end_byte <= node.end_byte:
            continue
        if around.type in _DECLARING and (found := _of(around, name, data, end)):
            return found
        for child in reversed(around.children):
            if child.end_byte > end or data.find(name, child.start_byte, child.end_byte) < 0:
                continue
            if found := next((d for each in _declaring(child) if (d := _of(each, name, data, end))), None):
                return found
        if around.type in _FUNCTIONS and name in (
            _text(n, data) for f in ("parameter", "parameters") for n in around.children_by_field_name(f)
        ):
            return Declared(around, plain=True)
    return None


def _declaring(node: Node) -> Iterator[Node]:
    """What declares names in a statement, the last first; not what stands in blocks and functions of its own."""
    waiting, seen = [node], 0
    while waiting and seen < _LONGEST:
        here = waiting.pop()
        seen += 1
        if here.type in _DECLARING:
            yield here
        if here is not node and (here.type in _CLOSED or here.type in _FUNCTIONS):
            continue
        if here is node and (here.type in _FUNCTIONS or here.type in _CLOSED):
            continue
        waiting += here.named_children


def _of(node: Node, name: bytes, data: bytes, end: int) -> Declared | None:
    """How `node` declares `name`, if it does so before `end`."""
    if node.type in ("declaration", "type_switch_statement", "match_arm") and node.start_byte > end:
        return None
    type_node = node.child_by_field_name("type") or _type_of_parent(node)
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    targets = [n for f in _NAMED for n in node.children_by_field_name(f)]
    if node.type in ("closure_parameters", "inferred_parameters", "spread_parameter", "catch_clause"):
        targets += node.named_children
    names = [
        part
        for t in targets
        if t.end_byte <= end
        for part in (t.named_children if t.type == "expression_list" else [t])
    ]
    for place, target in enumerate(names):
        plain, inner, is_list = _plain(target)
        if inner is not None and plain and _text(inner, data) == name:
            element = node.type in (
                "range_clause",
                "enhanced_for_statement",
                "for_in_statement",
                "for_range_loop",
                "for_expression",
            )
            listed = is_list or node.type in ("variadic_parameter_declaration", "spread_parameter")
            if node.type == "for_in_statement" and not any(c.type == "of" for c in node.children):
                return Declared(node, plain=False)
            return Declared(node, True, type_node, value, place, len(names), element, listed)
        if not plain and _holds(target, name, data):
            return Declared(node, plain=False)
    return None


def _type_of_parent(node: Node) -> Node | None:
    """The type that several names share (``Foo a = …, b``)."""
    parent = node.parent
    if parent is None or node.type not in ("variable_declarator", "init_declarator"):
        return None
    if parent.type == "spread_parameter":
        return parent.named_children[0]
    return parent.child_by_field_name("type")


def _plain(target: Node) -> tuple[bool, Node | None, bool]:
    """Whether a target is one name (behind signs of pointers), its node, and whether it is one of an array."""
    is_list = False
    while True:
        if target.type.endswith("identifier") or target.type == "shorthand_property_identifier_pattern":
            return True, target, is_list
        is_list = is_list or target.type == "array_declarator"
        inside = target.child_by_field_name("declarator")
        if inside is None and (
            target.type in ("reference_declarator", "mut_pattern", "ref_pattern", "variable_declarator")
        ):
            inside = target.child_by_field_name("name") or next(reversed(target.named_children), None)
        if inside is None or target.type == "function_declarator":
            return False, None, False
        target = inside


def _holds(node: Node, name: bytes, data: bytes) -> bool:
    """Whether a pattern binds `name`."""
    if node.type in ("function_declarator", "init_declarator"):
        return False
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if (
            here.type in ("identifier", "shorthand_property_identifier_pattern", "shorthand_field_identifier")
            and _text(here, data) == name
        ):
            return True
        waiting += here.named_children
    return False


def _text(node: Node, data: bytes) -> bytes:
    return data[node.start_byte : node.end_byte]
