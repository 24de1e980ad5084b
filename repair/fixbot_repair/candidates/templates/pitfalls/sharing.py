"""What is given away or put into several places as it is, and changed afterwards: containers that should have been copied."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.pitfalls.usage import (
    COPIED,
    COPYING,
    NESTED,
    Change,
    calls,
    changed_in,
    class_of,
    contained,
    copies,
    function_of,
    inside,
    loop_of,
    put,
)


@template(
    "pitfall.handed_out",
    1.2,
    "attribute",
    (
        "class A:\n    def __init__(self):\n        self._items = []\n    def add(self, x):\n        self._items.append(x)\n    @property\n    def items(self):\n        return self._items\n",
        "class A:\n    def __init__(self):\n        self._items = []\n    def add(self, x):\n        self._items.append(x)\n    @property\n    def items(self):\n        return list(self._items)\n",
    ),
    (
        "class A:\n    def __init__(self, d):\n        self.d = dict(d)\n    def put(self, k):\n        self.d[k] = 1\n    def copy(self):\n        return A(self.d)\n",
        "class A:\n    def __init__(self, d):\n        self.d = dict(d)\n    def put(self, k):\n        self.d[k] = 1\n    def copy(self):\n        return A(dict(self.d))\n",
    ),
    (
        "class A:\n    def __init__(self):\n        self.state = {}\n        self.undo = []\n    def put(self, k, v):\n        self.undo.append(self.state)\n        self.state[k] = v\n",
        "class A:\n    def __init__(self):\n        self.state = {}\n        self.undo = []\n    def put(self, k, v):\n        self.undo.append(dict(self.state))\n        self.state[k] = v\n",
    ),
    relies=0.35,
)
def handed_out(site: Site) -> Proposals:
    """A container of the instance that is given away or put aside as it is, and changed later."""
    parent, receiver = site.node.parent, site.scope.method_self
    if parent is None or parent.type not in _GIVING or not receiver or not site.text.startswith(f"{receiver}."):
        return
    cls, function = class_of(site.node), function_of(site.node)
    share = _given_away(site.node, function) if function is not None else 0.0
    if not share or cls is None or site.text.count(".") != 1:
        return
    found = changed_in(site.code, site.text, cls)
    kinds = contained(site, site.node, found)
    if kinds and found:
        deep = any(c.depth for c in found)
        for text, weight, edits in copies(site, site.text, kinds, deep):
            yield put(site.node, text, weight * share, edits)


@template(
    "pitfall.handed_out_entry",
    1.2,
    "return_statement",
    (
        "class A:\n    def __init__(self):\n        self.d = {}\n    def add(self, k, x):\n        self.d.setdefault(k, []).append(x)\n    def at(self, k):\n        return self.d.get(k, [])\n",
        "class A:\n    def __init__(self):\n        self.d = {}\n    def add(self, k, x):\n        self.d.setdefault(k, []).append(x)\n    def at(self, k):\n        return list(self.d.get(k, []))\n",
    ),
    (
        "_CACHE = {}\ndef load(name):\n    if name not in _CACHE:\n        _CACHE[name] = [n for n in read(name)]\n    return _CACHE[name]\n",
        "_CACHE = {}\ndef load(name):\n    if name not in _CACHE:\n        _CACHE[name] = [n for n in read(name)]\n    return list(_CACHE[name])\n",
    ),
    relies=0.35,
)
def handed_out_entry(site: Site) -> Proposals:
    """A container under a key of one of the instance's, or of a cache, that is given away as it is."""
    value = site.node.named_children[0] if site.node.named_children else None
    function = function_of(site.node)
    if value is None or function is None or not (value.type == "subscript" or calls(value, "get")):
        return
    owner = value.named_children[0] if value.type == "subscript" else value.named_children[0].named_children[0]
    text, kinds, deep = text_of(owner), Kind(0), False
    if owner.type == "attribute" and text.startswith(f"{site.scope.method_self}.") and ":" not in text_of(value):
        found = changed_in(site.code, text, class_of(site.node))
        kinds = _common([c.kinds for c in found if c.depth == 1]) & COPIED
        deep = any(c.depth > 1 for c in found)
    elif "cache" in text.lower() or "memo" in text.lower():
        stored = (
            n for n in walk(function) if n.type == "assignment" and text_of(n.named_children[0]).startswith(f"{text}[")
        )
        kept = [site.code.scope(n).kind(n.child_by_field_name("right")) for n in stored]
        kinds = _common([k for k in kept if k != Kind.ANY]) & COPIED
    for copied, weight, edits in copies(site, text_of(value), kinds, deep) if kinds else ():
        yield put(value, copied, weight, edits)


def _common(kinds: list[Kind]) -> Kind:
    """What all of `kinds` may be; of those that leave it open where they have nothing in common, what one of them may be."""
    common = Kind(0)
    for kind in kinds:
        common = common & kind or kind
    return common


def _given_away(node: Node, function: Node) -> float:
    """How likely what stands at `node` should be a copy."""
    parent = node.parent
    name = text_of(function.child_by_field_name("name") or function)
    is_copying = any(word in name for word in COPYING)
    if parent is None:
        return 0.0
    if parent.type in ("return_statement", "yield"):
        return 1.0
    if parent.type in ("tuple", "expression_list", "pair", "keyword_argument", "list"):
        holder = parent.parent.parent if parent.type in ("tuple", "list") and parent.parent is not None else None
        if calls(holder, *_PUTTING):
            return 1.0
        return 1.0 if is_copying else 0.55 if _is_returned(parent) else 0.0
    call = parent.parent
    if parent.type == "argument_list" and call is not None:
        if calls(call, *_PUTTING):
            return 1.0
        return 1.0 if is_copying and _is_returned(parent) and not calls(call, *_READING) else 0.0
    return 0.9 if parent.type == "assignment" and is_copying and parent.named_children[0].type == "attribute" else 0.0


_PUTTING = ("append", "appendleft", "put", "push", "insert")
_GIVING = ("return_statement", "yield", "tuple", "expression_list", "pair", "keyword_argument", "list", "argument_list", "assignment")  # fmt: skip
_READING = ("list", "dict", "set", "tuple", "sorted", "len", "sum", "max", "min", "copy", "deepcopy", "dumps", "join", "str", "repr", "enumerate", "zip", "map", "filter", "iter", "reversed", "any", "all", "frozenset", "isinstance")  # fmt: skip


def _is_returned(node: Node) -> bool:
    at: Node | None = node
    while at is not None and at.type in ("tuple", "expression_list", "pair", "keyword_argument", "list", "dictionary", "argument_list", "call"):  # fmt: skip
        at = at.parent
    return at is not None and at.type == "return_statement"


@template(
    "pitfall.same_object",
    1.7,
    "identifier",
    (
        "def f(rows):\n    out, row = [], {}\n    for k, v in rows:\n        row[k] = v\n        out.append(row)\n    return out\n",
        "def f(rows):\n    out, row = [], {}\n    for k, v in rows:\n        row[k] = v\n        out.append(dict(row))\n    return out\n",
    ),
    (
        "def f(n):\n    row = []\n    out = []\n    for k in range(n):\n        row.append(k)\n        out.append(row)\n    return out\n",
        "def f(n):\n    row = []\n    out = []\n    for k in range(n):\n        row.append(k)\n        out.append(list(row))\n    return out\n",
    ),
    (
        "def f(names):\n    row = {}\n    out = []\n    for n in names:\n        row['n'] = n\n        out.append(row)\n    return out\n",
        "def f(names):\n    row = {}\n    out = []\n    for n in names:\n        row = {}\n        row['n'] = n\n        out.append(row)\n    return out\n",
    ),
    (
        "def walk(tree, path, found):\n    path.append(tree.name)\n    found.append(path)\n    for t in tree.parts:\n        walk(t, path, found)\n    path.pop()\n",
        "def walk(tree, path, found):\n    path.append(tree.name)\n    found.append(list(path))\n    for t in tree.parts:\n        walk(t, path, found)\n    path.pop()\n",
    ),
    (
        "def chunks(xs):\n    part = []\n    for x in xs:\n        part.append(x)\n        if len(part) == 3:\n            yield part\n            part.clear()\n",
        "def chunks(xs):\n    part = []\n    for x in xs:\n        part.append(x)\n        if len(part) == 3:\n            yield list(part)\n            part.clear()\n",
    ),
    relies=0.35,
)
def same_object(site: Site) -> Proposals:
    """One object that is put into several places, or put away and changed afterwards."""
    function = function_of(site.node) if _is_put_away(site.node) else None
    if function is None:
        return
    name, loop = site.text, loop_of(site.node)
    found = changed_in(site.code, name, function) or _changed_there(site, function)
    bound = [n for n in walk(function) if n.type == "assignment" and _binds(n, name)]
    if not found or (loop is not None and any(inside(b, loop) for b in bound)):
        return
    later = [c for c in found if c.node.start_byte > site.node.end_byte]
    again = [c for c in found if inside(c.node, loop)] if loop is not None else []
    backwards = {c.by for c in found} & {"pop", "remove", "discard", "clear", "del"}
    kinds = contained(site, site.node, found)
    is_yielded = site.node.parent is not None and site.node.parent.type == "yield"
    if not kinds or not (later or again) or not (bound or backwards or is_yielded):
        return
    deep = any(c.depth for c in (*later, *again))
    for text, weight, edits in copies(site, name, kinds, deep):
        yield put(site.node, text, weight, edits)
    if loop is not None and len(bound) == 1:
        yield from _made_inside(site, bound[0], loop)


def _changed_there(site: Site, function: Node) -> list[Change]:
    """Changes of the elements of the container that the node is put into."""
    parent = site.node.parent
    target = parent.child_by_field_name("left") if parent is not None and parent.type == "assignment" else None
    if target is None or target.type != "subscript":
        return []
    return [c for c in changed_in(site.code, text_of(target.named_children[0]), function) if c.depth == 1]


def _is_put_away(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type == "yield":
        return parent is not None
    if parent.type == "assignment":
        left = parent.child_by_field_name("left")
        return left is not None and left.type == "subscript" and left != node
    call = parent.parent if parent.type == "argument_list" else None
    return calls(call, "append", "appendleft", "put", "insert", "add_row", "setdefault")


def _binds(assignment: Node, name: str) -> bool:
    left = assignment.named_children[0]
    return name in {text_of(n) for n in (left.named_children if left.type == "pattern_list" else [left])}


def _made_inside(site: Site, bound: Node, loop: Node) -> Iterator[Rewrite]:
    """The object made anew in each turn."""
    right, body = bound.child_by_field_name("right"), loop.child_by_field_name("body")
    if (
        right is None
        or body is None
        or right.type not in (*NESTED, "call")
        or bound.named_children[0].type != "identifier"
    ):
        return
    first = first_of(body)
    text = f"{text_of(bound)}{site.code.newline}{site.code.indent_of(first)}"
    yield Rewrite(((Span(first.start_byte, first.start_byte), text),), 0.9)


TEMPLATES: tuple[Template, ...] = (
    handed_out_entry,
    handed_out,
    same_object,
)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.handed_out": ("kennethreitz-archive/args#18", "danielk333/pyorb#5"),
    "pitfall.same_object": ("drgrib/dotmap#47", "praw-dev/praw#1723", "bmrb-io/PyNMRSTAR#15"),
}
