"""Names in use: what is called, referred to and bound, and in which scope."""

import re
from collections.abc import Iterable, Sequence
from sys import intern

from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import chain, dotted, instance_of, text_of
from fixbot_analysis.symbols.definitions import span_of
from fixbot_analysis.symbols.facts import Binding, Call, Symbol, SymbolKind
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

_ATTRIBUTE = re.compile(r"(\w+)\.(\w+)")
_SIGNATURE_LIMIT = 120  # characters of an assignment


def calls(nodes: Iterable[Node], data: bytes, scopes: Segments) -> tuple[Call, ...]:
    """Calls by place; `nodes` are what is called. What is no chain of names is left out."""
    found = []
    for node in nodes:
        start = node.start_byte
        if callee := dotted(data, start, node.end_byte) or chain(node):
            found.append(Call(intern(callee), scopes.owner(start), node.start_point[0] + 1))
    return tuple(found)


def references(nodes: Iterable[Node], others: set[int], data: bytes, scopes: Segments) -> tuple[tuple[str, str], ...]:
    """(longest dotted name, scope) of each use of a name; `nodes` are names and attributes, outer first, `others` where no use begins."""
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


class Bindings:
    """Collects which names are bound where, and the variables among them that are symbols of their own."""

    def __init__(self, scopes: Segments, definitions: Sequence[Symbol]) -> None:
        self._scopes = scopes
        self._defined = {s.qualname: s for s in definitions}
        self._found: dict[Binding, None] = {}
        self.variables: dict[str, Symbol] = {}

    @property
    def found(self) -> tuple[Binding, ...]:
        """Bindings in the order they were met; a name whose value is known somewhere has no empty one."""
        known = {(b.name, b.scope) for b in self._found if b.value}
        return tuple(b for b in self._found if b.value or (b.name, b.scope) not in known)

    def parameters(self, nodes: Iterable[Node], symbols: Iterable[Symbol]) -> None:
        """Bind the annotated parameters of function `nodes`, `symbols` being theirs, by the start of their names."""
        owners = {s.name_span.start: s.qualname for s in symbols}
        for node in nodes:
            name, parameters = node.child_by_field_name("name"), node.child_by_field_name("parameters")
            owner = owners.get(name.start_byte) if name else None
            for parameter in parameters.named_children if parameters and owner is not None else ():
                annotation = parameter.child_by_field_name("type")
                if annotation is not None and owner is not None and (named := parameter.named_child(0)) is not None:
                    self._add(text_of(named), owner, instance_of(text_of(annotation)))

    def bound(self, nodes: Iterable[Node]) -> None:
        """Bind names of which nothing is known but the name."""
        for node in nodes:
            self._add(text_of(node), self._scopes.owner(node.start_byte), "")

    def assignments(self, nodes: Iterable[Node]) -> None:
        """Bind what assignments name, attributes of self included."""
        for node in nodes:
            if (left := node.child_by_field_name("left")) is None:
                continue
            scope = self._scopes.owner(left.start_byte)
            if left.type == "identifier":
                self._add(text_of(left), scope, _value(node))
                self._variable(text_of(left), scope, left, node)
            elif left.type == "attribute":
                self._attribute(left, scope, node)
            else:
                for part in left.named_children:
                    if part.type == "identifier":
                        self._variable(text_of(part), scope, part, node)

    def _attribute(self, left: Node, scope: str, node: Node) -> None:
        """``self.x = …`` in a method, whatever its first parameter is called."""
        method = self._defined.get(scope)
        found = _ATTRIBUTE.fullmatch(text_of(left))
        if (
            method is None
            or method.kind is not SymbolKind.METHOD
            or found is None
            or found[1] not in method.parameters[:1]
        ):
            return
        self._add(found[2], method.parent, _value(node))
        self._variable(found[2], method.parent, left.child_by_field_name("attribute") or left, node)

    def _variable(self, name: str, scope: str, name_node: Node, node: Node) -> None:
        """A name of a module or class becomes a symbol where it is first assigned."""
        holder = self._defined.get(scope)
        qualname = f"{scope}.{name}" if scope else name
        if qualname in self.variables or qualname in self._defined or (holder and holder.kind is not SymbolKind.CLASS):
            return
        right = node.child_by_field_name("right")
        body = span_of(right) if right else Span(node.end_byte, node.end_byte)
        written = " ".join((node.text or b"")[: 4 * _SIGNATURE_LIMIT].decode("utf-8", "ignore").split())[
            :_SIGNATURE_LIMIT
        ]
        lines = (node.start_point[0] + 1, node.end_point[0] + 1)
        kind = SymbolKind.VARIABLE
        self.variables[qualname] = Symbol(
            name, qualname, kind, span_of(node), span_of(name_node), body, *lines, written
        )

    def _add(self, name: str, scope: str, value: str) -> None:
        self._found[Binding(intern(name), scope, intern(value))] = None


def _value(assignment: Node) -> str:
    """The chain assigned: the annotation's class, else the last right-hand side of ``a = b = …``."""
    if (annotation := assignment.child_by_field_name("type")) and (known := instance_of(text_of(annotation))):
        return known
    right = assignment.child_by_field_name("right")
    while right is not None and right.type == "assignment":
        right = right.child_by_field_name("right")
    return chain(right)
