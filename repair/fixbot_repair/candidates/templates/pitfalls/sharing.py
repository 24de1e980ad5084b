"""What is shared and should be a copy, or what is copied and should be shared; arguments and constants that are changed."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.pitfalls.usage import (
    Change,
    calls,
    changed_in,
    class_of,
    constant,
    contained,
    copies,
    function_of,
    inside,
    loop_of,
    put,
)

_COPYING = (
    "copy",
    "clone",
    "snapshot",
    "export",
    "to_dict",
    "as_dict",
    "state",
    "save",
    "freeze",
    "checkpoint",
    "dump",
)
_NESTED = ("list", "dictionary", "set", "list_comprehension", "dictionary_comprehension")


@template(
    "pitfall.alias",
    1.6,
    "assignment",
    (
        "DEFAULTS = {'a': 1}\nclass A:\n    def __init__(self):\n        self.options = DEFAULTS\n    def set(self, k, v):\n        self.options[k] = v\n",
        "DEFAULTS = {'a': 1}\nclass A:\n    def __init__(self):\n        self.options = dict(DEFAULTS)\n    def set(self, k, v):\n        self.options[k] = v\n",
    ),
    (
        "def f(base, extra):\n    merged = base\n    merged.update(extra)\n    return merged\n",
        "def f(base, extra):\n    merged = dict(base)\n    merged.update(extra)\n    return merged\n",
    ),
    (
        "class A:\n    def flush(self):\n        batch = self.rows\n        self.rows.clear()\n        return batch\n    def add(self, r):\n        self.rows.append(r)\n",
        "class A:\n    def flush(self):\n        batch = list(self.rows)\n        self.rows.clear()\n        return batch\n    def add(self, r):\n        self.rows.append(r)\n",
    ),
    (
        "BASE = {'tags': []}\ndef f(tag):\n    row = BASE\n    row['tags'].append(tag)\n    return row\n",
        "from copy import deepcopy\nBASE = {'tags': []}\ndef f(tag):\n    row = deepcopy(BASE)\n    row['tags'].append(tag)\n    return row\n",
    ),
    relies=0.35,
)
def alias(site: Site) -> Proposals:
    """A second name for a container that is changed under one of the two names."""
    left, right, function = site.field("left"), site.field("right"), function_of(site.node)
    if left is None or right is None or function is None or left.type not in ("identifier", "attribute"):
        return
    if right.type not in ("identifier", "attribute", "subscript") and not calls(right, "get", "getattr"):
        return
    if right.type == "subscript" and ":" in text_of(right):
        return
    if calls(right, "get") and not text_of(right).partition(".")[0].isupper():
        return
    found = _changes_of(site, left, right, function)
    kinds = contained(site, right, found) or (contained(site, left, found) if left.type == "attribute" else Kind(0))
    share = _sharing(site, left, right, found, function)
    if kinds and share:
        deep = any(c.depth for c in found) or _holds_containers(site, right)
        for text, weight, edits in copies(site, text_of(right), kinds, deep):
            yield put(right, text, weight * share, edits)


def _changes_of(site: Site, left: Node, right: Node, function: Node) -> list[Change]:
    """Changes under the new name, in the function or the class; and under the old one behind the assignment."""
    around = class_of(function) or function if left.type == "attribute" else function
    after = 0 if left.type == "attribute" else site.node.end_byte
    behind = changed_in(site.code, text_of(right), function, site.node.end_byte)
    if left.type == "identifier" and not _is_used(function, text_of(left), behind):
        behind = []
    return [*changed_in(site.code, text_of(left), around, after), *behind]


def _is_used(function: Node, name: str, behind: list[Change]) -> bool:
    """Whether `name` is read behind the first of the changes."""
    first = min((c.node.end_byte for c in behind), default=None)
    return first is not None and any(
        n.type == "identifier" and n.start_byte > first and text_of(n) == name and is_read(n) for n in walk(function)
    )


def _sharing(site: Site, left: Node, right: Node, found: list[Change], function: Node) -> float:
    """How likely the sharing is a mistake: surely of constants, of what comes from outside, of what is given back or kept."""
    if not found or _is_rebound(function, left):
        return 0.0
    owner = text_of(right).partition("[")[0].partition("(")[0].split(".")
    if any(part.isupper() and len(part) > 1 for part in owner) or text_of(right) in ("os.environ", "sys.path"):
        return 1.0
    parameters = {n.text for n in site.scope.names.values() if n.parameter}
    if left.type == "attribute":
        return 1.0 if any(c in text_of(function)[:80] for c in _COPYING) else 0.9 if owner[0] in parameters else 0.6
    is_returned = any(
        n.type == "return_statement" and text_of(left) in {text_of(x) for x in walk(n)} for n in walk(function)
    )
    if any(c.node.start_byte > site.node.end_byte and _owner(c) == text_of(right) for c in found):
        return 1.0  # the old one is changed, and the new name read again
    return (0.95 if is_returned else 0.5) if right.type != "subscript" else 0.5 if is_returned else 0.3


def _owner(change: Change) -> str:
    function = change.node.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else change.node.child_by_field_name("left")
    return text_of(owner).partition("[")[0] if owner is not None else ""


def _is_rebound(function: Node, left: Node) -> bool:
    """Whether the name walks along a structure: it is bound again to a part of itself."""
    name = text_of(left)
    for node in walk(function):
        right = node.child_by_field_name("right") if node.type == "assignment" else None
        if right is None or text_of(node.named_children[0]) != name or calls(right, "list", "dict", "set", "sorted"):
            continue
        if right.type in ("subscript", "attribute", "call") and name in {text_of(n) for n in walk(right)}:
            return True
    return False


def _holds_containers(site: Site, right: Node) -> bool:
    """Whether a constant of the module holds containers."""
    held = constant(site, text_of(right).partition("[")[0].partition(".")[0])
    return held is not None and any(n.type in _NESTED for n in walk(held) if n != held)


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


def _given_away(node: Node, function: Node) -> float:
    """How likely what stands at `node` should be a copy."""
    parent = node.parent
    name = text_of(function.child_by_field_name("name") or function)
    is_copying = any(word in name for word in _COPYING)
    if parent is None:
        return 0.0
    if parent.type in ("return_statement", "yield"):
        return 1.0
    if parent.type in ("tuple", "expression_list", "pair", "keyword_argument", "list"):
        return 1.0 if is_copying else 0.55 if _is_returned(parent) else 0.0
    call = parent.parent
    if parent.type == "argument_list" and call is not None:
        if calls(call, "append", "appendleft", "put", "push", "insert"):
            return 1.0
        return 1.0 if is_copying and _is_returned(parent) and not calls(call, *_READING) else 0.0
    return 0.9 if parent.type == "assignment" and is_copying and parent.named_children[0].type == "attribute" else 0.0


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
    found = changed_in(site.code, name, function)
    bound = [n for n in walk(function) if n.type == "assignment" and _binds(n, name)]
    if not found or (loop is not None and any(inside(b, loop) for b in bound)):
        return
    later = [c for c in found if c.node.start_byte > site.node.end_byte]
    again = [c for c in found if inside(c.node, loop)] if loop is not None else []
    backwards = {c.by for c in found} & {"pop", "remove", "discard", "clear", "del"}
    kinds = contained(site, site.node, found)
    if not kinds or not (later or again) or (not bound and not backwards):
        return
    deep = any(c.depth for c in (*later, *again))
    for text, weight, edits in copies(site, name, kinds, deep):
        yield put(site.node, text, weight, edits)
    if loop is not None and len(bound) == 1:
        yield from _made_inside(site, bound[0], loop)


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
        or right.type not in (*_NESTED, "call")
        or bound.named_children[0].type != "identifier"
    ):
        return
    first = first_of(body)
    text = f"{text_of(bound)}{site.code.newline}{site.code.indent_of(first)}"
    yield Rewrite(((Span(first.start_byte, first.start_byte), text),), 0.9)


TEMPLATES: tuple[Template, ...] = (
    alias,
    handed_out,
    same_object,
)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.alias": ("HEXRD/hexrdgui#169", "planetfederal/qgis-suite-plugin#83", "Aiven-Open/karapace#650"),
    "pitfall.handed_out": ("kennethreitz-archive/args#18", "danielk333/pyorb#5"),
    "pitfall.same_object": ("drgrib/dotmap#47", "praw-dev/praw#1723", "bmrb-io/PyNMRSTAR#15"),
}
