"""The standard library taken for something else: results that are dropped or never there, parts, units, types of elements."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, replace, span, template

# Methods that change what they are called on and give None back -> what gives the changed thing back.
_IN_PLACE: Mapping[str, tuple[str, ...]] = {
    "sort": ("sorted({0}{1})",),
    "reverse": ("{0}[::-1]", "list(reversed({0}))"),
    "append": ("{0} + [{1}]", "[*{0}, {1}]"),
    "extend": ("{0} + {1}", "[*{0}, *{1}]"),
    "add": ("{0} | {{{1}}}",),
    "update": ("{{**{0}, **{1}}}", "{0} | {1}"),
    "discard": ("{0} - {{{1}}}",),
    "remove": ("{0} - {{{1}}}",),
}
# Methods and functions that change nothing: called alone, what they give back is lost.
_GIVING = """strip lstrip rstrip lower upper title casefold capitalize replace removeprefix removesuffix split join encode decode format
    union intersection difference symmetric_difference copy with_suffix with_name resolve expanduser absolute astimezone quantize
    most_common fromkeys rjust ljust zfill center expandtabs translate"""
_GIVES = frozenset(_GIVING.split())
_CONVERTING = "sorted reversed list set tuple dict str int float abs round min max filter map"
_GIVING_FUNCTIONS = frozenset(_CONVERTING.split())


def call_of(site: Site) -> tuple[Node, Node] | None:
    """What is called, and the arguments."""
    function, arguments = site.field("function"), site.field("arguments")
    return (function, arguments) if function is not None and arguments is not None else None


def method_of(function: Node) -> tuple[Node, str] | None:
    """Receiver and name of a method."""
    owner, name = function.child_by_field_name("object"), function.child_by_field_name("attribute")
    return (owner, text_of(name)) if function.type == "attribute" and owner is not None and name is not None else None


@template(
    "library.in_place",
    0.6,
    "call",
    ("def f(xs):\n    return xs.reverse()\n", "def f(xs):\n    return xs[::-1]\n"),
    ("def f(xs):\n    ys = xs.sort()\n    return ys\n", "def f(xs):\n    ys = sorted(xs)\n    return ys\n"),
    ("def f(xs, x):\n    show(xs.append(x))\n", "def f(xs, x):\n    show(xs + [x])\n"),
)
def in_place(site: Site) -> Proposals:
    """A method that changes its container in place and gives None, used as if it gave the container."""
    parts = call_of(site)
    method = method_of(parts[0]) if parts else None
    if parts is None or method is None or site.node.parent is None or site.node.parent.type == "expression_statement":
        return
    owner, name = method
    given = text_of(parts[1])[1:-1]
    for i, shape in enumerate(_IN_PLACE.get(name, ())):
        if "{1}" in shape and name != "sort" and not given:
            continue
        rest = f", {given}" if name == "sort" and given else given
        level = Level.SUM if "+" in shape else Level.BIT_OR if " | " in shape or " - " in shape else Level.PRIMARY
        yield site.become(shape.format(grouped(owner, Level.PRIMARY), rest), level, 1.0 / (1 + 0.3 * i))


@template(
    "library.dropped",
    0.5,
    "expression_statement",
    (
        "def f(s):\n    s.strip()\n    return s\n",
        "def f(s):\n    s = s.strip()\n    return s\n",
    ),
    ("def f(xs):\n    sorted(xs)\n    return xs\n", "def f(xs):\n    xs = sorted(xs)\n    return xs\n"),
    ("def f(self, when):\n    when.replace(hour=0)\n", "def f(self, when):\n    when = when.replace(hour=0)\n"),
)
def dropped(site: Site) -> Proposals:
    """A call that changes nothing and whose result is not kept."""
    call = site.node.named_children[0] if site.node.named_children else None
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    if call is None or function is None or arguments is None:
        return
    method = method_of(function)
    if method is not None and method[1] in _GIVES and method[0].type in ("identifier", "attribute", "subscript"):
        yield replace(call, f"{text_of(method[0])} = {text_of(call)}")
    elif function.type == "identifier" and text_of(function) in _GIVING_FUNCTIONS:
        for argument in arguments.named_children[:2]:
            if argument.type in ("identifier", "attribute", "subscript"):
                yield replace(call, f"{text_of(argument)} = {text_of(call)}")


# Attributes that say less than was meant -> what says it.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "seconds": ("total_seconds()",),
    "days": ("total_seconds()",),
    "microseconds": ("total_seconds()",),
    "minute": ("month",),
    "month": ("minute",),
    "name": ("stem", "suffix"),
    "stem": ("name",),
    "suffix": ("suffixes", "name"),
    "netloc": ("hostname",),
    "hostname": ("netloc",),
    "day": ("days", "date()"),
    "hour": ("minute",),
    "args": ("args[0]",),
}


@template(
    "library.member",
    0.5,
    "attribute",
    ("def f(a, b):\n    return (b - a).seconds\n", "def f(a, b):\n    return (b - a).total_seconds()\n"),
    ("def f(path):\n    return path.name\n", "def f(path):\n    return path.stem\n"),
)
def member(site: Site) -> Proposals:
    """An attribute of the library's types that gives a part of what was meant."""
    name = site.field("attribute")
    if name is None or is_called(site.node):
        return
    for i, other in enumerate(_MEMBERS.get(text_of(name), ())):
        yield replace(name, other, 1.0 / (1 + 0.5 * i))


# Functions whose arguments are units of something -> the units, the likelier ones first.
_UNITS: Mapping[str, tuple[str, ...]] = {
    "timedelta": ("seconds", "minutes", "hours", "days", "milliseconds", "weeks", "microseconds"),
    "relativedelta": ("days", "months", "years", "hours", "minutes", "seconds"),
    "replace": ("hour", "minute", "second", "microsecond", "day", "month", "year", "tzinfo"),
}


@template(
    "library.units",
    0.5,
    "call",
    (
        "from datetime import timedelta\nPAUSE = timedelta(30)\n",
        "from datetime import timedelta\nPAUSE = timedelta(minutes=30)\n",
    ),
    (
        "def f(n):\n    return datetime.timedelta(hours=n)\n",
        "def f(n):\n    return datetime.timedelta(minutes=n)\n",
    ),
)
def units(site: Site) -> Proposals:
    """A number handed over as another unit than the one that was meant."""
    parts = call_of(site)
    known = _UNITS.get(text_of(parts[0]).rpartition(".")[2], ()) if parts else ()
    if parts is None or not known:
        return
    for argument in parts[1].named_children:
        name = argument.child_by_field_name("name") if argument.type == "keyword_argument" else None
        if argument.type != "keyword_argument" and "replace" in text_of(parts[0]):
            return
        for i, unit in enumerate(u for u in known if f"{u}=" not in text_of(parts[1])):
            weight = 1.0 / (1 + 0.2 * i)
            if name is not None and text_of(name) in known:
                yield replace(name, unit, weight)
            elif name is None and len(parts[1].named_children) == 1:
                yield replace(argument, f"{unit}={text_of(argument)}", weight)


@template(
    "library.join",
    0.5,
    "call",
    ('def f(xs):\n    return ", ".join(xs)\n', 'def f(xs):\n    return ", ".join(map(str, xs))\n'),
    ("def f(xs):\n    return sum(xs)\n", "def f(xs):\n    return sum(map(int, xs))\n"),
)
def joined(site: Site) -> Proposals:
    """Elements of another type than the call takes."""
    parts = call_of(site)
    name = text_of(parts[0]).rpartition(".")[2] if parts else ""
    if parts is None or len(parts[1].named_children) != 1 or parts[1].type != "argument_list":
        return
    (argument,) = parts[1].named_children
    kinds = {"join": ("str",), "sum": ("int", "float"), "max": ("int",), "min": ("int",), "sorted": ("str", "int")}
    if not site.kind(argument) & (Kind.CONTAINER | Kind.OBJECT):
        return
    for i, convert in enumerate(kinds.get(name, ())):
        yield Rewrite(((span(argument), f"map({convert}, {text_of(argument)})"),), 1.0 / (1 + 0.5 * i))


TEMPLATES = (in_place, dropped, member, units, joined)
