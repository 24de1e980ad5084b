"""Calls: arguments in the wrong order, missing or too many; a call around an expression that is missing or too much."""

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import CALL_RESULTS, Kind, text_of
from fixbot_repair.candidates.likeness import likeness
from fixbot_repair.candidates.precedence import Level, grouped, level_of
from fixbot_repair.candidates.templates.base import (
    Proposals,
    Rewrite,
    Site,
    is_called,
    replace,
    swap,
    template,
)


@template(
    "argument.swap",
    0.6,
    "call",
    ("def f(a, b):\n    return copy(a, b)\n", "def f(a, b):\n    return copy(b, a)\n"),
    ("os.rename(new, old)\n", "os.rename(old, new)\n"),
)
def swap_arguments(site: Site) -> Proposals:
    """Two positional arguments exchanged."""
    positional = [a for a in _arguments(site) if a.type not in ("keyword_argument", "list_splat", "dictionary_splat")]
    for i, one in enumerate(positional):
        for other in positional[i + 1 : i + 4]:
            if text_of(one) != text_of(other):
                fits = (
                    1.0 if site.kind(one) & site.kind(other) else 0.4
                )  # kinds that differ were hardly taken for each other
                yield swap(one, other, fits if other == positional[i + 1] else 0.6 * fits)


def _arguments(site: Site) -> list[Node]:
    arguments = site.field("arguments")
    return list(arguments.named_children) if arguments is not None and arguments.type == "argument_list" else []


@template(
    "argument.drop",
    0.4,
    "call",
    ("x = round(value, 1)\n", "x = round(value)\n"),
    ("rows = sorted(rows, reverse=True)\n", "rows = sorted(rows)\n"),
)
def drop_argument(site: Site) -> Proposals:
    """One argument too many."""
    arguments = _arguments(site)
    for i, argument in enumerate(arguments):
        if len(arguments) == 1:
            yield replace(argument, "", 0.5)
        elif i + 1 < len(arguments):
            yield Rewrite(((Span(argument.start_byte, arguments[i + 1].start_byte), ""),))
        else:
            yield Rewrite(((Span(arguments[i - 1].end_byte, argument.end_byte), ""),))


# Keywords that calls often lack.
_KEYWORDS = {
    "sorted": ("reverse=True",),
    "sort": ("reverse=True",),
    "open": ('encoding="utf-8"',),
    "enumerate": ("start=1",),
    "sum": ("start=0",),
    "max": ("default=None", "default=0"),
    "min": ("default=None", "default=0"),
    "round": ("ndigits=2",),
    "next": ("None",),
    "get": ("0", "[]", '""'),
    "pop": ("0", "None"),
    "mkdir": ("exist_ok=True", "parents=True"),
    "makedirs": ("exist_ok=True",),
    "zip": ("strict=True",),
    "dumps": ("sort_keys=True",),
}


@template(
    "argument.add",
    0.3,
    "call",
    ("def f(path, mode):\n    return load(path)\n", "def f(path, mode):\n    return load(path, mode)\n"),
    ("rows = sorted(rows)\n", "rows = sorted(rows, reverse=True)\n"),
)
def add_argument(site: Site) -> Proposals:
    """A missing argument: a name in scope, or a keyword that such calls often lack."""
    function, arguments = site.field("function"), _arguments(site)
    if function is None or not text_of(site.node).endswith(")"):
        return
    end, comma = site.node.end_byte - 1, ", " if arguments else ""
    name = text_of(function).rpartition(".")[2]
    for extra in _KEYWORDS.get(name, ()):
        yield Rewrite(((Span(end, end), comma + extra),))
    present = {text_of(a) for a in arguments}
    takes = site.code.takes(function)
    if name not in CALL_RESULTS and (takes is None or takes.fits(len(arguments) + 1)):
        for extra in site.names():
            if extra not in present:
                same = takes is not None and takes.names[len(arguments) : len(arguments) + 1] == (extra,)
                yield Rewrite(((Span(end, end), comma + extra),), 1.0 if same else 0.6 * site.near(extra))


# What may be missing around a value of a kind.
_AROUND: tuple[tuple[Kind, str, float], ...] = (
    (Kind.CONTAINER, "len({})", 0.7),
    (Kind.CONTAINER | Kind.OBJECT, "list({})", 0.7),
    (Kind.CONTAINER | Kind.OBJECT, "sorted({})", 0.7),
    (Kind.SEQUENCE, "set({})", 0.5),
    (Kind.LIST, "tuple({})", 0.5),
    (Kind.SEQUENCE, "reversed({})", 0.5),
    (Kind.LIST | Kind.TUPLE | Kind.SET, "sum({})", 0.4),
    (Kind.CONTAINER, "enumerate({})", 0.3),
    (Kind.NUMBER, "abs({})", 0.8),
    (Kind.NUMBER | Kind.TEXT, "int({})", 0.8),
    (Kind.NUMBER | Kind.TEXT, "float({})", 0.4),
    (Kind.NUMBER | Kind.OBJECT | Kind.NONE, "str({})", 0.7),
    (Kind.NUMBER, "round({})", 0.4),
    (Kind.NUMBER, "max(0, {})", 0.6),
    (Kind.NUMBER, "max(1, {})", 0.3),
    (Kind.NUMBER, "min(1, {})", 0.3),
    (Kind.VALUE, "[{}]", 0.5),
    (Kind.TEXT, "{}.strip()", 0.5),
    (Kind.TEXT, "{}.lower()", 0.6),
    (Kind.TEXT, "{}.encode()", 0.4),
    (Kind.TEXT, "{}.decode()", 0.4),
    (Kind.DICT, "{}.items()", 0.7),
    (Kind.DICT, "{}.values()", 0.6),
    (Kind.LIST | Kind.DICT | Kind.SET, "{}.copy()", 0.5),
    (Kind.CONTAINER | Kind.OBJECT, "bool({})", 0.2),
)


@template(
    "wrap.call",
    0.4,
    "identifier attribute subscript call binary_operator string list list_comprehension generator_expression",
    ("def f(xs):\n    return xs\n", "def f(xs):\n    return sorted(xs)\n"),
    ("def f(n):\n    total = n - 3\n", "def f(n):\n    total = max(0, n - 3)\n"),
    ("def f(x):\n    return 'n=' + x\n", "def f(x):\n    return 'n=' + str(x)\n"),
    ("def f(xs):\n    return show(x for x in xs)\n", "def f(xs):\n    return show(sorted(x for x in xs))\n"),
    (
        "def f(xs):\n    for i, x in xs:\n        go(i, x)\n",
        "def f(xs):\n    for i, x in enumerate(xs):\n        go(i, x)\n",
    ),
    most=20,
)
def wrap(site: Site) -> Proposals:
    """A missing call around a value: a conversion, a measure, a clamp, a copy, an order."""
    parent = site.node.parent
    if parent is not None and parent.type in ("expression_statement", "keyword_argument", "attribute"):
        return
    kind = site.kind()
    for wanted, shape, weight in _AROUND:
        if not kind & wanted or shape.partition("(")[0] + "(" == text_of(site.node).partition("(")[0] + "(":
            continue
        own = grouped(site.node, Level.PRIMARY) if shape.startswith("{}.") else site.text
        if site.node.type == "generator_expression" and shape.endswith("({})"):
            own = own[1:-1]  # the call's brackets are enough
        certain = 1.0 if not kind & ~wanted else 0.6
        yield site.become(shape.format(own), Level.PRIMARY, weight * certain)


@template(
    "wrap.extreme",
    0.5,
    "assignment",
    ("for n in sizes:\n    best = n\n", "for n in sizes:\n    best = max(best, n)\n"),
    ("for p in prices:\n    low[k] = p\n", "for p in prices:\n    low[k] = min(low[k], p)\n"),
)
def keep_extreme(site: Site) -> Proposals:
    """A running maximum or minimum that is overwritten instead of kept."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None or left.type not in ("identifier", "attribute", "subscript"):
        return
    if site.kind(right) & Kind.NUMBER and right.type not in ("integer", "float"):
        yield replace(right, f"max({text_of(left)}, {text_of(right)})")
        yield replace(right, f"min({text_of(left)}, {text_of(right)})")


@template(
    "wrap.hoist",
    0.45,
    "call",
    ("def f(x):\n    yield f(x)\n", "def f(x):\n    yield x\n"),
    ("names = list(sorted(rows))\n", "names = sorted(rows)\n"),
    ("key = name.lower()\n", "key = name\n"),
)
def hoist(site: Site) -> Proposals:
    """A call too much: one of its arguments, or its receiver, stands for itself."""
    if site.node.parent is not None and site.node.parent.type == "expression_statement":
        return
    for argument in _arguments(site):
        if argument.type not in ("keyword_argument", "list_splat", "dictionary_splat", "generator_expression"):
            yield site.become(text_of(argument), level_of(argument))
    function = site.field("function")
    if function is not None and function.type == "attribute" and (owner := function.child_by_field_name("object")):
        yield site.become(text_of(owner), level_of(owner), 0.7)


# Methods that are called without arguments, and whose name alone is hardly ever meant as a value.
_BARE_NAMES = """keys values items copy lower upper strip lstrip rstrip title split splitlines read readline readlines close
clear isdigit isalpha isupper islower isspace sort reverse encode decode total_seconds isoformat now today"""
_BARE = frozenset(_BARE_NAMES.split())


@template(
    "call.missing",
    0.6,
    "identifier attribute",
    (
        'class A:\n    def size(self):\n        return 1\n    def show(self):\n        return f"{self.size:>4}"\n',
        'class A:\n    def size(self):\n        return 1\n    def show(self):\n        return f"{self.size():>4}"\n',
    ),
    ("def f(name):\n    return name.lower\n", "def f(name):\n    return name.lower()\n"),
    (
        "def limit():\n    return 3\ndef f(n):\n    return n < limit\n",
        "def limit():\n    return 3\ndef f(n):\n    return n < limit()\n",
    ),
)
def missing_call(site: Site) -> Proposals:
    """A function or method that is named where its result was meant."""
    if is_called(site.node):
        return
    node = site.field("attribute") if site.node.type == "attribute" else site.node
    name = text_of(node) if node is not None else ""
    if name in site.code.functions:
        # Handed over as an argument, the function itself is often meant.
        handed = site.node.parent is not None and site.node.parent.type in ("argument_list", "keyword_argument")
        needs = site.code.functions[name]
        yield site.become(f"{site.text}()", weight=(0.6 if handed else 1.0) * (0.3 if needs else 1.0))
    elif site.node.type == "attribute" and name in _BARE:
        owner = site.field("object")
        if owner is None or name not in site.code.parts(owner):
            yield site.become(f"{site.text}()")


@template(
    "wrap.safe",
    0.45,
    "subscript binary_operator call",
    ("def f(d, k):\n    return d[k]\n", "def f(d, k):\n    return d.get(k)\n"),
    ("def f(a, n):\n    return a / n\n", "def f(a, n):\n    return a / n if n else 0\n"),
    ("def f(it):\n    return next(it)\n", "def f(it):\n    return next(it, None)\n"),
)
def safe(site: Site) -> Proposals:
    """An access or a division that fails where it should give a default."""
    node = site.node
    if node.type == "subscript":
        value, index = site.field("value"), site.field("subscript")
        if value is None or index is None or index.type == "slice" or not site.kind(value) & (Kind.DICT | Kind.OBJECT):
            return
        for default in ("", ", 0", ", []", ', ""', f", {text_of(index)}"):
            yield site.become(
                f"{text_of(value)}.get({text_of(index)}{default})", Level.PRIMARY, 1.0 if not default else 0.7
            )
    elif node.type == "binary_operator":
        sign, right = site.field("operator"), site.field("right")
        if sign is not None and right is not None and sign.type in ("/", "//", "%"):
            for default in ("0", "0.0", "None"):
                yield site.become(f"{site.text} if {text_of(right)} else {default}", Level.CONDITIONAL, 0.8)
    elif (function := site.field("function")) is not None and text_of(function) in ("next", "max", "min"):
        extra = ", None" if text_of(function) == "next" else ", default=0"
        yield Rewrite(((Span(node.end_byte - 1, node.end_byte - 1), extra),))


@template(
    "argument.keyword",
    0.4,
    "keyword_argument",
    ("def f(a, low=1, lower=2):\n    pass\nf(1, low=3)\n", "def f(a, low=1, lower=2):\n    pass\nf(1, lower=3)\n"),
    (
        "def g(x, *, start=0, stop=0):\n    pass\ng(1, start=2)\n",
        "def g(x, *, start=0, stop=0):\n    pass\ng(1, stop=2)\n",
    ),
)
def keyword(site: Site) -> Proposals:
    """A keyword of the wrong name: another parameter of a function of the file."""
    name = site.field("name")
    if name is None:
        return
    call = site.node.parent.parent if site.node.parent is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    takes = site.code.takes(function) if function is not None else None
    for other in sorted(frozenset(takes.names if takes else site.code.parameters) - {text_of(name)}):
        yield replace(name, other, 0.4 + 0.6 * likeness(text_of(name), other))


TEMPLATES = (swap_arguments, drop_argument, add_argument, wrap, keep_extreme, hoist, missing_call, safe, keyword)
