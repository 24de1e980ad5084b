"""What can be gone through once only: iterators that are kept, or read a second time, and should have been made lists first."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.conditions import first_of

_ITERABLE = frozenset(("Iterable", "Iterator", "Generator", "Collection", "Reversible"))
_LAZY = frozenset(("map", "filter", "zip", "reversed", "iter", "chain", "islice", "open", "finditer", "iterdir", "glob", "rglob"))  # fmt: skip
_LOOPS = ("for_statement", "while_statement", "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")  # fmt: skip


@template(
    "once.entry",
    0.5,
    "function_definition",
    (
        "from typing import Iterable\ndef f(days: Iterable):\n    return max(days), min(days)\n",
        "from typing import Iterable\ndef f(days: Iterable):\n    days = list(days)\n    return max(days), min(days)\n",
    ),
    (
        "def late(rows, days=()):\n    for row in rows:\n        if row in days:\n            return row\n",
        "def late(rows, days=()):\n    days = list(days)\n    for row in rows:\n        if row in days:\n            return row\n",
    ),
)
def entry(site: Site) -> Proposals:
    """A parameter that may be an iterator and is read more than once: in two places, or in a loop."""
    body = site.field("body")
    if body is None or not body.named_children:
        return
    first = first_of(body)
    indent, eol = site.code.indent_of(first), site.code.newline
    for name, share in _lazy_parameters(site.node, site):
        uses = [n for n in walk(body) if n.type == "identifier" and text_of(n) == name and is_read(n)]
        if len(uses) > 1 or any(_is_repeated(n, body) for n in uses):
            for i, kind in enumerate(("list", "tuple", "set")):
                text = f"{name} = {kind}({name}){eol}{indent}"
                yield Rewrite(((Span(first.start_byte, first.start_byte), text),), share / (1 + 0.4 * i))


def _lazy_parameters(function: Node, site: Site) -> Iterator[tuple[str, float]]:
    """Parameters that an iterator may be handed for, with how likely."""
    parameters, body = function.child_by_field_name("parameters"), function.child_by_field_name("body")
    inner = site.code.scope(body) if body is not None else site.scope
    for parameter in parameters.named_children if parameters is not None else ():
        name = parameter if parameter.type == "identifier" else parameter.child_by_field_name("name")
        name = name or next((n for n in parameter.named_children if n.type == "identifier"), None)
        if (
            name is None
            or parameter.type.endswith(("splat_pattern", "separator"))
            or text_of(name) == inner.method_self
        ):
            continue
        written = parameter.child_by_field_name("type")
        if written is not None:
            if _ITERABLE & {text_of(n) for n in walk(written) if n.type == "identifier"}:
                yield text_of(name), 1.0
        elif inner.kinds.get(text_of(name), Kind.ANY) & (Kind.CONTAINER | Kind.OBJECT):
            yield text_of(name), 0.5


def _is_repeated(node: Node, body: Node) -> bool:
    """Whether a loop inside `body` runs over the place of `node` again and again: not what the loop goes through first."""
    child, at = node, node.parent
    while at is not None and at != body.parent:
        if at.type in _LOOPS and child != at.child_by_field_name("right"):
            clauses = [c for c in at.named_children if c.type == "for_in_clause"]
            if not clauses or child != clauses[0]:
                return True
        child, at = at, at.parent
    return False


@template(
    "once.kept",
    0.5,
    "assignment",
    (
        "from typing import Iterable\nclass A:\n    def __init__(self, days: Iterable):\n        self.days = days\n",
        "from typing import Iterable\nclass A:\n    def __init__(self, days: Iterable):\n        self.days = list(days)\n",
    ),
    (
        "def f(xs):\n    ys = map(int, xs)\n    return sum(ys), max(ys)\n",
        "def f(xs):\n    ys = list(map(int, xs))\n    return sum(ys), max(ys)\n",
    ),
    (
        "def f(xs):\n    ys = (x for x in xs if x)\n    for y in ys:\n        show(y, max(ys))\n",
        "def f(xs):\n    ys = [x for x in xs if x]\n    for y in ys:\n        show(y, max(ys))\n",
    ),
)
def kept(site: Site) -> Proposals:
    """An iterator that is kept as it is: an argument, what ``map`` and its like give, a generator expression."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None:
        return
    if right.type == "generator_expression":
        yield replace(right, f"[{text_of(right)[1:-1]}]")
    elif right.type == "call" and (called := right.child_by_field_name("function")) is not None:
        if text_of(called).rpartition(".")[2] in _LAZY:
            yield replace(right, f"list({text_of(right)})")
            yield replace(right, f"tuple({text_of(right)})", 0.5)
    elif right.type == "identifier" and left.type == "attribute" and site.scope.node.type == "function_definition":
        share = dict(_lazy_parameters(site.scope.node, site)).get(text_of(right), 0.0)
        if share:
            yield from (replace(right, f"{k}({text_of(right)})", share * w) for k, w in (("list", 1.0), ("tuple", 0.7)))


TEMPLATES = (entry, kept)
