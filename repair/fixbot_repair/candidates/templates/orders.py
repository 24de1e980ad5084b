"""Orders: by which key, in which direction, and what decides between equals."""

from collections.abc import Iterator

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.library import call_of

_ORDERED = frozenset(("sorted", "sort", "min", "max", "nlargest", "nsmallest", "groupby"))
_MOST_MEMBERS = 8


@template(
    "order.key",
    0.35,
    "call",
    ("def f(names):\n    return sorted(names)\n", "def f(names):\n    return sorted(names, key=str.lower)\n"),
    (
        "def f(rows):\n    for row in rows:\n        show(row.size)\n    return max(rows)\n",
        "def f(rows):\n    for row in rows:\n        show(row.size)\n    return max(rows, key=lambda each: each.size)\n",
    ),
    ("def f(pairs):\n    pairs.sort()\n", "def f(pairs):\n    pairs.sort(key=lambda each: each[1])\n"),
)
def key(site: Site) -> Proposals:
    """An order by something else than the values themselves."""
    parts = call_of(site)
    if parts is None or text_of(parts[0]).rpartition(".")[2] not in _ORDERED or "key=" in text_of(parts[1]):
        return
    given = parts[1].named_children
    if len(given) > 1 and given[1].type != "keyword_argument" and text_of(parts[0]) in ("min", "max"):
        return
    end, comma = site.node.end_byte - 1, ", " if given else ""
    for shape, weight in _keys(site):
        yield Rewrite(((Span(end, end), f"{comma}key={shape}"),), weight)


def _keys(site: Site) -> Iterator[tuple[str, float]]:
    yield from (("str.lower", 0.7), ("len", 0.6), ("lambda each: each[1]", 0.7), ("lambda each: each[0]", 0.5))
    own = [a for a in sorted(site.code.attributes[""]) if a not in site.code.functions and not a.startswith("__")]
    near = sorted(own, key=lambda a: -site.near(a))
    for i, attribute in enumerate(near[:_MOST_MEMBERS]):
        yield f"lambda each: each.{attribute}", 0.8 / (1 + 0.15 * i)


@template(
    "order.order",
    0.4,
    "lambda",
    (
        "def f(rows):\n    rows.sort(key=lambda r: (r.size, r.name))\n",
        "def f(rows):\n    rows.sort(key=lambda r: (-r.size, r.name))\n",
    ),
    (
        "def f(rows):\n    show(rows[0].name)\n    return sorted(rows, key=lambda r: r.size)\n",
        "def f(rows):\n    show(rows[0].name)\n    return sorted(rows, key=lambda r: (r.size, r.name))\n",
    ),
)
def order(site: Site) -> Proposals:
    """A key whose part should count downwards, or that leaves equals in any order."""
    body, parameters = site.field("body"), site.field("parameters")
    if body is None or parameters is None or len(parameters.named_children) != 1:
        return
    name = text_of(parameters.named_children[0])
    elements = body.named_children if body.type == "tuple" else [body]
    for element in elements:
        if element.type == "unary_operator":
            yield replace(element, text_of(element).lstrip("-"))
        elif element.type in ("attribute", "subscript", "call"):
            yield replace(element, f"-{text_of(element)}", 0.8)
    held = text_of(body)
    own = [a for a in sorted(site.code.attributes[""]) if a not in site.code.functions and f".{a}" not in held]
    near = sorted((a for a in own if not a.startswith("__")), key=lambda a: -site.near(a))
    inside = held[1:-1].rstrip(", ") if body.type == "tuple" else held
    if body.type in ("tuple", "attribute", "subscript", "call", "unary_operator"):
        for i, attribute in enumerate(near[:_MOST_MEMBERS]):
            yield replace(body, f"({inside}, {name}.{attribute})", 0.6 / (1 + 0.15 * i))
        yield replace(body, f"({inside}, {name})", 0.3)


TEMPLATES = (key, order)
