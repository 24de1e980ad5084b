"""Loops: over what changes meanwhile, over numbers, keys and places where elements were meant, counted from the wrong end."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.pitfalls.usage import calls, changed_in, class_of, function_of, given

_VIEWS = ("keys", "values", "items")
_LEAVING = ("remove", "discard", "pop", "del", "add", "append")


@template(
    "pitfall.changing",
    1.8,
    "for_statement",
    (
        "def f(xs):\n    for x in xs:\n        if not x:\n            xs.remove(x)\n",
        "def f(xs):\n    for x in list(xs):\n        if not x:\n            xs.remove(x)\n",
    ),
    (
        "def f(d):\n    for k, v in d.items():\n        if not v:\n            del d[k]\n",
        "def f(d):\n    for k, v in list(d.items()):\n        if not v:\n            del d[k]\n",
    ),
    (
        "def f(xs):\n    for i in range(len(xs)):\n        if xs[i] < 0:\n            xs.pop(i)\n",
        "def f(xs):\n    for i in reversed(range(len(xs))):\n        if xs[i] < 0:\n            xs.pop(i)\n",
    ),
    (
        "class A:\n    def tell(self, event):\n        for each in self.listeners:\n            each(event)\n    def leave(self, each):\n        self.listeners.remove(each)\n",
        "class A:\n    def tell(self, event):\n        for each in list(self.listeners):\n            each(event)\n    def leave(self, each):\n        self.listeners.remove(each)\n",
    ),
    relies=0.35,
)
def changing(site: Site) -> Proposals:
    """A container that changes while a loop goes through it."""
    left, right, body = site.field("left"), site.field("right"), site.field("body")
    if left is None or right is None or body is None:
        return
    through = right
    if calls(right, "enumerate", "reversed", "iter") and len(given(right)) == 1:
        through = given(right)[0]
    if calls(through, "range") and len(given(through)) == 1 and calls(given(through)[0], "len"):
        yield from _by_index(site, right, body, given(given(through)[0]))
        return
    owner = through
    if calls(through, *_VIEWS) and not given(through):
        owner = through.named_children[0].named_children[0]
    if calls(owner, "get") and _told(owner.named_children[0], left, body):
        held = text_of(owner.named_children[0]).removesuffix(".get")
        if any(c.depth == 1 and c.by in _LEAVING for c in changed_in(site.code, held, class_of(site.node))):
            yield replace(through, f"list({text_of(through)})", 0.9)
    if owner.type not in ("identifier", "attribute", "subscript"):
        return
    found = [c for c in changed_in(site.code, text_of(owner), body) if c.depth == 0 and c.by != "sort"]
    grows = [c for c in found if c.by != "[]=" or (c.kinds & Kind.DICT and not _same_key(c.node, left))]
    sizes = [c for c in grows if not _ends(c.node)]
    if sizes:
        yield replace(through, f"list({text_of(through)})")
    elif _told(owner, left, body) and any(
        c.depth == 0 and c.by in _LEAVING for c in changed_in(site.code, text_of(owner), class_of(site.node))
    ):
        yield replace(through, f"list({text_of(through)})", 0.85)


def _by_index(site: Site, right: Node, body: Node, measured: list[Node]) -> Iterator[Rewrite]:
    found = changed_in(site.code, text_of(measured[0]), body) if measured else []
    if any(c.depth == 0 and c.by in ("pop", "del", "remove") and not _ends(c.node) for c in found):
        yield replace(right, f"reversed({text_of(right)})")


def _same_key(change: Node, left: Node) -> bool:
    """Whether what is stored goes under the key that the loop is at: no new one."""
    target = change.child_by_field_name("left")
    key = target.child_by_field_name("subscript") if target is not None else None
    names = {text_of(n) for n in walk(left) if n.type == "identifier"}
    return key is None or text_of(key) in names or key.type in ("slice", "integer")


def _ends(change: Node) -> bool:
    """Whether the loop ends right behind the change."""
    statement: Node | None = change
    while statement is not None and not statement.type.endswith("statement"):
        statement = statement.parent
    after = statement.next_named_sibling if statement is not None else None
    return after is not None and after.type in ("break_statement", "return_statement", "raise_statement")


def _told(owner: Node, left: Node, body: Node) -> bool:
    """Whether each element of a container of the instance is called: what it does may change the container."""
    if owner.type not in ("attribute", "subscript"):
        return False
    names = {text_of(n) for n in walk(left) if n.type == "identifier"}
    functions = [n.child_by_field_name("function") for n in walk(body) if n.type == "call"]
    return any(f is not None and text_of(f).partition(".")[0] in names for f in functions)


@template(
    "pitfall.loop_over",
    1.6,
    "for_statement for_in_clause",
    (
        "def f(xs):\n    for i in len(xs):\n        go(xs[i])\n",
        "def f(xs):\n    for i in range(len(xs)):\n        go(xs[i])\n",
    ),
    (
        "def f(d: dict):\n    return [k + v for k, v in d]\n",
        "def f(d: dict):\n    return [k + v for k, v in d.items()]\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        go(xs.index(x), x)\n",
        "def f(xs):\n    for i, x in enumerate(xs):\n        go(i, x)\n",
    ),
    (
        "def f(d: dict):\n    for i, (k, v) in enumerate(d):\n        go(i, k, v)\n",
        "def f(d: dict):\n    for i, (k, v) in enumerate(d.items()):\n        go(i, k, v)\n",
    ),
    (
        "def f(path):\n    with open(path) as file:\n        for no, line in enumerate(file):\n            raise ValueError(f'line {no}')\n",
        "def f(path):\n    with open(path) as file:\n        for no, line in enumerate(file, 1):\n            raise ValueError(f'line {no}')\n",
    ),
    relies=0.35,
)
def loop_over(site: Site) -> Proposals:
    """A loop over a number, over keys for items; places found by searching; lines and ranks counted from nought."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None:
        return
    pair = left.type in ("pattern_list", "tuple_pattern") and len(left.named_children) == 2
    if calls(right, "len") or site.kind(right) == Kind.NUMBER:
        yield replace(right, f"range({text_of(right)})")
    elif pair and site.kind(right) == Kind.DICT and right.type in ("identifier", "attribute", "subscript"):
        yield replace(right, f"{text_of(right)}.items()")
    elif calls(right, "enumerate") and pair and len(given(right)) == 1:
        inner, second = given(right)[0], left.named_children[1]
        if second.type == "tuple_pattern" and site.kind(inner) == Kind.DICT and inner.type != "call":
            yield replace(inner, f"{text_of(inner)}.items()")
        yield from _counted(site, left.named_children[0], inner)
    elif left.type == "identifier" and right.type in ("identifier", "attribute"):
        yield from _searched(site, left, right)


_FROM_ONE = ("no", "lineno", "line", "number", "rank", "position", "row", "num", "nr", "step", "page", "place", "day", "week", "round")  # fmt: skip


def _counted(site: Site, index: Node, inner: Node) -> Iterator[Rewrite]:
    """A count that is shown to people and begins with 0."""
    words = text_of(index).lower().split("_")
    owner = site.node if site.node.type == "for_statement" else site.node.parent
    if not set(words) & set(_FROM_ONE) or owner is None:
        return
    uses = [n for n in walk(owner) if n.type == "identifier" and text_of(n) == text_of(index)]
    if any(n.parent is not None and n.parent.type in ("subscript", "slice", "binary_operator") for n in uses):
        return
    at = Span(inner.end_byte, inner.end_byte)
    yield Rewrite(((at, ", 1"),), 0.9)
    if any(calls(c, "next") for c in walk(function_of(site.node) or owner)):
        yield Rewrite(((at, ", 2"),), 0.9)


def _searched(site: Site, left: Node, right: Node) -> Iterator[Rewrite]:
    owner = site.node if site.node.type == "for_statement" else site.node.parent
    asked = f"{text_of(right)}.index({text_of(left)})"
    found = [c for c in walk(owner) if c.type == "call" and text_of(c) == asked] if owner is not None else []
    if found:
        name = next(n for n in ("i", "j", "index", "place") if n not in site.scope.names)
        head = ((span(left), f"{name}, {text_of(left)}"), (span(right), f"enumerate({text_of(right)})"))
        yield Rewrite((*head, *((span(c), name) for c in found)))


TEMPLATES: tuple[Template, ...] = (changing, loop_over)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.changing": ("BendingSpoons/searchads-api#17", "RedHatInsights/bonfire#232", "spesmilo/electrum#3256"),
    "pitfall.loop_over": ("mozilla/release-services#718", "spack/spack#53007"),
}
