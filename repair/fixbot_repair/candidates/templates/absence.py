"""What is not there: None where a value was meant, an empty value taken for None, an attribute or a key that is missing."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped, level_of
from fixbot_repair.candidates.templates.base import Proposals, Site, is_called, template

_EMPTY: tuple[tuple[Kind, str], ...] = (
    (Kind.LIST, "[]"),
    (Kind.DICT, "{}"),
    (Kind.TEXT, '""'),
    (Kind.NUMBER, "0"),
    (Kind.TUPLE, "()"),
)


def is_condition(node: Node) -> bool:
    """Whether only the truth of `node` counts: it is a condition, or part of one."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type in ("not_operator", "if_clause"):
        return True
    if parent.type in ("boolean_operator", "parenthesized_expression"):
        return is_condition(parent)
    if parent.type == "conditional_expression":
        return len(parent.named_children) == 3 and parent.named_children[1] == node
    return parent.child_by_field_name("condition") == node


@template(
    "absence.truth",
    0.6,
    "identifier attribute subscript call not_operator comparison_operator",
    ("if field.limit:\n    show(field)\n", "if field.limit is not None:\n    show(field)\n"),
    ("if ready and not self.size:\n    stop()\n", "if ready and self.size is None:\n    stop()\n"),
    ("def f(name):\n    if name is None:\n        return 1\n", "def f(name):\n    if not name:\n        return 1\n"),
)
def truth(site: Site) -> Proposals:
    """A value tested for being true where it may be empty but there, or the other way round."""
    node = site.node
    if not is_condition(node):
        return
    if node.type == "comparison_operator":
        signs = [c.type for c in node.children if not c.is_named]
        if len(node.named_children) == 2 and node.named_children[1].type == "none" and signs in (["is"], ["is not"]):
            left = node.named_children[0]
            if signs == ["is"]:
                yield site.become(f"not {grouped(left, Level.NOT)}", Level.NOT)
            else:
                yield site.become(text_of(left), level_of(left))
    elif node.type == "not_operator":
        inner = site.field("argument")
        if inner is not None and level_of(inner) == Level.PRIMARY:
            yield site.become(f"{text_of(inner)} is None", Level.COMPARISON)
    elif node.parent is not None and node.parent.type != "not_operator" and site.kind() != Kind.BOOL:
        yield site.become(f"{site.text} is not None", Level.COMPARISON)


@template(
    "absence.default",
    0.35,
    "identifier attribute subscript call",
    (
        "def f(names):\n    for name in names:\n        go(name)\n",
        "def f(names):\n    for name in names or []:\n        go(name)\n",
    ),
    ("def f(options):\n    return dict(options)\n", "def f(options):\n    return dict(options or {})\n"),
)
def default(site: Site) -> Proposals:
    """A value that may be None where an empty one was meant."""
    if is_called(site.node) or is_condition(site.node) or site.is_receiver or site.kind() == Kind.BOOL:
        return
    kind = site.kind()
    for wanted, empty in _EMPTY:
        if kind & wanted:
            yield site.become(f"{site.text} or {empty}", Level.OR, 1.0 if kind == wanted else 0.5)


@template(
    "absence.falsy",
    0.6,
    "boolean_operator",
    ("limit = limit or 10\n", "limit = limit if limit is not None else 10\n"),
    (
        "def f(self, label):\n    self.label = label or self.label\n",
        "def f(self, label):\n    self.label = label if label is not None else self.label\n",
    ),
)
def falsy(site: Site) -> Proposals:
    """``a or b`` where an ``a`` that is empty, but there, was meant to stay."""
    sign, left, right = site.field("operator"), site.field("left"), site.field("right")
    if sign is None or left is None or right is None or sign.type != "or" or is_condition(site.node):
        return
    shape = f"{grouped(left, Level.OR)} if {grouped(left, Level.BIT_OR)} is not None else {text_of(right)}"
    yield site.become(shape, Level.CONDITIONAL)


@template(
    "absence.attribute",
    0.35,
    "attribute",
    (
        'if rows[0].code == "gone":\n    stop()\n',
        'if getattr(rows[0], "code", None) == "gone":\n    stop()\n',
    ),
    ("def f(view):\n    return view.suffix\n", "def f(view):\n    return getattr(view, 'suffix', None)\n"),
)
def attribute(site: Site) -> Proposals:
    """An attribute that not every such object has, or of an object that may be None."""
    owner, name = site.field("object"), site.field("attribute")
    if owner is None or name is None or is_called(site.node):
        return
    quote = site.code.quote
    yield site.become(f"getattr({text_of(owner)}, {quote}{text_of(name)}{quote}, None)")
    if level_of(owner) == Level.PRIMARY and text_of(owner) != site.scope.method_self:
        weight = 0.8 if owner.type == "identifier" else 0.5
        yield site.become(f"{site.text} if {text_of(owner)} is not None else None", Level.CONDITIONAL, weight)
        yield site.become(f"{text_of(owner)} and {site.text}", Level.AND, 0.5 * weight)


@template(
    "absence.guarded",
    0.5,
    "comparison_operator boolean_operator not_operator call attribute subscript",
    (
        "def f(best, x):\n    if x > best:\n        return x\n",
        "def f(best, x):\n    if best is None or x > best:\n        return x\n",
    ),
    (
        "def f(user, late):\n    if late and user.name:\n        go()\n",
        "def f(user, late):\n    if late and user is not None and user.name:\n        go()\n",
    ),
    (
        "def f(d, k):\n    while d[k]:\n        k = d[k]\n",
        "def f(d, k):\n    while k in d and d[k]:\n        k = d[k]\n",
    ),
)
def guarded(site: Site) -> Proposals:
    """Part of a condition that fails for a value that is None or a key that is not there, and must be asked about first."""
    node = site.node
    if not is_condition(node) or (node.parent is not None and node.parent.type == "not_operator"):
        return
    either, both = grouped(node, Level.OR), grouped(node, Level.AND)
    for text, share in dict(_may_lack(site)).items():
        yield site.become(f"{text} is None or {either}", Level.OR, share)
        yield site.become(f"{text} is not None and {both}", Level.AND, share)
    for part in _subscripts(node):
        value, index = part.child_by_field_name("value"), part.child_by_field_name("subscript")
        if value is not None and index is not None and index.type != "slice":
            key, held = grouped(index, Level.BIT_OR), grouped(value, Level.BIT_OR)
            yield site.become(f"{key} in {held} and {both}", Level.AND, 0.6)
            yield site.become(f"{key} not in {held} or {either}", Level.OR, 0.5)


def _may_lack(site: Site) -> Iterator[tuple[str, float]]:
    """Expressions that the condition needs to be there, with how often that is forgotten: operands of orders, receivers, containers."""
    for node in site.code.inside(site.node):
        parent, share = node.parent, 0.0
        if node.type not in ("identifier", "attribute", "subscript") or parent is None:
            continue
        if parent.type == "comparison_operator" and len(parent.named_children) == 2:
            orders = any(c.type in ("<", ">", "<=", ">=") for c in parent.children)
            share = 1.0 if orders else 0.4
        elif parent.type == "attribute" and parent.child_by_field_name("object") == node:
            share = 0.9
        elif parent.type == "subscript" and parent.child_by_field_name("value") == node:
            share = 0.6
        elif parent.type in ("binary_operator", "argument_list"):
            share = 0.4
        if (
            share
            and text_of(node) != site.scope.method_self
            and site.kind(node) & ~(Kind.MODULE | Kind.CLASS | Kind.CALLABLE)
        ):
            yield text_of(node), share


def _subscripts(node: Node) -> list[Node]:
    stack, found = [node], []
    while stack:
        at = stack.pop()
        if at.type == "subscript":
            found.append(at)
        stack.extend(at.named_children)
    return found[:4]


TEMPLATES = (truth, default, falsy, attribute, guarded)
