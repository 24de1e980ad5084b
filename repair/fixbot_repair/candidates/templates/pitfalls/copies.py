"""Copies with a name in them that was not changed, and branches without what all others have."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.pitfalls.mirrors import PART, mirrored
from fixbot_repair.candidates.templates.pitfalls.peers import (
    behind,
    function_of,
    is_simple,
    leaves,
    own,
    reads,
    stands_alone,
)

_LEAVES = ("identifier", "string_content", "integer")
_MOST_TOKENS = 80


def tokens(node: Node) -> list[Node]:
    """The leaves below `node`, comments left out; none where there are too many."""
    found, stack = list[Node](), [node]
    while stack and len(found) <= _MOST_TOKENS:
        at = stack.pop()
        if not at.children:
            found.append(at)
        elif at.type != "comment":
            stack.extend(reversed(at.children))
    return found if len(found) <= _MOST_TOKENS else []


def not_changed(one: list[Node], other: list[Node]) -> Iterator[tuple[Node, str, float]]:
    """Yield names of `other`, a copy of `one`, that stayed where others of their like were changed: (node, new text, weight)."""
    first, second = ([t for node in nodes for t in tokens(node)] for nodes in (one, other))
    if len(first) != len(second) or [n.type for n in first] != [n.type for n in second]:
        return
    names = [(a, b) for a, b in zip(first, second, strict=True) if a.type in _LEAVES]
    became: dict[str, Counter[str]] = {}
    for a, b in names:
        became.setdefault(text_of(a), Counter())[text_of(b)] += 1
    parts = _renamed(became)
    for a, b in names:
        old = text_of(a)
        if text_of(b) != old:
            continue
        changed = [new for new, _ in became[old].most_common() if new != old]
        if changed and b.type == "identifier":
            yield b, changed[0], 0.8
        for was, now in parts:
            new = mirrored(old, was, now)
            if new != old and new not in changed:
                yield b, new, 0.9


def _renamed(became: Mapping[str, Counter[str]]) -> set[tuple[str, str]]:
    """Parts of names that differ between a piece of code and its copy."""
    found: set[tuple[str, str]] = set()
    for old, news in became.items():
        for new in news:
            one, other = PART.findall(old), PART.findall(new)
            differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
            if len(one) == len(other) and len(differing) == 1 and len(one) + len(differing[0][0]) > 1:
                found.add(differing[0])
    return found


@template(
    "pitfall.not_renamed",
    1.3,
    "expression_statement elif_clause if_statement boolean_operator tuple list argument_list dictionary expression_list binary_operator",
    (
        "class A:\n    def __init__(self, left, right):\n        self.left = left\n        self.right = left\n",
        "class A:\n    def __init__(self, left, right):\n        self.left = left\n        self.right = right\n",
    ),
    (
        "def near(a, b):\n    return abs(a.x - b.x) < 1 and abs(a.y - b.x) < 1\n",
        "def near(a, b):\n    return abs(a.x - b.x) < 1 and abs(a.y - b.y) < 1\n",
    ),
    (
        "def f(self):\n    low = min(p.low for p in self.parts)\n    high = max(p.low for p in self.parts)\n    return low, high, self.parts[0].high\n",
        "def f(self):\n    low = min(p.low for p in self.parts)\n    high = max(p.high for p in self.parts)\n    return low, high, self.parts[0].high\n",
    ),
    (
        "def f(b, i):\n    if b is not None:\n        put(4 if b else 5)\n    if i is not None:\n        put(6 if b else 7)\n",
        "def f(b, i):\n    if b is not None:\n        put(4 if b else 5)\n    if i is not None:\n        put(6 if i else 7)\n",
    ),
    (
        "def f(b):\n    return {'low': b.low, 'high': b.low, 'all': (b.low, b.high)}\n",
        "def f(b):\n    return {'low': b.low, 'high': b.high, 'all': (b.low, b.high)}\n",
    ),
    most=5,
    relies=0.35,
)
def not_renamed(site: Site) -> Proposals:
    """A copy of the line, the operand or the branch before, with one name that was to be changed too."""
    known: set[str] = {*site.code.attributes[""]}
    for one, other, share in _copies(site):
        for node, new, weight in not_changed(one, other):
            if node.type == "identifier":
                is_attribute = not is_read(node)
                if new not in (known if is_attribute else {*site.names(values=False)}):
                    continue
                alone = not is_attribute and _is_lost(site, new)
                yield replace(node, new, 1.0 if alone else weight * share)
            elif f'"{new}"'.encode() in site.code.data or f"'{new}'".encode() in site.code.data:
                yield replace(node, new, 0.8 * share)


def _copies(site: Site) -> Iterator[tuple[list[Node], list[Node], float]]:
    """Pairs of neighbours of which the second, at the site, may be a copy of the first."""
    node = site.node
    if node.type == "expression_statement":
        if node.prev_named_sibling is not None and node.prev_named_sibling.type == node.type:
            yield [node.prev_named_sibling], [node], 1.0
        if node.next_named_sibling is not None and node.next_named_sibling.type == node.type:
            yield [node.next_named_sibling], [node], 0.6
    elif node.type in ("if_statement", "elif_clause"):
        before = node.prev_named_sibling
        if before is not None and node.type == "elif_clause" and before.type == "block":
            before = node.parent
        yield from (
            (_asked(at), _asked(node), share) for at, share in ((before, 0.9), (_before(before), 0.8)) if at is not None
        )
    elif node.type in ("boolean_operator", "binary_operator"):
        left, right = site.field("left"), site.field("right")
        if left is not None and right is not None:
            left = left.child_by_field_name("right") if left.type == node.type else left
            yield [left or right], [right], 1.0
    else:
        parts = [p for p in node.named_children if p.type != "comment"]
        yield from (([a], [b], 0.8) for a, b in pairwise(parts))
        yield from (([a], [b], 0.7) for a, b in zip(parts, parts[2:], strict=False))


def _before(node: Node | None) -> Node | None:
    return node.prev_named_sibling if node is not None else None


def _asked(node: Node) -> list[Node]:
    """Condition and block of an ``if`` or ``elif``; nothing of another statement."""
    parts = [node.child_by_field_name(name) for name in ("condition", "consequence")]
    return [p for p in parts if p is not None] if node.type in ("if_statement", "elif_clause") else []


def _is_lost(site: Site, name: str) -> bool:
    """Whether the function takes `name` and never reads it."""
    function = function_of(site.code, site.node)
    return function is not None and name in function.parameters and name not in reads(function.body)


@template(
    "pitfall.one_branch",
    1.2,
    "if_statement",
    (
        "def f(kind, x, n):\n    if kind == 1:\n        save(x, limit=n)\n    else:\n        save(-x)\n",
        "def f(kind, x, n):\n    if kind == 1:\n        save(x, limit=n)\n    else:\n        save(-x, limit=n)\n",
    ),
    (
        "def f(op, x, st):\n    if op == 1:\n        go(x)\n        st.n += 1\n    elif op == 2:\n        stop(x)\n    else:\n        wait(x)\n        st.n += 1\n",
        "def f(op, x, st):\n    if op == 1:\n        go(x)\n        st.n += 1\n    elif op == 2:\n        stop(x)\n        st.n += 1\n    else:\n        wait(x)\n        st.n += 1\n",
    ),
    relies=0.35,
)
def one_branch(site: Site) -> Proposals:
    """A branch without an argument or a statement that all other branches have."""
    blocks = _branches(site.node)
    if len(blocks) < 2:
        return
    yield from _argument_too(blocks)
    if len(blocks) > 2:
        texts = [{text_of(s) for s in b.named_children if is_simple(s) and not leaves(s)} for b in blocks]
        for text in sorted({t for held in texts for t in held}):
            lacking = [b for b, held in zip(blocks, texts, strict=True) if text not in held]
            if len(lacking) == 1 and text != "pass":
                last = lacking[0].named_children[-1]
                if not leaves(last) and stands_alone(site, last):
                    yield Rewrite((behind(site, last, text),))


def _branches(statement: Node) -> list[Node]:
    """The blocks of an ``if`` with all that belongs to it."""
    first = statement.child_by_field_name("consequence")
    found = [first] if first is not None else []
    for clause in statement.children_by_field_name("alternative"):
        inner = clause.child_by_field_name("consequence") or clause.child_by_field_name("body")
        found += [inner] if inner is not None else []
    return [b for b in found if b.type == "block" and b.named_children]


def _argument_too(blocks: list[Node]) -> Proposals:
    """A keyword that all calls of one function have but the one in a single branch."""
    called: dict[str, list[Node]] = {}
    for block in blocks:
        mine = [n for n in own(block) if n.type == "call" and n.child_by_field_name("function") is not None]
        counts = Counter(text_of(n.named_children[0]) for n in mine)
        for node in mine:
            if counts[text_of(node.named_children[0])] == 1:
                called.setdefault(text_of(node.named_children[0]), []).append(node)
    for calls in (c for c in called.values() if len(c) == len(blocks)):
        given = [c.child_by_field_name("arguments") for c in calls]
        texts = [
            {text_of(a) for a in g.named_children if a.type == "keyword_argument"} if g is not None else set()
            for g in given
        ]
        for text in sorted({t for held in texts for t in held}):
            lacking = [g for g, held in zip(given, texts, strict=True) if text not in held and g is not None]
            if (
                len(lacking) == 1
                and f"{text.partition('=')[0]}=" not in text_of(lacking[0])
                and "**" not in text_of(lacking[0])
            ):
                last = lacking[0].named_children[-1] if lacking[0].named_children else None
                at = last.end_byte if last is not None else lacking[0].end_byte - 1
                yield Rewrite(
                    ((Span(at, at), f", {text}" if last is not None else text),), 1.0 if len(blocks) > 2 else 0.8
                )


TEMPLATES = (not_renamed, one_branch)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.not_renamed": ("pallets/click#2058", "azoner/pyx12#15"),
}
