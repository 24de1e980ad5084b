"""Two sides of one thing, of which one was forgotten: left and right, start and end, rows and columns."""

import re
from collections.abc import Iterator, Mapping

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Function,
    assigned,
    attributes,
    behind,
    flush,
    function_of,
    is_name,
    leaves,
    own,
    reads,
    stands_alone,
)

_TWO = """left right|start end|start stop|begin end|first last|first second|x y|row col|row column|rows cols|rows columns|width height|source target
    |src dst|src dest|source destination|min max|low high|lo hi|lower upper|minimum maximum|top bottom|before after|old new|prev next|previous next
    |a b|one other|this that|debit credit|sender receiver|buyer seller|since until|front back|home away|earliest latest|1 2|mine theirs|lhs rhs
    |numerator denominator|latitude longitude|lat lon|lat lng|major minor|prefix suffix"""
_PAIRS = [tuple(pair.split()) for pair in re.sub(r"\s*\n\s*", "", _TWO).split("|")]
_OTHER: Mapping[str, tuple[str, ...]] = {
    word: tuple(dict.fromkeys([p[1] for p in _PAIRS if p[0] == word] + [p[0] for p in _PAIRS if p[1] == word]))
    for word in {w for pair in _PAIRS for w in pair}
}
_WORD = re.compile(r"[A-Za-z_]\w*")
PART = re.compile(r"[A-Za-z]+|\d+")


def mirrored(text: str, word: str, other: str) -> str:
    """`text` with the part `word` of every name in it exchanged for `other`."""
    return _WORD.sub(lambda m: PART.sub(lambda part: other if part[0] == word else part[0], m[0]), text)


def _sides(text: str) -> Iterator[tuple[str, str]]:
    """Yield words that `text` speaks of one side with, and the other's, which it does not name."""
    parts = {part for name in _WORD.findall(text) for part in PART.findall(name)}
    for word in sorted(parts & _OTHER.keys()):
        yield from ((word, other) for other in _OTHER[word] if other not in parts)


def _are_two(site: Site, function: Function, text: str, word: str, other: str) -> float:
    """How alike the things are that `text` and its other side are about: 1 for two parameters, 0 where one is not there."""
    names = [n for n in walk(site.node) if n.type == "identifier" and is_name(n)]
    mine = {text_of(n) for n in names if text_of(n) in _WORD.findall(text)}
    pairs = {(n, mirrored(n, word, other)) for n in mine if mirrored(n, word, other) != n}
    read = reads(function.body)
    if pairs:
        taken = {*function.parameters} | _unpacked(function)
        return 1.0 if all({n, m} <= taken and m in read for n, m in pairs) else 0.0
    held = (
        [(a, mirrored(a, word, other)) for a, _ in attributes(site.node, function.receiver)]
        if function.receiver
        else []
    )
    known = site.code.attributes.get(function.receiver, frozenset())
    changed = [m for a, m in held if a != m]
    return 0.8 if changed and all(m in known and f".{m}" in text_of(function.body) for m in changed) else 0.0


def _unpacked(function: Function) -> set[str]:
    """Names that are bound together with another one: ``left, right = pair``."""
    lefts = (n.child_by_field_name("left") for n in own(function.body))
    several = ("pattern_list", "tuple_pattern")
    return {name for left in lefts if left is not None and left.type in several for name in reads(left)}


@template(
    "pitfall.other_side",
    1.2,
    "if_statement expression_statement",
    (
        "def f(left, right):\n    if left is None:\n        return 0\n    return left.n + right.n\n",
        "def f(left, right):\n    if left is None or right is None:\n        return 0\n    return left.n + right.n\n",
    ),
    (
        "def f(start, end):\n    start = day(start)\n    return end - start\n",
        "def f(start, end):\n    start = day(start)\n    end = day(end)\n    return end - start\n",
    ),
    (
        "def f(grid, row, col):\n    if row < 0:\n        row = 0\n    return grid[row][col]\n",
        "def f(grid, row, col):\n    if row < 0:\n        row = 0\n    if col < 0:\n        col = 0\n    return grid[row][col]\n",
    ),
    most=6,
    relies=0.35,
)
def other_side(site: Site) -> Proposals:
    """What is asked of, or done to, one of two sides only."""
    function = function_of(site.code, site.node)
    if function is None or len(site.text) > _LONGEST:
        return
    body = text_of(function.body)
    if site.node.type == "expression_statement":
        yield from _statement_too(site, function, body)
        return
    condition = site.field("condition")
    for word, other in _sides(text_of(condition)) if condition is not None else ():
        assert condition is not None
        more = mirrored(text_of(condition), word, other)
        alike = _are_two(site, function, text_of(condition), word, other)
        if not alike or more in body or condition.type == "boolean_operator":
            continue
        if (whole := _whole(site, word, other)) is not None and whole not in body:
            yield Rewrite((behind(site, site.node, whole),), alike)
        inner = site.field("consequence")
        refuses = inner is not None and leaves(inner.named_children[-1])
        for i, (sign, level) in enumerate((_WIDE, _NARROW) if refuses else (_NARROW, _WIDE)):
            mine = grouped(condition, level)
            yield replace(condition, f"{mine} {sign} {mirrored(mine, word, other)}", alike * (0.95 - 0.2 * i))


_WIDE, _NARROW = ("or", Level.OR), ("and", Level.AND)
_LONGEST = 400


def _whole(site: Site, word: str, other: str) -> str | None:
    """The whole statement for the other side; None where its block says nothing of the first."""
    inner = site.field("consequence")
    if site.field("alternative") is not None or inner is None or not stands_alone(site, site.node):
        return None
    text = mirrored(text_of(inner), word, other)
    return mirrored(flush(site, site.node), word, other) if text != text_of(inner) else None


def _statement_too(site: Site, function: Function, body: str) -> Proposals:
    """A simple statement for the other side, behind the one for the first."""
    inner, sides = site.node.named_children[0], assigned(site.node)
    if sides is not None and not re.search(rf"(?<![\w.]){re.escape(text_of(sides[0]))}\b", text_of(sides[1])):
        return  # only what brings a thing into its form
    if sides is None and (
        inner.type != "call" or not _CHECKING.match(text_of(inner).partition("(")[0].rpartition(".")[2])
    ):
        return
    for word, other in _sides(site.text):
        text = mirrored(site.text, word, other)
        target = mirrored(text_of(sides[0]), word, other) if sides is not None else ""
        is_set = bool(target) and re.search(rf"(?<![\w.]){re.escape(target)} =[^=]", body) is not None
        alike = (
            0.0
            if text in body or is_set or target == text_of(inner)
            else _are_two(site, function, site.text, word, other)
        )
        if alike and stands_alone(site, site.node):
            yield Rewrite((behind(site, site.node, text),), alike)


_CHECKING = re.compile(
    r"_*(check|ensure|require|validate|verify|normali|clean|prepare|add|update|visit|load|close|mark)"
)
TEMPLATES = (other_side,)
SEEN: Mapping[str, tuple[str, ...]] = {}
