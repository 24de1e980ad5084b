"""Off by one: constants, indices, slices, ranges and thresholds."""

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, span, swap, template

_SHIFTABLE = "identifier attribute subscript call binary_operator"


@template(
    "bounds.constant",
    0.8,
    "integer",
    ("for i in range(1, n):\n    go(i)\n", "for i in range(0, n):\n    go(i)\n"),
    ("if len(rows) > 1:\n    go()\n", "if len(rows) > 2:\n    go()\n"),
)
def constant(site: Site) -> Proposals:
    """A whole number that is one too large or too small."""
    try:
        value = int(site.text, 0)
    except ValueError:
        return
    yield site.become(str(value + 1), Level.PRIMARY)
    if value > 0 or site.node.parent is None or site.node.parent.type != "unary_operator":
        yield site.become(str(value - 1), Level.PRIMARY if value > 0 else Level.UNARY, 1.0 if value > 0 else 0.5)


@template(
    "bounds.shift",
    0.55,
    _SHIFTABLE,
    ("def f(xs, i):\n    return xs[i]\n", "def f(xs, i):\n    return xs[i - 1]\n"),
    ("def f(lo, mid):\n    return find(mid, lo)\n", "def f(lo, mid):\n    return find(mid + 1, lo)\n"),
    ("for i in range(n):\n    go(i)\n", "for i in range(n + 1):\n    go(i)\n"),
    ("def pad(s, w):\n    return ' ' * len(s)\n", "def pad(s, w):\n    return ' ' * (len(s) - 1)\n"),
)
def shift(site: Site) -> Proposals:
    """A number that is used one too high or one too low."""
    kind = site.kind()
    if not kind & Kind.NUMBER:
        return
    weight = _place_weight(site.node) * (1.0 if kind == Kind.NUMBER else 0.5)
    own = grouped(site.node, Level.SUM)
    yield site.become(f"{own} - 1", Level.SUM, weight)
    yield site.become(f"{own} + 1", Level.SUM, weight)


def _place_weight(node: Node) -> float:
    parent = node.parent
    kind = parent.type if parent is not None else ""
    if kind == "argument_list" and parent is not None and parent.parent is not None:
        function = parent.parent.child_by_field_name("function")
        return 1.0 if function is not None and text_of(function) == "range" else 0.7
    return {"slice": 1.0, "subscript": 1.0, "comparison_operator": 0.9, "return_statement": 0.8}.get(kind, 0.6)


@template(
    "bounds.threshold",
    0.5,
    "comparison_operator",
    ("if len(xs) == 0:\n    stop()\n", "if len(xs) <= 1:\n    stop()\n"),
    ("if n > 0:\n    go(n)\n", "if n >= 1:\n    go(n)\n"),
    ("if count == 1:\n    go()\n", "if count >= 2:\n    go()\n"),
)
def threshold(site: Site) -> Proposals:
    """A comparison with a number where both the operator and the number are wrong."""
    parts = site.node.named_children
    signs = [c for c in site.node.children if not c.is_named]
    if len(parts) != 2 or len(signs) != 1 or parts[1].type != "integer" or signs[0].type not in _ORDERS:
        return
    value = int(text_of(parts[1]), 0) if text_of(parts[1]).isdecimal() else None
    if value is None:
        return
    for sign in _ORDERS:
        for other in (value - 1, value + 1):
            if sign != signs[0].type and other >= 0:
                yield Rewrite(((span(signs[0]), sign), (span(parts[1]), str(other))))


_ORDERS = ("<=", ">=", "<", ">", "==", "!=")


@template(
    "bounds.range",
    0.7,
    "call",
    ("for i in range(len(xs)):\n    go(i)\n", "for i in range(1, len(xs)):\n    go(i)\n"),
    ("for i in range(1, n):\n    go(i)\n", "for i in range(n):\n    go(i)\n"),
    ("for i in range(a, b):\n    go(i)\n", "for i in range(a, b, -1):\n    go(i)\n"),
)
def range_bounds(site: Site) -> Proposals:
    """Start, stop or step of a range that is missing, too many, or the wrong way round."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None or text_of(function) != "range":
        return
    parts = [text_of(a) for a in arguments.named_children]
    if len(parts) == 1:
        yield from (replace(arguments, f"({start}, {parts[0]})", w) for start, w in (("1", 1.0), ("2", 0.3)))
        yield replace(arguments, f"({parts[0]}, 0, -1)", 0.3)
        yield replace(arguments, f"({parts[0]} - 1, -1, -1)", 0.4)
    elif len(parts) == 2:
        yield replace(arguments, f"({parts[1]})", 0.7)
        yield replace(arguments, f"({parts[0]}, {parts[1]}, -1)", 0.5)
        yield replace(arguments, f"({parts[1]}, {parts[0]}, -1)", 0.3)
    elif len(parts) == 3:
        yield replace(arguments, f"({parts[0]}, {parts[1]})", 0.7)


@template(
    "bounds.slice",
    0.6,
    "slice",
    ("head = xs[1:n]\n", "head = xs[:n]\n"),
    ("rest = xs[i:]\n", "rest = xs[i + 1:]\n"),
    ("rest = xs[:]\n", "rest = xs[1:]\n"),
    ("last = xs[k:]\n", "last = xs[-k:]\n"),
)
def slice_bounds(site: Site) -> Proposals:
    """A bound of a slice that is missing, too many, of the wrong sign, or off by one."""
    colon, low, high = _bounds(site.node)
    for bound in (*low, *high):
        yield replace(bound, "", 0.7)
        yield replace(bound, f"{text_of(bound)} + 1", 0.9)
        yield replace(bound, f"{text_of(bound)} - 1", 0.7)
        yield replace(bound, f"-{grouped(bound, Level.UNARY)}", 0.4)
    names = site.names(Kind.NUMBER)
    if not low:
        yield from (_insert(colon.start_byte, text, 0.8 / (1 + i)) for i, text in enumerate(("1", *names)))
    if not high:
        yield from (_insert(colon.end_byte, text, 0.8 / (1 + i)) for i, text in enumerate(("-1", *names)))


def _bounds(node: Node) -> tuple[Node, list[Node], list[Node]]:
    """The first colon of a slice, and what stands before it and between it and the next one: at most one node each."""
    colons = [c for c in node.children if c.type == ":"]
    end = colons[1].start_byte if len(colons) > 1 else node.end_byte
    low = [c for c in node.named_children if c.end_byte <= colons[0].start_byte]
    return colons[0], low, [c for c in node.named_children if colons[0].end_byte <= c.start_byte < end]


@template(
    "bounds.slice_side",
    0.6,
    "slice",
    ("head = xs[n:]\n", "head = xs[:n]\n"),
    ("tail = xs[:-2]\n", "tail = xs[-2:]\n"),
    ("part = xs[stop:start]\n", "part = xs[start:stop]\n"),
    ("odd = xs[1::2]\n", "odd = xs[:1:2]\n"),
)
def slice_side(site: Site) -> Proposals:
    """The bound of a slice on the wrong side of the colon, or the two exchanged."""
    colon, low, high = _bounds(site.node)
    if low and high:
        yield swap(low[0], high[0])
    elif low:
        yield Rewrite(((span(low[0]), ""), (Span(colon.end_byte, colon.end_byte), text_of(low[0]))))
    elif high:
        yield Rewrite(((Span(colon.start_byte, colon.start_byte), text_of(high[0])), (span(high[0]), "")))


def _insert(at: int, text: str, weight: float) -> Rewrite:
    return Rewrite(((Span(at, at), text),), max(weight, 0.3))


@template(
    "bounds.part",
    0.35,
    "identifier attribute subscript",
    ("def f(xs):\n    return total(xs)\n", "def f(xs):\n    return total(xs[1:])\n"),
    ("def f(row, n):\n    return row\n", "def f(row, n):\n    return row[:n]\n"),
    ("def f(row):\n    return row[1:]\n", "def f(row):\n    return row\n"),
    ("def f(pair):\n    return pair\n", "def f(pair):\n    return pair[0]\n"),
    most=8,
)
def part(site: Site) -> Proposals:
    """A whole sequence where a part of it was meant, or a part where the whole was."""
    if site.node.type == "subscript":
        value = site.field("value")
        if value is not None:
            index = site.field("subscript")
            yield site.become(
                text_of(value), Level.PRIMARY, 0.8 if index is not None and index.type == "slice" else 0.4
            )
        return
    kind = site.kind()
    if not kind & Kind.SEQUENCE or (site.node.parent is not None and site.node.parent.type == "attribute"):
        return
    certain = 1.0 if not kind & ~(Kind.CONTAINER | Kind.OBJECT) else 0.6
    numbers = [n for n in site.names(Kind.NUMBER) if n != site.text][:6]
    for weight, place in ((1.0, "1:"), (0.9, ":-1"), (0.5, "0"), (0.5, "-1"), (0.3, "::-1")):
        yield site.become(f"{site.text}[{place}]", Level.PRIMARY, weight * certain)
    for name in numbers:
        yield site.become(f"{site.text}[{name}:]", Level.PRIMARY, 0.6 * certain)
        yield site.become(f"{site.text}[:{name}]", Level.PRIMARY, 0.6 * certain)


TEMPLATES = (constant, shift, threshold, range_bounds, slice_bounds, slice_side, part)
