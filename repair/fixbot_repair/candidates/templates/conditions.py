"""Conditions and guards: one too few, one too many, the missing early way out."""

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.precedence import Level, grouped, level_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, replace, template
from fixbot_repair.candidates.templates.empties import annotated

_CONDITIONAL = "if_statement elif_clause while_statement conditional_expression if_clause"


def condition_of(node: Node) -> Node | None:
    """The condition of an ``if``, ``elif``, ``while``, conditional expression or comprehension filter."""
    if node.type == "conditional_expression":
        return node.named_children[1] if len(node.named_children) == 3 else None
    if node.type == "if_clause":
        return node.named_children[0] if node.named_children else None
    return node.child_by_field_name("condition")


@template(
    "condition.add",
    0.35,
    _CONDITIONAL,
    (
        "def f(n, rest):\n    if n < 0:\n        return 0\n",
        "def f(n, rest):\n    if n < 0 or not rest:\n        return 0\n",
    ),
    (
        "def f(node):\n    if node.next is None:\n        return 1\n",
        "def f(node):\n    if node is None or node.next is None:\n        return 1\n",
    ),
    ("def f(a, on):\n    while a:\n        a = go(a)\n", "def f(a, on):\n    while a and on:\n        a = go(a)\n"),
)
def add(site: Site) -> Proposals:
    """A missing part of a condition: a name that is empty or None, or that must not be."""
    condition = condition_of(site.node)
    if condition is None:
        return
    read = {text_of(n) for n in walk(condition) if n.type in ("identifier", "attribute")}
    for name in _guardable(site, condition):
        weight = 1.0 if name in read else 0.7 * site.near(name)
        either, both = grouped(condition, Level.OR), grouped(condition, Level.AND)
        yield replace(condition, f"{name} is None or {either}", weight)
        yield replace(condition, f"{name} is not None and {both}", weight)
        for shape in ("{0} or not {1}", "{0} or {1}"):
            yield replace(condition, shape.format(either, name), 0.8 * weight)
        for shape in ("{0} and {1}", "{0} and not {1}", "{1} and {0}"):
            yield replace(condition, shape.format(both, name), 0.8 * weight)
        yield replace(condition, f"not {name} or {either}", 0.7 * weight)


def _guardable(site: Site, condition: Node) -> list[str]:
    names = site.names(Kind.CONTAINER | Kind.OBJECT | Kind.NONE | Kind.BOOL)
    owners = [text_of(n.child_by_field_name("object") or n) for n in walk(condition) if n.type == "attribute"]
    receiver = site.scope.method_self
    return list(dict.fromkeys([o for o in owners if o != receiver] + names))


@template(
    "condition.drop",
    0.5,
    "boolean_operator",
    ("if ready and late:\n    go()\n", "if ready:\n    go()\n"),
    ("ok = a or b\n", "ok = b\n"),
)
def drop(site: Site) -> Proposals:
    """A part of a condition too many."""
    for side in ("left", "right"):
        if part := site.field(side):
            yield site.become(text_of(part), level_of(part))


@template(
    "condition.replace",
    0.4,
    _CONDITIONAL,
    ("def f(queue):\n    while True:\n        queue.pop()\n", "def f(queue):\n    while queue:\n        queue.pop()\n"),
    ("def f(x):\n    if x:\n        return x\n", "def f(x):\n    if x is not None:\n        return x\n"),
    ("def f(x):\n    if x is None:\n        return 0\n", "def f(x):\n    if not x:\n        return 0\n"),
)
def exchange(site: Site) -> Proposals:
    """Another condition: whether a name is empty, or is None."""
    condition = condition_of(site.node)
    if condition is None:
        return
    read = {text_of(n) for n in walk(condition) if n.type == "identifier"}
    constant = condition.type in ("true", "false", "integer")
    for name in site.names(Kind.VALUE):
        weight = (1.0 if name in read or constant else 0.5) * site.near(name)
        shapes = ((name, 1.0), (f"not {name}", 0.8), (f"{name} is not None", 0.8), (f"{name} is None", 0.6))
        for text, share in shapes:
            if text != text_of(condition):
                yield replace(condition, text, weight * share)


# What a guard gives back, by what the function gives back elsewhere.
_DEFAULTS = ("None", "[]", "0", "False", "True", '""', "{}")


@template(
    "guard.return",
    0.4,
    "function_definition",
    (
        "def mean(xs):\n    return sum(xs) / len(xs)\n",
        "def mean(xs):\n    if not xs:\n        return 0\n    return sum(xs) / len(xs)\n",
    ),
    (
        "def name(user):\n    return user.name\n",
        "def name(user):\n    if user is None:\n        return None\n    return user.name\n",
    ),
    (
        "def price(way):\n    return way.legs[0].price\n",
        "def price(way):\n    if not way.legs:\n        return 0\n    return way.legs[0].price\n",
    ),
)
def early_return(site: Site) -> Proposals:
    """A missing way out at the top of a function, for an empty or absent argument."""
    body = site.field("body")
    if body is None or not body.named_children:
        return
    first = first_of(body)
    inner = site.code.scope(body)
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    answers = list(dict.fromkeys([*annotated(first), *returned_by(body), *_DEFAULTS]))
    for parameter in (n for n in inner.names.values() if n.parameter and n.text != inner.method_self):
        tests = [f"not {parameter.text}", f"{parameter.text} is None"]
        tests += (
            [f"{parameter.text} {sign}" for sign in ("< 0", "<= 1", "== 1")] if parameter.kind & Kind.NUMBER else []
        )
        for i, test in enumerate(tests):
            for j, answer in enumerate([*answers, parameter.text]):
                text = f"if {test}:{eol}{indent}{unit}return {answer}{eol}{indent}"
                yield _at(first.start_byte, text, (1.0 if i == 0 else 0.7) / (1 + 0.15 * j))
    for i, part in enumerate(_parts(site, body)):
        for j, answer in enumerate(answers):
            text = f"if not {part}:{eol}{indent}{unit}return {answer}{eol}{indent}"
            yield _at(first.start_byte, text, 0.8 / (1 + 0.15 * j + 0.3 * i))


def _parts(site: Site, body: Node) -> list[str]:
    """Attributes of parameters that the function reads, and that may be empty; in the order in which it reads them."""
    inner = site.code.scope(body)
    names = {n.text for n in inner.names.values() if n.parameter}
    found = dict.fromkeys(text_of(n) for n in walk(body) if n.type == "attribute" and is_read(n) and not is_called(n))
    return [text for text in found if text.partition(".")[0] in names and text.count(".") == 1][:_MOST_PARTS]


_MOST_PARTS = 4


def first_of(body: Node) -> Node:
    """The first statement of a block, behind its docstring."""
    first = body.named_children[0]
    is_doc = (
        first.type == "expression_statement" and first.named_children[:1] and first.named_children[0].type == "string"
    )
    return body.named_children[1] if is_doc and len(body.named_children) > 1 else first


def returned_by(body: Node) -> list[str]:
    """Short values that the function gives back, as written: constants and such, no names and no calls."""
    found = [text_of(n.named_children[0]) for n in walk(body) if n.type == "return_statement" and n.named_children]
    return [text for text in found if len(text) < 20 and "(" not in text and not text.isidentifier()]


@template(
    "guard.loop",
    0.3,
    "for_statement while_statement",
    (
        "def f(xs, seen):\n    for x in xs:\n        go(x)\n",
        "def f(xs, seen):\n    for x in xs:\n        if x in seen:\n            continue\n        go(x)\n",
    ),
    (
        "def f(xs):\n    for x in xs:\n        go(x)\n",
        "def f(xs):\n    for x in xs:\n        if x is None:\n            continue\n        go(x)\n",
    ),
    (
        "def f(xs, seen):\n    for x in xs:\n        go(x)\n",
        "def f(xs, seen):\n    for x in xs:\n        if not x:\n            break\n        go(x)\n",
    ),
)
def skip(site: Site) -> Proposals:
    """A missing ``continue`` or ``break`` at the top of a loop's body."""
    body, left = site.field("body"), site.field("left")
    if body is None or not body.named_children:
        return
    first = body.named_children[0]
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    items = [text_of(left)] if left is not None and left.type == "identifier" else []
    inside = [f"{i} in {c}" for i in items for c in site.names(Kind.CONTAINER) if c != i]
    for test in [*(t for i in items for t in (f"not {i}", f"{i} is None")), *inside]:
        for way_out, weight in (("continue", 1.0), ("break", 0.6)):
            yield _at(first.start_byte, f"if {test}:{eol}{indent}{unit}{way_out}{eol}{indent}", weight)


@template(
    "guard.statement",
    0.25,
    "expression_statement return_statement",
    ("def f(x, out):\n    out.append(x)\n", "def f(x, out):\n    if x:\n        out.append(x)\n"),
    ("def f(log, x):\n    log.write(x)\n", "def f(log, x):\n    if log is not None:\n        log.write(x)\n"),
    ("def f(seen, x):\n    seen.append(x)\n", "def f(seen, x):\n    if x not in seen:\n        seen.append(x)\n"),
)
def guard(site: Site) -> Proposals:
    """A statement that should run on a condition only."""
    indent, unit, eol = site.code.indent_of(site.node), site.code.indent_unit, site.code.newline
    if eol in site.text or _is_docstring(site.node):
        return
    read = [text_of(n) for n in walk(site.node) if n.type == "identifier"]
    names = [n for n in site.names(Kind.VALUE) if n in read]
    members = [
        f"{a} not in {b}" for a in names for b in names if a != b and site.scope.kinds.get(b, Kind.ANY) & Kind.CONTAINER
    ]
    for test in [*names, *(f"{n} is not None" for n in names), *members]:
        yield _at(site.node.start_byte, f"if {test}:{eol}{indent}{unit}", 1.0)


def _is_docstring(node: Node) -> bool:
    return bool(node.named_children) and node.named_children[0].type == "string"


def _at(offset: int, text: str, weight: float) -> Rewrite:
    return Rewrite(((Span(offset, offset), text),), weight)


@template(
    "condition.literal",
    0.35,
    _CONDITIONAL,
    (
        'def f(rows):\n    log(rows[0].state, state="gone")\n    return [r for r in rows if r.size]\n',
        'def f(rows):\n    log(rows[0].state, state="gone")\n    return [r for r in rows if r.size and r.state != "gone"]\n',
    ),
    (
        'def f(kind, n):\n    if n:\n        go()\n    return kind == "raw"\n',
        'def f(kind, n):\n    if n and kind == "raw":\n        go()\n    return kind == "raw"\n',
    ),
    most=32,
)
def literal(site: Site) -> Proposals:
    """A condition that leaves a case out or takes one too many: told by a constant that the project knows for this name."""
    condition = condition_of(site.node)
    if condition is None:
        return
    held = text_of(condition)
    owners = [n.child_by_field_name("object") for n in walk(condition) if n.type == "attribute"]
    plain = {text_of(o): o for o in owners if o is not None and o.type == "identifier"}
    about = [f"{o}.{a}" for o, node in plain.items() for a in _attributes(site, node)]
    names = [n for n in site.names(Kind.VALUE) if site.code.literals(n)]
    for i, subject in enumerate(dict.fromkeys([*names, *about])):
        for j, text in enumerate(site.code.literals(subject.rpartition(".")[2])):
            if f"{subject} == {text}" in held or f"{subject} != {text}" in held:
                continue
            weight = 1.0 / (1 + 0.1 * i + 0.25 * j)
            both, either = grouped(condition, Level.AND), grouped(condition, Level.OR)
            yield replace(condition, f"{both} and {subject} != {text}", weight)
            yield replace(condition, f"{both} and {subject} == {text}", 0.7 * weight)
            yield replace(condition, f"{either} or {subject} == {text}", 0.8 * weight)


def _attributes(site: Site, owner: Node) -> list[str]:
    """Attributes of `owner` that the project knows constants for; where it is not known what it is, those of the file first."""
    members, here = site.code.members(owner), site.code.attributes[""]
    known = [a for a in site.code.fields if members is None or a in members]
    return sorted(known, key=lambda a: a not in here)[:_MOST_ATTRIBUTES]


_MOST_ATTRIBUTES = 8

TEMPLATES = (literal, add, drop, exchange, early_return, skip, guard)
