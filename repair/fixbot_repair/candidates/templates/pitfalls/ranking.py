"""Orders: two directions at once, equal ones turned round, texts that are numbers."""

import re
from collections.abc import Callable, Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.pitfalls.usage import calls, given

SORTS = ("sorted", "sort", "nlargest", "nsmallest")


@template(
    "pitfall.directions",
    1.7,
    "call",
    (
        "def f(rows):\n    return sorted(rows, key=lambda r: (r.score, r.name), reverse=True)\n",
        "def f(rows):\n    return sorted(rows, key=lambda r: (-r.score, r.name))\n",
    ),
    (
        "def f(rows):\n    rows.sort(key=lambda r: (r.day, r.name), reverse=True)\n",
        "def f(rows):\n    rows.sort(key=lambda r: r.name)\n    rows.sort(key=lambda r: r.day, reverse=True)\n",
    ),
    (
        "def f(counts):\n    return sorted(counts.items(), key=lambda kv: kv[1], reverse=True)\n",
        "def f(counts):\n    return sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))\n",
    ),
    (
        "def f(rows):\n    return max(rows, key=lambda r: (r.n, r.name))\n",
        "def f(rows):\n    return min(rows, key=lambda r: (-r.n, r.name))\n",
    ),
    (
        "def f(counts, n):\n    return counts.most_common(n)\n",
        "def f(counts, n):\n    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:n]\n",
    ),
    relies=0.35,
)
def directions(site: Site) -> Proposals:
    """``reverse`` turns every part of a key round, the names among equals too; and what decides between equals is left to chance."""
    if calls(site.node, "most_common"):
        yield from _most_common(site)
        return
    named = _keywords(site.node)
    key, turned = named.get("key"), named.get("reverse")
    if key is not None and turned is not None and text_of(turned) == "True" and turned.parent is not None:
        yield from _of_getter(key, _dropped(turned.parent))
    if key is None or key.type != "lambda":
        return
    body = key.child_by_field_name("body")
    parts = body.named_children if body is not None and body.type == "tuple" else []
    if body is None or any(p.type == "unary_operator" for p in parts):
        return
    if calls(site.node, "max") and len(parts) > 1:
        edits = ((span(site.node.named_children[0]), "min"), (span(parts[0]), f"-{grouped(parts[0], Level.UNARY)}"))
        yield Rewrite(edits, 0.85)
    elif calls(site.node, *SORTS) and turned is not None and text_of(turned) == "True" and turned.parent is not None:
        dropped = _dropped(turned.parent)
        if len(parts) > 1:
            yield from _mixed(parts, dropped)
            yield from _twice(site, key, parts)
        elif body.type == "subscript" and ".items()" in site.text and text_of(body).endswith("[1]"):
            each = text_of(body).removesuffix("[1]")
            yield Rewrite(((span(body), f"(-{each}[1], {each}[0])"), dropped), 0.75)


def _of_getter(key: Node, dropped: tuple[Span, str]) -> Iterator[Rewrite]:
    """A key of several parts that ``itemgetter`` or ``attrgetter`` gives, with the first of them negated."""
    names = given(key) if calls(key, "itemgetter", "attrgetter") else []
    if len(names) > 1:
        shape = "each[{}]" if calls(key, "itemgetter") else "each.{}"
        parts = [shape.format(text_of(n) if "[" in shape else text_of(n).strip("'\"")) for n in names]
        yield Rewrite(((span(key), f"lambda each: (-{parts[0]}, {', '.join(parts[1:])})"), dropped))


def _mixed(parts: list[Node], dropped: tuple[Span, str]) -> Iterator[Rewrite]:
    """Parts that count down negated, and the rest upwards."""
    for count in dict.fromkeys((1, len(parts) - 1)):
        edits = tuple((span(p), f"-{grouped(p, Level.UNARY)}") for p in parts[:count])
        yield Rewrite((*edits, dropped), 1.0 if count == 1 else 0.85)
    edits = tuple((span(p), f"-{grouped(p, Level.UNARY)}") for p in parts[1:])
    yield Rewrite((*edits, dropped), 0.5)


def _twice(site: Site, key: Node, parts: list[Node]) -> Iterator[Rewrite]:
    """First by what decides between equals, then by the rest: sorting keeps equals as they are."""
    name = text_of(key)[: text_of(key).index(":") + 1]
    rest = text_of(parts[1]) if len(parts) == 2 else f"({', '.join(map(text_of, parts[1:]))})"
    first = f"{name} {text_of(parts[0])}"
    function, parent = site.node.named_children[0], site.node.parent
    if text_of(function) == "sorted":
        rows = given(site.node)[0]
        text = f"sorted(sorted({text_of(rows)}, key={name} {rest}), key={first}, reverse=True)"
        yield replace(site.node, text, 0.85)
    elif text_of(function).endswith(".sort") and parent is not None and parent.type == "expression_statement":
        sort, then = text_of(function), f"{site.code.newline}{site.code.indent_of(parent)}"
        yield replace(site.node, f"{sort}(key={name} {rest}){then}{sort}(key={first}, reverse=True)", 0.85)


def _most_common(site: Site) -> Iterator[Rewrite]:
    function, arguments = site.node.named_children[0], given(site.node)
    owner = function.child_by_field_name("object")
    if owner is not None and len(arguments) < 2:
        cut = f"[:{text_of(arguments[0])}]" if arguments else ""
        shape = f"sorted({text_of(owner)}.items(), key=lambda each: (-each[1], each[0])){cut}"
        yield site.become(shape, weight=0.75)


def _keywords(call: Node) -> dict[str, Node]:
    pairs = (a.named_children for a in given(call) if a.type == "keyword_argument")
    return {text_of(pair[0]): pair[1] for pair in pairs if len(pair) == 2}


def _dropped(argument: Node) -> tuple[Span, str]:
    """The edit that takes an argument out, with the comma before it."""
    before = argument.prev_named_sibling
    return Span(before.end_byte if before is not None else argument.start_byte, argument.end_byte), ""


@template(
    "pitfall.turned",
    1.3,
    "call subscript expression_statement",
    (
        "def f(xs):\n    return sorted(xs, key=len)[::-1]\n",
        "def f(xs):\n    return sorted(xs, key=len, reverse=True)\n",
    ),
    (
        "def f(xs):\n    return list(reversed(sorted(xs, key=len)))\n",
        "def f(xs):\n    return sorted(xs, key=len, reverse=True)\n",
    ),
    (
        "def f(xs):\n    xs.sort(key=len)\n    xs.reverse()\n",
        "def f(xs):\n    xs.sort(key=len, reverse=True)\n",
    ),
    relies=0.35,
)
def turned(site: Site) -> Proposals:
    """A sorted list turned round: equals are turned round with it, which ``reverse`` would have kept."""
    node = site.node
    if node.type == "expression_statement":
        yield from _sorted_and_turned(site)
        return
    inner: Node | None = None
    if node.type == "subscript" and site.text.endswith("[::-1]"):
        inner = node.named_children[0]
    elif calls(node, "list", "reversed") and len(given(node)) == 1:
        inner = given(node)[0]
        inner = given(inner)[0] if calls(inner, "reversed") and len(given(inner)) == 1 else inner
        inner = inner if "reversed(" in site.text else None
    text = text_of(inner) if inner is not None else ""
    if text.startswith("sorted(") and calls(inner, "sorted") and "key=" in text and "reverse=" not in text:
        yield site.become(f"{text[:-1]}, reverse=True)")


def _sorted_and_turned(site: Site) -> Iterator[Rewrite]:
    call, after = site.node.named_children[0], site.node.next_named_sibling
    if not calls(call, "sort") or after is None or "reverse=" in site.text:
        return
    owner = text_of(call.named_children[0]).removesuffix(".sort")
    if text_of(after) == f"{owner}.reverse()":
        comma = ", " if given(call) else ""
        yield Rewrite(((Span(call.end_byte - 1, after.end_byte), f"{comma}reverse=True)"),))


_VERSION = re.compile(r"(?i)(?:^|[_.\]])(?:\w*_)?(?:version|release|ver)s?(?:_\w+)?(?:\(\))?$")
_PARTS = "tuple(int(part) for part in {}.split({}.{}))"


@template(
    "pitfall.text_order",
    1.4,
    "call comparison_operator",
    (
        "def f(versions):\n    return max(versions)\n",
        'def f(versions):\n    return max(versions, key=lambda each: tuple(int(part) for part in each.split(".")))\n',
    ),
    (
        "def f(old_version, version):\n    return version > old_version\n",
        'def f(old_version, version):\n    return tuple(int(part) for part in version.split(".")) > tuple(int(part) for part in old_version.split("."))\n',
    ),
    (
        "def f(line):\n    return sorted(line.split())\n",
        "def f(line):\n    return sorted(line.split(), key=int)\n",
    ),
    relies=0.4,
)
def text_order(site: Site) -> Proposals:
    """Texts in the order of their letters where they are numbers: ``"10" < "9"``."""
    quote = site.code.quote

    def parts(text: str) -> str:
        return _PARTS.format(text, quote, quote)

    if site.node.type == "comparison_operator":
        sides = site.node.named_children
        is_order = len(sides) == 2 and any(c.type in ("<", ">", "<=", ">=") for c in site.node.children)
        if is_order and all(_VERSION.search(text_of(s)) and site.kind(s) & Kind.TEXT for s in sides):
            yield Rewrite(tuple((span(s), parts(text_of(s))) for s in sides))
        return
    inner, key = given(site.node), _keywords(site.node).get("key")
    if not calls(site.node, "sorted", "max", "min", "sort"):
        return
    if key is not None:
        yield from _by_part(key, parts)
        return
    about = inner[0] if inner else site.node.named_children[0].child_by_field_name("object")
    if about is None or about.type == "keyword_argument" or (len(inner) > 1 and inner[1].type != "keyword_argument"):
        return
    end, comma = site.node.end_byte - 1, ", " if inner else ""
    if _VERSION.search(text_of(about)):
        yield Rewrite(((Span(end, end), f"{comma}key=lambda each: {parts('each')}"),))
    elif calls(about, "split", "findall", "splitlines", "readlines") or (calls(about, "keys") and calls(site.node, "sorted")):  # fmt: skip
        yield Rewrite(((Span(end, end), f"{comma}key=int"),), 0.6)


def _by_part(key: Node, parts: Callable[[str], str]) -> Iterator[Rewrite]:
    """A key that is a version, or a piece of a text."""
    body = key.child_by_field_name("body") if key.type == "lambda" else None
    if body is None:
        return
    if _VERSION.search(text_of(body)):
        yield replace(body, parts(text_of(body)))
    elif calls(body, "group") or (body.type == "subscript" and "split(" in text_of(body)):
        yield replace(body, f"int({text_of(body)})", 0.8)


TEMPLATES: tuple[Template, ...] = (directions, turned, text_order)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.text_order": ("open-mmlab/mmcv#1158", "sympy/sympy#9417"),
}
