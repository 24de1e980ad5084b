"""What is known of a value where it is used: constant, a text made of parts, decided by a request; by light data flow within a function."""

import re
from dataclasses import dataclass, replace
from functools import reduce

from fixbot_agent.completing.cleaning.security.reading import Call, Code, span, text
from fixbot_agent.completing.cleaning.security.sources import (
    CLEANING,
    MODULES,
    NAMES,
    PASSING,
    is_request,
    request_parameters,
)
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

HOLE = "\0"  # stands for a part of a text that is not constant
_DEEP = 8
_MOST = 1_000  # evaluations of one question: names bound again and again from each other grow without it
_ALL_ARGUMENTS = frozenset(
    {"join", "Join", "concat", "resolve", "replace", "Path", "PurePath"}
)  # functions that put all of them together
_ESCAPE = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[-#0 +]*[\d.*]*[diouxXeEfFgGcrsaqvtT]")
_CONSTANT_NAME = re.compile(r"_*[A-Z][A-Z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Value:
    """`text` is what is known of it, with :data:`HOLE` for what is not; `made`: of a literal and something that is no constant.

    `evidence` are the places that make it what it is.
    """

    constant: bool = False
    made: bool = False
    tainted: bool = False
    text: str = ""
    evidence: tuple[Span, ...] = ()


_OPEN = Value(text=HOLE)
_SAFE = Value(constant=True, text="0")


class Values:
    """Evaluates nodes of one function."""

    def __init__(self, code: Code) -> None:
        self.code, self.grammar = code, code.grammar
        self._parameters: dict[int, frozenset[str]] = {}
        self._busy: set[str] = set()
        self._left = _MOST

    def of(self, node: Node, deep: int = 0) -> Value:  # noqa: PLR0911 one line a kind of node
        """What is known of the value of `node`."""
        kind, grammar = node.type, self.grammar
        self._left -= 1
        self.code.left -= 1
        if deep > _DEEP or self._left < 0 or self.code.left < 0:
            return _OPEN
        if kind in grammar.texts:
            return self._literal(node, deep)
        if kind in grammar.constants:
            return Value(constant=True, text=text(node))
        if kind in grammar.sums:
            return self._sum(node, deep)
        if kind in grammar.calls:
            return self._call(node, deep)
        if kind in grammar.members or kind in grammar.items:
            return self._part(node, deep)
        if kind in ("identifier", "shorthand_property_identifier", "property_identifier", "constant"):
            return self._name(node, deep)
        if kind in grammar.around or kind in grammar.choices or kind in grammar.lists:
            return self._several(node, deep)
        if kind.endswith("comprehension") or kind == "generator_expression":
            return replace(self.of(node.named_children[0], deep + 1), text=HOLE) if node.named_children else _OPEN
        return _OPEN

    def _literal(self, node: Node, deep: int) -> Value:
        """A literal, with the values of its holes in it."""
        if node.type == "concatenated_string":
            return reduce(_joined, (self.of(child, deep + 1) for child in node.named_children), Value(constant=True))
        found = Value(constant=True)
        at = node.start_byte
        for hole in (c for c in node.named_children if c.type in self.grammar.holes):
            found = _joined(found, Value(True, text=self._raw(at, hole.start_byte)))
            inner = next(
                (c for c in hole.named_children if c.type not in ("format_specifier", "type_conversion")), hole
            )
            found = _joined(found, self.of(inner, deep + 1) if inner is not hole else _OPEN)
            at = hole.end_byte
        found = _joined(found, Value(True, text=self._raw(at, node.end_byte)))
        return replace(found, made=not found.constant, evidence=(span(node), *found.evidence))

    def _raw(self, start: int, end: int) -> str:
        return self.code.tree.data[start:end].decode("utf-8", "replace")

    def _sum(self, node: Node, deep: int) -> Value:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        sign = node.child_by_field_name("operator")
        if left is None or right is None or sign is None:
            return _OPEN
        if sign.type in {"||", "??"}:
            return _either(self.of(left, deep + 1), self.of(right, deep + 1))
        if sign.type not in ("+", "%"):
            first, second = self.of(left, deep + 1), self.of(right, deep + 1)
            is_path = sign.type == "/"
            return Value(
                first.constant and second.constant,
                False,
                is_path and (first.tainted or second.tainted),
                HOLE,
                (span(node), *second.evidence),
            )
        first, second = self.of(left, deep + 1), self.of(right, deep + 1)
        if sign.type == "%":
            return self._formatted(node, first, second)
        return replace(_joined(first, second), evidence=(span(node), *first.evidence, *second.evidence))

    def _formatted(self, node: Node, pattern: Value, *given: Value) -> Value:
        """A pattern filled in: what it says, with holes where it says what goes in."""
        filled = reduce(_joined, given, Value(constant=True))
        evidence = (span(node), *pattern.evidence, *filled.evidence)
        if filled.constant and pattern.constant:
            return Value(True, False, filled.tainted, _ESCAPE.sub("0", pattern.text), evidence)
        is_text = any(c.isalpha() for c in pattern.text)
        return Value(False, is_text, pattern.tainted or filled.tainted, _ESCAPE.sub(HOLE, pattern.text), evidence)

    def _call(self, node: Node, deep: int) -> Value:
        call = self.code.call(node)
        if call.last in CLEANING or call.callee.removeprefix("new ") in CLEANING:
            return replace(_SAFE, evidence=(span(node),))
        given = [self.of(a, deep + 1) for a in call.arguments[:8]] + [
            self.of(g.value, deep + 1) for g in call.keywords.values() if g.node.type == "keyword_argument"
        ]
        owner = self._owner(node, deep)
        if call.last in ("format", "formatted") and owner is not None and (owner.constant or owner.made) and owner.text:
            return self._formatted(node, owner, *given)
        if call.is_one("fmt.Sprintf", "String.format", "util.format", "sprintf") and given:
            return self._formatted(node, given[0], *given[1:])
        if call.last == "join" and owner is not None and owner.constant and given:
            return replace(given[0], text=HOLE if not given[0].constant else "0", made=given[0].made)
        if call.last in PASSING:
            is_module = owner is None or self._is_module(call)
            passed = (given if call.last in _ALL_ARGUMENTS else given[:1]) if is_module else [owner, *given]
            found = reduce(_joined, [v for v in passed if v is not None], Value(constant=True)) if passed else _OPEN
            return replace(found, evidence=(span(node), *found.evidence))
        tainted = any(v.tainted for v in (*given, *([owner] if owner else []))) or is_request(self.code, text(node))
        evidence = tuple(s for v in (*given, *([owner] if owner else [])) if v.tainted for s in v.evidence)
        return Value(False, False, tainted, HOLE, (span(node), *evidence))

    def _is_module(self, call: Call) -> bool:
        """Whether what stands before the last dot is a module, or a class of which a function is called."""
        owner = call.callee.rpartition(".")[0]
        return MODULES.match(owner) is not None and not self.code.assigned(owner, call.node)

    def _owner(self, node: Node, deep: int) -> Value | None:
        """The value that a method is called on."""
        named = node.child_by_field_name("function") or node
        fields = self.grammar.members.get(named.type)
        owner = named.child_by_field_name(fields[0] if fields else "object")
        return self.of(owner, deep + 1) if owner is not None else None

    def _part(self, node: Node, deep: int) -> Value:
        """A member or an item: of a request tainted, of a table of constants constant."""
        written = text(node)
        if is_request(self.code, written):
            return Value(False, False, True, HOLE, (span(node),))
        if bound := self.code.assigned(written, node):
            return self._bound(written, [g.value for g in bound], span(node), deep)
        last = written.rpartition(".")[2]
        if _CONSTANT_NAME.match(last) or "_meta." in written or last in NAMES:
            return Value(constant=True, text="0", evidence=(span(node),))
        fields = self.grammar.members.get(node.type) or self.grammar.items[node.type]
        owner = node.child_by_field_name(fields[0])
        inner = self.of(owner, deep + 1) if owner is not None else _OPEN
        if node.type in self.grammar.items and inner.constant:
            return replace(_SAFE, evidence=(span(node),))  # a table that the program holds answers with its own
        return Value(False, False, inner.tainted, HOLE, (span(node), *inner.evidence))

    def _name(self, node: Node, deep: int) -> Value:
        name, here = text(node), (span(node),)
        bound = [g for g in self.code.assigned(name, node) if g.node.start_byte <= node.start_byte]
        if bound:
            return self._bound(name, [g.value for g in bound], here[0], deep)
        if name in self._requested(node):
            return Value(False, False, True, HOLE, here)
        outer = self.code.outer.get(name, [])
        if len(outer) == 1 and not self._is_parameter(name, node):
            found = self._bound(name, [outer[0].value], here[0], deep)
            return found if found.constant else Value(text=HOLE, evidence=here)
        if _CONSTANT_NAME.match(name) and len(name) > 1:
            return Value(constant=True, text="0", evidence=here)
        return Value(text=HOLE, evidence=here)

    def _bound(self, name: str, values: list[Node], here: Span, deep: int) -> Value:
        """Any of what a name is given, each with where it was given; a text that goes on (``+=``) is made of all."""
        if name in self._busy:
            return Value(constant=True)  # of itself: what it is else decides
        self._busy.add(name)
        found = reduce(_either, (self.of(v, deep + 1) for v in values[-6:]))
        self._busy.discard(name)
        return replace(found, evidence=(here, *found.evidence))

    def _requested(self, node: Node) -> frozenset[str]:
        """Parameters of the function around `node` that a request decides."""
        home = self.code.home(node)
        if home.start_byte not in self._parameters:
            self._parameters[home.start_byte] = request_parameters(self.code, home)
        return self._parameters[home.start_byte]

    def _is_parameter(self, name: str, node: Node) -> bool:
        given = self.code.home(node).child_by_field_name("parameters")
        return given is not None and re.search(rf"\b{re.escape(name)}\b", text(given)) is not None

    def _several(self, node: Node, deep: int) -> Value:
        """Parts of a display, or one of several values; conditions do not count."""
        inner = [
            c
            for c in node.named_children
            if c.type
            not in (
                "comment",
                "type_identifier",
                "qualified_type",
                "slice_type",
                "array_type",
                "map_type",
                "pointer_type",
                "predefined_type",
            )
        ]
        if node.type == "conditional_expression" and len(inner) == 3:
            inner = [inner[0], inner[2]]
        elif (node.type == "ternary_expression" and len(inner) == 3) or (
            node.type in ("pair", "keyed_element") and len(inner) == 2
        ):
            inner = inner[1:]
        return (
            reduce(_either, (self.of(c, deep + 1) for c in inner[:64]), Value(constant=True))
            if inner
            else Value(constant=True)
        )


def _joined(one: Value, other: Value) -> Value:
    """Two texts one after the other."""
    constant = one.constant and other.constant
    literal = any(v.made or (v.constant and any(c.isalnum() or c in "/<=(" for c in v.text)) for v in (one, other))
    return Value(
        constant,
        not constant and literal,
        one.tainted or other.tainted,
        one.text + other.text,
        (*one.evidence, *other.evidence),
    )


def _either(one: Value, other: Value) -> Value:
    """One of two."""
    text_ = one.text if one.made or not other.made else other.text
    if (one.made and other.made) or (one.constant and other.made) or (one.made and other.constant):
        text_ = f"{one.text} {other.text}"
    return Value(
        one.constant and other.constant, one.made or other.made or (_says(one) and not other.constant and other.text != HOLE), one.tainted or other.tainted,
        text_, (*one.evidence, *other.evidence),
    )  # fmt: skip


def _says(value: Value) -> bool:
    return value.constant and len(value.text) > 3


def is_true(node: Node | None) -> bool:
    """Whether `node` is written as true."""
    return node is not None and text(node) in ("True", "true")


def is_false(node: Node | None) -> bool:
    """Whether `node` is written as false."""
    return node is not None and text(node) in ("False", "false")


def literal(node: Node | None) -> str:
    """The content of a literal without holes, "" for anything else."""
    if node is None or node.type not in (
        "string",
        "interpreted_string_literal",
        "string_literal",
        "raw_string_literal",
        "template_string",
    ):
        return ""
    return re.sub(r"\A[A-Za-z]{0,2}(\"\"\"|'''|[\"'`])|(\"\"\"|'''|[\"'`])\Z", "", text(node))
