"""What a loop gathers: overwritten instead of added to, begun on the wrong side of the loop, never brought up to date."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.pitfalls.keys import keyed_use
from fixbot_repair.candidates.templates.pitfalls.peers import (
    ahead,
    assigned,
    behind,
    block_of,
    is_simple,
    leaves,
    loop_around,
    own,
    reads,
    removed,
    stands_alone,
)

# How something empty is written -> statements that add to it ({0} is its name, {1} what is added).
_ADDING: Mapping[str, tuple[str, ...]] = {
    "[]": ("{0}.append({1})", "{0}.extend({1})", "{0} += {1}"),
    "list()": ("{0}.append({1})", "{0}.extend({1})"),
    "set()": ("{0}.add({1})", "{0}.update({1})", "{0} |= {1}"),
    "{}": ("{0}.update({1})", "{0} |= {1}"),
    "dict()": ("{0}.update({1})",),
    "0": ("{0} += {1}", "{0} = max({0}, {1})"),
    "0.0": ("{0} += {1}",),
    '""': ("{0} += {1}",),
    "''": ("{0} += {1}",),
    'b""': ("{0} += {1}",),
    "Decimal(0)": ("{0} += {1}",),
    "Counter()": ("{0}.update({1})", "{0} += {1}"),
}
_LOOPS = ("for_statement", "while_statement")
_TRACKED = re.compile(
    r"_?(prev|last|best|max|min|old|top|high|low|longest|shortest|largest|smallest|biggest|current|previous|record|winner)"
)


def begun(loop: Node, name: str) -> Node | None:
    """The assignment of `name` in the block of the loop that stands last in front of it."""
    for statement in reversed([s for s in block_of(loop) if s.end_byte <= loop.start_byte]):
        sides = assigned(statement) if statement.type == "expression_statement" else None
        if sides is not None and text_of(sides[0]) == name:
            return statement
    return None


def _read_after(loop: Node, name: str) -> bool:
    """Whether `name` is read behind the loop in its block."""
    return any(name in reads(s) for s in block_of(loop) if s.start_byte >= loop.end_byte)


def _changes_of(node: Node, name: str) -> Iterator[Node]:
    """Yield statements below `node` that assign `name`, add to it or change it."""
    for at in own(node):
        if at.type != "expression_statement":
            continue
        inner = at.named_children[0]
        left = inner.child_by_field_name("left") if inner.type in ("assignment", "augmented_assignment") else None
        called = inner.child_by_field_name("function") if inner.type == "call" else None
        target = left if left is not None else called
        while target is not None and target.type in ("attribute", "subscript"):
            target = target.named_children[0]
        if target is not None and name in ({text_of(target)} if target.type == "identifier" else reads(target)):
            yield at


@template(
    "pitfall.last_only",
    1.3,
    "assignment",
    (
        "def f(xs):\n    out = []\n    for x in xs:\n        out = x.parts\n    return out\n",
        "def f(xs):\n    out = []\n    for x in xs:\n        out.extend(x.parts)\n    return out\n",
    ),
    (
        "def f(xs):\n    total = 0\n    for x in xs:\n        total = x.n * 2\n    return total\n",
        "def f(xs):\n    total = 0\n    for x in xs:\n        total += x.n * 2\n    return total\n",
    ),
    relies=0.35,
)
def last_only(site: Site) -> Proposals:
    """A result that each round of a loop overwrites, begun as something to add to."""
    loop, sides = loop_around(site.node), assigned(site.node)
    while loop is not None and sides is not None and begun(loop, text_of(sides[0])) is None:
        loop = loop_around(loop)
    if loop is None or sides is None or sides[0].type != "identifier" or site.node.parent is None:
        return
    name = text_of(sides[0])
    start, body = begun(loop, name), loop.child_by_field_name("body")
    if start is None or body is None or name in reads(sides[1]) or not _read_after(loop, name):
        return
    if _TRACKED.match(name) or name in _read_in(body) or any(n.type == "break_statement" for n in own(body)):
        return
    first = assigned(start)
    for i, shape in enumerate(_ADDING.get(text_of(first[1]), ()) if first is not None else ()):
        yield replace(site.node, shape.format(name, text_of(sides[1])), 1.0 / (1 + 0.15 * i))


def _read_in(body: Node) -> set[str]:
    """Names that a block reads; the targets of plain assignments are not read."""
    found: set[str] = set()
    for node in own(body):
        if node.type == "identifier" and node.parent is not None:
            parent = node.parent
            if not (parent.type == "assignment" and parent.child_by_field_name("left") == node):
                found.add(text_of(node))
    return found


@template(
    "pitfall.begun_inside",
    1.5,
    "expression_statement",
    (
        "def f(xs):\n    for x in xs:\n        out = []\n        out.append(x * 2)\n    return out\n",
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * 2)\n    return out\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        n = 0\n        if x:\n            n += 1\n    return n\n",
        "def f(xs):\n    n = 0\n    for x in xs:\n        if x:\n            n += 1\n    return n\n",
    ),
    relies=0.35,
)
def begun_inside(site: Site) -> Proposals:
    """A result that each round of a loop begins anew, and that is read behind the loop."""
    sides, loop = assigned(site.node), loop_around(site.node)
    if sides is None or loop is None or text_of(sides[1]) not in _ADDING or not stands_alone(site, site.node):
        return
    name, body = text_of(sides[0]), loop.child_by_field_name("body")
    if body is None or site.node.parent != body or not _read_after(loop, name) or len(body.named_children) < 2:
        return
    others = [c for c in _changes_of(body, name) if c != site.node]
    if others and begun(loop, name) is None:
        yield Rewrite((ahead(site, loop, site.text), removed(site, site.node)))


@template(
    "pitfall.begun_outside",
    1.4,
    "expression_statement",
    (
        "def f(rows):\n    out = []\n    line = []\n    for row in rows:\n        for x in row:\n            line.append(x)\n        out.append(line)\n    return out\n",
        "def f(rows):\n    out = []\n    for row in rows:\n        line = []\n        for x in row:\n            line.append(x)\n        out.append(line)\n    return out\n",
    ),
    (
        "def f(rows):\n    n = 0\n    for row in rows:\n        for x in row:\n            n += x\n        yield n\n",
        "def f(rows):\n    for row in rows:\n        n = 0\n        for x in row:\n            n += x\n        yield n\n",
    ),
    relies=0.35,
)
def begun_outside(site: Site) -> Proposals:
    """Something gathered for each round of a loop that is begun once, in front of it."""
    sides = assigned(site.node)
    if sides is None or sides[0].type != "identifier" or text_of(sides[1]) not in _ADDING:
        return
    name = text_of(sides[0])
    for loop in (s for s in block_of(site.node) if s.type in _LOOPS and s.start_byte > site.node.end_byte):
        body = loop.child_by_field_name("body")
        if body is None or _read_after(loop, name) or not stands_alone(site, site.node):
            return
        inner = [s for s in body.named_children if s.type in _LOOPS and any(_changes_of(s, name))]
        given = [s for s in body.named_children if is_simple(s) and name in reads(s) and not any(_changes_of(s, name))]
        is_reset = any((s := assigned(c)) is not None and text_of(s[0]) == name for c in _changes_of(body, name))
        if inner and given and given[-1].start_byte > inner[0].start_byte and not is_reset:
            yield Rewrite((removed(site, site.node), ahead(site, body.named_children[0], site.text)))
        if any(name in reads(s) for s in (loop,)):
            return


@template(
    "pitfall.never_updated",
    1.6,
    "if_statement",
    (
        "def f(xs):\n    best, top = None, 0\n    best_n = -1\n    for x in xs:\n        if x.n > best_n:\n            best = x\n    return best\n",
        "def f(xs):\n    best, top = None, 0\n    best_n = -1\n    for x in xs:\n        if x.n > best_n:\n            best = x\n            best_n = x.n\n    return best\n",
    ),
    (
        "def f(xs):\n    last = None\n    out = []\n    for x in xs:\n        if x != last:\n            out.append(x)\n    return out\n",
        "def f(xs):\n    last = None\n    out = []\n    for x in xs:\n        if x != last:\n            out.append(x)\n        last = x\n    return out\n",
    ),
    relies=0.35,
)
def never_updated(site: Site) -> Proposals:
    """A name that a loop compares with what it is at, and that keeps the value it had before the loop."""
    loop, condition, inner = loop_around(site.node), site.field("condition"), site.field("consequence")
    body = loop.child_by_field_name("body") if loop is not None else None
    if loop is None or body is None or condition is None or inner is None:
        return
    for node in (n for n in own(condition) if n.type == "comparison_operator" and len(n.named_children) == 2):
        sign = next((c.type for c in node.children if not c.is_named), "")
        for name, value in (node.named_children, node.named_children[::-1]):
            text = text_of(name)
            if name.type != "identifier" or not _TRACKED.match(text) or text in reads(value):
                continue
            if begun(loop, text) is None or any(_changes_of(body, text)) or value.type in ("none", "integer", "string"):
                continue
            line = f"{text} = {text_of(value)}"
            if sign in ("<", ">", "<=", ">=") and not leaves(inner.named_children[-1]):
                yield Rewrite((behind(site, inner.named_children[-1], line),))
            last = body.named_children[-1]
            if sign in ("==", "!=", "is", "is not") and not leaves(last):
                yield Rewrite((behind(site, last, line),))


@template(
    "pitfall.never_added",
    1.6,
    "if_statement",
    (
        "def f(xs):\n    seen = set()\n    for x in xs:\n        if x in seen:\n            continue\n        yield x\n",
        "def f(xs):\n    seen = set()\n    for x in xs:\n        if x in seen:\n            continue\n        seen.add(x)\n        yield x\n",
    ),
    (
        "def f(xs):\n    seen, out = set(), []\n    known = []\n    for x in xs:\n        if x.n not in known:\n            out.append(x)\n    return out\n",
        "def f(xs):\n    seen, out = set(), []\n    known = []\n    for x in xs:\n        if x.n not in known:\n            out.append(x)\n            known.append(x.n)\n    return out\n",
    ),
    relies=0.35,
)
def never_added(site: Site) -> Proposals:
    """A container that begins empty and is asked for what was there before, and nothing is ever put into it."""
    loop, condition, inner = loop_around(site.node), site.field("condition"), site.field("consequence")
    parts = (
        next((p for n in own(condition) if (p := keyed_use(n)) is not None), None) if condition is not None else None
    )
    if loop is None or inner is None or parts is None or parts[0].type != "identifier":
        return
    name, key = text_of(parts[0]), text_of(parts[1])
    start, around = begun(loop, name), site.scope.node.child_by_field_name("body")
    first = assigned(start) if start is not None else None
    shape = _ADDING.get(text_of(first[1]), ("",))[0] if first is not None else ""
    if start is None or around is None or "(" not in shape or "update" in shape:
        return
    if any(c != start for c in _changes_of(around, name)) or any(
        name in reads(a) for n in own(around) if n.type == "argument_list" for a in n.named_children
    ):
        return
    text = shape.format(name, key)
    last = inner.named_children[-1]
    yield Rewrite((behind(site, site.node, text) if leaves(last) else behind(site, last, text),))


@template(
    "pitfall.fields_apart",
    1.5,
    "boolean_operator",
    (
        "class A:\n    def __lt__(self, other):\n        return self.x < other.x and self.y < other.y\n",
        "class A:\n    def __lt__(self, other):\n        return (self.x, self.y) < (other.x, other.y)\n",
    ),
    (
        "def older(a, b):\n    return a.major < b.major or a.minor < b.minor\n",
        "def older(a, b):\n    return (a.major, a.minor) < (b.major, b.minor)\n",
    ),
    relies=0.35,
)
def fields_apart(site: Site) -> Proposals:
    """An order by several fields that asks each field for itself, and not the next only where the one before is equal."""
    if site.node.parent is not None and site.node.parent.type == "boolean_operator":
        return
    compared = list(_compared(site.node))
    signs = {text_of(n.children[1]) for n in compared}
    lefts, rights = ([n.named_children[i] for n in compared] for i in (0, 1))
    alike = [_field(n) for n in lefts] == [_field(n) for n in rights] and "" not in [_field(n) for n in lefts]
    owners = [{text_of(n.named_children[0]) for n in side} for side in (lefts, rights) if alike]
    if len(compared) < 2 or len(signs) != 1 or not signs <= {"<", ">", "<=", ">="} or not alike:
        return
    if all(len(o) == 1 for o in owners) and owners[0] != owners[1] and len({_field(n) for n in lefts}) == len(lefts):
        one, other = (", ".join(grouped(n, Level.CONDITIONAL) for n in side) for side in (lefts, rights))
        yield site.become(f"({one}) {signs.pop()} ({other})", Level.COMPARISON)


def _compared(node: Node) -> Iterator[Node]:
    """Yield the comparisons that a chain of ``and`` or ``or`` is made of."""
    for part in node.named_children:
        if part.type == "boolean_operator":
            yield from _compared(part)
        elif part.type == "comparison_operator" and len(part.named_children) == 2:
            yield part


def _field(node: Node) -> str:
    return text_of(node.named_children[-1]) if node.type == "attribute" else ""


TEMPLATES = (last_only, begun_inside, begun_outside, never_updated, never_added, fields_apart)
SEEN: Mapping[str, tuple[str, ...]] = {}
