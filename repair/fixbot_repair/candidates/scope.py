"""Names that may be used at a place of a Python file, and what kind of value each may be."""

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from fixbot_repair.candidates.kinds import ANNOTATIONS, Kind, kind_of, text_of, use_of

_FUNCTIONS = ("function_definition", "lambda")
_SCOPES = (*_FUNCTIONS, "class_definition", "module")
_COMPREHENSIONS = ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")
_LOOPS = ("for_statement", "while_statement")


@dataclass(slots=True)
class Name:
    """A name of one scope. It may be used from the byte `start` on; `end` bounds comprehension variables."""

    text: str
    kind: Kind
    start: int
    end: int
    parameter: bool = False


@dataclass(slots=True)
class Scope:
    """The names that one function (or the module) binds; `outer` is the scope that encloses it."""

    node: Node
    outer: "Scope | None" = None
    names: dict[str, Name] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)  # of everything visible inside, outer scopes included

    def visible(self, offset: int) -> list[Name]:
        """Names that may be used at the byte `offset`, the innermost scope's first; built-ins are left out."""
        found = {n.text: n for n in self.names.values() if n.start <= offset <= n.end}
        scope = self.outer
        while scope is not None:
            # A function runs after its enclosing scopes are complete; a class's names are not seen from within.
            if scope.node.type != "class_definition":
                for name in scope.names.values():
                    found.setdefault(name.text, name)
            scope = scope.outer
        return list(found.values())

    def kind(self, node: Node | None) -> Kind:
        """The kind of the expression `node` in this scope."""
        return kind_of(node, self.kinds)

    @property
    def method_self(self) -> str:
        """The name of the receiver (``self``, ``cls``) where this is a method, else ``""``."""
        if self.outer is None or self.outer.node.type != "class_definition":
            return ""
        return next((n.text for n in self.names.values() if n.parameter), "")


def scope_node(node: Node) -> Node:
    """The innermost function, class or module that `node` stands in (a definition's own header belongs outside)."""
    child, parent = node, node.parent
    while parent is not None:
        if parent.parent is None or (parent.type in _SCOPES and child == parent.child_by_field_name("body")):
            return parent
        child, parent = parent, parent.parent
    return child


def build(node: Node, known: dict[int, Scope] | None = None) -> Scope:
    """The scope of `node` (one of the scope nodes) with its outer scopes; `known` keeps what was built, by node id."""
    known = {} if known is None else known
    chain = [node]
    while chain[-1].id not in known and chain[-1].type != "module":
        chain.append(scope_node(chain[-1]))
    for at in reversed(chain):
        if at.id not in known:
            known[at.id] = _scope(at, known[scope_node(at).id] if at.type != "module" else None)
    return known[node.id]


def _scope(node: Node, outer: Scope | None) -> Scope:
    scope = Scope(node, outer)
    kinds = dict(outer.kinds) if outer else {n: _builtin_kind(n) for n in dir(builtins)}
    for name, kind in _bindings(node, kinds):
        known_name = scope.names.get(name.text)
        if known_name is None:
            scope.names[name.text] = name
            kinds[name.text] = kind
        else:
            known_name.start = min(known_name.start, name.start)
            known_name.end = max(known_name.end, name.end)
            kinds[name.text] |= kind
    _refine(node, scope, kinds)
    scope.kinds = kinds
    return scope


def _builtin_kind(name: str) -> Kind:
    value = getattr(builtins, name)
    return Kind.CLASS if isinstance(value, type) else Kind.CALLABLE if callable(value) else Kind.VALUE


def _refine(node: Node, scope: Scope, kinds: dict[str, Kind]) -> None:
    # Uses narrow what assignments left open.
    for use in _walk(node.child_by_field_name("body") or node):
        if use.type == "identifier" and kinds.get(text_of(use)) == Kind.ANY and text_of(use) in scope.names:
            text = text_of(use)
            kinds[text] = kinds[text] & use_of(use) or kinds[text]
    for name in scope.names.values():
        if kinds[name.text] == Kind.NONE:
            kinds[name.text] = Kind.ANY  # only its absence is known
        name.kind = kinds[name.text]


def _walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(reversed(at.named_children))


def _bindings(node: Node, kinds: dict[str, Kind]) -> Iterator[tuple[Name, Kind]]:
    parameters = node.child_by_field_name("parameters")
    for parameter in parameters.named_children if parameters else ():
        if name := _parameter_name(parameter):
            yield (
                Name(text_of(name), Kind.ANY, node.start_byte, node.end_byte, parameter=True),
                _parameter_kind(parameter, kinds),
            )
    body = node.child_by_field_name("body") or node
    stack = [body] if node.type != "module" else list(reversed(body.named_children))
    while stack:
        at = stack.pop()
        yield from _binding(at, kinds)
        if at.type not in _SCOPES:
            stack.extend(reversed(at.named_children))


def _parameter_name(node: Node) -> Node | None:
    if node.type == "identifier":
        return node
    return node.child_by_field_name("name") or next((c for c in _walk(node) if c.type == "identifier"), None)


def _parameter_kind(node: Node, kinds: dict[str, Kind]) -> Kind:
    if node.type == "list_splat_pattern":
        return Kind.TUPLE
    if node.type == "dictionary_splat_pattern":
        return Kind.DICT
    kind = _annotated(node.child_by_field_name("type"))
    default = node.child_by_field_name("value")
    # A default of None says nothing about what callers pass.
    if kind == Kind.ANY and default is not None and default.type != "none":
        return kind_of(default, kinds)
    return kind


def _annotated(node: Node | None) -> Kind:
    if node is None:
        return Kind.ANY
    heads = [text_of(c) for c in _walk(node) if c.type in ("identifier", "none")]
    if "|" in text_of(node) or heads[:1] in (["Optional"], ["Union"]):
        return Kind.ANY
    return ANNOTATIONS.get(heads[0], Kind.OBJECT) if heads else Kind.ANY


def _binding(node: Node, kinds: dict[str, Kind]) -> Iterator[tuple[Name, Kind]]:
    if node.type in ("assignment", "named_expression"):
        left = node.child_by_field_name("left") or node.child_by_field_name("name")
        right = node.child_by_field_name("right") or node.child_by_field_name("value")
        yield from _targets(
            left, node, kind_of(right, kinds) if right is not None else _annotated(node.child_by_field_name("type"))
        )
    elif node.type in ("for_statement", "for_in_clause"):
        right = node.child_by_field_name("right")
        yield from _targets(node.child_by_field_name("left"), node, _element(right))
    elif node.type in ("function_definition", "class_definition"):
        name = node.child_by_field_name("name")
        yield from _targets(name, node, Kind.CALLABLE if node.type == "function_definition" else Kind.CLASS)
    elif node.type == "as_pattern_target":
        yield from _targets(node.named_children[0] if node.named_children else None, node, Kind.OBJECT)
    elif node.type in ("import_statement", "import_from_statement"):
        yield from _imported(node)


def _element(right: Node | None) -> Kind:
    if right is None or right.type != "call":
        return Kind.ANY
    function = right.child_by_field_name("function")
    return Kind.NUMBER if function is not None and text_of(function) == "range" else Kind.ANY


def _targets(left: Node | None, node: Node, kind: Kind) -> Iterator[tuple[Name, Kind]]:
    if left is None:
        return
    if left.type == "identifier":
        start, end = _reach(node)
        yield Name(text_of(left), Kind.ANY, start, end), kind
    elif left.type in ("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "tuple"):
        right = node.child_by_field_name("right")
        parts = right.named_children if right is not None and right.type in ("expression_list", "tuple") else []
        for i, part in enumerate(left.named_children):
            # One element of what is unpacked: known where the right side is spelled out.
            one = kind_of(parts[i], {}) if len(parts) == len(left.named_children) else Kind.ANY
            yield from _targets(part, node, one)


def _reach(node: Node) -> tuple[int, int]:
    """Bytes in which what `node` binds may be used: from there to the scope's end, a whole loop, or one comprehension."""
    if node.type == "for_in_clause":
        whole = node.parent
        return (whole.start_byte, whole.end_byte) if whole is not None else (node.start_byte, node.end_byte)
    end = scope_node(node).end_byte
    start = (
        node.start_byte if node.type in ("for_statement", "function_definition", "class_definition") else node.end_byte
    )
    loop = node.parent
    while loop is not None and loop.type not in _SCOPES:
        if loop.type in _LOOPS:
            start = loop.start_byte
        loop = loop.parent
    return start, end


def _imported(node: Node) -> Iterator[tuple[Name, Kind]]:
    module = node.child_by_field_name("module_name")
    end = scope_node(node).end_byte
    for name in node.children_by_field_name("name"):
        alias = name.child_by_field_name("alias")
        text = text_of(alias) if alias is not None else text_of(name)
        kind = Kind.MODULE if module is None else Kind.CLASS if text[:1].isupper() else Kind.ANY
        yield Name(text.partition(".")[0], Kind.ANY, node.end_byte, end), kind
