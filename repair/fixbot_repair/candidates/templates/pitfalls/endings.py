"""What one way out skips that the others do at the end: counting on, cleaning up, giving out the last group behind a loop."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.pitfalls.caches import changed
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Function,
    ahead,
    assigned,
    behind,
    block_of,
    flush,
    following,
    function_of,
    is_simple,
    leaves,
    loop_around,
    own,
    reads,
    stands_alone,
)

_CLOSING = re.compile(
    r"\.(close|release|flush|stop|finish|commit|unlock|disconnect|shutdown|exit|leave|cleanup|end)\(\)$"
)
_GROWING = re.compile(r"\.(append|add|extend|update|push|insert)$")


@template(
    "pitfall.not_counted",
    1.5,
    "continue_statement",
    (
        "def f(xs):\n    i = 0\n    while i < len(xs):\n        if not xs[i]:\n            continue\n        go(xs[i])\n        i += 1\n",
        "def f(xs):\n    i = 0\n    while i < len(xs):\n        if not xs[i]:\n            i += 1\n            continue\n        go(xs[i])\n        i += 1\n",
    ),
    (
        "def f(rows):\n    last = None\n    for row in rows:\n        if row.n == last:\n            skip(row)\n            continue\n        go(row)\n        last = row.n\n",
        "def f(rows):\n    last = None\n    for row in rows:\n        if row.n == last:\n            skip(row)\n            last = row.n\n            continue\n        go(row)\n        last = row.n\n",
    ),
    relies=0.35,
)
def not_counted(site: Site) -> Proposals:
    """A ``continue`` that skips what moves the loop on."""
    loop = loop_around(site.node)
    body = loop.child_by_field_name("body") if loop is not None else None
    if loop is None or body is None or not stands_alone(site, site.node):
        return
    before = {text_of(s) for s in block_of(site.node)}
    for last in reversed([c for c in body.named_children if c.type != "comment"][-2:]):
        name = _moved_on(last)
        if loop.type == "for_statement" and not _carried(body, last, name):
            continue
        if name and text_of(last) not in before and last.start_byte > site.node.end_byte:
            condition = loop.child_by_field_name("condition")
            asked = condition is not None and name in text_of(condition)
            weight = 1.0 if asked else 0.7 if loop.type == "while_statement" else 0.5
            yield Rewrite((ahead(site, site.node, text_of(last)),), weight)


def _carried(body: Node, last: Node, name: str) -> bool:
    """Whether a loop reads `name`, as the round before left it, ahead of `last`."""
    nodes = [n for n in own(body) if n.type == "identifier" and text_of(n) == name and n.start_byte < last.start_byte]
    is_step = "+=" not in text_of(last) or text_of(last).endswith("+= 1")
    return bool(nodes) and is_step and not _is_bound(nodes[0])


def _is_bound(node: Node) -> bool:
    """Whether an assignment binds the name `node`."""
    parent = node.parent
    return parent is not None and parent.type == "assignment" and parent.child_by_field_name("left") == node


def _moved_on(statement: Node) -> str:
    """The name or attribute that the statement sets to its next value."""
    inner = statement.named_children[0] if statement.type == "expression_statement" else statement
    left = inner.child_by_field_name("left") if inner.type in ("assignment", "augmented_assignment") else None
    return text_of(left) if left is not None and left.type in ("identifier", "attribute") else ""


@template(
    "pitfall.not_cleaned",
    1.1,
    "return_statement raise_statement",
    (
        "class A:\n    def visit(self, node):\n        self.depth += 1\n        if not node:\n            return None\n        out = self.go(node)\n        self.depth -= 1\n        return out\n",
        "class A:\n    def visit(self, node):\n        self.depth += 1\n        if not node:\n            self.depth -= 1\n            return None\n        out = self.go(node)\n        self.depth -= 1\n        return out\n",
    ),
    (
        "def f(path):\n    src = open(path)\n    if not src.readline():\n        return 0\n    n = count(src)\n    src.close()\n    return n\n",
        "def f(path):\n    src = open(path)\n    if not src.readline():\n        src.close()\n        return 0\n    n = count(src)\n    src.close()\n    return n\n",
    ),
    relies=0.35,
)
def not_cleaned(site: Site) -> Proposals:
    """An early way out that skips what the last one does before it goes."""
    function = function_of(site.code, site.node)
    if function is None or site.node in function.statements or not stands_alone(site, site.node):
        return
    before = {text_of(s) for s in block_of(site.node)}
    for statement in _last(function):
        text = text_of(statement)
        if statement.start_byte > site.node.end_byte and text not in before and _is_due(function, statement, site.node):
            yield Rewrite((ahead(site, site.node, text),), 1.0 if site.node.type == "return_statement" else 0.6)


def _last(function: Function) -> list[Node]:
    """Simple statements at the end of a function, before the value is given back."""
    found: list[Node] = []
    for statement in reversed(function.statements):
        if leaves(statement) and not found:
            continue
        if not is_simple(statement) or leaves(statement) or len(found) == 3:
            break
        found.append(statement)
    return found


def _is_due(function: Function, cleaning: Node, way_out: Node) -> bool:
    """Whether `cleaning` takes back or closes what was changed or opened before `way_out`."""
    inner = cleaning.named_children[0] if cleaning.named_children else cleaning
    earlier = [s for s in function.statements if s.end_byte <= way_out.start_byte]
    if _CLOSING.search(text_of(cleaning)):
        owner = text_of(cleaning).partition("(")[0].rpartition(".")[0]
        return any((s := assigned(e)) is not None and text_of(s[0]) == owner for e in earlier)
    name = changed(inner, function.receiver) if function.receiver else ""
    return bool(name) and any(is_simple(e) and e.named_children and changed(e.named_children[0], function.receiver) == name for e in earlier)  # fmt: skip


@template(
    "pitfall.last_group",
    1.7,
    "for_statement while_statement",
    (
        "def f(rows):\n    out, group = [], []\n    for row in rows:\n        if row.new:\n            out.append(group)\n            group = []\n        group.append(row)\n    return out\n",
        "def f(rows):\n    out, group = [], []\n    for row in rows:\n        if row.new:\n            out.append(group)\n            group = []\n        group.append(row)\n    if group:\n        out.append(group)\n    return out\n",
    ),
    (
        "def f(xs, n):\n    part = []\n    for x in xs:\n        part.append(x)\n        if len(part) == n:\n            yield part\n            part = []\n",
        "def f(xs, n):\n    part = []\n    for x in xs:\n        part.append(x)\n        if len(part) == n:\n            yield part\n            part = []\n    if part:\n        yield part\n",
    ),
    (
        "def f(s):\n    out, n, last = [], 0, s[0]\n    for c in s:\n        if c == last:\n            n += 1\n        else:\n            out.append((last, n))\n            last, n = c, 1\n    return out\n",
        "def f(s):\n    out, n, last = [], 0, s[0]\n    for c in s:\n        if c == last:\n            n += 1\n        else:\n            out.append((last, n))\n            last, n = c, 1\n    out.append((last, n))\n    return out\n",
    ),
    relies=0.35,
)
def last_group(site: Site) -> Proposals:
    """A loop that gives out a group when the next one begins, and never the last one."""
    body, after = site.field("body"), _after(site.node)
    if body is None:
        return
    for block in (n for n in own(body) if n.type == "block"):
        given = _given_out(block)
        if given is None or any(text_of(given) in text_of(n) for n in after):
            continue
        groups = _begun_anew(block, given) & _handed(given) & _bound_before(site)
        if not groups or not _grows(body, groups):
            continue
        text = flush(site, given)
        yield Rewrite((behind(site, site.node, text),), 0.8 if is_simple(given) else 1.0)
        if is_simple(given):
            first = min(groups, key=text.rfind)
            yield Rewrite((behind(site, site.node, f"if {first}:\n{site.code.indent_unit}{text}"),))


def _handed(given: Node) -> set[str]:
    """Names that a statement hands over: not what it hands them to."""
    inner = given.named_children[0] if given.type == "expression_statement" else given
    handed = inner.child_by_field_name("arguments") if inner.type == "call" else inner
    return reads(handed if handed is not None else inner)


def _bound_before(site: Site) -> set[str]:
    """Names that are assigned ahead of the loop."""
    nodes = (n for n in own(site.scope.node.child_by_field_name("body") or site.scope.node) if n.type == "assignment")
    lefts = (n.child_by_field_name("left") for n in nodes if n.start_byte < site.node.start_byte)
    return {name for left in lefts if left is not None for name in reads(left)}


def _after(loop: Node) -> list[Node]:
    found, at = [], following(loop)
    while at is not None:
        found.append(at)
        at = following(at)
    return found


def _given_out(block: Node) -> Node | None:
    """The statement of a block that hands a group over: ``out.append(group)``, ``yield group``, ``out[k] = group``."""
    for statement in block.named_children:
        if statement.type == "if_statement" and len(statement.named_children) == 2:
            held = statement.named_children[1]
            if len(held.named_children) == 1 and _given_out(held) is not None and held.type == "block":
                return statement
        if statement.type != "expression_statement":
            continue
        inner = statement.named_children[0]
        called = inner.child_by_field_name("function") if inner.type == "call" else None
        if inner.type == "yield" and inner.named_children:
            return statement
        if called is not None and re.search(r"\.(append|add|extend|write|push|put|send)$", text_of(called)):
            return statement
        sides = assigned(statement)
        if sides is not None and sides[0].type == "subscript":
            return statement
    return None


def _begun_anew(block: Node, given: Node) -> set[str]:
    """Names that statements of a block behind `given` set anew: to something empty, or to what the loop is at."""
    found: set[str] = set()
    for statement in (s for s in block.named_children if s.start_byte > given.start_byte):
        sides = assigned(statement) if statement.type == "expression_statement" else None
        if sides is not None:
            found |= {text_of(n) for n in walk(sides[0]) if n.type == "identifier"}
        elif text_of(statement).endswith(".clear()"):
            found.add(text_of(statement).removesuffix(".clear()"))
    return found


def _grows(body: Node, groups: set[str]) -> bool:
    """Whether the loop adds to one of the groups."""
    for node in own(body):
        if node.type == "augmented_assignment" and text_of(node.named_children[0]) in groups:
            return True
        called = node.child_by_field_name("function") if node.type == "call" else None
        if called is not None and _GROWING.search(text_of(called)) and text_of(called.named_children[0]) in groups:
            return True
        sides = assigned(node) if node.type == "assignment" else None
        if sides is not None and text_of(sides[0]) in groups & reads(sides[1]):
            return True
    return False


@template(
    "pitfall.not_found",
    0.9,
    "for_statement",
    (
        "def f(rows, n):\n    for row in rows:\n        if row.n == n:\n            break\n    return row\n",
        "def f(rows, n):\n    for row in rows:\n        if row.n == n:\n            break\n    else:\n        return None\n    return row\n",
    ),
    (
        "def f(rows, n):\n    for row in rows:\n        if row.n == n:\n            break\n    row.go()\n    return row\n",
        "def f(rows, n):\n    for row in rows:\n        if row.n == n:\n            break\n    else:\n        raise ValueError(n)\n    row.go()\n    return row\n",
    ),
    relies=0.35,
)
def not_found(site: Site) -> Proposals:
    """A loop that looks for something, whose variable is used behind it as if it had been found."""
    body, left = site.field("body"), site.field("left")
    if body is None or left is None or site.field("alternative") is not None:
        return
    breaks = [n for n in own(body) if n.type == "break_statement" and loop_around(n) == site.node]
    names = reads(left)
    if not breaks or not any(names & reads(n) for n in _after(site.node)):
        return
    if any(names & reads(s[0]) for n in _after(site.node)[:1] if (s := assigned(n)) is not None):
        return
    unit = site.code.indent_unit
    for i, way in enumerate(_ways_out(site, breaks[0])):
        yield Rewrite((behind(site, site.node, f"else:\n{unit}{way}"),), 1.0 / (1 + 0.2 * i))


def _ways_out(site: Site, found: Node) -> Iterator[str]:
    if site.scope.node.type == "function_definition":
        yield "return None"
    asked = found.parent.parent if found.parent is not None else None
    condition = asked.child_by_field_name("condition") if asked is not None else None
    parameters = {n.text for n in site.scope.names.values() if n.parameter} - {site.scope.method_self}
    about = sorted(reads(condition) & parameters) if condition is not None else []
    yield f"raise ValueError({about[0] if about else ''})"
    yield f"raise LookupError({about[0] if about else ''})"


TEMPLATES = (not_counted, not_cleaned, last_group, not_found)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.last_group": ("stanford-crfm/mistral#189", "biopython/biopython.github.io#194"),
    "pitfall.not_counted": ("Asabeneh/30-Days-Of-Python#187", "google/oss-fuzz-gen#1098"),
}
