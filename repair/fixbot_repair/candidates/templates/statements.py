"""Statements: missing, in the wrong place, of the wrong shape; new ones are copied from the function or made of its names."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.likeness import likeness
from fixbot_repair.candidates.nodes import SIMPLE, STATEMENTS, walk
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, span, template

_ANY = " ".join(sorted(STATEMENTS))
_SIMPLE = " ".join(sorted(SIMPLE))


@template(
    "statement.shape",
    0.5,
    "expression_statement",
    ("groups[a].update(groups[b])\n", "groups[a] = groups[b]\n"),
    ("totals.update(extra)\n", "totals = extra\n"),
    ("rows.append(row)\n", "rows = row\n"),
    ("rows.append(row)\n", "rows += row\n"),
)
def call_to_assignment(site: Site) -> Proposals:
    """A call that changes a container, where it should have been replaced or added to."""
    call = site.node.named_children[0] if site.node.named_children else None
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    if function is None or function.type != "attribute" or arguments is None or len(arguments.named_children) != 1:
        return
    owner, name = function.child_by_field_name("object"), function.child_by_field_name("attribute")
    if owner is not None and name is not None and text_of(name) in ("update", "append", "extend", "add"):
        value = text_of(arguments.named_children[0])
        yield replace(site.node, f"{text_of(owner)} = {value}")
        yield replace(site.node, f"{text_of(owner)} += {value}", 0.5)


@template(
    "statement.collect",
    0.45,
    "assignment augmented_assignment",
    ("def f(out, x):\n    out = x\n", "def f(out, x):\n    out.append(x)\n"),
    ("def f(seen, x):\n    seen += x\n", "def f(seen, x):\n    seen.update(x)\n"),
)
def assignment_to_call(site: Site) -> Proposals:
    """An assignment where the container should have been changed in place."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None or not site.kind(left) & (Kind.LIST | Kind.SET | Kind.DICT):
        return
    for method, kinds in _CHANGERS:
        if site.kind(left) & kinds:
            yield replace(site.node, f"{text_of(left)}.{method}({text_of(right)})")


_CHANGERS = (("append", Kind.LIST), ("extend", Kind.LIST), ("update", Kind.DICT | Kind.SET), ("add", Kind.SET))


def around(site: Site) -> Iterator[tuple[int, str, str]]:
    """Places for a new statement next to this one: (offset, text before, text after it)."""
    indent, eol = site.code.indent_of(site.node), site.code.newline
    if not alone_on_line(site):
        return
    yield site.node.start_byte, "", f"{eol}{indent}"
    yield site.node.end_byte, f"{eol}{indent}", ""


def alone_on_line(site: Site) -> bool:
    """Whether nothing else is on the statement's lines."""
    head = site.code.data[: site.node.start_byte].rpartition(b"\n")[2]
    tail = site.code.data[site.node.end_byte :].partition(b"\n")[0]
    return not head.strip() and not tail.strip().rstrip(b"\\") and site.node.start_point != site.node.end_point


_LEAVES = ("return_statement", "raise_statement", "break_statement", "continue_statement")


def _insertions(site: Site, text: str, weight: float, needs: str = "") -> Proposals:
    """The statement `text` before and after the site's own; `needs` is a name that must be bound by then."""
    for offset, before, after in around(site):
        if before and site.node.type in _LEAVES:
            continue
        if not needs or needs not in site.scope.names or site.scope.names[needs].start <= offset:
            yield Rewrite(((Span(offset, offset), f"{before}{text}{after}"),), weight)


@template(
    "statement.collecting",
    0.3,
    _ANY,
    (
        "def f(xs):\n    seen = set()\n    for x in xs:\n        if x in seen:\n            return x\n        show(x)\n",
        "def f(xs):\n    seen = set()\n    for x in xs:\n        if x in seen:\n            return x\n        seen.add(x)\n        show(x)\n",
    ),
    (
        "def f(rows):\n    out = []\n    for row in rows:\n        n = int(row)\n    return out\n",
        "def f(rows):\n    out = []\n    for row in rows:\n        n = int(row)\n        out.append(n)\n    return out\n",
    ),
    most=8,
)
def collect(site: Site) -> Proposals:
    """A missing ``append`` or ``add`` to a container of the function."""
    if site.scope.node.type == "module":
        return
    module = _module_names(site)
    for container in site.scope.visible(site.node.end_byte):
        kind = container.kind
        if container.text in module or kind == Kind.ANY or not kind & (Kind.LIST | Kind.SET):
            continue
        method = "append" if kind & Kind.LIST else "add"
        for item in site.names():
            if item != container.text and site.scope.names.get(item):
                weight = site.near(container.text) * site.near(item)
                yield from _insertions(site, f"{container.text}.{method}({item})", weight, container.text)


def _module_names(site: Site) -> set[str]:
    scope = site.scope
    while scope.outer is not None:
        scope = scope.outer
    return scope.names.keys() - site.scope.names.keys()


@template(
    "statement.assign",
    0.25,
    _ANY,
    (
        "def f(head):\n    last = None\n    while head:\n        head = head.next\n    return last\n",
        "def f(head):\n    last = None\n    while head:\n        last = head\n        head = head.next\n    return last\n",
    ),
    (
        "def f(xs):\n    i = 0\n    while i < 9:\n        go(xs[i])\n",
        "def f(xs):\n    i = 0\n    while i < 9:\n        go(xs[i])\n        i += 1\n",
    ),
    most=8,
)
def assign(site: Site) -> Proposals:
    """A missing update of a local name: to another name's value, or counted up."""
    if site.scope.node.type == "module":
        return
    visible = {n.text: n for n in site.scope.visible(site.node.end_byte)}
    local = [n for n in site.scope.names.values() if n.text in visible and n.text != site.scope.method_self]
    for name in local:
        if name.kind & Kind.NUMBER:
            weight = (0.6 if name.kind == Kind.NUMBER else 0.3) * site.near(name.text)
            yield from _insertions(site, f"{name.text} += 1", weight, name.text)
        for other in local:
            if other.text != name.text and (name.kind | Kind.NONE) & other.kind and not name.parameter:
                weight = (0.5 + 0.5 * likeness(name.text, other.text)) * site.near(name.text) * site.near(other.text)
                yield from _insertions(site, f"{name.text} = {other.text}", weight, other.text)


@template(
    "donor.statement",
    0.3,
    _ANY,
    (
        "def f(a):\n    if a:\n        log(a)\n        return 1\n    return 2\n",
        "def f(a):\n    if a:\n        log(a)\n        return 1\n    log(a)\n    return 2\n",
    ),
    (
        "def f(xs, out, last):\n    for x in xs:\n        out.append(x)\n    return out\n",
        "def f(xs, out, last):\n    for x in xs:\n        out.append(x)\n    out.append(last)\n    return out\n",
    ),
    most=12,
)
def donate(site: Site) -> Proposals:
    """A missing statement, copied from the same function, as it is or with one name changed."""
    owner = scope_node(site.node)
    if owner.type == "module":
        return
    for donor in walk(owner.child_by_field_name("body") or owner):
        if donor.type not in SIMPLE or donor == site.node or b"\n" in (donor.text or b"") or len(text_of(donor)) > 100:
            continue
        if donor.type in ("import_statement", "import_from_statement", "global_statement", "pass_statement"):
            continue
        yield from _insertions(site, text_of(donor), 0.8)
        for text, near in _varied(site, donor):
            yield from _insertions(site, text, 0.5 * near)


def _varied(site: Site, donor: Node) -> Iterator[tuple[str, float]]:
    """`donor` with one of the names that it reads as an argument exchanged for another of its kind."""
    data = donor.text or b""
    for node in walk(donor):
        if (
            node.type != "identifier"
            or node.parent is None
            or node.parent.type not in ("argument_list", "return_statement")
        ):
            continue
        for other in site.names(site.kind(node)):
            if other != text_of(node):
                at = node.start_byte - donor.start_byte
                text = (data[:at] + other.encode() + data[at + len(node.text or b"") :]).decode()
                yield text, site.near(other)


@template(
    "statement.swap",
    0.35,
    _SIMPLE,
    (
        "def f(q):\n    x = q.pop()\n    q.sort()\n    return x\n",
        "def f(q):\n    q.sort()\n    x = q.pop()\n    return x\n",
    ),
    ("i += 1\nprint(i)\n", "print(i)\ni += 1\n"),
)
def swap_statements(site: Site) -> Proposals:
    """Two neighbouring statements in the wrong order."""
    other = site.node.next_named_sibling
    if other is not None and other.type in SIMPLE and other.type not in _LEAVES:
        yield Rewrite(((span(site.node), text_of(other)), (span(other), site.text)))


@template(
    "statement.dedent",
    0.4,
    _SIMPLE,
    (
        "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n        return n\n",
        "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return n\n",
    ),
    ("for x in xs:\n    go(x)\n    done()\n", "for x in xs:\n    go(x)\ndone()\n"),
)
def dedent(site: Site) -> Proposals:
    """The last statement of a block that belongs behind the block."""
    block = site.node.parent
    if block is None or block.type != "block" or block.parent is None or len(block.named_children) < 2:
        return
    if block.named_children[-1] == site.node and block.parent.type in (
        "for_statement",
        "while_statement",
        "if_statement",
    ):
        yield _moved(site, block.parent)


@template(
    "statement.indent",
    0.35,
    _SIMPLE,
    (
        "def f(xs):\n    for x in xs:\n        go(x)\n    done(xs)\n",
        "def f(xs):\n    for x in xs:\n        go(x)\n        done(xs)\n",
    ),
    ("if late:\n    warn()\nstop()\n", "if late:\n    warn()\n    stop()\n"),
)
def indent(site: Site) -> Proposals:
    """A statement behind a block that belongs to it."""
    before = site.node.prev_named_sibling
    if before is None or before.type not in ("for_statement", "while_statement", "if_statement", "with_statement"):
        return
    block = (before.child_by_field_name("alternative") or before).child_by_field_name("body")
    block = block or before.child_by_field_name("consequence")
    if block is not None and block.named_children:
        yield _moved(site, block.named_children[-1])


def _moved(site: Site, level: Node) -> Rewrite:
    start = site.code.data.rfind(b"\n", 0, site.node.start_byte) + 1
    return Rewrite(((Span(start, site.node.start_byte), site.code.indent_of(level)),))


@template(
    "statement.delete",
    0.15,
    "expression_statement if_statement raise_statement break_statement continue_statement return_statement",
    ("def f(xs):\n    xs.sort()\n    return xs\n", "def f(xs):\n    return xs\n"),
    ("def f(xs):\n    for x in xs:\n        go(x)\n        break\n", "def f(xs):\n    for x in xs:\n        go(x)\n"),
)
def delete(site: Site) -> Proposals:
    """A statement too many. Low: what is gone is often what was wanted."""
    block = site.node.parent
    if block is None or len(block.named_children) < 2:
        return
    if not alone_on_line(site) and site.node.type != "if_statement":
        return
    start = site.code.data.rfind(b"\n", 0, site.node.start_byte) + 1
    end = site.code.data.find(b"\n", site.node.end_byte) + 1
    if end:
        yield Rewrite(((Span(start, end), ""),))
    else:
        yield Rewrite(((Span(max(start - 1, 0), len(site.code.data)), ""),))


TEMPLATES = (
    call_to_assignment,
    assignment_to_call,
    collect,
    assign,
    donate,
    swap_statements,
    dedent,
    indent,
    delete,
)
