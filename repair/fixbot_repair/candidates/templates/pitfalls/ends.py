"""Where a sequence ends: slices that count from the end, windows and chunks, the shorter of two, the side of a place."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import (
    Proposals,
    Rewrite,
    Site,
    Template,
    replace,
    span,
    template,
)
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.pitfalls.usage import calls, function_of, given, put


@template(
    "pitfall.from_end",
    1.6,
    "subscript",
    (
        "def f(xs, n):\n    return xs[-n:]\n",
        "def f(xs, n):\n    return xs[-n:] if n else []\n",
    ),
    ("def f(xs, n):\n    return xs[:-n]\n", "def f(xs, n):\n    return xs[:len(xs) - n]\n"),
    ("def f(xs, n):\n    del_(xs[-n:])\n", "def f(xs, n):\n    del_(xs[max(0, len(xs) - n):])\n"),
    relies=0.35,
)
def from_end(site: Site) -> Proposals:
    """A slice that counts from the end by a number that may be 0: ``-0`` is the beginning."""
    value, cut = site.field("value"), site.field("subscript")
    if value is None or cut is None or cut.type != "slice" or len(cut.named_children) != 1:
        return
    count, text = cut.named_children[0], text_of(cut)
    if not text_of(count).startswith("-") or count.type != "unary_operator" or not text.replace(" ", "").strip(":").startswith("-"):  # fmt: skip
        return
    number = count.named_children[0]
    measured = given(number) if number.type == "call" else []
    if number.type not in ("identifier", "attribute", "call") or any(a.type == "string" for a in measured):
        return
    whole, n = text_of(value), text_of(number)
    empty = {Kind.TEXT: '""', Kind.TUPLE: "()"}.get(site.kind(value), "[]")
    if text.rstrip().endswith(":"):
        yield site.become(f"{site.text} if {n} else {empty}", Level.CONDITIONAL)
        yield replace(count, f"max(0, len({whole}) - {n})", 0.9)
        yield replace(count, f"len({whole}) - {n}", 0.8)
    else:
        yield replace(count, f"len({whole}) - {n}")
        yield replace(count, f"-{n} or None", 0.9)
        yield site.become(f"{site.text} if {n} else {whole}", Level.CONDITIONAL, 0.8)


@template(
    "pitfall.windows",
    1.6,
    "call",
    (
        "def f(xs, n):\n    return [xs[i:i + n] for i in range(len(xs) - n)]\n",
        "def f(xs, n):\n    return [xs[i:i + n] for i in range(len(xs) - n + 1)]\n",
    ),
    (
        "def f(xs, n):\n    return [xs[i:i + n] for i in range(0, len(xs) - n, n)]\n",
        "def f(xs, n):\n    return [xs[i:i + n] for i in range(0, len(xs), n)]\n",
    ),
    (
        "def f(xs):\n    for i in range(len(xs)):\n        if xs[i] > xs[i + 1]:\n            return False\n    return True\n",
        "def f(xs):\n    for i in range(len(xs) - 1):\n        if xs[i] > xs[i + 1]:\n            return False\n    return True\n",
    ),
    (
        "def f(xs):\n    for i in range(len(xs) - 1, 0, -1):\n        go(xs[i])\n",
        "def f(xs):\n    for i in range(len(xs) - 1, -1, -1):\n        go(xs[i])\n",
    ),
    (
        "def f(xs, n):\n    for i in range(len(xs) // n):\n        go(xs[i * n:(i + 1) * n])\n",
        "def f(xs, n):\n    for i in range(-(-len(xs) // n)):\n        go(xs[i * n:(i + 1) * n])\n",
    ),
    (
        "def f(xs):\n    for i in range(len(xs) - 1):\n        go(xs[i])\n",
        "def f(xs):\n    for i in range(len(xs)):\n        go(xs[i])\n",
    ),
    relies=0.35,
)
def windows(site: Site) -> Proposals:
    """A range over places that ends too early or too late for what is read at them: neighbours, windows, chunks, backwards."""
    loop = site.node.parent
    arguments = given(site.node)
    if not calls(site.node, "range") or loop is None or loop.type not in ("for_statement", "for_in_clause"):
        return
    left = loop.child_by_field_name("left")
    if left is None or left.type != "identifier" or "len(" not in site.text:
        return
    whole = loop if loop.type == "for_statement" else loop.parent
    keys = _keys(whole, text_of(left)) if whole is not None else set()
    if len(arguments) == 1:
        guarded = re.search(rf"\b{text_of(left)}\b[^\n]*(?:<|==|!=|>=) *len\(|len\([^\n]*\) *(?:-[^\n]*)?(?:>|==|!=|<=)", text_of(whole)) if whole is not None else None  # fmt: skip
        yield from _upwards(arguments[0], text_of(left), keys, guarded=guarded is not None)
    elif len(arguments) == 3 and text_of(arguments[2]).startswith("-"):
        yield from _downwards(arguments, text_of(left), keys)
    elif len(arguments) == 3:
        stop = arguments[1]
        if stop.type == "binary_operator" and text_of(stop.named_children[0]).startswith("len("):
            yield replace(stop, text_of(stop.named_children[0]))


def _keys(loop: Node, index: str) -> set[str]:
    """What the loop's body reads sequences at, without blanks, where `index` is part of it."""
    found = set()
    for node in walk(loop):
        key = node.child_by_field_name("subscript") if node.type == "subscript" else None
        if key is not None and index in text_of(key):
            found.add(text_of(key).replace(" ", ""))
    return found


def _upwards(stop: Node, index: str, keys: set[str], *, guarded: bool) -> Iterator[Rewrite]:
    text = text_of(stop)
    parts = stop.named_children if stop.type == "binary_operator" else []
    sign = stop.child_by_field_name("operator") if parts else None
    if calls(stop, "len") and f"{index}+1" in keys and not guarded:
        yield replace(stop, f"{text} - 1")
    elif sign is not None and sign.type == "-" and text_of(parts[0]).startswith("len("):
        size = text_of(parts[1])
        if any(f":{index}+{size}" in k for k in keys):
            yield replace(stop, f"{text} + 1")
        elif size == "1" and keys and not any(f"{index}+" in k for k in keys):
            yield replace(stop, text_of(parts[0]), 0.8)
    elif sign is not None and sign.type == "//" and any(":" in k and "*" in k for k in keys):
        yield replace(stop, f"-(-{text})")


def _downwards(arguments: list[Node], index: str, keys: set[str]) -> Iterator[Rewrite]:
    start, stop = arguments[0], arguments[1]
    reads_before = any(f"{index}-1" in k for k in keys)
    if calls(start, "len") and index in keys:
        yield Rewrite(((span(start), f"{text_of(start)} - 1"), (span(stop), "-1")))
    elif text_of(stop) == "0" and index in keys and not reads_before:
        yield replace(stop, "-1")


@template(
    "pitfall.cut_short",
    1.5,
    "call return_statement",
    (
        "def same(a, b):\n    return all(x == y for x, y in zip(a, b))\n",
        "def same(a, b):\n    return len(a) == len(b) and all(x == y for x, y in zip(a, b))\n",
    ),
    (
        "def same(a, b):\n    for x, y in zip(a, b):\n        if x != y:\n            return False\n    return True\n",
        "def same(a, b):\n    for x, y in zip(a, b):\n        if x != y:\n            return False\n    return len(a) == len(b)\n",
    ),
    (
        "def f(a, b):\n    return [x or y for x, y in zip(a, b)]\n",
        "from itertools import zip_longest\ndef f(a, b):\n    return [x or y for x, y in zip_longest(a, b)]\n",
    ),
    relies=0.35,
)
def cut_short(site: Site) -> Proposals:
    """``zip`` ends with the shorter one: two that are compared may differ in length, and the rest of the longer one is left out."""
    if site.node.type == "return_statement":
        yield from _after_pairs(site)
        return
    inner = given(site.node)
    if calls(site.node, "all") and inner and inner[0].type == "generator_expression":
        clauses = [c for c in inner[0].named_children if c.type == "for_in_clause"]
        both = _pair(clauses[0].child_by_field_name("right")) if len(clauses) == 1 else None
        if both is not None and f"len({both[0]})" not in text_of(function_of(site.node) or site.node):
            yield site.become(f"len({both[0]}) == len({both[1]}) and {site.text}", Level.AND)
    elif text_of(site.node).startswith("zip(") and "strict" not in site.text:
        both, star = _pair(site.node), len(inner) == 1 and "[iter(" in site.text
        if (both is not None and not calls(_holder(site.node), "dict", "all")) or star:
            called, edits = spelled(site, "itertools.zip_longest")
            yield put(site.node.named_children[0], called, 0.9 if star or _are_compared(site.node) else 0.5, edits)


def _are_compared(node: Node) -> bool:
    """Whether what goes through the pairs compares the two."""
    at: Node | None = node
    while at is not None and not at.type.endswith(
        ("comprehension", "generator_expression", "for_statement", "definition")
    ):
        at = at.parent
    if at is None or at.type.endswith("definition"):
        return False
    return any(n.type == "comparison_operator" and ("==" in text_of(n) or "!=" in text_of(n)) for n in walk(at))


def _holder(node: Node) -> Node | None:
    """The call around `node`, or around the generator that goes through it."""
    at = node.parent
    while at is not None and at.type in ("argument_list", "for_in_clause", "generator_expression"):
        at = at.parent
    return at


def _pair(call: Node | None) -> tuple[str, str] | None:
    """Both sequences of a ``zip``, where they are different ones."""
    arguments = given(call) if calls(call, "zip") and call is not None else []
    simple = all(a.type in ("identifier", "attribute", "subscript") and ":" not in text_of(a) for a in arguments)
    if len(arguments) != 2 or not simple or text_of(arguments[0]) == text_of(arguments[1]):
        return None
    return text_of(arguments[0]), text_of(arguments[1])


def _after_pairs(site: Site) -> Iterator[Rewrite]:
    before = site.node.prev_named_sibling
    if site.text != "return True" or before is None or before.type != "for_statement":
        return
    both = _pair(before.child_by_field_name("right"))
    if both is not None and "return False" in text_of(before):
        yield replace(site.node, f"return len({both[0]}) == len({both[1]})")


@template(
    "pitfall.neighbour",
    1.3,
    "call",
    (
        "import bisect\ndef f(xs, x):\n    return xs[:bisect.bisect(xs, x)]\n",
        "import bisect\ndef f(xs, x):\n    return xs[:bisect.bisect_left(xs, x)]\n",
    ),
    (
        "from bisect import bisect_left\ndef f(xs, x):\n    return xs[bisect_left(xs, x)]\n",
        "from bisect import bisect_right\nfrom bisect import bisect_left\ndef f(xs, x):\n    return xs[bisect_right(xs, x) - 1]\n",
    ),
    ("def f(d, xs):\n    d.extendleft(xs)\n", "def f(d, xs):\n    d.extendleft(reversed(xs))\n"),
    ("def f(d):\n    d.rotate(1)\n", "def f(d):\n    d.rotate(-1)\n"),
    relies=0.35,
)
def neighbour(site: Site) -> Proposals:
    """The wrong side of a place: left and right of equal ones in a sorted list, the ends of a deque."""
    function, inner = site.node.named_children[0], given(site.node)
    text = text_of(function)
    name = text.rpartition(".")[2]
    other = {"bisect": "bisect_left", "bisect_right": "bisect_left", "bisect_left": "bisect_right", "insort": "insort_left", "insort_right": "insort_left", "insort_left": "insort_right"}.get(name)  # fmt: skip
    if other is not None and len(inner) >= 2:
        called, edits = (f"{text.rpartition('.')[0]}.{other}", ()) if "." in text else spelled(site, f"bisect.{other}")
        yield put(function, called, 1.0, edits)
        is_key = site.node.parent is not None and site.node.parent.type == "subscript"
        if is_key and "insort" not in name:
            arguments = text_of(site.node)[len(text) :]
            yield put(site.node, f"{called}{arguments} - 1", 0.8, edits)
            yield site.become(f"{site.text} - 1", Level.SUM, 0.8)
    elif name == "extendleft" and len(inner) == 1 and not calls(inner[0], "reversed"):
        yield replace(inner[0], f"reversed({text_of(inner[0])})")
    elif name == "rotate" and len(inner) == 1:
        number = text_of(inner[0])
        yield replace(inner[0], number[1:] if number.startswith("-") else f"-{grouped(inner[0], Level.UNARY)}")


TEMPLATES: tuple[Template, ...] = (from_end, windows, cut_short, neighbour)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.cut_short": ("mwaskom/seaborn#2363", "exercism/python#4022"),
}
