"""What can be gone through once: iterators that are kept, measured, indexed, gone through again."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.templates.base import (
    Proposals,
    Rewrite,
    Site,
    Template,
    owns_brackets,
    replace,
    template,
)
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.pitfalls.usage import calls, class_of, function_of, given, loop_of

_BUILT_IN = ("map", "filter", "zip", "reversed", "iter", "enumerate")
_LAZY = ("chain", "islice", "finditer", "iterdir", "glob", "rglob", "iglob", "reader", "DictReader", "scandir", "groupby", "from_iterable", "takewhile", "dropwhile", "starmap", "accumulate", "pairwise", "zip_longest")  # fmt: skip
_VIEWS = ("keys", "values", "items")
_FINITE = ("next", "send", "close", "__next__")


def is_lazy(node: Node | None) -> bool:
    """Whether `node` makes an iterator, that can be gone through once."""
    if node is None or node.type == "generator_expression":
        return node is not None
    function = node.child_by_field_name("function") if node.type == "call" else None
    if function is None:
        return False
    name = text_of(function).rpartition(".")[2]
    return name in _LAZY or (name in _BUILT_IN and function.type == "identifier")


def listed(node: Node, kind: str = "list") -> str:
    """The code that makes a list of the elements of `node`."""
    if node.type == "generator_expression" and kind == "list":
        inside = text_of(node)
        return f"[{inside[1:-1]}]" if inside.startswith("(") else f"[{inside}]"
    return f"{kind}({text_of(node)})"


@template(
    "pitfall.once",
    1.7,
    "assignment",
    (
        "def f(xs):\n    ys = map(int, xs)\n    return sum(ys) / max(ys)\n",
        "def f(xs):\n    ys = list(map(int, xs))\n    return sum(ys) / max(ys)\n",
    ),
    (
        "def f(xs, zs):\n    ys = (x for x in xs if x)\n    for z in zs:\n        if z in ys:\n            go(z)\n",
        "def f(xs, zs):\n    ys = [x for x in xs if x]\n    for z in zs:\n        if z in ys:\n            go(z)\n",
    ),
    (
        "class A:\n    def __init__(self, rows):\n        self.rows = filter(None, rows)\n    def all(self):\n        return sorted(self.rows)\n",
        "class A:\n    def __init__(self, rows):\n        self.rows = list(filter(None, rows))\n    def all(self):\n        return sorted(self.rows)\n",
    ),
    relies=0.35,
)
def once(site: Site) -> Proposals:
    """An iterator that is kept, and gone through, measured or asked for more than once."""
    left, right, function = site.field("left"), site.field("right"), function_of(site.node)
    if left is None or right is None or not is_lazy(right) or left.type not in ("identifier", "attribute"):
        return
    around = class_of(site.node) if left.type == "attribute" else function
    uses = [n for n in walk(around) if n.type == left.type and text_of(n) == text_of(left) and is_read(n)] if around is not None else []  # fmt: skip
    uses = [n for n in uses if n.start_byte > site.node.end_byte or left.type == "attribute"]
    if any(calls(n.parent.parent if n.parent is not None else None, *_FINITE) for n in uses):
        return
    mine = loop_of(site.node)
    again = any(_again(n, mine) for n in uses)
    asked = any(asks_all(n) for n in uses)
    if uses and (left.type == "attribute" or asked or again or len(uses) > 1):
        share = 1.0 if asked or again or left.type == "attribute" else 0.85
        yield replace(right, listed(right), share)
        yield replace(right, f"tuple({text_of(right)})", 0.6 * share)


def _again(node: Node, mine: Node | None) -> bool:
    """Whether a loop other than `mine` runs over the place of `node`, which it does not go through first."""
    loop = loop_of(node)
    if loop is not None and loop != mine:
        return True
    child, at = node, node.parent
    while at is not None and not at.type.endswith(("statement", "block")):
        if at.type.endswith("comprehension") or at.type == "generator_expression":
            clauses = [c for c in at.named_children if c.type == "for_in_clause"]
            if clauses and child != clauses[0]:
                return True
        child, at = at, at.parent
    return False


def asks_all(node: Node) -> bool:
    """Whether the place needs more than an iterator: its length, an element by its place, its truth."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "argument_list":
        return calls(parent.parent, "len", "bool", "reversed")
    if parent.type in ("if_statement", "while_statement", "elif_clause", "conditional_expression"):
        condition = parent.child_by_field_name("condition") or parent.named_children[1]
        return condition == node
    if parent.type == "boolean_operator":
        return parent.named_children[0] == node
    return parent.type == "not_operator" or (parent.type == "subscript" and parent.named_children[0] == node)


@template(
    "pitfall.elements",
    1.8,
    "call generator_expression",
    ("def f(xs):\n    return len(filter(None, xs))\n", "def f(xs):\n    return len(list(filter(None, xs)))\n"),
    ("def f(d):\n    return d.keys()[0]\n", "def f(d):\n    return list(d.keys())[0]\n"),
    ("def f(xs):\n    return len(x for x in xs if x)\n", "def f(xs):\n    return len([x for x in xs if x])\n"),
    ("def f(xs):\n    return reversed(enumerate(xs))\n", "def f(xs):\n    return reversed(list(enumerate(xs)))\n"),
    (
        "def f(xs) -> list[int]:\n    return map(int, xs)\n",
        "def f(xs) -> list[int]:\n    return list(map(int, xs))\n",
    ),
    (
        "def f(d):\n    return json.dumps({'k': d.keys()})\n",
        "def f(d):\n    return json.dumps({'k': list(d.keys())})\n",
    ),
    relies=0.35,
)
def elements(site: Site) -> Proposals:
    """An iterator or a view where its elements are wanted at once: measured, indexed, reversed, joined, given back as a list."""
    node = site.node
    view = calls(node, *_VIEWS) and not given(node)
    if not (view or is_lazy(node)) or node.parent is None:
        return
    share = _wants_elements(node, view=view)
    if share:
        if owns_brackets(node):
            yield replace(node, f"([{text_of(node)[1:-1]}])", share)
        else:
            yield replace(node, listed(node), share)
        if share == 1.0 and node.parent.type == "return_statement":
            yield replace(node, f"tuple({text_of(node)})", 0.4)


def _wants_elements(node: Node, *, view: bool) -> float:
    parent = node.parent
    if parent is None:
        return 0.0
    if owns_brackets(node):
        return float(calls(parent, "len", "reversed"))
    if parent.type == "argument_list":
        return _wants_argument(node, parent.parent, view=view)
    if parent.type == "attribute":
        return float(text_of(parent.named_children[-1]) in ("sort", "append", "index", "reverse", "count", "insert"))
    if parent.type == "binary_operator":
        sign = parent.child_by_field_name("operator")
        return float(sign is not None and sign.type == "+")
    if parent.type == "return_statement":
        return _returned_as(node)
    if parent.type == "subscript":
        return float(parent.named_children[0] == node)
    return 0.7 if parent.type == "pair" else 0.9 * (asks_all(node) and not view)


def _wants_argument(node: Node, call: Node | None, *, view: bool) -> float:
    if calls(call, "reversed"):
        return float(not view and not calls(node, "iter"))
    return float(
        (calls(call, "len", "bool") and not view) or calls(call, "choice", "shuffle", "dumps", "dump", "sample")
    )


def _returned_as(node: Node) -> float:
    function = function_of(node)
    written = function.child_by_field_name("return_type") if function is not None else None
    if written is None:
        return 0.5 if not calls(node, "iter") else 0.0
    return 1.0 if text_of(written).lower().startswith(("list", "sequence", "typing.list", "optional[list")) else 0.0


@template(
    "pitfall.once_given",
    1.3,
    "function_definition",
    (
        "def f(rows: Iterable[int]):\n    return sum(rows) / max(rows)\n",
        "def f(rows: Iterable[int]):\n    rows = list(rows)\n    return sum(rows) / max(rows)\n",
    ),
    (
        "def f(rows):\n    for row in rows:\n        check(row)\n    for row in rows:\n        go(row)\n",
        "def f(rows):\n    rows = list(rows)\n    for row in rows:\n        check(row)\n    for row in rows:\n        go(row)\n",
    ),
    relies=0.35,
)
def once_given(site: Site) -> Proposals:
    """An argument that may be an iterator, and is gone through twice."""
    body, parameters = site.field("body"), site.field("parameters")
    if body is None or parameters is None or not body.named_children:
        return
    first = first_of(body)
    for parameter in parameters.named_children:
        name, written = parameter.child_by_field_name("name"), parameter.child_by_field_name("type")
        name = name or (parameter.named_children[0] if parameter.named_children else parameter)
        if name.type != "identifier" or parameter.type.endswith("splat_pattern"):
            continue
        text = text_of(name)
        lazy = written is not None and text_of(written).rpartition(".")[2].startswith(("Iterable", "Iterator", "Generator"))  # fmt: skip
        if written is not None and not lazy:
            continue
        uses = [n for n in walk(body) if n.type == "identifier" and text_of(n) == text and is_read(n)]
        through = [n for n in uses if _goes_through(n)]
        if f"{text} = " in text_of(body) or any(asks_all(n) for n in uses) > lazy or len(through) < (1 if lazy else 2):
            continue
        if len(uses) > 1 or any(_again(n, None) for n in uses):
            line = f"{text} = list({text}){site.code.newline}{site.code.indent_of(first)}"
            yield Rewrite(((Span(first.start_byte, first.start_byte), line),), 1.0 if lazy else 0.75)


_THROUGH = ("sum", "max", "min", "sorted", "list", "set", "tuple", "any", "all", "join", "enumerate", "zip", "map", "filter", "dict", "Counter", "extend", "mean")  # fmt: skip


def _goes_through(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type in ("for_statement", "for_in_clause"):
        return parent.child_by_field_name("right") == node
    return parent.type == "argument_list" and calls(parent.parent, *_THROUGH)


TEMPLATES: tuple[Template, ...] = (once, elements, once_given)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.once": ("pimutils/vdirsyncer#904", "datamade/parserator#21", "mailpile/Mailpile#1504"),
    "pitfall.elements": (
        "autotest/tp-libvirt#1550",
        "phillipberndt/autorandr#10",
        "ManageIQ/manageiq-api-client-python#47",
    ),
    "pitfall.once_given": ("Clinical-Genomics/cg#1368", "ox-it/python-sharepoint#37"),
}
