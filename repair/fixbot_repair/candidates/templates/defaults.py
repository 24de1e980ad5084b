"""Defaults that the library itself offers where it would raise: of what is empty, of what is not among the rest, of what has too few parts."""

from collections.abc import Iterator, Mapping

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, keyed, replace, span, template
from fixbot_repair.candidates.templates.empties import received
from fixbot_repair.candidates.templates.library import call_of, method_of

# Functions that take a default -> arguments without it, how it is handed over, what it mostly is.
_TAKING: Mapping[str, tuple[int, str, tuple[str, ...]]] = {
    "next": (1, "", ("None",)),
    "max": (1, "default=", ("0", "None")),
    "min": (1, "default=", ("0", "None")),
    "getattr": (2, "", ("None",)),
    "reduce": (2, "", ("0", "1", "[]")),
    "pop": (1, "", ("None",)),
    "fmean": (1, "", ()),
}
_SOUGHT = frozenset(("index", "rindex"))


@template(
    "fallback.library",
    0.45,
    "call",
    (
        "from typing import Optional\ndef f(rows):\n    first: Optional[str] = next(iter(rows))\n    return first\n",
        "from typing import Optional\ndef f(rows):\n    first: Optional[str] = next(iter(rows), None)\n    return first\n",
    ),
    ("def f(xs) -> float:\n    return max(xs)\n", "def f(xs) -> float:\n    return max(xs, default=0.0)\n"),
    ("def f(seen, x):\n    seen.remove(x)\n", "def f(seen, x):\n    seen.discard(x)\n"),
    ("def f(xs, x):\n    return xs.index(x)\n", "def f(xs, x):\n    return xs.index(x) if x in xs else -1\n"),
)
def offered(site: Site) -> Proposals:
    """A call that raises for what is empty or not there, without the default that it takes."""
    parts = call_of(site)
    if parts is None or not site.text.endswith(")"):
        return
    function, arguments = parts
    name = text_of(function).rpartition(".")[2]
    given = arguments.named_children
    method = method_of(function)
    if name in _TAKING and not any(g.type in ("list_splat", "dictionary_splat") for g in given):
        count, keyword, usual = _TAKING[name]
        plain = [g for g in given if g.type != "keyword_argument"]
        if len(plain) == count and (method is not None) is (name == "pop") and "default=" not in text_of(arguments):
            yield from _handed(site, keyword, usual)
    if method is not None and name == "remove" and len(given) == 1:
        if site.kind(method[0]) & (Kind.SET | Kind.OBJECT):
            yield replace(function, f"{text_of(method[0])}.discard")
    elif method is not None and name in _SOUGHT and len(given) == 1:
        shape = f"{site.text} if {grouped(given[0], Level.BIT_OR)} in {text_of(method[0])} else "
        for i, default in enumerate(dict.fromkeys([*received(site, site.node), "-1", "None"])):
            yield site.become(shape + default, Level.CONDITIONAL, 1.0 / (1 + 0.3 * i))


def _handed(site: Site, keyword: str, usual: tuple[str, ...]) -> Iterator[Rewrite]:
    arguments = site.field("arguments")
    at = Span(site.node.end_byte - 1, site.node.end_byte - 1)
    only = arguments.named_children[0] if arguments is not None and len(arguments.named_children) == 1 else None
    for i, default in enumerate(dict.fromkeys([*received(site, site.node), *usual])):
        weight = 1.0 / (1 + 0.3 * i)
        if arguments is not None and arguments.type == "generator_expression":  # its brackets are the call's
            yield Rewrite(((span(arguments), f"({text_of(arguments)}, {keyword}{default})"),), weight)
        elif only is not None and only.type == "generator_expression":
            yield Rewrite(((span(only), f"{grouped(only, Level.PRIMARY)}, {keyword}{default}"),), weight)
        else:
            yield Rewrite(((at, f", {keyword}{default}"),), weight)


@template(
    "fallback.key",
    0.4,
    "subscript delete_statement",
    (
        "def f(d, k) -> list:\n    return d[k]\n",
        "def f(d, k) -> list:\n    return d.get(k, [])\n",
    ),
    ("def f(d, k):\n    del d[k]\n", "def f(d, k):\n    d.pop(k, None)\n"),
)
def key(site: Site) -> Proposals:
    """A key that need not be there: a default of the type that is wanted, or nothing to take out."""
    if site.node.type == "delete_statement":
        target = site.node.named_children[0] if len(site.node.named_children) == 1 else None
        held = keyed(target) if target is not None else None
        if held is not None:
            yield replace(site.node, f"{held[0]}.pop({held[1]}, None)")
        return
    held = keyed(site.node)
    if held is None or is_called(site.node) or site.is_receiver:
        return
    value = site.field("value")
    if value is None or not site.kind(value) & (Kind.DICT | Kind.OBJECT):
        return
    for i, default in enumerate(dict.fromkeys(received(site, site.node))):
        yield site.become(f"{held[0]}.get({held[1]}, {default})", Level.PRIMARY, 1.0 / (1 + 0.3 * i))


@template(
    "fallback.parts",
    0.5,
    "assignment",
    (
        "def f(line):\n    name, value = line.split('=')\n    return name, value\n",
        "def f(line):\n    name, _, value = line.partition('=')\n    return name, value\n",
    ),
    (
        "def f(line):\n    name, value = line.split('=')\n    return name, value\n",
        "def f(line):\n    name, value = line.split('=', 1)\n    return name, value\n",
    ),
    (
        "def f(path):\n    folder, name = path.split('/', 1)\n    return name\n",
        "def f(path):\n    folder, name = path.rsplit('/', 1)\n    return name\n",
    ),
)
def parts(site: Site) -> Proposals:
    """A text split into more or fewer parts than names stand for them."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None or left.type not in ("pattern_list", "tuple_pattern") or right.type != "call":
        return
    called, arguments = right.child_by_field_name("function"), right.child_by_field_name("arguments")
    method = method_of(called) if called is not None else None
    if method is None or arguments is None or method[1] not in ("split", "rsplit"):
        return
    owner, names, given = text_of(method[0]), [text_of(n) for n in left.named_children], arguments.named_children
    other = "rsplit" if method[1] == "split" else "split"
    if given and len(names) == 2:
        whole = "partition" if method[1] == "split" else "rpartition"
        text = f"{names[0]}, _, {names[1]} = {owner}.{whole}({text_of(given[0])})"
        yield replace(site.node, text)
    if len(given) == 1:
        at = Span(given[0].end_byte, given[0].end_byte)
        yield Rewrite(((at, f", {len(names) - 1}"),))
        yield replace(right, f"{owner}.{other}({text_of(given[0])}, {len(names) - 1})", 0.7)
    elif not given:
        yield replace(right, f"{owner}.split(None, {len(names) - 1})", 0.8)
    else:
        name = called.child_by_field_name("attribute") if called is not None else None
        if name is not None:
            yield replace(name, other, 0.9)


TEMPLATES = (offered, key, parts)
