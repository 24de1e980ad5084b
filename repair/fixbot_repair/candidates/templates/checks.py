"""Tests of what a value is: one type or one case too few, one asked for too much, and what a ``not`` reaches over."""

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped, level_of
from fixbot_repair.candidates.templates.absence import is_condition
from fixbot_repair.candidates.templates.base import Proposals, Site, replace, template

_ALIKE = {
    "str": ("bytes",),
    "bytes": ("str", "bytearray"),
    "list": ("tuple", "set"),
    "tuple": ("list",),
    "int": ("float", "bool"),
    "float": ("int",),
    "dict": ("list",),
    "set": ("frozenset", "list"),
}


@template(
    "check.types",
    0.6,
    "call",
    ("ok = isinstance(body, bytes)\n", "ok = isinstance(body, (bytes, str))\n"),
    ("if isinstance(rows, (list, set)):\n    go()\n", "if isinstance(rows, (list, set, tuple)):\n    go()\n"),
    (
        "class A: pass\nclass B: pass\ndef f(x):\n    return isinstance(x, A)\n",
        "class A: pass\nclass B: pass\ndef f(x):\n    return isinstance(x, (A, B))\n",
    ),
)
def types(site: Site) -> Proposals:
    """``isinstance`` with a type too few, or with the wrong one."""
    function, arguments = site.field("function"), site.field("arguments")
    if function is None or arguments is None or text_of(function) not in ("isinstance", "issubclass"):
        return
    parts = arguments.named_children
    if len(parts) != 2:
        return
    held = parts[1].named_children if parts[1].type == "tuple" else [parts[1]]
    names = [text_of(h) for h in held]
    inside = ", ".join(names)
    likely = [other for name in names for other in _ALIKE.get(name, ())]
    others = [n for n in site.names(Kind.CLASS, values=False) if n not in names]
    for other, weight in [*((o, 1.0) for o in likely if o not in names), *((o, 0.5 * site.near(o)) for o in others)]:
        yield replace(parts[1], f"({inside}, {other})", weight)
        if len(held) == 1:
            yield replace(parts[1], other, 0.5 * weight)


@template(
    "check.kind",
    0.3,
    "if_statement elif_clause",
    (
        "def f(x):\n    if x:\n        go(x)\n    return isinstance(x, str)\n",
        "def f(x):\n    if x and isinstance(x, str):\n        go(x)\n    return isinstance(x, str)\n",
    ),
    (
        "class Raw: pass\ndef f(s):\n    if hasattr(s, 'read'):\n        go(s)\n",
        "class Raw: pass\ndef f(s):\n    if hasattr(s, 'read') and not isinstance(s, Raw):\n        go(s)\n",
    ),
)
def kind(site: Site) -> Proposals:
    """A condition that should also have asked for the type of what it is about."""
    condition = site.field("condition")
    if condition is None:
        return
    about = _subjects(site, condition)
    classes = [n for n in site.names(Kind.CLASS, values=False) if not n.endswith(("Error", "Exception"))][:8]
    both = grouped(condition, Level.AND)
    for name in about:
        for other in dict.fromkeys([*site.code.tested, *classes]):
            weight = 1.0 if other in site.code.tested else 0.5 * site.near(other)
            yield replace(condition, f"{both} and not isinstance({name}, {other})", weight)
            yield replace(condition, f"{both} and isinstance({name}, {other})", 0.8 * weight)


def _subjects(site: Site, condition: Node) -> list[str]:
    found = [n for n in site.code.inside(condition) if n.type in ("identifier", "attribute")]
    plain = [text_of(n) for n in found if site.kind(n) & ~(Kind.MODULE | Kind.CLASS | Kind.CALLABLE)]
    return [n for n in dict.fromkeys(plain) if n != site.scope.method_self][:3]


@template(
    "check.among",
    0.5,
    "comparison_operator",
    ("if value is None:\n    stop()\n", 'if value in (None, ""):\n    stop()\n'),
    (
        'def f(kind):\n    if kind == "a":\n        return 1\n    return kind == "b"\n',
        'def f(kind):\n    if kind in ("a", "b"):\n        return 1\n    return kind == "b"\n',
    ),
)
def among(site: Site) -> Proposals:
    """A comparison with one value where several were meant: another literal of the function, or an empty one."""
    parts = site.node.named_children
    signs = [c.type for c in site.node.children if not c.is_named]
    if len(parts) != 2 or signs not in (["=="], ["is"], ["!="], ["is not"]) or parts[1].type not in _LITERALS:
        return
    own, word = text_of(parts[1]), "in" if signs[0] in ("==", "is") else "not in"
    others = ['""', "None"] if parts[1].type in ("none", "string") else ["0", "1"]
    same = [text_of(e) for e in site.code.expressions(site.node) if e.type == parts[1].type]
    for i, other in enumerate(o for o in dict.fromkeys([*same, *others]) if o != own):
        text = f"{grouped(parts[0], Level.BIT_OR)} {word} ({own}, {other})"
        yield site.become(text, Level.COMPARISON, 1.0 / (1 + 0.2 * i))


_LITERALS = ("string", "integer", "none")


@template(
    "check.reach",
    0.7,
    "boolean_operator not_operator",
    ("if not a or b:\n    go()\n", "if not (a or b):\n    go()\n"),
    ("ok = a and b\n", "ok = not (a and b)\n"),
    ("x = a or b and c\n", "x = (a or b) and c\n"),
    ("if not (a and b):\n    go()\n", "if not a and b:\n    go()\n"),
)
def reach(site: Site) -> Proposals:
    """How far a ``not`` reaches, and what ``and`` and ``or`` bind."""
    node = site.node
    if node.type == "not_operator":
        inner = site.field("argument")
        if inner is not None and inner.type == "parenthesized_expression":
            yield site.become(f"not {text_of(inner.named_children[0])}", Level.OR)
        return
    sign, left, right = site.field("operator"), site.field("left"), site.field("right")
    if sign is None or left is None or right is None:
        return
    if left.type == "not_operator" and (bare := left.child_by_field_name("argument")) is not None:
        yield site.become(f"not ({text_of(bare)} {sign.type} {text_of(right)})", Level.NOT)
    if is_condition(node) or level_of(left) >= Level.COMPARISON:
        yield site.become(f"not ({site.text})", Level.NOT, 0.5)
    if right.type == "boolean_operator" and (inner_sign := right.child_by_field_name("operator")) is not None:
        one, other = right.child_by_field_name("left"), right.child_by_field_name("right")
        if one is not None and other is not None and inner_sign.type != sign.type:
            text = f"({text_of(left)} {sign.type} {text_of(one)}) {inner_sign.type} {text_of(other)}"
            yield site.become(text, Level.AND)
    if left.type == "boolean_operator" and (inner_sign := left.child_by_field_name("operator")) is not None:
        one, other = left.child_by_field_name("left"), left.child_by_field_name("right")
        if one is not None and other is not None and inner_sign.type != sign.type:
            text = f"{text_of(one)} {inner_sign.type} ({text_of(other)} {sign.type} {text_of(right)})"
            yield site.become(text, Level.OR)


TEMPLATES = (types, kind, among, reach)
