"""None among what is ordered, added up or asked for something: left out, put last, or asked about first."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, replace, span, template

_COMPREHENSIONS = "list_comprehension set_comprehension dictionary_comprehension generator_expression"
_MOST_PARTS = 4


@template(
    "absence.left_out",
    0.4,
    _COMPREHENSIONS,
    (
        "def f(rows):\n    return sum(row.size for row in rows)\n",
        "def f(rows):\n    return sum(row.size for row in rows if row.size is not None)\n",
    ),
    (
        "def f(rows, n):\n    return [row for row in rows if row.size > n]\n",
        "def f(rows, n):\n    return [row for row in rows if row.size is not None and row.size > n]\n",
    ),
    (
        "def f(names):\n    return [n.strip() for n in names]\n",
        "def f(names):\n    return [n.strip() for n in names if n]\n",
    ),
)
def left_out(site: Site) -> Proposals:
    """Elements of a comprehension that are None, or hold it, and should be passed over."""
    clauses = [n for n in site.node.named_children if n.type == "for_in_clause"]
    asked = [n for n in site.node.named_children if n.type == "if_clause"]
    if len(clauses) != 1 or not site.node.named_children:
        return
    left = clauses[0].child_by_field_name("left")
    names = {text_of(n) for n in walk(left) if n.type == "identifier"} if left is not None else set()
    about = dict.fromkeys(
        [*_about(site, site.node.named_children[0], names), *(p for a in asked for p in _about(site, a, names))]
    )
    for i, part in enumerate(list(about)[:_MOST_PARTS]):
        share = 1.0 / (1 + 0.15 * i)
        if asked:
            inner = asked[0].named_children[0]
            yield replace(inner, f"{part} is not None and {grouped(inner, Level.AND)}", share)
            yield replace(inner, f"{part} and {grouped(inner, Level.AND)}", 0.8 * share)
        else:
            at = Span(clauses[0].end_byte, clauses[0].end_byte)
            yield Rewrite(((at, f" if {part} is not None"),), share)
            yield Rewrite(((at, f" if {part}"),), 0.8 * share)


def _about(site: Site, node: Node, names: set[str]) -> Iterator[str]:
    """Expressions in `node` that are made of `names` and may be None."""
    for inner in site.code.inside(node):
        head = text_of(inner).partition(".")[0].partition("[")[0]
        if inner.type in ("identifier", "attribute", "subscript") and head in names and not is_called(inner):
            if site.kind(inner) & ~(Kind.MODULE | Kind.CLASS | Kind.CALLABLE):
                yield text_of(inner)
        elif inner.type == "call" and text_of(inner).startswith("getattr("):
            yield text_of(inner)


@template(
    "absence.asked",
    0.4,
    "lambda return_statement",
    (
        "def f(name, n):\n    return lambda row: over(getattr(row, name), n)\n",
        "def f(name, n):\n    return lambda row: getattr(row, name) is not None and over(getattr(row, name), n)\n",
    ),
    (
        "def f(a, b):\n    return a.size > b\n",
        "def f(a, b):\n    return a.size is not None and a.size > b\n",
    ),
    (
        "def f(rows):\n    rows.sort(key=lambda row: row.size)\n",
        "def f(rows):\n    rows.sort(key=lambda row: (row.size is None, row.size))\n",
    ),
    (
        "def f(rows):\n    rows.sort(key=lambda row: row.size)\n",
        "def f(rows):\n    rows.sort(key=lambda row: row.size or 0)\n",
    ),
)
def asked(site: Site) -> Proposals:
    """An answer, or a key of an order, that cannot be worked out of None."""
    body = site.field("body") if site.node.type == "lambda" else next(iter(site.node.named_children), None)
    if body is None:
        return
    if site.node.type == "lambda" and body.type in ("attribute", "subscript", "tuple") and _is_key(site.node):
        yield from _keys(body)
        return
    if body.type not in ("comparison_operator", "boolean_operator", "call"):
        return
    if site.node.type == "return_statement" and body.type == "call":
        return
    names = _parameters(site)
    for i, part in enumerate(list(dict.fromkeys(_about(site, body, names)))[:_MOST_PARTS]):
        for shape, weight in (("{0} is not None and {1}", 1.0), ("{0} is None or {2}", 0.4)):
            text = shape.format(part, grouped(body, Level.AND), grouped(body, Level.OR))
            yield replace(body, text, weight / (1 + 0.2 * i))


def _parameters(site: Site) -> set[str]:
    if site.node.type == "lambda":
        parameters = site.field("parameters")
        return {text_of(n) for n in walk(parameters) if n.type == "identifier"} if parameters is not None else set()
    return {n.text for n in site.scope.names.values()}


def _is_key(node: Node) -> bool:
    name = node.parent.child_by_field_name("name") if node.parent is not None else None
    return (
        node.parent is not None
        and node.parent.type == "keyword_argument"
        and name is not None
        and text_of(name) == "key"
    )


def _keys(body: Node) -> Iterator[Rewrite]:
    for part in body.named_children if body.type == "tuple" else [body]:
        if part.type in ("attribute", "subscript"):
            text = text_of(part)
            yield replace(part, f"{text} is None, {text}" if body.type == "tuple" else f"({text} is None, {text})")
            yield replace(part, f"{text} or 0", 0.8)
            yield replace(part, f'{text} or ""', 0.8)


@template(
    "absence.operands",
    0.4,
    "call",
    (
        "def f(a, b):\n    return min(a.low, b.low)\n",
        "def f(a, b):\n    return min((each for each in (a.low, b.low) if each is not None), default=None)\n",
    ),
    (
        "def f(a, b):\n    return min(a.low, b.low)\n",
        "def f(a, b):\n    return min(each for each in (a.low, b.low) if each is not None)\n",
    ),
    (
        "def f(sizes):\n    return sum(sizes)\n",
        "def f(sizes):\n    return sum(each for each in sizes if each is not None)\n",
    ),
    (
        "def f(low, new):\n    return min(low, new)\n",
        "def f(low, new):\n    return new if low is None else min(low, new)\n",
    ),
)
def operands(site: Site) -> Proposals:
    """None among what the least, the greatest, the sum or the order is asked of."""
    function, arguments = site.field("function"), site.field("arguments")
    if (
        function is None
        or arguments is None
        or text_of(function) not in ("min", "max", "sum", "sorted", "mean", "fmean", "median")
    ):
        return
    given = arguments.named_children
    if any(g.type in ("list_splat", "generator_expression", "list_comprehension") for g in given) or not given:
        return
    if len(given) > 1 and all(g.type != "keyword_argument" for g in given) and text_of(function) in ("min", "max"):
        listed = ", ".join(text_of(g) for g in given)
        inner = f"each for each in ({listed}) if each is not None"
        yield replace(arguments, f"(({inner}), default=None)")
        yield replace(arguments, f"({inner})", 0.8)
        yield from _either(site, given)
    elif site.kind(given[0]) & (Kind.CONTAINER | Kind.OBJECT):
        inner = f"each for each in {grouped(given[0], Level.OR)} if each is not None"
        yield Rewrite(((span(given[0]), f"({inner})" if len(given) > 1 else inner),), 0.8)


def _either(site: Site, given: list[Node]) -> Iterator[Rewrite]:
    """One of two operands where the other is not there."""
    if len(given) == 2:
        for one, other in ((given[0], given[1]), (given[1], given[0])):
            if one.type in ("identifier", "attribute", "subscript"):
                text = f"{grouped(other, Level.OR)} if {text_of(one)} is None else {site.text}"
                yield site.become(text, Level.CONDITIONAL, 0.8)


TEMPLATES = (left_out, asked, operands)
