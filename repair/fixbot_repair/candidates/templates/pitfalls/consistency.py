"""What the same class or file does everywhere else: bringing a parameter into its form, checking first.

Source: Engler, Chen, Hallem, Chou and Chelf 2001, "Bugs as Deviant Behavior": what code does nearly everywhere is a rule that it does not state.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.likeness import likeness
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.pitfalls.keys import inside, shape_of
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Function,
    ahead,
    assigned,
    behind,
    bound_outside,
    flush,
    function_of,
    own,
    peers,
    reads,
)

_SELDOM = 0.3  # share of the functions that could do a thing below which it is the exception
_FIRST = 5  # statements of a function among which parameters are brought into their form
_TO_FORM = re.compile(
    r"_?(norm|clean|canon|key|fold|to_|as_|_as|ensure|coerce|parse|local|utc|resolve|strip|quote|escape|fix|std|standard"
    r"|prepare|convert|casefold|lower|upper|strip|expanduser|absolute|simplif|sanit|fs|decode|encode)"
)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a function brings its parameter `name` into a form: lines of code that bind it anew."""

    name: str
    lines: str
    names: frozenset[str]  # that the lines read, the parameter left out


def _forms(function: Function) -> Iterator[_Form]:
    for statement in function.statements[:_FIRST]:
        target = _rebound(statement)
        if target in function.parameters and (target in reads(_value(statement)) or statement.type == "if_statement"):
            yield _Form(target, text_of(statement), frozenset(reads(statement) - {target}))
    for node in own(function.body):
        if node.parent is not None and node.parent.type == "return_statement":
            continue  # that is all it is for
        if (shape := shape_of(node)) is not None and (inner := inside(node)) is not None and inner.type == "identifier":
            name, called = text_of(inner), shape.partition("({})")[0].removeprefix("{}.").removesuffix("()")
            if name in function.parameters and _TO_FORM.match(called.rpartition(".")[2]):
                text = f"{name} = {shape.format(name)}"
                yield _Form(name, text, frozenset(reads(node) - {name}))


def _value(statement: Node) -> Node:
    sides = assigned(statement)
    return sides[1] if sides is not None else statement


def _rebound(statement: Node) -> str:
    """The one name that a statement does nothing but bind anew, ``""`` where it does more."""
    if statement.type == "if_statement" and statement.child_by_field_name("alternative") is None:
        inner = statement.child_by_field_name("consequence")
        names = {_rebound(n) for n in inner.named_children} if inner is not None else set()
        return next(iter(names)) if len(names) == 1 else ""
    sides = assigned(statement) if statement.type == "expression_statement" else None
    if sides is None or sides[0].type != "identifier":
        return ""
    return text_of(sides[0]) if sides[1].type in ("call", "conditional_expression", "boolean_operator") else ""


@template(
    "pitfall.normalised",
    1.4,
    "function_definition",
    (
        "class A:\n    def put(self, key, v):\n        key = self._key(key)\n        self.d[key] = v\n    def get(self, key):\n        return self.d[key]\n",
        "class A:\n    def put(self, key, v):\n        key = self._key(key)\n        self.d[key] = v\n    def get(self, key):\n        key = self._key(key)\n        return self.d[key]\n",
    ),
    (
        "def add(when):\n    if when.tzinfo is None:\n        when = when.astimezone()\n    days.append(when)\ndef has(when):\n    return when in days\n",
        "def add(when):\n    if when.tzinfo is None:\n        when = when.astimezone()\n    days.append(when)\ndef has(when):\n    if when.tzinfo is None:\n        when = when.astimezone()\n    return when in days\n",
    ),
    (
        "class A:\n    def put(self, name, v):\n        self.d[name.lower()] = v\n    def drop(self, name):\n        self.d.pop(name, None)\n",
        "class A:\n    def put(self, name, v):\n        self.d[name.lower()] = v\n    def drop(self, name):\n        name = name.lower()\n        self.d.pop(name, None)\n",
    ),
    (
        "def same(first, other):\n    first = first.strip().lower()\n    return first == other\n",
        "def same(first, other):\n    first = first.strip().lower()\n    other = other.strip().lower()\n    return first == other\n",
    ),
    (
        "class A:\n    def put(self, key, v):\n        key = self._key(key)\n        self.d[key] = v\n    def get(self, key):\n        return self.d[key]\n    def has(self, key):\n        return key in self.d\n",
        "class A:\n    def put(self, key, v):\n        key = self._key(key)\n        self.d[key] = v\n    def get(self, key):\n        key = self._key(key)\n        return self.d[key]\n    def has(self, key):\n        key = self._key(key)\n        return key in self.d\n",
    ),
    most=6,
    relies=0.35,
)
def normalised(site: Site) -> Proposals:
    """A parameter that other functions bring into its form first, or that stands beside one that is brought into it."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node or function.is_empty:
        return
    raw = _raw(function)
    if not raw:
        return
    outside = bound_outside(site.code, function)
    for name in raw:
        yield from _as_peers(site, function, name, outside)
    yield from _beside(site, function, raw)


def _raw(function: Function) -> list[str]:
    """Parameters that are read as they came."""
    bound = {text_of(s[0]) for n in own(function.body) if n.type == "assignment" and (s := assigned(n)) is not None}
    return [p for p in function.parameters if p not in bound and p in reads(function.body)]


def _as_peers(site: Site, function: Function, name: str, outside: set[str]) -> Proposals:
    taking = [
        p for p in peers(site.code, function) if name in p.parameters and not p.is_empty and _agree(function, p, name)
    ]
    counts: Counter[_Form] = Counter()
    for peer in taking:
        if not _hands(function, peer, name):
            counts.update({_flushed(site, peer, f) for f in _forms(peer) if f.name == name})
    first = function.statements[0]
    for form, count in counts.most_common(3):
        value = form.lines.partition(" = ")[2]
        if count / len(taking) < _SELDOM:
            break
        if form.names <= outside and value not in text_of(function.body) and function.name not in value:
            weight = (count / len(taking)) ** 0.3
            yield Rewrite((ahead(site, first, form.lines),), weight)
            others = [p for p in taking if name in _raw(p) and value not in text_of(p.body) and p.name not in value]
            if others and all(function.node.start_byte < p.node.start_byte for p in others):
                edits = tuple(ahead(site, p.statements[0], form.lines) for p in (function, *others))
                yield Rewrite(edits, 0.95 * weight)


def _agree(function: Function, peer: Function, name: str) -> bool:
    """Whether both functions annotate `name` alike, as far as they do."""
    one, other = function.types.get(name, ""), peer.types.get(name, "")
    return not one or not other or one == other


def _flushed(site: Site, peer: Function, form: _Form) -> _Form:
    """The form with its lines at no indentation: those of an ``if`` are indented by where it stands."""
    if "\n" not in form.lines:
        return form
    statement = next(s for s in peer.statements if text_of(s) == form.lines)
    return _Form(form.name, flush(site, statement), form.names)


def _hands(function: Function, peer: Function, name: str) -> bool:
    """Whether `function` hands `name` to `peer`, which then brings it into its form itself."""
    return re.search(rf"\b{re.escape(peer.name)}\(\s*{re.escape(name)}\b", text_of(function.body)) is not None


def _beside(site: Site, function: Function, raw: list[str]) -> Proposals:
    for statement in function.statements[:_FIRST]:
        done = _rebound(statement)
        if statement.type != "expression_statement" or done not in function.parameters:
            continue
        if shape_of(_value(statement)) is None:
            continue
        for other in raw:
            alike = function.types.get(done, "") == function.types.get(other, "") and not function.defaults.get(other)
            if alike and (likeness(done, other) > 0.4 or _meet(function.body, done, other)):
                text = re.sub(rf"(?<![\w.]){re.escape(done)}\b", other, text_of(statement))
                yield Rewrite((behind(site, statement, text),), 0.8)


def _meet(body: Node, one: str, other: str) -> bool:
    """Whether the two names are compared with each other."""
    pair = {one, other}
    return any(pair <= {text_of(c) for c in n.named_children} for n in own(body) if n.type == "comparison_operator")


_CHECKING = re.compile(r"_*(check|ensure|require|validate|assert|verify|guard|must|refuse)")


@template(
    "pitfall.check",
    1.2,
    "function_definition",
    (
        "class A:\n    def put(self, n):\n        if n < 0:\n            raise ValueError(n)\n        self.n += n\n    def take(self, n):\n        self.n -= n\n",
        "class A:\n    def put(self, n):\n        if n < 0:\n            raise ValueError(n)\n        self.n += n\n    def take(self, n):\n        if n < 0:\n            raise ValueError(n)\n        self.n -= n\n",
    ),
    (
        "class F:\n    def read(self):\n        self._check_open()\n        return self.f.read()\n    def write(self, s):\n        self._check_open()\n        self.f.write(s)\n    def seek(self, n):\n        self.f.seek(n)\n",
        "class F:\n    def read(self):\n        self._check_open()\n        return self.f.read()\n    def write(self, s):\n        self._check_open()\n        self.f.write(s)\n    def seek(self, n):\n        self._check_open()\n        self.f.seek(n)\n",
    ),
    most=4,
    relies=0.35,
)
def check(site: Site) -> Proposals:
    """What other methods refuse before they begin, and this one does not."""
    function = function_of(site.code, site.node)
    if function is None or function.is_empty or function.node != site.node or function.name.startswith("__"):
        return
    if any("property" in d for d in function.decorators):
        return
    outside, others = bound_outside(site.code, function), peers(site.code, function)
    counts: Counter[tuple[str, frozenset[str]]] = Counter()
    for peer in others:
        counts.update(
            {(flush(site, g), _about(g, peer)) for g in _guards(peer) if _carries_over(g, peer, function, outside)}
        )
    held = text_of(function.body)
    for (text, about), count in counts.most_common(3):
        if (
            (not about and (count < 2 or function.owner is None or function.name.startswith("_")))
            or text.partition("\n")[0] in held
            or function.name in text
        ):
            continue
        taking = [p for p in others if about <= {*p.parameters} and not p.is_empty and not p.name.startswith("_")]
        share = min(1.0, count / max(1, len(taking)))
        if share >= _SELDOM:
            yield Rewrite((ahead(site, function.statements[0], text),), share**0.5)


def _guards(function: Function) -> Iterator[Node]:
    """First statements that refuse: an ``if`` that does nothing but raise, a call of what checks."""
    for statement in function.statements[:3]:
        if statement.type == "if_statement" and statement.child_by_field_name("alternative") is None:
            inner = statement.child_by_field_name("consequence")
            if inner is not None and [n.type for n in inner.named_children] == ["raise_statement"]:
                yield statement
        elif statement.type == "expression_statement" and statement.named_children[0].type == "call":
            called = statement.named_children[0].child_by_field_name("function")
            if called is not None and _CHECKING.match(text_of(called).rpartition(".")[2]):
                yield statement


def _about(guard: Node, function: Function) -> frozenset[str]:
    return frozenset(reads(guard) & {*function.parameters})


def _carries_over(guard: Node, peer: Function, function: Function, outside: set[str]) -> bool:
    """Whether all that the guard reads is there in `function`, with the parameters it is about."""
    return reads(guard) <= outside and _about(guard, peer) <= {*function.parameters}


TEMPLATES = (normalised, check)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.check": ("python/cpython#98999", "brython-dev/brython#2756"),
}
