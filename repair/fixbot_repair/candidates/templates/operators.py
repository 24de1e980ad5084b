"""Operators: the wrong one, one too many, one too few, operands in the wrong order."""

import itertools

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import OPERATORS, Level, grouped, level_of
from fixbot_repair.candidates.templates.base import Proposals, Site, replace, swap, template

# Operator -> what is written instead of it, the likelier first.
_COMPARISONS = {
    "<": ("<=", ">", ">=", "!="),
    "<=": ("<", ">=", ">", "=="),
    ">": (">=", "<", "<=", "!="),
    ">=": (">", "<=", "<", "=="),
    "==": ("!=", "<=", ">=", "is", "in"),
    "!=": ("==", "<", ">", "is not", "not in"),
    "is": ("==", "is not"),
    "is not": ("!=", "is"),
    "in": ("not in", "=="),
    "not in": ("in", "!="),
}
_ARITHMETIC = {
    "+": ("-", "*", "|", "//"),
    "-": ("+", "*", "/"),
    "*": ("**", "+", "//", "/"),
    "/": ("//", "*", "%", "-"),
    "//": ("/", "%", "*", "-"),
    "%": ("//", "/", "*"),
    "**": ("*", "+"),
    "&": ("|", "^", "and"),
    "|": ("&", "^", "+"),
    "^": ("**", "&", "|"),
    "<<": (">>",),
    ">>": ("<<",),
}
_AUGMENTED = {f"{old}=": tuple(f"{n}=" for n in new if n != "and") for old, new in _ARITHMETIC.items()}
_FADING = (1.0, 0.6, 0.45, 0.35, 0.3)  # weight of the first, second, … alternative
_COMMUTES = frozenset(("and", "or", "==", "!=", "&", "|", "^"))


@template(
    "operator.comparison",
    1.0,
    "comparison_operator",
    ("def f(a, n):\n    return a < n\n", "def f(a, n):\n    return a <= n\n"),
    ("while left <= right:\n    left += 1\n", "while left < right:\n    left += 1\n"),
    ("if code is 404:\n    retry()\n", "if code == 404:\n    retry()\n"),
    ("ok = user in blocked\n", "ok = user not in blocked\n"),
)
def comparison(site: Site) -> Proposals:
    """Another comparison operator; neither ``== None``, nor an element compared with the whole container."""
    last = site.node.named_children[-1]
    is_fixed = last.type in ("none", "true", "false")
    holds = site.kind(last) & ~Kind.CONTAINER == 0 and not site.kind(last) & Kind.TEXT
    for sign in site.node.children:
        for weight, other in zip(_FADING, _COMPARISONS.get(sign.type, ()), strict=False):
            alike = (is_fixed and sign.type.startswith("is")) or (holds and "in" in sign.type)
            if not (alike and other in ("==", "!=")):
                yield replace(sign, other, weight)


@template(
    "operator.boolean",
    0.8,
    "boolean_operator",
    ("ok = a and b\n", "ok = a or b\n"),
    ("if not name or not mail:\n    stop()\n", "if not name and not mail:\n    stop()\n"),
)
def boolean(site: Site) -> Proposals:
    """``and`` for ``or`` and the other way round."""
    if sign := site.field("operator"):
        yield replace(sign, "or" if sign.type == "and" else "and")


@template(
    "operator.arithmetic",
    0.8,
    "binary_operator",
    ("area = width + height\n", "area = width * height\n"),
    ("half = n / 2\n", "half = n // 2\n"),
    ("kept = flags | MASK\n", "kept = flags & MASK\n"),
)
def arithmetic(site: Site) -> Proposals:
    """Another arithmetic operator; none that the operands' kinds rule out."""
    sign = site.field("operator")
    if sign is None or site.kind(site.field("left")) == Kind.TEXT:
        return
    for weight, other in zip(_FADING, _ARITHMETIC.get(sign.type, ()), strict=False):
        yield replace(sign, other, weight)


@template(
    "operator.augmented",
    0.7,
    "augmented_assignment",
    ("total -= price\n", "total += price\n"),
    ("flags += BIT\n", "flags |= BIT\n"),
)
def augmented(site: Site) -> Proposals:
    """Another operator in an augmented assignment, or plain assignment."""
    if sign := site.field("operator"):
        for weight, other in zip(_FADING, _AUGMENTED.get(sign.type, ()), strict=False):
            yield replace(sign, other, weight)
        yield replace(sign, "=", 0.6)


@template(
    "operator.accumulate",
    0.6,
    "assignment",
    ("for x in xs:\n    total = x\n", "for x in xs:\n    total += x\n"),
    ("while more():\n    mask = bit()\n", "while more():\n    mask |= bit()\n"),
)
def accumulate(site: Site) -> Proposals:
    """An assignment that should have added to what is there."""
    left, right = site.field("left"), site.field("right")
    if left is None or right is None or site.field("type") or left.type not in ("identifier", "attribute", "subscript"):
        return
    sign = next(c for c in site.node.children if c.type == "=")
    for weight, other in ((1.0, "+="), (0.4, "-="), (0.3, "|="), (0.3, "*=")):
        yield replace(sign, other, weight)


@template(
    "operator.negate",
    0.7,
    "identifier attribute subscript call not_operator unary_operator",
    ("if valid(x):\n    reject(x)\n", "if not valid(x):\n    reject(x)\n"),
    ("shift = -offset\n", "shift = offset\n"),
    ("if not ready:\n    go()\n", "if ready:\n    go()\n"),
)
def negate(site: Site) -> Proposals:
    """A condition negated, or a sign or ``not`` dropped."""
    if site.node.type in ("not_operator", "unary_operator"):
        if inner := site.field("argument"):
            yield site.become(text_of(inner), level_of(inner))
    elif _is_condition(site):
        yield site.become(f"not {site.text}", Level.NOT)
    elif site.node.type != "call" and site.kind() == Kind.NUMBER:
        yield site.become(f"-{site.text}", Level.UNARY, 0.3)


def _is_condition(site: Site) -> bool:
    parent = site.node.parent
    if parent is None:
        return False
    if parent.type in ("boolean_operator", "not_operator", "if_clause"):
        return True
    if parent.type == "conditional_expression":
        return parent.named_children[1] == site.node
    return parent.child_by_field_name("condition") == site.node


@template(
    "operand.swap",
    0.6,
    "binary_operator comparison_operator",
    ("path = name + folder\n", "path = folder + name\n"),
    ("left = used - total\n", "left = total - used\n"),
    ("if limit in value:\n    stop()\n", "if value in limit:\n    stop()\n"),
)
def swap_operands(site: Site) -> Proposals:
    """Operands in the other order, where the order matters."""
    operands, signs = site.node.named_children, [c for c in site.node.children if not c.is_named]
    if len(operands) != 2 or len(signs) != 1 or signs[0].type in _COMMUTES:
        return
    both = site.kind(operands[0]) | site.kind(operands[1])
    if signs[0].type in ("+", "*") and both == Kind.NUMBER:
        return
    one, other = operands
    if level_of(one) == level_of(other) == Level.PRIMARY:
        yield swap(one, other)
        return
    needed = level_of(site.node) + 1 if site.node.type == "binary_operator" else Level.BIT_OR
    texts = grouped(other, Level(min(needed, 15))), grouped(one, Level(min(needed, 15)))
    yield site.become(f"{texts[0]} {text_of(signs[0])} {texts[1]}", level_of(site.node))


@template(
    "operand.drop",
    0.45,
    "binary_operator",
    ("n = 1 + count(xs)\n", "n = count(xs)\n"),
    ("price = base * factor\n", "price = base\n"),
)
def drop_operand(site: Site) -> Proposals:
    """One operand and the operator too many."""
    for operand in site.node.named_children:
        yield site.become(text_of(operand), level_of(operand))


@template(
    "operand.add",
    0.25,
    "identifier attribute subscript call binary_operator list list_comprehension string",
    ("def f(start, size):\n    return start\n", "def f(start, size):\n    return start + size\n"),
    ("def rest(total, used):\n    return go(total)\n", "def rest(total, used):\n    return go(total - used)\n"),
    ("def area(radius):\n    return 3.14 * radius\n", "def area(radius):\n    return 3.14 * radius ** 2\n"),
    most=12,
)
def add_operand(site: Site) -> Proposals:
    """A missing operator with its operand: a name of the same kind in scope, or a power or multiple of two."""
    kind = site.kind()
    if kind & Kind.NUMBER:
        weight = 1.0 if kind == Kind.NUMBER else 0.5
        yield from _with_operand(site, [n for n in site.names(Kind.NUMBER) if n != site.text], ("-", "+", "*"), weight)
        yield from _with_operand(site, ["2"], ("**", "*", "//"), weight * 0.6)
    if kind & Kind.SEQUENCE:
        weight = 0.8 if not kind & Kind.NUMBER else 0.4
        names = [n for n in site.names(kind & Kind.SEQUENCE) if n != site.text]
        yield from _with_operand(site, names, ("+",), weight)
        own = grouped(site.node, Level.PRODUCT)
        yield from (site.become(f"{n} + {own}", Level.SUM, weight * site.near(n)) for n in names)


def _with_operand(site: Site, operands: list[str], signs: tuple[str, ...], weight: float) -> Proposals:
    for sign in signs:
        level = OPERATORS[sign]
        own = grouped(site.node, Level(level + 1) if sign == "**" else level)
        for operand in operands:
            share = site.near(operand) if operand.isidentifier() else 1.0
            yield site.become(f"{own} {sign} {operand}", level, weight * share)


@template(
    "operand.elements",
    0.4,
    "tuple subscript expression_list",
    ("cell = grid[x, y]\n", "cell = grid[y, x]\n"),
    ("def f(a, b):\n    return a, b\n", "def f(a, b):\n    return b, a\n"),
)
def swap_elements(site: Site) -> Proposals:
    """Two neighbours of a tuple or of a subscript exchanged."""
    parts = site.node.children_by_field_name("subscript") if site.node.type == "subscript" else site.node.named_children
    for one, other in itertools.pairwise(parts):
        yield swap(one, other)


TEMPLATES = (
    comparison,
    boolean,
    arithmetic,
    augmented,
    accumulate,
    negate,
    swap_operands,
    drop_operand,
    add_operand,
    swap_elements,
)
