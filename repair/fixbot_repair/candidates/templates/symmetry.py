"""What was done on one side only: one operand made comparable, one direction, one of the fields, one place of two."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level, grouped, level_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template

_PLAIN = ("identifier", "attribute", "subscript", "string", "call")


@template(
    "symmetry.side",
    0.45,
    "comparison_operator",
    ("def f(a, b):\n    return a.lower() == b\n", "def f(a, b):\n    return a.lower() == b.lower()\n"),
    (
        "def f(path, root):\n    return clean(path) in root\n",
        "def f(path, root):\n    return clean(path) in clean(root)\n",
    ),
    (
        "def f(name, known):\n    return name == known\n",
        "def f(name, known):\n    return name.lower() == known.lower()\n",
    ),
)
def side(site: Site) -> Proposals:
    """A comparison of which one side alone was brought into the form that counts, or neither."""
    parts = site.node.named_children
    if len(parts) != 2:
        return
    for one, other in ((parts[0], parts[1]), (parts[1], parts[0])):
        if other.type in _PLAIN and (shape := _shape(one)) is not None:
            yield replace(other, shape.format(grouped(other, Level.PRIMARY)))
    if all(p.type in _PLAIN and p.type != "string" and site.kind(p) & Kind.TEXT for p in parts):
        first, second = (grouped(p, Level.PRIMARY) for p in parts)
        sign = next(c for c in site.node.children if c not in parts)
        for i, method in enumerate(("lower()", "strip()", "casefold()")):
            text = f"{first}.{method} {text_of(sign)} {second}.{method}"
            yield site.become(text, Level.COMPARISON, 0.5 / (1 + 0.4 * i))


def _shape(node: Node) -> str | None:
    """A call of one value as a shape with that value left out: ``{}.lower()``, ``clean({})``."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call" or function is None or arguments is None or "{" in text_of(node):
        return None
    given = arguments.named_children
    if function.type == "attribute" and not given:
        return "{}." + text_of(function).rpartition(".")[2] + "()"
    return f"{text_of(function)}({{}})" if len(given) == 1 and given[0].type in _PLAIN else None


@template(
    "symmetry.reverse",
    0.4,
    "expression_statement",
    (
        "def f(closed, a, b):\n    closed.add((a, b))\n",
        "def f(closed, a, b):\n    closed.add((a, b))\n    closed.add((b, a))\n",
    ),
    (
        "def link(graph, a, b):\n    graph[a].append(b)\n",
        "def link(graph, a, b):\n    graph[a].append(b)\n    graph[b].append(a)\n",
    ),
)
def reverse(site: Site) -> Proposals:
    """A statement about two things that holds the other way round too."""
    if site.code.newline in site.text or len(site.text) > _LONGEST:
        return
    names = [n for n in walk(site.node) if n.type == "identifier" and n.parent is not None and _is_operand(n)]
    distinct = list(dict.fromkeys(text_of(n) for n in names))
    indent, eol = site.code.indent_of(site.node), site.code.newline
    end = site.node.end_byte
    for i, one in enumerate(distinct):
        for other in distinct[i + 1 : i + 4]:
            if site.scope.kinds.get(one, Kind.ANY) & site.scope.kinds.get(other, Kind.ANY):
                text = _exchanged(site, names, one, other)
                if text != site.text:
                    yield Rewrite(((Span(end, end), f"{eol}{indent}{text}"),))


_LONGEST = 120


def _is_operand(node: Node) -> bool:
    """Whether `node` is an argument, an element or an index: no function, no attribute, no receiver."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type in ("argument_list", "tuple", "expression_list", "list", "set"):
        return True
    if parent.type == "subscript":
        return parent.child_by_field_name("subscript") == node
    return parent.type == "assignment" and parent.child_by_field_name("right") == node


def _exchanged(site: Site, names: list[Node], one: str, other: str) -> str:
    start, data, parts = site.node.start_byte, site.node.text or b"", []
    at = 0
    for node in sorted(names, key=lambda n: n.start_byte):
        swapped = {one: other, other: one}.get(text_of(node))
        if swapped is not None:
            parts += [data[at : node.start_byte - start], swapped.encode()]
            at = node.end_byte - start
    return b"".join([*parts, data[at:]]).decode("utf-8", "replace")


@template(
    "symmetry.element",
    0.4,
    "tuple list set expression_list",
    (
        "class A:\n    def f(self):\n        self.c = 1\n        return (self.a, self.b)\n",
        "class A:\n    def f(self):\n        self.c = 1\n        return (self.a, self.b, self.c)\n",
    ),
    (
        "def f(x):\n    if x == 'c':\n        go()\n    return x in ('a', 'b')\n",
        "def f(x):\n    if x == 'c':\n        go()\n    return x in ('a', 'b', 'c')\n",
    ),
)
def element(site: Site) -> Proposals:
    """One element too few: another attribute of what the others are of, another constant of the function or the class."""
    parts = site.node.named_children
    if not parts or len(parts) > _MOST_ELEMENTS or any(p.type not in ("attribute", *_CONSTANTS) for p in parts):
        return
    if parts[0].start_point[0] != parts[-1].end_point[0]:
        return
    held = {text_of(p) for p in parts}
    end = parts[-1].end_byte
    for i, other in enumerate(o for o in _more(site, parts) if o not in held):
        yield Rewrite(((Span(end, end), f", {other}"),), 1.0 / (1 + 0.15 * i))


_CONSTANTS = ("string", "integer", "none")
_MOST_ELEMENTS = 12


def _more(site: Site, parts: list[Node]) -> Iterator[str]:
    owners = {text_of(p.named_children[0]) for p in parts if p.type == "attribute"}
    if len(owners) == 1 and all(p.type == "attribute" for p in parts):
        (owner,) = owners
        found = sorted(site.code.attributes.get(owner, ()), key=lambda a: -site.near(a))
        yield from (f"{owner}.{a}" for a in found if a not in site.code.functions)
    elif parts[0].type in _CONSTANTS:
        own = [e for e in site.code.expressions(site.node) if e.type == parts[0].type]
        yield from dict.fromkeys(text_of(e) for e in own)
        yield from (("None", '""') if parts[0].type == "string" else ("0", "1", "None"))


@template(
    "operand.regroup",
    0.45,
    "binary_operator",
    ("def f(a, b, c):\n    return a / b - c\n", "def f(a, b, c):\n    return (a - c) / b\n"),
    ("def f(a, b, c):\n    return a + b * c\n", "def f(a, b, c):\n    return (a + b) * c\n"),
    ("def f(a, b, c):\n    return (a + b) / c\n", "def f(a, b, c):\n    return a + b / c\n"),
    ("def f(a, b, c):\n    return a - (b + c)\n", "def f(a, b, c):\n    return a - b + c\n"),
)
def regroup(site: Site) -> Proposals:
    """Brackets around the wrong part of a formula, or a part of it inside or outside of them."""
    sign, left, right = site.field("operator"), site.field("left"), site.field("right")
    if sign is None or left is None or right is None:
        return
    inner = _bare(left)
    if (parts := _binary(inner)) is not None:
        one, first, two = parts
        if left.type == "binary_operator" or first != sign.type:
            yield site.become(f"{_as(one)} {first} ({_as(two)} {sign.type} {_as(right)})", level_of(inner))
        if first != sign.type:  # the last operand goes with the first one
            yield site.become(f"({_as(one)} {sign.type} {_as(right)}) {first} {_as(two)}", level_of(inner), 0.8)
    if (parts := _binary(_bare(right))) is not None:
        one, second, two = parts
        yield site.become(f"({_as(left)} {sign.type} {_as(one)}) {second} {_as(two)}", Level.SUM, 0.9)
        if right.type == "parenthesized_expression":
            yield replace(right, text_of(_bare(right)), 0.9)
    for bracketed in (left, right):
        if bracketed.type == "parenthesized_expression" and _binary(_bare(bracketed)) is not None:
            yield replace(bracketed, text_of(_bare(bracketed)), 0.9)


def _bare(node: Node) -> Node:
    return node.named_children[0] if node.type == "parenthesized_expression" and node.named_children else node


def _binary(node: Node) -> tuple[Node, str, Node] | None:
    left, sign, right = (node.child_by_field_name(n) for n in ("left", "operator", "right"))
    if node.type != "binary_operator" or left is None or sign is None or right is None:
        return None
    return left, sign.type, right


def _as(node: Node) -> str:
    return grouped(node, Level.UNARY)


TEMPLATES = (side, reverse, element, regroup)
