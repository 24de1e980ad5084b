"""Escaping by replacing: what is replaced first must not be made by what comes later, and the escape itself must be escaped."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.pitfalls.holes import Found, Guard, literal, trap, traps

Step = tuple[Node, Node]  # what is replaced, and by what


def _step(call: Node | None) -> tuple[Node, Step] | None:
    """Receiver and step of ``x.replace("a", "b")``."""
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    if (
        function is None
        or function.type != "attribute"
        or arguments is None
        or not text_of(function).endswith(".replace")
    ):
        return None
    given = arguments.named_children
    receiver = function.child_by_field_name("object")
    if receiver is None or len(given) != 2 or any(a.type != "string" for a in given):
        return None
    return receiver, (given[0], given[1])


def _chain(call: Node) -> list[Step]:
    """Steps of a chain of replacements, in the order in which they are made."""
    found: list[Step] = []
    at: Node = call
    while step := _step(at):
        at = step[0]
        found.append(step[1])
    return found[::-1]


def _in_row(site: Site) -> list[Step]:
    """Steps of statements in a row that replace in the same text, from the site's on; nothing where one stands before it."""

    def step(statement: Node | None) -> tuple[str, list[Step]]:
        inner = statement.named_children[0] if statement is not None and statement.named_children else None
        right = inner.child_by_field_name("right") if inner is not None and inner.type == "assignment" else None
        return (
            (text_of(inner.child_by_field_name("left") or inner), _chain(right))
            if inner is not None and right is not None
            else ("", [])
        )

    name, found = step(site.node)
    before, earlier = step(site.node.prev_named_sibling)
    if not found or (before == name and earlier):
        return []
    following = site.node.next_named_sibling
    while following is not None and (more := step(following))[0] == name and more[1]:
        found += more[1]
        following = following.next_named_sibling
    return found


def _pairs(table: Node) -> list[Step]:
    """Pairs of texts of a dictionary, or of a list of pairs."""
    found = []
    for element in table.named_children:
        parts = element.named_children if element.type in ("pair", "tuple") else []
        if len(parts) != 2 or any(part.type != "string" for part in parts):
            return []
        found.append((parts[0], parts[1]))
    return found


def ordered(steps: Sequence[tuple[str, str]]) -> list[int]:
    """Places of replacements in an order in which none takes up what one before it has put there, as far as that can be."""
    order = list(range(len(steps)))
    for _ in steps:
        for i, j in combinations(range(len(order)), 2):
            (old, new), (later, _) = steps[order[i]], steps[order[j]]
            if later and later in new and later != old:
                order.insert(i, order.pop(j))
                break
            if new and new != old and len(new) < len(old) and new in later:
                order.insert(j, order.pop(i))
                break
        else:
            break
    return order


@template(
    "pitfall.escape_order",
    1.8,
    "call expression_statement dictionary list tuple",
    (
        'def f(x):\n    return x.replace("<", "&lt;").replace("&", "&amp;")\n',
        'def f(x):\n    return x.replace("&", "&amp;").replace("<", "&lt;")\n',
    ),
    (
        'def f(x):\n    x = x.replace("&amp;", "&")\n    x = x.replace("&lt;", "<")\n    return x\n',
        'def f(x):\n    x = x.replace("&lt;", "<")\n    x = x.replace("&amp;", "&")\n    return x\n',
    ),
    (
        'T = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}\n',
        'T = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}\n',
    ),
    relies=0.35,
)
def escape_order(site: Site) -> Proposals:
    """Replacements that take up again what one before them has put there: ``&`` must be escaped first and unescaped last."""
    node = site.node
    if node.type == "call":
        parent = node.parent
        outer = parent.parent if parent is not None and parent.type == "attribute" else None
        steps = _chain(node) if b".replace(" in (node.text or b"") and _step(outer) is None else []
    elif node.type == "expression_statement":
        steps = _in_row(site)
    else:
        steps = _pairs(node)
    if not 1 < len(steps) < 20:
        return
    values = [(literal(old), literal(new)) for old, new in steps]
    texts = [(old, new) for old, new in values if isinstance(old, str) and isinstance(new, str)]
    order = ordered(texts) if len(texts) == len(steps) else []
    edits = []
    for place, (old, new) in zip(order, steps, strict=False):
        taken = steps[place]
        if taken[0] != old:
            edits += [
                (Span(old.start_byte, old.end_byte), text_of(taken[0])),
                (Span(new.start_byte, new.end_byte), text_of(taken[1])),
            ]
    if edits:
        yield Rewrite(tuple(edits))


def _without(*olds: str) -> Guard:
    """A guard: the chain around does not replace any of `olds` yet."""

    def guard(site: Site, _: Found) -> bool:
        at = site.node
        while at.parent is not None and at.parent.type in ("attribute", "call"):
            at = at.parent
        around = text_of(at)
        function = at
        while function.parent is not None and function.type != "function_definition":
            function = function.parent
        around = text_of(function) if function.type == "function_definition" else around
        return not any(f".replace({old}" in around for old in olds)

    return guard


_AMP = ("'&'", '"&"')
_BACK = ("'\\\\'", '"\\\\"', "r'\\'")
half_escaped = traps(
    "pitfall.half_escaped",
    1.4,
    "A mark is escaped and the escape itself is not, so what is read back is another text.",
    trap(r"""$x.replace('"', '\\"')""", r"""$x.replace("\\", "\\\\").replace('"', '\\"')""", guard=_without(*_BACK)),
    trap(r"""$x.replace("'", "\\'")""", r"""$x.replace("\\", "\\\\").replace("'", "\\'")""", guard=_without(*_BACK)),
    trap(r"""$x.replace("\n", "\\n")""", r"""$x.replace("\\", "\\\\").replace("\n", "\\n")""", guard=_without(*_BACK)),
    trap(r"""$x.replace("|", "\\|")""", r"""$x.replace("\\", "\\\\").replace("|", "\\|")""", guard=_without(*_BACK)),
    trap(r"""$x.replace(",", "\\,")""", r"""$x.replace("\\", "\\\\").replace(",", "\\,")""", guard=_without(*_BACK)),
    trap('$x.replace("<", "&lt;")', '$x.replace("&", "&amp;").replace("<", "&lt;")', guard=_without(*_AMP)),
    trap('$x.replace(">", "&gt;")', '$x.replace(">", "&gt;").replace(\'"\', "&quot;")', guard=_without("'\"'", '"\\""')),
    trap('$x.replace(\'"\', "&quot;")', '$x.replace(\'"\', "&quot;").replace("\'", "&#x27;")', '$x.replace(\'"\', "&quot;").replace("\'", "&#39;")', guard=_without('"\'"', "'\\''")),
    trap('$x.replace("%", "\\\\%")', '$x.replace("\\\\", "\\\\\\\\").replace("%", "\\\\%")', guard=_without(*_BACK)),
    examples=[
        (
            "def f(x):\n    return x.replace('\"', '\\\\\"')\n",
            "def f(x):\n    return x.replace(\"\\\\\", \"\\\\\\\\\").replace('\"', '\\\\\"')\n",
        ),
        (
            'def f(x):\n    return x.replace("<", "&lt;").replace(">", "&gt;")\n',
            'def f(x):\n    return x.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")\n',
        ),
    ],
)  # fmt: skip

TEMPLATES: tuple[Template, ...] = (escape_order, half_escaped)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.escape_order": ("facelessuser/pymdown-extensions#1320", "8bitkick/BBCMicroBot#6"),
}
