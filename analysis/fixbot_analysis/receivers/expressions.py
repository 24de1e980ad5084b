"""What the expression before a dot is: by its form, by the declaration of its names, by what the project's facts say of members and results."""

import re
from collections.abc import Callable

from tree_sitter import Node

from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_scope import Meaning
from fixbot_analysis.receivers.declarations import Declared, declared
from fixbot_analysis.receivers.holding import Holding
from fixbot_analysis.receivers.kinds import Kind, Written
from fixbot_analysis.receivers.meant import Kinds, Meant
from fixbot_analysis.receivers.natives import MEMBERS
from fixbot_analysis.symbols import SymbolKind
from fixbot_analysis.symbols.foreign_text import chain

_DEPTH = 8  # steps from an expression to what says what it is
_LITERALS = {
    "string": "string", "template_string": "string", "string_literal": "str", "raw_string_literal": "str", "interpreted_string_literal": "string",
    "text_block": "string", "array": "array", "array_expression": "array", "regex": "regexp", "number": "number", "true": "boolean",
    "false": "boolean", "arrow_function": "function", "function_expression": "function", "func_literal": "function",
    "concatenated_string": "str",
}  # fmt: skip
_INSIDE = {
    "parenthesized_expression": "", "non_null_expression": "", "reference_expression": "value", "unary_expression": "operand",
    "pointer_expression": "argument", "expression_statement": "", "generic_function": "function", "instantiation_expression": "",
    "mut_pattern": "", "satisfies_expression": "", "template_function": "name",
}  # fmt: skip
_UNWRAPPED = frozenset({"await_expression", "try_expression"})
_TYPED = frozenset(
    {
        "as_expression",
        "type_cast_expression",
        "cast_expression",
        "type_assertion_expression",
        "compound_literal_expression",
    }
)
_MADE = {
    "new_expression": ("constructor", "type"), "object_creation_expression": ("type",), "composite_literal": ("type",),
    "struct_expression": ("name",),
}  # fmt: skip
_HEADS = ("object", "operand", "argument", "value", "path", "scope")
_LASTS = ("property", "field", "name")
_SELECTIONS = frozenset({
    "member_expression", "field_expression", "selector_expression", "field_access", "scoped_identifier", "qualified_identifier",
    "scoped_type_identifier", "nested_type_identifier", "nested_identifier",
})  # fmt: skip
_INDEXED = frozenset({"subscript_expression", "index_expression", "array_access"})


class Expressions:
    """Reads expressions of one text: `data`, which stands at `path`; `scope_at` gives the qualified name of what is around a byte."""

    def __init__(
        self,
        root: Node,
        data: bytes,
        path: str,
        resolver: ForeignResolver,
        holding: Holding,
        scope_at: Callable[[int], str],
    ) -> None:
        """`root` is the tree of `data`."""
        self._root = root
        self._data, self._path, self._scope_at = data, path, scope_at
        self._resolver, self._holding, self._types = resolver, holding, Meant(resolver, holding)
        self._language = resolver.scope(path).language.name

    def of(self, node: Node, depth: int = _DEPTH) -> Kinds:
        """What `node` may be; nothing where it is not known."""
        kind = node.type
        if depth <= 0:
            return ()
        if kind in _LITERALS:
            return (Kind(native=self._literal(kind)),)
        if kind in _SELECTIONS:
            return self._selected(node, depth)
        if kind in ("call_expression", "method_invocation"):
            return self._called(node, depth)
        return self._typed(node, depth) if kind in _TYPED or kind in _MADE else self._around(node, depth)

    def _typed(self, node: Node, depth: int) -> Kinds:
        """What says its type: what makes an object, or says what it is to be taken for."""
        fields = _MADE.get(node.type, ("type",))
        named = next((n for f in fields if (n := node.child_by_field_name(f))), None)
        if named is None and node.type in _TYPED and node.named_child_count > 1:
            named = node.named_children[-1]
        return self._types.of_type(self._written(named), depth) if named is not None else ()

    def _around(self, node: Node, depth: int) -> Kinds:
        """What stands around another expression, or is a name."""
        kind, first = node.type, next(iter(node.named_children), None)
        if kind in _INSIDE:
            inside = node.child_by_field_name(_INSIDE[kind]) if _INSIDE[kind] else first
            return self.of(inside, depth - 1) if inside is not None else ()
        if kind in _UNWRAPPED or kind in _INDEXED:
            found = self.of(first, depth - 1) if first is not None else ()
            return (
                self._types.elements(found, depth)
                if kind in _UNWRAPPED
                else self._types.elements(found, depth, indexed=True)
            )
        return (Kind(names=tuple(self._names(node))),) if kind == "object" else self._named(node, depth)

    def _literal(self, kind: str) -> str:
        name = _LITERALS[kind]
        return "string" if name == "str" and self._language in ("java", "go") else name

    def _names(self, node: Node) -> list[tuple[str, str]]:
        """What an object literal holds."""
        found = []
        for part in node.named_children:
            key = part.child_by_field_name("key") or part.child_by_field_name("name") or part
            text = self._text(key).strip("'\"")
            if re.fullmatch(r"[A-Za-z_$][\w$]*", text):
                found.append((text, "method" if part.type == "method_definition" else "attribute"))
        return found

    def _named(self, node: Node, depth: int) -> Kinds:
        """A name, or the object that a method is called on."""
        name = self._text(node)
        if not re.fullmatch(r"[\w$]+", name):
            return ()
        receivers = self._resolver.scope(self._path).language.receivers
        if name not in (*receivers, "super", "Self") and (
            found := declared(self._root, node, name.encode(), self._data)
        ):
            return self._of_declared(found, name, depth)
        return self._meant(name, node) or self._own(name) or tuple(map(Kind, self._types.only(name, self._path)))

    def _own(self, name: str) -> Kinds:
        """What the language itself calls `name` (console, System, Vec)."""
        is_type = name[:1].isupper() or name == "console"
        return (Kind(native=name),) if is_type and name in MEMBERS.get(self._language, {}) else ()

    def _meant(self, text: str, node: Node) -> Kinds:
        scope = self._scope_at(node.start_byte)
        found = self._resolver.resolve(self._path, scope, text) if text else []
        if not found and text and self._language == "rust":  # a path of modules
            files, left = self._resolver.files.module(self._path, text.split("."))
            found = [Meaning(file, self._resolver.scope(file).facts.symbols[0]) for file in files if not left]
        if text == "Self":
            found = [Meaning(m.path, m.symbol) for m in found]
        return tuple(k for m in found for k in self._types.followed(Kind(m), _DEPTH))

    def _of_declared(self, found: Declared, name: str, depth: int) -> Kinds:
        if not found.plain:
            return ()
        kinds: Kinds = ()
        if found.type is not None and self._text(found.type).strip(": ") not in ("auto", "var", "const auto"):
            kinds = self._types.of_type(self._written(found.type), depth)
            if found.listed:
                return (Kind(native="array", inner=(self._written(found.type),)),)
            if found.element and found.by.type == "range_clause":
                kinds = ()
        elif found.value is not None:
            kinds = self._of_value(found, depth)
        return (*kinds, *self._attached(name, found))[:_DEPTH]

    def _of_value(self, found: Declared, depth: int) -> Kinds:
        value = found.value
        assert value is not None
        if found.element:
            is_second = found.by.type == "range_clause" and found.of == 2
            if found.by.type == "range_clause" and not (is_second and found.place == 1):
                return ()
            return self._types.elements(self.of(_single(value), depth - 1), depth, indexed=True)
        parts = value.named_children if value.type == "expression_list" else [value]
        if len(parts) == found.of:
            return self.of(parts[found.place], depth - 1)
        one = parts[0] if len(parts) == 1 else None
        if one is None or found.of < 2:
            return ()
        if one.type == "call_expression":
            return self._called(one, depth, found.place)
        return self.of(one, depth - 1) if found.place == 0 else ()

    def _attached(self, name: str, found: Declared) -> Kinds:
        """What the file gives to a variable at its top (``app.use = function``)."""
        if self._scope_at(found.by.start_byte):
            return ()
        held = [
            (s.name, "method")
            for s in self._resolver.scope(self._path).facts.symbols
            if s.parent == name and s.kind is SymbolKind.METHOD
        ]
        return (Kind(names=tuple(held)),) if held else ()

    def _selected(self, node: Node, depth: int) -> Kinds:
        head = next((n for f in _HEADS if (n := node.child_by_field_name(f))), None)
        last = next((n for f in _LASTS if (n := node.child_by_field_name(f))), None)
        if head is None or last is None:
            return self._meant(chain(node, self._data), node)
        kinds, name = self.of(head, depth - 1), self._text(last)
        if not kinds and node.type in (
            "scoped_identifier",
            "qualified_identifier",
            "scoped_type_identifier",
            "nested_type_identifier",
        ):
            return self._meant(chain(node, self._data), node)
        return self._member(kinds, name, depth)

    def _member(self, kinds: Kinds, name: str, depth: int, *, called: bool = False, place: int | None = None) -> Kinds:
        """What the member `name` of `kinds` is, or what calling it gives."""
        found: list[Kind] = []
        for kind in kinds:
            member = self._holding.of((kind,), self._path, "").members.get(name)
            if member is not None and member.symbol is not None:
                found += self._types.of_member(member, kind, depth, called=called, place=place)
        return tuple(found)

    def _called(self, node: Node, depth: int, place: int | None = None) -> Kinds:
        """What a call gives; of several results the number `place`."""
        function = node.child_by_field_name("function")
        head = node.child_by_field_name("object")
        if function is None and head is not None:  # a method of Java
            name = node.child_by_field_name("name")
            return (
                self._member(self.of(head, depth - 1), self._text(name), depth, called=True, place=place)
                if name
                else ()
            )
        if function is None:
            return self._types.of_results(
                self._meant(self._text(node.child_by_field_name("name") or node), node), depth, place
            )
        if function.type == "generic_function":
            function = function.child_by_field_name("function") or function
        if function.type in _SELECTIONS:
            head = next((n for f in _HEADS if (n := function.child_by_field_name(f))), None)
            last = next((n for f in _LASTS if (n := function.child_by_field_name(f))), None)
            if head is not None and last is not None and (kinds := self.of(head, depth - 1)):
                return self._member(kinds, self._text(last), depth, called=True, place=place)
            return self._types.of_results(self._meant(chain(function, self._data), function), depth, place)
        return self._types.of_results(self._named(function, depth), depth, place)

    def _written(self, node: Node | None) -> Written:
        at = node.start_byte if node is not None else 0
        return Written(self._text(node).lstrip(": ") if node is not None else "", self._path, self._scope_at(at))

    def _text(self, node: Node | None) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node is not None else ""


def _single(value: Node) -> Node:
    return value.named_children[0] if value.type == "expression_list" and value.named_child_count == 1 else value
