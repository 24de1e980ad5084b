"""What each instance has for itself, what is equal, what may be a key."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.pitfalls.lasting import is_made
from fixbot_repair.candidates.templates.pitfalls.usage import (
    calls,
    changed_in,
    function_of,
)


@template(
    "pitfall.class_state",
    1.7,
    "function_definition",
    (
        "class A:\n    items = []\n    def __init__(self, n):\n        self.n = n\n    def add(self, x):\n        self.items.append(x)\n",
        "class A:\n    items = []\n    def __init__(self, n):\n        self.items = []\n        self.n = n\n    def add(self, x):\n        self.items.append(x)\n",
    ),
    (
        "class A:\n    seen = set()\n    def add(self, x):\n        self.seen.add(x)\n",
        "class A:\n    seen = set()\n    def __init__(self):\n        self.seen = set()\n\n    def add(self, x):\n        self.seen.add(x)\n",
    ),
    (
        "@dataclass\nclass A:\n    rows = []\n    def add(self, x):\n        self.rows.append(x)\n",
        "from dataclasses import field\n@dataclass\nclass A:\n    rows: list = field(default_factory=list)\n    def add(self, x):\n        self.rows.append(x)\n",
    ),
    relies=0.35,
)
def class_state(site: Site) -> Proposals:
    """A container of the class that methods change through the instance: all instances share it."""
    cls, body = site.scope.node, site.field("body")
    held = cls.child_by_field_name("body") if cls.type == "class_definition" else None
    if body is None or held is None:
        return
    receiver = site.code.scope(body).method_self
    for statement in held.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else None
        right = inner.child_by_field_name("right") if inner is not None and inner.type == "assignment" else None
        if inner is None or right is None or not is_made(right) or inner.named_children[0].type != "identifier":
            continue
        own = f"{receiver}.{text_of(inner.named_children[0])}"
        if receiver not in ("", "cls") and changed_in(site.code, own, body) and not _is_bound(held, own):
            yield from _for_each(site, cls, held, inner, right)


def _is_bound(body: Node, own: str) -> bool:
    return any(n.type == "assignment" and text_of(n.named_children[0]) == own for n in walk(body))


def _for_each(site: Site, cls: Node, body: Node, bound: Node, right: Node) -> Iterator[Rewrite]:
    name, eol, indent = text_of(bound.named_children[0]), site.code.newline, site.code.indent_of(body.named_children[0])
    above = cls.parent.named_children if cls.parent is not None and cls.parent.type == "decorated_definition" else []
    if any("dataclass" in text_of(d) for d in above if d.type == "decorator"):
        kind = {"list": "list", "dictionary": "dict"}.get(right.type, text_of(right.named_children[0]) if right.named_children else "list")  # fmt: skip
        called, edits = spelled(site, "dataclasses.field")
        yield Rewrite((*edits, (span(bound), f"{name}: {kind} = {called}(default_factory={kind})")))
        return
    methods = [m for m in (_definition(n) for n in body.named_children) if m is not None]
    maker = next((m for m in methods if text_of(m.child_by_field_name("name") or m) == "__init__"), None)
    text = f"self.{name} = {text_of(right)}"
    if maker is not None and (inside := maker.child_by_field_name("body")) is not None:
        first = first_of(inside)
        yield Rewrite(((Span(first.start_byte, first.start_byte), f"{text}{eol}{site.code.indent_of(first)}"),))
        return
    at = next(n for n in body.named_children if _definition(n) is not None).start_byte
    unit = indent + site.code.indent_unit
    handed = cls.child_by_field_name("superclasses") is not None
    made = f"def __init__(self{', *args, **kwargs' if handed else ''}):{eol}"
    made += f"{unit}super().__init__(*args, **kwargs){eol}" if handed else ""
    yield Rewrite(((Span(at, at), f"{made}{unit}{text}{eol}{eol}{indent}"),))


def _definition(node: Node) -> Node | None:
    inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
    return inner if inner is not None and inner.type == "function_definition" else None


_COMPARED = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")


@template(
    "pitfall.equality",
    1.4,
    "function_definition",
    (
        "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n",
        "class A:\n    def __eq__(self, other):\n        if not isinstance(other, A):\n            return NotImplemented\n        return self.x == other.x\n",
    ),
    (
        "class A:\n    def __eq__(self, other):\n        return isinstance(other, A) and self.x == other.x\n",
        "class A:\n    def __eq__(self, other):\n        return isinstance(other, A) and self.x == other.x\n\n    def __hash__(self):\n        return hash(self.x)\n",
    ),
    (
        "class A:\n    def __eq__(self, other):\n        return self.key == other.key\n    def __hash__(self):\n        return hash((self.key, self.n))\n",
        "class A:\n    def __eq__(self, other):\n        return self.key == other.key\n    def __hash__(self):\n        return hash(self.key)\n",
    ),
    relies=0.35,
)
def equality(site: Site) -> Proposals:
    """Equality that fails for anything else, and a hash that is missing or says more than equality does."""
    cls, body, name = site.scope.node, site.field("body"), text_of(site.field("name") or site.node)
    if cls.type != "class_definition" or body is None or name not in (*_COMPARED, "__hash__"):
        return
    methods = {text_of(n.child_by_field_name("name") or n): n for n in walk(cls) if n.type == "function_definition"}
    equal = methods.get("__eq__")
    names = [n.text for n in site.code.scope(body).names.values() if n.parameter]
    if name in _COMPARED and len(names) == 2 and f"{names[1]}." in text_of(body) and "NotImplemented" not in site.text:
        yield from _other_type(site, body, names[1], text_of(cls.child_by_field_name("name") or cls))
    compared = _compared(equal) if equal is not None else []
    if not compared:
        return
    own = [f"self.{a}" for a in compared]
    whole = f"hash({own[0]})" if len(own) == 1 else f"hash(({', '.join(own)}))"
    hashed = methods.get("__hash__")
    if name == "__eq__" and hashed is None and "__hash__" not in text_of(cls) and "@dataclass" not in text_of(cls.parent or cls):  # fmt: skip
        indent, eol, unit = site.code.indent_of(site.node), site.code.newline, site.code.indent_unit
        at = Span(site.node.end_byte, site.node.end_byte)
        yield Rewrite(((at, f"{eol}{eol}{indent}def __hash__(self):{eol}{indent}{unit}return {whole}"),), 0.8)
    if hashed is not None:
        for call in (n for n in walk(hashed) if calls(n, "hash")):
            if text_of(call) != whole:
                yield replace(call, whole)


def _other_type(site: Site, body: Node, other: str, cls: str) -> Iterator[Rewrite]:
    """What another type is answered."""
    first = first_of(body)
    eol, indent, unit = site.code.newline, site.code.indent_of(first), site.code.indent_unit
    if "isinstance" not in text_of(body) and "type(" not in text_of(body):
        text = f"if not isinstance({other}, {cls}):{eol}{indent}{unit}return NotImplemented{eol}{indent}"
        yield Rewrite(((Span(first.start_byte, first.start_byte), text),))
        false = text.replace("NotImplemented", "False")
        yield Rewrite(((Span(first.start_byte, first.start_byte), false),), 0.7)
        return
    for statement in walk(body):
        parent = statement.parent.parent if statement.parent is not None else None
        refused = statement.type == "return_statement" and text_of(statement) == "return False"
        asked = parent.child_by_field_name("condition") if parent is not None else None
        if (refused or statement.type == "raise_statement") and asked is not None and "isinstance" in text_of(asked):
            yield replace(statement, "return NotImplemented", 0.8)


def _compared(equal: Node) -> list[str]:
    """Attributes that ``__eq__`` compares of both, in order."""
    body = equal.child_by_field_name("body")
    parts = [text_of(n) for n in walk(body) if n.type == "attribute"] if body is not None else []
    owners = dict.fromkeys(p.partition(".")[0] for p in parts)
    own = dict.fromkeys(p.partition(".")[2] for p in parts if p.startswith("self."))
    return [a for a in own if any(f"{o}.{a}" in parts for o in owners if o != "self") and a.isidentifier()]


_ASKING = ("add", "get", "setdefault", "discard", "remove", "pop")


@template(
    "pitfall.unhashable",
    1.7,
    "list set call identifier",
    ("def f(seen, a, b):\n    seen.add([a, b])\n", "def f(seen, a, b):\n    seen.add((a, b))\n"),
    (
        "def f(words):\n    groups = {}\n    for w in words:\n        key = sorted(w)\n        groups.setdefault(key, []).append(w)\n",
        "def f(words):\n    groups = {}\n    for w in words:\n        key = tuple(sorted(w))\n        groups.setdefault(key, []).append(w)\n",
    ),
    (
        "def f(memo: dict, rows: list):\n    if rows in memo:\n        return memo[rows]\n",
        "def f(memo: dict, rows: list):\n    if tuple(rows) in memo:\n        return memo[rows]\n",
    ),
    relies=0.35,
)
def unhashable(site: Site) -> Proposals:
    """A list or a set as a key or as an element of a set."""
    node, parent = site.node, site.node.parent
    if parent is None or (node.type == "call" and not calls(node, "sorted", "list", "set", "split", "copy")):
        return
    if node.type != "call" and parent.type not in ("argument_list", "subscript", "comparison_operator", "pair"):
        return
    kind = site.kind() if node.type != "call" else Kind.SET if calls(node, "set") else Kind.LIST
    if kind not in (Kind.LIST, Kind.SET):
        return
    is_key = _is_key(site, node)
    if (
        not is_key
        and node.type == "call"
        and parent.type == "assignment"
        and parent.child_by_field_name("right") == node
    ):
        function = function_of(node)
        named = [n for n in walk(function) if n.type == "identifier" and text_of(n) == text_of(parent.named_children[0])] if function is not None else []  # fmt: skip
        is_key = any(_is_key(site, n) for n in named)
    if not is_key:
        return
    if node.type == "list" and not text_of(node).startswith("[*"):
        inside = text_of(node)[1:-1].rstrip(", ")
        yield replace(node, f"({inside}{',' if len(node.named_children) == 1 else ''})")
    else:
        yield site.become(f"{'tuple' if kind == Kind.LIST else 'frozenset'}({site.text})")


def _is_key(site: Site, node: Node) -> bool:
    """Whether `node` stands where only what can be hashed may stand."""
    parent = node.parent
    if parent is None:
        return False
    owner: Node | None = None
    if parent.type == "subscript" and parent.child_by_field_name("subscript") == node:
        owner = parent.child_by_field_name("value")
    elif parent.type == "comparison_operator" and parent.named_children[0] == node:
        owner = parent.named_children[-1] if any(c.type in ("in", "not in") for c in parent.children) else None
    elif parent.type == "argument_list" and parent.named_children[0] == node and calls(parent.parent, *_ASKING):
        function = parent.parent.child_by_field_name("function") if parent.parent is not None else None
        owner = function.child_by_field_name("object") if function is not None else None
        if function is not None and text_of(function).endswith((".add", ".discard", ".setdefault")):
            return owner is not None and site.kind(owner) & (Kind.SET | Kind.DICT) != 0
    elif parent.type == "pair" and parent.child_by_field_name("key") == node:
        return True
    kind = site.kind(owner) if owner is not None else Kind(0)
    return kind != Kind.ANY and bool(kind & (Kind.SET | Kind.DICT)) and not kind & (Kind.LIST | Kind.TUPLE | Kind.TEXT)


TEMPLATES: tuple[Template, ...] = (class_state, equality, unhashable)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.class_state": ("superagent-ai/superagent#984", "openpaperwork/pyocr#48"),
    "pitfall.equality": (
        "NVIDIA/NeMo-Agent-Toolkit#2243",
        "firebolt-db/firebolt-python-sdk#427",
        "bckohan/enum-properties#4",
    ),
    "pitfall.unhashable": ("openwisp/netjsonconfig#259", "yuvadm/viewstate#25"),
}
