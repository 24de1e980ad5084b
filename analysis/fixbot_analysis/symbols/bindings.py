"""Which names are bound where and to what, and the variables among them that are symbols of their own."""

from collections.abc import Iterable, Sequence
from sys import intern

from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import chain, instance_of, text_of
from fixbot_analysis.symbols.definitions import parameter_name, span_of
from fixbot_analysis.symbols.facts import Binding, Symbol, SymbolKind
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

_SIGNATURE_LIMIT = 120  # characters of an assignment


class Bindings:
    """Collects the bindings of one file, whose text is `data`."""

    def __init__(self, data: bytes, scopes: Segments, definitions: Sequence[Symbol]) -> None:
        self._data = data
        self._scopes = scopes
        self._defined = {s.qualname: s for s in definitions}
        self._owners = {s.name_span.start: s.qualname for s in definitions if s.kind is not SymbolKind.CLASS}
        self._found: dict[tuple[str, str, str], None] = {}
        self.variables: dict[str, Symbol] = {}

    @property
    def found(self) -> tuple[Binding, ...]:
        """Bindings in the order they were met; a name whose value is known somewhere has no empty one."""
        known = {(name, scope) for name, scope, value in self._found if value}
        return tuple(Binding(n, s, v) for n, s, v in self._found if v or (n, s) not in known)

    def parameters(self, functions: Iterable[Node]) -> None:
        """Bind annotated parameters; the others stand in :attr:`Symbol.parameters`."""
        for node in functions:
            name, parameters = node.child_by_field_name("name"), node.child_by_field_name("parameters")
            owner = self._owners.get(name.start_byte) if name else None
            if owner is None or parameters is None:
                continue
            for parameter in parameters.named_children:
                annotation, named = parameter.child_by_field_name("type"), parameter_name(parameter)
                if annotation is not None and named is not None:
                    self._add(self._text(named), owner, instance_of(self._text(annotation)))

    def bound(self, nodes: Iterable[Node]) -> None:
        """Bind names of which nothing is known but the name."""
        for node in nodes:
            self._add(self._text(node), self._scopes.owner(node.start_byte), "")

    def assignments(self, nodes: Iterable[Node]) -> None:
        """Bind what assignments name, attributes of self included."""
        for node in nodes:
            if (left := node.child_by_field_name("left")) is None:
                continue
            scope = self._scopes.owner(left.start_byte)
            if left.type == "identifier":
                name = self._text(left)
                self._add(name, scope, self._value(node))
                self._variable(name, scope, left, node)
            elif left.type == "attribute":
                self._attribute(left, scope, node)
            elif left.type in ("pattern_list", "tuple_pattern"):
                for part in left.named_children:
                    if part.type == "identifier":
                        self._variable(self._text(part), scope, part, node)

    def _attribute(self, left: Node, scope: str, node: Node) -> None:
        """``self.x = …`` in a method, whatever its first parameter is called."""
        method = self._defined.get(scope)
        if method is None or method.kind is not SymbolKind.METHOD:
            return
        receiver, _, name = self._text(left).partition(".")
        if name.isidentifier() and receiver in method.parameters[:1]:
            self._add(name, method.parent, self._value(node))
            self._variable(name, method.parent, left.child_by_field_name("attribute") or left, node)

    def _variable(self, name: str, scope: str, name_node: Node, node: Node) -> None:
        """A name of a module or class becomes a symbol where it is first assigned."""
        holder = self._defined.get(scope)
        qualname = f"{scope}.{name}" if scope else name
        if qualname in self.variables or qualname in self._defined or (holder and holder.kind is not SymbolKind.CLASS):
            return
        right, span = node.child_by_field_name("right"), span_of(node)
        body = span_of(right) if right else Span(span.end, span.end)
        head = self._data[span.start : min(span.end, span.start + 4 * _SIGNATURE_LIMIT)].decode("utf-8", "ignore")
        self.variables[qualname] = Symbol(
            name, qualname, SymbolKind.VARIABLE, span, span_of(name_node), body,
            node.start_point[0] + 1, node.end_point[0] + 1, " ".join(head.split())[:_SIGNATURE_LIMIT],
        )  # fmt: skip

    def _value(self, assignment: Node) -> str:
        """The chain assigned: the annotation's class, else the last right-hand side of ``a = b = …``."""
        annotation = assignment.child_by_field_name("type")
        if annotation and (known := instance_of(self._text(annotation))):
            return known
        right = assignment.child_by_field_name("right")
        while right is not None and right.type == "assignment":
            right = right.child_by_field_name("right")
        return chain(right, self._data)

    def _add(self, name: str, scope: str, value: str) -> None:
        self._found[intern(name), scope, intern(value)] = None

    def _text(self, node: Node) -> str:
        return text_of(node, self._data)
