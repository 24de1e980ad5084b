"""What to give or do instead where something is not there: no such key, nothing to convert, one value where many were meant."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import in_loop
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, keyed, replace, span, template
from fixbot_repair.candidates.templates.empties import annotated, received

_ANY = ("None", "0", '""', "[]", "False")
_BY_KIND = (
    (Kind.NUMBER, "0"),
    (Kind.TEXT, '""'),
    (Kind.LIST, "[]"),
    (Kind.DICT, "{}"),
    (Kind.TUPLE, "()"),
    (Kind.BOOL, "False"),
)
_MOST_ABOUT = 4
_HOLDERS = ("return_statement", "assignment", "argument_list", "keyword_argument", "pair", "expression_list")


def _instead(site: Site, node: Node) -> list[str]:
    """What may stand for the expression `node` where it cannot be worked out, the likelier first."""
    given = received(site, node)
    kind = site.kind(node)
    by_kind = [empty for wanted, empty in _BY_KIND if kind & wanted] if kind != Kind.ANY else list(_ANY)
    return list(dict.fromkeys([*given, *by_kind, "None"]))[:6]


def _conditions(site: Site, node: Node) -> Iterator[tuple[str, float]]:
    """Conditions under which `node` can be worked out, with how likely each is to be forgotten."""
    asked = 0
    for part in site.code.inside(node):
        value, index = part.child_by_field_name("value"), part.child_by_field_name("subscript")
        if part.type == "subscript" and value is not None and index is not None and index.type != "slice":
            if index.type in ("integer", "unary_operator"):
                yield text_of(value), 0.9
            else:
                yield f"{grouped(index, Level.BIT_OR)} in {grouped(value, Level.BIT_OR)}", 1.0
        elif part.type in ("identifier", "attribute") and part != node and not is_called(part) and asked < _MOST_ABOUT:
            if text_of(part) == site.scope.method_self or not site.kind(part) & ~_NO_VALUE:
                continue
            asked += 1
            yield text_of(part), 0.8
            if site.kind(part) & ~(Kind.NUMBER | Kind.BOOL):
                yield f"{text_of(part)} is not None", 0.6


_NO_VALUE = Kind.MODULE | Kind.CLASS | Kind.CALLABLE


@template(
    "fallback.value",
    0.4,
    "subscript attribute call binary_operator",
    (
        "def f(d, k) -> Price:\n    return d[k].best()\n",
        "def f(d, k) -> Price:\n    return d[k].best() if k in d else Price()\n",
    ),
    (
        "def f(xs):\n    first = xs[0]\n    return first\n",
        "def f(xs):\n    first = xs[0] if xs else None\n    return first\n",
    ),
    (
        "def f(a, n) -> float:\n    return sum(a) / n\n",
        "def f(a, n) -> float:\n    return sum(a) / n if n else 0.0\n",
    ),
    most=30,
)
def value(site: Site) -> Proposals:
    """An expression that needs something which may not be there, without what to give then."""
    node = site.node
    if node.parent is None or node.parent.type not in _HOLDERS or is_called(node):
        return
    for i, instead in enumerate(_instead(site, node)):
        for condition, weight in dict(_conditions(site, node)).items():
            share = weight / (1 + 0.35 * i)
            yield site.become(f"{grouped(node, Level.OR)} if {condition} else {instead}", Level.CONDITIONAL, share)


_PARSING = frozenset(
    ("int", "float", "Decimal", "Fraction", "complex", "strptime", "fromisoformat", "parse", "loads", "fromtimestamp")
)


@template(
    "fallback.parsed",
    0.5,
    "call",
    ("def f(s):\n    return int(s)\n", "def f(s):\n    return int(s) if s else 0\n"),
    ("def f(s):\n    n = int(s)\n    return n\n", "def f(s):\n    n = int(s) if s.isdigit() else None\n    return n\n"),
)
def parsed(site: Site) -> Proposals:
    """A text that is converted though it may be empty, or a word that stands for no value."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None or text_of(function).rpartition(".")[2] not in _PARSING:
        return
    given = arguments.named_children[0] if arguments.named_children else None
    if given is None or given.type not in ("identifier", "attribute", "subscript"):
        return
    text = text_of(given)
    defaults = ["0", "None"] if text_of(function) in ("int", "float") else ["None"]
    tests = [(text, 1.0), *((f"{text} != {word}", 1.0) for word in site.code.symptoms.values)]
    tests += [(f"{text}.isdigit()", 0.6)] if text_of(function) == "int" else []
    for test, weight in tests:
        for i, default in enumerate(dict.fromkeys([*annotated(site.node), *defaults])):
            yield site.become(f"{site.text} if {test} else {default}", Level.CONDITIONAL, weight / (1 + 0.3 * i))


@template(
    "fallback.many",
    0.35,
    "call identifier attribute subscript",
    (
        "def f(xs):\n    for x in xs:\n        go(x)\n",
        "def f(xs):\n    for x in (xs if isinstance(xs, (list, tuple)) else [xs]):\n        go(x)\n",
    ),
    (
        "def f(old, x):\n    return list(old) + [x]\n",
        "def f(old, x):\n    return (list(old) if isinstance(old, list) else [old]) + [x]\n",
    ),
    (
        "def f(names):\n    for name in names:\n        go(name)\n",
        "def f(names):\n    for name in ([names] if isinstance(names, str) else names):\n        go(name)\n",
    ),
)
def many(site: Site) -> Proposals:
    """A single value where several are gone through."""
    node, parent = site.node, site.node.parent
    if parent is None or is_called(node):
        return
    if node.type == "call":
        function, arguments = site.field("function"), site.field("arguments")
        if function is None or arguments is None or text_of(function) not in ("list", "tuple", "set"):
            return
        inner = arguments.named_children
        if len(inner) == 1 and inner[0].type in ("identifier", "attribute", "subscript"):
            text = text_of(inner[0])
            single = {"list": f"[{text}]", "tuple": f"({text},)", "set": f"{{{text}}}"}[text_of(function)]
            for kinds in ("list", "(list, tuple)", "(list, tuple, set)"):
                shape = f"{site.text} if isinstance({text}, {kinds}) else {single}"
                yield site.become(shape, Level.CONDITIONAL, 1.0 if kinds == "list" else 0.7)
            yield site.become(f"{single} if isinstance({text}, str) else {site.text}", Level.CONDITIONAL, 0.8)
    elif parent.type in ("for_statement", "for_in_clause") and parent.child_by_field_name("right") == node:
        text = site.text
        yield replace(node, f"({text} if isinstance({text}, (list, tuple)) else [{text}])", 0.7)
        yield replace(node, f"([{text}] if isinstance({text}, str) else {text})")


@template(
    "fallback.store",
    0.5,
    "subscript assignment augmented_assignment",
    ("def f(d, k, n):\n    d[k] += n\n", "def f(d, k, n):\n    d[k] = d.get(k, 0) + n\n"),
    ("def f(d, k, n):\n    d[k].append(n)\n", "def f(d, k, n):\n    d.setdefault(k, []).append(n)\n"),
    ("def f(d, k, n):\n    d[k] = n\n", "def f(d, k, n):\n    d[k] = d.get(k, 0) + n\n"),
    ("def f(d, k, n):\n    d[k] = [n]\n", "def f(d, k, n):\n    d.setdefault(k, []).append(n)\n"),
    (
        "def f(d, k, n, day):\n    d[k] = (n, day)\n",
        "def f(d, k, n, day):\n    d[k] = ((d[k][0] if k in d else 0) + n, day)\n",
    ),
    most=28,
)
def store(site: Site) -> Proposals:
    """What is added to under a key that need not be there, or put over what was there."""
    if site.node.type == "subscript":
        yield from _kept(site)
        return
    left, right, sign = site.field("left"), site.field("right"), site.field("operator")
    key = keyed(left) if left is not None else None
    plus = sign.type.removesuffix("=") if sign is not None else "+"
    if left is None or right is None or key is None or plus not in ("+", "-", "|"):
        return
    yield from _put_to(site, key, right)
    for empty in ("0", "[]", '""', "set()"):
        text = f"{text_of(left)} = {key[0]}.get({key[1]}, {empty}) {plus} {grouped(right, Level.PRODUCT)}"
        yield replace(site.node, text, 1.0 if empty == "0" else 0.5)


def _put_to(site: Site, key: tuple[str, str], right: Node) -> Proposals:
    """What is stored put to what is there: an element to a collection, one of several parts to that part."""
    owner, index = key
    parts = right.named_children
    if right.type in ("list", "set") and len(parts) == 1:
        method, empty = ("append", "[]") if right.type == "list" else ("add", "set()")
        yield replace(site.node, f"{owner}.setdefault({index}, {empty}).{method}({text_of(parts[0])})")
    elif right.type == "dictionary" and parts:
        yield replace(right, f"{{**{owner}.get({index}, {{}}), {text_of(right)[1:-1]}}}")
    elif right.type == "tuple":
        for i, part in enumerate(parts):
            kind = site.kind(part)
            if part.type in ("identifier", "attribute", "call", "integer") and kind & (Kind.NUMBER | Kind.LIST):
                empty = "0" if kind & Kind.NUMBER else "[]"
                text = f"({owner}[{index}][{i}] if {index} in {owner} else {empty}) + {text_of(part)}"
                yield replace(part, text, 1.0 / (1 + 0.3 * i))


def _kept(site: Site) -> Proposals:
    """What is under a key, put there where it is not yet."""
    parent, key = site.node.parent, keyed(site.node)
    if (
        key is None
        or parent is None
        or parent.type not in ("attribute", "subscript")
        or parent.named_children[0] != site.node
    ):
        return
    called = text_of(parent.child_by_field_name("attribute") or parent)
    empties = {"append": "[]", "extend": "[]", "add": "set()", "update": "{}"}
    text = f"{key[0]}.setdefault({key[1]}, {empties.get(called, '{}')})"
    yield replace(site.node, text, 1.0 if called in empties else 0.4)


@template(
    "fallback.handler",
    0.35,
    "expression_statement",
    (
        "def f(rows):\n    for row in rows:\n        n = int(row)\n        go(n)\n",
        "def f(rows):\n    for row in rows:\n        try:\n            n = int(row)\n        except ValueError:\n            continue\n        go(n)\n",
    ),
    (
        "def f(d, k):\n    del_(d, k)\n    return d\n",
        "def f(d, k):\n    try:\n        del_(d, k)\n    except KeyError:\n        pass\n    return d\n",
    ),
)
def handler(site: Site) -> Proposals:
    """A statement whose failure is no reason to stop: passed over, or the loop's next turn."""
    if site.code.newline in site.text or (site.node.named_children and site.node.named_children[0].type == "string"):
        return
    if "(" not in site.text and "[" not in site.text:
        return
    indent, unit, eol = site.code.indent_of(site.node), site.code.indent_unit, site.code.newline
    first = site.node.named_children[0]
    left = first.child_by_field_name("left") if first.type == "assignment" else None
    ways = ["continue"] if in_loop(site.node) else []
    ways += ["return None", "return False"] if left is not None else ["pass"]
    ways += [f"{text_of(left)} = None"] if left is not None else []
    for i, error in enumerate(dict.fromkeys([*site.code.symptoms.raised, "ValueError", "KeyError"])):
        for j, way in enumerate(ways):
            text = f"try:{eol}{indent}{unit}{site.text}{eol}{indent}except {error}:{eol}{indent}{unit}{way}"
            yield Rewrite(((span(site.node), text),), 1.0 / (1 + 0.3 * i + 0.3 * j))


TEMPLATES = (value, parsed, many, store, handler)
