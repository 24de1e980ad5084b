"""Limits: the greatest and the least, the last one of a range, and both ends of what a value may be."""

import re
from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, swap, template
from fixbot_repair.candidates.templates.library import call_of
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Found, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import spoken, within

_LAST = r"_(end|last|stop|max|maximum|final|until|through|high|hi|upper|to|finish|days|highest|limit_inclusive)_"
_ENDS = Traps(
    trap("range($A, $B)", "range($A, $B + 1)", B=_LAST),
    trap("range($A, $B, $C)", "range($A, $B + 1, $C)", B=_LAST),
    trap("range(1, $B)", "range(1, $B + 1)", guard=lambda _, h: not re.search(_LAST, spoken(h["B"])) and not text_of(h["B"]).startswith("len(")),
    trap("range($A.year, $B.year)", "range($A.year, $B.year + 1)"),
    trap("range(1, 12)", "range(1, 13)"),
    trap("range($A[0], $A[1])", "range($A[0], $A[1] + 1)"),
    trap("$A[$I - 1]", "$A[$I - 1] if $I > 0 else None", weight=0.5, I=r"_(i|idx|index|pos|position)_"),
)  # fmt: skip


@template(
    "pitfall.ends",
    1.1,
    "call subscript",
    ("def f(first, last):\n    return list(range(first, last))\n", "def f(first, last):\n    return list(range(first, last + 1))\n"),
    ("def f(a, b):\n    return [y for y in range(a.year, b.year)]\n", "def f(a, b):\n    return [y for y in range(a.year, b.year + 1)]\n"),
    relies=RELIES,
)  # fmt: skip
def ends(site: Site) -> Proposals:
    """A range without its last one, and the place before the first."""
    yield from _ENDS.rewrites(site)


_LOW = re.compile(r"_(lo|low|min|minimum|lower|floor|bottom|smallest|least)_")
_HIGH = re.compile(r"_(hi|high|max|maximum|upper|ceiling|top|cap|limit|largest|most|capacity)_")


_LEFT = r"_(remaining|left|available|balance|stock|missing|shortfall|outstanding|wait|delay|sleep|timeout|due|lateness|overdue|penalty|excess|overtime|fee|late|free|deficit)_"


def _is_bare(site: Site, _: Found) -> bool:
    return not within(site.node, "max", "abs")


_ABOVE = Traps(
    trap("$A - $B", "max(0, $A - $B)", to=_LEFT, guard=_is_bare),
    trap("($A - $B).total_seconds()", "max(0.0, ($A - $B).total_seconds())", to=_LEFT, guard=_is_bare),
    trap("($A - $B).days", "max(0, ($A - $B).days)", to=_LEFT, guard=_is_bare),
    trap("$A.total_seconds()", "max(0.0, $A.total_seconds())", to=_LEFT, guard=_is_bare),
)  # fmt: skip


@template(
    "pitfall.below_nought",
    1.3,
    "binary_operator call attribute",
    ("def f(limit, used):\n    remaining = limit - used\n    return remaining\n", "def f(limit, used):\n    remaining = max(0, limit - used)\n    return remaining\n"),
    ("def days_overdue(today, due):\n    return (today - due).days\n", "def days_overdue(today, due):\n    return max(0, (today - due).days)\n"),
    relies=RELIES,
)  # fmt: skip
def below_nought(site: Site) -> Proposals:
    """What is left, or late, below nought."""
    yield from _ABOVE.rewrites(site)


@template(
    "pitfall.clamp",
    1.6,
    "call",
    ("def f(x, low, high):\n    return min(low, max(high, x))\n", "def f(x, low, high):\n    return max(low, min(high, x))\n"),
    ("def f(x, max_size):\n    return max(x, max_size)\n", "def f(x, max_size):\n    return min(x, max_size)\n"),
    ("def f(x):\n    return max(100, min(0, x))\n", "def f(x):\n    return max(0, min(100, x))\n"),
    relies=RELIES,
)  # fmt: skip
def clamp(site: Site) -> Proposals:
    """The greater of a value and its upper limit, or the lesser of it and its lower one."""
    parts = call_of(site)
    name = text_of(parts[0]) if parts else ""
    if parts is None or name not in ("min", "max") or len(parts[1].named_children) != 2:
        return
    wrong, other = (_HIGH, "min") if name == "max" else (_LOW, "max")
    inner = next((n for n in parts[1].named_children if text_of(n).startswith(f"{other}(")), None)
    arguments = inner.child_by_field_name("arguments") if inner is not None else None
    if inner is not None and arguments is not None and len(arguments.named_children) == 2:
        outer_limit = next(n for n in parts[1].named_children if n != inner)
        numbers = [n for n in arguments.named_children if n.type in ("integer", "float")]
        if wrong.search(spoken(outer_limit)):
            yield Rewrite(((span(parts[0]), other), (span(inner.named_children[0]), name)))
        elif numbers and _is_beyond(outer_limit, numbers[0], name):
            yield swap(outer_limit, numbers[0])
    elif any(wrong.search(spoken(n)) for n in parts[1].named_children):
        yield replace(parts[0], other, 0.8)


def _is_beyond(outer: Node, inner: Node, function: str) -> bool:
    if outer.type not in ("integer", "float"):
        return False
    try:
        return (float(text_of(outer)) > float(text_of(inner))) is (function == "max")
    except ValueError:  # written in another base
        return False


@template(
    "pitfall.extreme",
    1.5,
    "assignment",
    (
        "def f(xs):\n    best = 0\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n",
        'def f(xs):\n    best = float("-inf")\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n',
    ),
    (
        "def f(xs):\n    low = 0\n    for x in xs:\n        low = min(low, x)\n    return low\n",
        'def f(xs):\n    low = float("inf")\n    for x in xs:\n        low = min(low, x)\n    return low\n',
    ),
    relies=RELIES,
)
def extreme(site: Site) -> Proposals:
    """The greatest or least so far that begins with a number which may be beyond all of them."""
    left, right = site.field("left"), site.field("right")
    if left is not None and right is not None and left.type == "pattern_list" and right.type == "expression_list":
        for one, value in zip(left.named_children, right.named_children, strict=False):
            yield from _begins(site, one, value)
    elif left is not None and right is not None:
        yield from _begins(site, left, right)


def _begins(site: Site, left: Node, right: Node) -> Proposals:
    if left.type != "identifier" or right.type not in ("integer", "unary_operator"):
        return
    if re.search(r"_(index|idx|i|pos|position)_", spoken(left)):
        return
    body, name = text_of(scope_node(site.node)), re.escape(text_of(left))
    for sign, function, start in ((">", "max", "-inf"), ("<", "min", "inf")):
        other = "<" if sign == ">" else ">"
        compared = rf"(?:[\w.\]\)]+ {sign}=? {name}\b|\b{name} {other}=? \w).*\n\s+(?:\w+, )*{name}(?:, \w+)* = |\b{name} = {function}\("
        if re.search(compared, body) and re.search(r"\n\s+(?:for|while) ", body):
            yield replace(right, f'float("{start}")')
            yield replace(right, "None", 0.5)


_BINS = re.compile(
    r"_(bins|buckets|n_bins|num_bins|nbins|num_buckets|n_buckets|slots|levels|classes|groups|steps|parts)_"
)


@template(
    "pitfall.top_bin",
    1.4,
    "call binary_operator",
    (
        "def f(v, lo, width, bins):\n    return int((v - lo) / width)\n",
        "def f(v, lo, width, bins):\n    return min(int((v - lo) / width), bins - 1)\n",
    ),
    (
        "def f(v, lo, width, buckets):\n    at = (v - lo) // width\n    buckets[at] += 1\n",
        "def f(v, lo, width, buckets):\n    at = min((v - lo) // width, len(buckets) - 1)\n    buckets[at] += 1\n",
    ),
    relies=RELIES,
)
def top_bin(site: Site) -> Proposals:
    """The greatest value of all, which falls behind the last of the bins that the rest are counted in."""
    if not any(_PLACED.rewrites(site)) or within(site.node, "min", "int", "floor"):
        return
    for name in site.names():
        if _BINS.search(f"_{name.lower()}_"):
            is_number = site.scope.kinds.get(name, Kind.ANY) & (Kind.LIST | Kind.DICT) == 0 or name.startswith(
                ("n_", "num_")
            )
            sizes = (f"{name} - 1", f"len({name}) - 1")
            for i, size in enumerate(sizes if is_number else reversed(sizes)):
                yield site.become(f"min({site.text}, {size})", weight=1.0 - 0.15 * i)


_PLACED = Traps(
    trap("int(($A - $B) / $C)", "$A"), trap("($A - $B) // $C", "$A"), trap("math.floor(($A - $B) / $C)", "$A")
)

_IDS = r"_(id|ids|next_id|uid|number|num|no|seq|sequence|key|ticket|invoice|order_id|user_id|item_id|task_id|pk)_"
_NUMBERED = Traps(
    trap("len($A) + 1", "max($A, default=0) + 1", "max((each.id for each in $A), default=0) + 1", "max((each.id for each in $A.values()), default=0) + 1", to=_IDS),
    trap("len($A)", "max($A, default=-1) + 1", "max((each.id for each in $A), default=-1) + 1", to=r"_(id|uid|pk)_", weight=0.8),
)  # fmt: skip


@template(
    "pitfall.numbering",
    1.4,
    "binary_operator call",
    ("def f(self):\n    new_id = len(self.items) + 1\n", "def f(self):\n    new_id = max(self.items, default=0) + 1\n"),
    (
        "def next_id(tasks):\n    return len(tasks) + 1\n",
        "def next_id(tasks):\n    return max((each.id for each in tasks), default=0) + 1\n",
    ),
    relies=RELIES,
)
def numbering(site: Site) -> Proposals:
    """The next number from how many there are: after one was taken away it is given out twice."""
    yield from _NUMBERED.rewrites(site)


TEMPLATES: tuple[Template, ...] = (ends, below_nought, clamp, extreme, top_bin, numbering)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.ends": ("bgilmore/mustaine#5", "hexchat/hexchat#2584", "arista-eosplus/ztpserver#358"),
    "pitfall.extreme": ("prakhar1989/Algorithms#3", "codedex-io/python-101#110"),
}  # fmt: skip
