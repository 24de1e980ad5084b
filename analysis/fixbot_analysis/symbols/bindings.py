"""Which names are bound where and to what, and the variables among them that are symbols of their own."""

import re
from collections.abc import Iterable, Sequence
from itertools import starmap
from sys import intern
from typing import NamedTuple

from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import expression, text_of
from fixbot_analysis.symbols.definitions import span_of
from fixbot_analysis.symbols.facts import Binding, Symbol, SymbolKind
from fixbot_analysis.symbols.flow import Blocks, Lines
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

_SIGNATURE_LIMIT = 120  # characters of an assignment
_PATTERNS = ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list")
_WORDLESS = ("Final", "ClassVar", "TypeAlias")  # annotations that leave the type to the value
_EVERYWHERE = Lines(0, 0)
_STEPS = re.compile(r"\$(?:[-*+:?!\d]+|@\w+@\d)\Z")  # what notation puts behind an expression

_Flat = tuple[str, str, str, int, int, bool, str]  # the fields of a Binding


class Elsewhere(NamedTuple):
    """What matters of a file to a stretch of it that is read alone.

    `hiding` are definitions that count instead of those of the stretch that are called the same, `held` scopes and names that are given a value.
    """

    hiding: tuple[Symbol, ...] = ()
    held: frozenset[tuple[str, str]] = frozenset()


NOTHING = Elsewhere()


def gives(value: str) -> bool:
    """Whether a binding of `value` gives a name a value, and does not only say what it is."""
    return not value.endswith(("$?", "$!"))


class Bindings:
    """Collects the bindings of one file, whose text is `data`."""

    def __init__(
        self,
        data: bytes,
        scopes: Segments[str],
        definitions: Sequence[Symbol],
        blocks: Blocks,
        elsewhere: Elsewhere = NOTHING,
    ) -> None:
        self.blocks = blocks
        self.scopes = scopes
        self.defined = {s.qualname: s for s in definitions} | {s.qualname: s for s in elsewhere.hiding}
        self.variables: dict[str, Symbol] = {}
        self.others: set[int] = set()  # offsets where a name begins that is bound there
        self.data = data
        self._found: dict[_Flat, None] = {}
        self._elsewhere: dict[tuple[str, str], str] = {}
        self.asked: dict[tuple[str, str], bool] = {}  # what :meth:`binds` said
        self._held: set[tuple[str, str]] | None = None
        self._held_elsewhere = elsewhere.held

    @property
    def found(self) -> tuple[Binding, ...]:
        """Bindings in the order they were met, without duplicates."""
        return tuple(starmap(Binding, self._found))

    @property
    def declaring(self) -> frozenset[str]:
        """Scopes with a ``global`` or ``nonlocal`` statement."""
        return frozenset(scope for scope, _ in self._elsewhere)

    def __len__(self) -> int:
        return len(self._found)

    def declared(self, globals_: Iterable[Node], nonlocals: Iterable[Node]) -> None:
        """Take in ``global`` and ``nonlocal`` statements, before anything is bound."""
        for node in globals_:
            for name in node.named_children:
                self._elsewhere[self.scopes.owner(node.start_byte), self.text(name)] = ""
        for node in nonlocals:
            scope = self.scopes.owner(node.start_byte)
            for name in node.named_children:
                self._elsewhere[scope, self.text(name)] = scope.rpartition(".")[0]

    def assignments(self, nodes: Iterable[Node]) -> None:
        """Bind what assignments name, attributes of self included."""
        for node in nodes:
            left = node.child_by_field_name("left")
            if left is None:
                continue
            value = self._value(node)
            scope = self.scopes.owner(left.start_byte)
            lines = self.blocks.after(node) if self._is_function(scope) else Lines(node.end_point[0] + 2, 0, leaks=True)
            self._assign(left, scope, value, lines, node)

    def target(self, left: Node, value: str, lines: Lines) -> None:
        """Bind the names of `left` (a name, an attribute of self, a pattern) to parts of `value` on `lines`."""
        self._assign(left, self.scopes.owner(left.start_byte), value, lines, None)

    def add(self, name: str, scope: str, value: str, lines: Lines = _EVERYWHERE, at: str = "") -> None:
        """Note one binding; `at` is the scope it is written in, where that is another."""
        if (elsewhere := self._elsewhere.get((scope, name))) is not None:
            at, scope = scope, elsewhere
        self._found[name, scope, value, lines.first, lines.last, lines.leaks, at] = None

    def binds(self, scope: str, name: str) -> bool:
        """Whether something gives the bare `name` a value in `scope` itself, as far as is known by now."""
        if self._held is None:
            self._held = {(b[1], b[0]) for b in self._found if gives(b[2])} | self._held_elsewhere
        holder = self.defined.get(scope)
        answer = (scope, name) in self._held or (holder is not None and name in holder.parameters)
        self.asked[scope, name] = answer
        return answer

    def text(self, node: Node) -> str:
        """Text of `node`, one object for each content."""
        return intern(text_of(node, self.data))

    def written(self, node: Node | None) -> str:
        """`node` as facts keep an expression."""
        return expression(node, self.data)

    def _assign(self, left: Node, scope: str, value: str, lines: Lines, node: Node | None) -> None:
        kind = left.type
        if kind == "identifier":
            name = self.text(left)
            self.others.add(left.start_byte)
            self.add(name, scope, value, lines)
            if node is not None:
                self._variable(name, self._elsewhere.get((scope, name), scope), left, node)
        elif kind == "attribute":
            self._attribute(left, scope, value, lines, node)
        elif kind in _PATTERNS:
            for position, element in enumerate(left.named_children):
                if element.type == "list_splat_pattern":
                    inner, op = element.named_child(0) if element.named_child_count else None, "-"
                else:
                    inner, op = element, str(position) if position < 10 else "*"
                if inner is not None:
                    self._assign(inner, scope, part(value, op), lines, node)
        elif kind in ("parenthesized_expression", "as_pattern_target") and left.named_child_count:
            inner = left.named_child(0)
            if inner is not None:
                self._assign(inner, scope, value, lines, node)

    def _attribute(self, left: Node, scope: str, value: str, lines: Lines, node: Node | None) -> None:
        """``self.x = …`` in a method, whatever its first parameter is called."""
        receiver, _, name = self.text(left).partition(".")
        cls = self._object_of(scope, receiver)
        if cls and name.isidentifier():
            self._found[name, cls, value, lines.first, 0, True, scope] = None
            if node is not None:
                self._variable(name, cls, left.child_by_field_name("attribute") or left, node)

    def attribute(self, receiver: str, name: str, value: str, node: Node) -> None:
        """Bind what the call of `node` gives to the attribute `name` of `receiver`, if that is the object of a method."""
        scope = self.scopes.owner(node.start_byte)
        if cls := self._object_of(scope, receiver, made=True):
            self._found[name, cls, value, node.start_point[0] + 2, 0, True, scope] = None

    def _object_of(self, scope: str, name: str, *, made: bool = False) -> str:
        """The class whose method `scope` is or lies in, if `name` is the method's object (`made`: or what ``__new__`` makes); else ``""``."""
        method = self.defined.get(scope)
        while method is not None and method.kind is SymbolKind.FUNCTION:  # a function inside of a method
            method = self.defined.get(method.parent)
        if method is None or method.kind is not SymbolKind.METHOD:
            return ""
        return method.parent if name in method.parameters[:1] or (made and method.name == "__new__") else ""

    def _variable(self, name: str, scope: str, name_node: Node, node: Node) -> None:
        """A name of a module or class becomes a symbol where it is first assigned."""
        holder = self.defined.get(scope)
        qualname = f"{scope}.{name}" if scope else name
        if qualname in self.variables or qualname in self.defined or (holder and holder.kind is not SymbolKind.CLASS):
            return
        right, span = node.child_by_field_name("right"), span_of(node)
        body = span_of(right) if right else Span(span.end, span.end)
        head = self.data[span.start : min(span.end, span.start + 4 * _SIGNATURE_LIMIT)].decode("utf-8", "ignore")
        self.variables[qualname] = Symbol(
            name, qualname, SymbolKind.VARIABLE, span, span_of(name_node), body,
            node.start_point[0] + 1, node.end_point[0] + 1, " ".join(head.split())[:_SIGNATURE_LIMIT],
        )  # fmt: skip

    def _value(self, assignment: Node) -> str:
        """The annotation, else the last right-hand side of ``a = b = …``."""
        annotation = assignment.child_by_field_name("type")
        if annotation is not None:
            text = self.text(annotation)
            if not text.rpartition(".")[2].startswith(_WORDLESS) or "[" in text:
                return f"{text}$:"
        right = assignment.child_by_field_name("right")
        while right is not None and right.type == "assignment":
            right = right.child_by_field_name("right")
        return self.written(right)

    def _is_function(self, scope: str) -> bool:
        holder = self.defined.get(scope)
        return holder is not None and holder.kind is not SymbolKind.CLASS


def part(value: str, op: str) -> str:
    """`value` with one more step behind it (see :class:`Binding`)."""
    if not value:
        return ""
    return f"{value}{op}" if _STEPS.search(value) else f"{value}${op}"
