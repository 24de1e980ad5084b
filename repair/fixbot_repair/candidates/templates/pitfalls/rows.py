"""Rows of traps, read: code with holes as shapes to compare with, and what is written instead as a text with pieces to fill in."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from fixbot_analysis.syntax.grammars import parser
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import bare
from fixbot_repair.candidates.precedence import Level, level_of, needed_at
from fixbot_repair.candidates.templates.base import Site
from fixbot_repair.candidates.templates.imports import module_of
from fixbot_repair.candidates.templates.pitfalls.naming import purpose, spoken, value_of

Found = dict[str, Node]
Guard = Callable[[Site, Found], "bool | Mapping[str, str]"]
"""Whether a trap is meant by what was found; or texts for further holes of what is written instead."""

HOLE = re.compile(r"\$(\w+)")
_MARK = "_hole_"
REST = "rest"


@dataclass(frozen=True, slots=True)
class Trap:
    """One row: code with holes, what to write instead (the likelier first), their weights, and what else must hold."""

    before: str
    after: tuple[str, ...]
    weights: tuple[float, ...]
    guard: Guard | None = None


def trap(
    before: str,
    *after: str,
    weight: float = 1.0,
    guard: Guard | None = None,
    needs: str = "",
    to: str = "",
    **where: str,
) -> Trap:
    """A row of a table; what comes later in `after` weighs less.

    `where` are regular expressions that the words of a hole (``_in_snake_case_``) must have in them, `to` the same of the name that the value
    is given to; `needs` is a text that the file must have.
    """
    weights = tuple(weight * (1.0 - 0.12 * i) for i in range(len(after)))
    said = {hole: re.compile(words) for hole, words in where.items()}
    if needs or to or said:
        guard = _narrowed(guard, needs.encode(), re.compile(to), said)
    return Trap(before, after, weights, guard)


def _narrowed(guard: Guard | None, needs: bytes, to: re.Pattern[str], said: Mapping[str, re.Pattern[str]]) -> Guard:
    """`guard`, asked only where the file has a text and names say what they must."""

    def holds(site: Site, found: Found) -> "bool | Mapping[str, str]":
        is_told = (
            needs in site.code.data
            and all(words.search(spoken(found[hole])) for hole, words in said.items())
            and (not to.pattern or to.search(purpose(site.node)) is not None)
        )
        return is_told and (guard is None or guard(site, found))

    return holds


@dataclass(frozen=True, slots=True)
class Shape:
    """A node of a pattern: a hole, a name of the library, a literal's value, or a type with children."""

    type: str
    text: str = ""
    hole: str = ""
    library: str = ""
    children: tuple["Shape", ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of what is written instead that is filled in: a hole with the binding that it needs, or a name of the library."""

    start: int
    end: int
    hole: str
    library: str
    level: Level
    inside: bool = False  # of an f-string, where no quotes and backslashes may come to stand


@dataclass(frozen=True, slots=True)
class Written:
    """What is written instead: its text with the pieces to fill in, how its outermost operator binds, its weight."""

    text: str
    pieces: tuple[Piece, ...]
    level: Level
    keywords: frozenset[str]  # that the code did not have before
    added: str  # arguments behind those of a call, where that is all there is to write
    around: tuple[str, str]  # what is put before and behind the code, where that is all
    weight: float


@dataclass(frozen=True)
class Row:
    """A row of a table, its code read; what is written instead is read for the first place that the row fits."""

    shape: Shape
    trap: Trap

    @cached_property
    def after(self) -> tuple[Written, ...]:
        """What is written instead."""
        pairs = zip(self.trap.after, self.trap.weights, strict=True)
        return tuple(_written(self.trap.before, text, weight) for text, weight in pairs)

    @property
    def guard(self) -> Guard | None:
        """What else must hold."""
        return self.trap.guard


Table = dict[tuple[str, str], list[Row]]


def node_of(code: str) -> Node:
    """The one expression or assignment of `code`, whose holes became names."""
    statement = parser("python").parse(HOLE.sub(rf"{_MARK}\1", code).encode()).root_node.named_children[0]
    return statement.named_children[0] if statement.type == "expression_statement" else statement


def _hole(node: Node) -> str:
    """Name of the hole that `node` is; "" where it is none."""
    text = text_of(node) if node.type in ("identifier", "list_splat") else ""
    return REST if text == f"*{REST}" else text[len(_MARK) :] if text.startswith(_MARK) else ""


def _library(node: Node) -> str:
    text = text_of(node) if node.type == "attribute" else ""
    return text if text.replace(".", "").isidentifier() and module_of(text) else ""


def _shape(node: Node) -> Shape:
    node = bare(node)
    if hole := _hole(node):
        return Shape(node.type, hole=hole)
    if library := _library(node):
        return Shape(node.type, library=library)
    if node.type == "string":
        return Shape(node.type, repr(value_of(node)))
    return Shape(node.type, text_of(node), children=tuple(_shape(c) for c in node.children if c.type != ","))


def _written(before: str, after: str, weight: float) -> Written:
    root = node_of(after)
    pieces = []
    stack = [root]
    while stack:
        at = stack.pop()
        hole, library = _hole(at), _library(at)
        if at.type == "string" and value_of(at) is not None:
            hole = repr(value_of(at))
        if hole or library:
            pieces.append(Piece(at.start_byte, at.end_byte, hole, library, needed_at(at), _inside(at)))
        else:
            stack.extend(at.children)
    keywords = re.compile(r"(\w+)=(?!=)")
    new = frozenset(keywords.findall(after)) - frozenset(keywords.findall(before))
    pieces.sort(key=lambda piece: piece.start)
    added, around = _kept(before, after)
    return Written(text_of(root), tuple(pieces), level_of(root), new, added, around, weight)


_MORE = re.compile(r"[\w\"'](?:[^()]|\([^()]*\))*")


def _kept(before: str, after: str) -> tuple[str, tuple[str, str]]:
    """What is added to the arguments of `before`, or put around it, so that its own text can stay as it is."""
    if before.endswith(")") and after.endswith(")") and after.startswith(before[:-1]):
        comma = "" if before.endswith("()") else ", "
        added = after[len(before) - 1 : -1]
        if added.startswith(comma) and _MORE.fullmatch(added[len(comma) :]) and _is_plain(added):
            return added[len(comma) :], ("", "")
    head, found, tail = after.partition(before)
    return "", (head, tail) if found and _is_plain(head + tail) else ("", "")


def _is_plain(text: str) -> bool:
    """Whether nothing has to be filled in, and no quotes might have to be others."""
    names = re.findall(r"[A-Za-z_]\w*(?=\.)", text)
    return "$" not in text and not any(module_of(name) for name in names)


def _inside(node: Node) -> bool:
    at = node.parent
    while at is not None and at.type != "interpolation":
        at = at.parent
    return at is not None


# Nodes that are looked up by their operator too.
OPERATIONS = frozenset(("binary_operator", "boolean_operator", "comparison_operator", "augmented_assignment"))


def _key(shape: Shape) -> tuple[str, str]:
    name = ""
    if shape.type in OPERATIONS:
        name = shape.children[1].text
    elif shape.type in ("call", "attribute"):
        last = shape.children[0] if shape.type == "call" else shape
        tail = last.library.rpartition(".")[2] or (last.children[-1].text if last.children else last.text)
        name = "" if last.hole or (last.children and last.children[-1].hole) else tail
    return shape.type, name


def table_of(rows: Iterable[Trap]) -> Table:
    """Rows by the type and name of the node they look at."""
    found: Table = {}
    for row in rows:
        shape = _shape(node_of(row.before))
        read = Row(shape, row)
        kind, name = _key(shape)
        for each in (kind, "identifier") if shape.library else (kind,):  # a member may be imported by its name
            found.setdefault((each, name), []).append(read)
    return found
