"""Traps as data: a piece of code with holes, what to write instead, and what the names in the holes must say."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import parsed
from fixbot_repair.candidates.precedence import grouped, level_of, needed_at
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site
from fixbot_repair.candidates.templates.pitfalls.spoken import purpose, spoken

RELIES = 0.35  # power to which the suspicion of a place counts for a trap
Holes = Mapping[str, Node]
"""What stands in the holes of a pattern, by their names."""

_HOLE = re.compile(r"[A-Z]")
_NEXT = 0.85  # what each further way to write it is worth against the one before
_IMPORTED = re.compile(r"@(\w+)\.(\w+)")
_LITERAL = re.compile(r"[A-Za-z_]\w+")
_KEYWORDS = frozenset(("is", "not", "in", "and", "or", "if", "else", "for", "None", "True", "False"))
_BY_MODULE = frozenset(("math", "statistics", "calendar", "random", "time"))


@dataclass(frozen=True, slots=True)
class Shape:
    """A node of a pattern: the grammar's type and the text of a leaf, or the name of a hole."""

    type: str
    text: str
    children: tuple["Shape", ...]
    hole: str = ""


@dataclass(frozen=True)
class Trap:
    """One trap. Single capitals in `before` and `after` are holes; ``@module.name`` in `after` is imported where it must be.

    `where` are regular expressions that the words of a hole (``_in_snake_case_``) must have in them; of the hole ``""`` the name that the
    value is given to. `after` are ways to write it, the likelier ones first. `needs` is a text that the file must have.
    """

    before: str
    after: tuple[str, ...]
    weight: float
    where: tuple[tuple[str, re.Pattern[str]], ...]
    when: Callable[[Site, Holes], bool] | None
    needs: str

    @cached_property
    def shape(self) -> Shape:
        """The pattern."""
        return _shape(_root(self.before))

    @cached_property
    def literals(self) -> tuple[bytes, ...]:
        """Words that any code of this shape has."""
        found = {w for w in _LITERAL.findall(self.before) if w not in _KEYWORDS}
        return tuple(w.encode() for w in (*found, *([self.needs] if self.needs else [])))

    @cached_property
    def ways(self) -> tuple["Way", ...]:
        """What may be written instead."""
        return tuple(Way(text) for text in self.after)

    def holes(self, site: Site) -> Holes | None:
        """What stands in the holes where the site's node is of this shape and the names say so; else None."""
        found: dict[str, Node] = {}
        if not _matches(self.shape, site.node, found):
            return None
        for hole, words in self.where:
            if not words.search(spoken(found[hole]) if hole else purpose(site.node)):
                return None
        return found if self.when is None or self.when(site, found) else None


def trap(
    before: str,
    *after: str,
    weight: float = 1.0,
    when: Callable[[Site, Holes], bool] | None = None,
    needs: str = "",
    to: str = "",
    **where: str,
) -> Trap:
    """A row of a table of traps; `to` is what the name must say that the value is given to, `where` what holes must."""
    said = {**where, **({"": to} if to else {})}
    return Trap(before, after, weight, tuple((h, re.compile(w)) for h, w in said.items()), when, needs)


class Traps:
    """A table of traps."""

    def __init__(self, *rows: Trap) -> None:
        self.rows = rows

    def match(self, site: Site) -> bool:
        """Whether the site's node is of the shape of a row."""
        return any(row.holes(site) is not None for row in _live(self, site.code).get(site.node.type, ()))

    def rewrites(self, site: Site) -> Proposals:
        """Yield what the rows say to write in the place of the site's node."""
        for row in _live(self, site.code).get(site.node.type, ()):
            holes = row.holes(site)
            for i, way in enumerate(row.ways if holes is not None else ()):
                made = way.filled(site, holes or {})
                if made is not None:
                    yield Rewrite(made, row.weight * _NEXT**i)


class Way:
    """Text with holes that takes the place of a node."""

    def __init__(self, text: str) -> None:
        self._modules = dict[str, tuple[str, str]]()
        self._text = _IMPORTED.sub(self._standing_in, text)
        root = _root(self._text)
        self._level = level_of(root)
        self._parts = [(n.start_byte, n.end_byte, text_of(n), needed_at(n)) for n in _names(root) if self._is_filled(n)]

    def _standing_in(self, match: re.Match[str]) -> str:
        name = f"from_{match[1]}_{match[2]}"
        self._modules[name] = (match[1], match[2])
        return name

    def _is_filled(self, node: Node) -> bool:
        return text_of(node) in self._modules or _HOLE.fullmatch(text_of(node)) is not None

    def filled(self, site: Site, holes: Holes) -> tuple[tuple[Span, str], ...] | None:
        """The edits that put it in the place of the site's node, with imports; None where a name of theirs is taken."""
        made, at, edits = [], 0, dict[tuple[Span, str], None]()
        for start, end, name, level in self._parts:
            if name in self._modules:
                found = spelled(site, *self._modules[name])
                if found is None:
                    return None
                text, added = found
                edits |= dict.fromkeys(added)
            else:
                text = grouped(holes[name], level)
            made += [self._text[at:start], text]
            at = end
        text = "".join(made) + self._text[at:]
        return (*edits, *site.become(text, self._level).edits)


def _root(source: str) -> Node:
    node = parsed(source.encode()).root_node.named_children[0]
    return node.named_children[0] if node.type == "expression_statement" else node


def _names(node: Node) -> Iterator[Node]:
    if node.type == "identifier":
        yield node
    for child in node.children:
        yield from _names(child)


def _parts(node: Node) -> list[Node]:
    return [c for c in node.children if c.type not in (",", "comment")]


def _shape(node: Node) -> Shape:
    node, text = bare(node), text_of(node)
    if node.type == "identifier" and _HOLE.fullmatch(text):
        return Shape("", "", (), text)
    if node.type == "string":
        return Shape("string", text.strip("'\""), ())
    parts = _parts(node)
    return Shape(node.type, "" if parts else text_of(node), tuple(map(_shape, parts)))


def _matches(shape: Shape, node: Node, holes: dict[str, Node]) -> bool:
    node = bare(node)
    if shape.hole:
        known = holes.setdefault(shape.hole, node)
        return known is node or text_of(known) == text_of(node)
    if shape.type != node.type:
        return False
    if node.type == "string":
        return text_of(node).strip("'\"") == shape.text
    parts = _parts(node)
    if len(parts) != len(shape.children):
        return False
    if not parts:
        return text_of(node) == shape.text
    return all(_matches(s, n, holes) for s, n in zip(shape.children, parts, strict=True))


@lru_cache(maxsize=256)
def _live(traps: Traps, code: Code) -> Mapping[str, tuple[Trap, ...]]:
    """Rows by the type of their node, without those whose words the file has not."""
    found: dict[str, list[Trap]] = {}
    for row in traps.rows:
        if all(word in code.data for word in row.literals):
            found.setdefault(row.shape.type, []).append(row)
    return {kind: tuple(rows) for kind, rows in found.items()}


def bare(node: Node) -> Node:
    """`node` without brackets around it, where it needs none to go over several lines."""
    while node.type == "parenthesized_expression" and len(node.named_children) == 1 and b"\n" not in (node.text or b""):
        node = node.named_children[0]
    return node


@lru_cache(maxsize=8)
def _imports(code: Code) -> tuple[Mapping[tuple[str, str], str], int]:
    """Local names by (module, name in it), the latter "" for the module itself; and where one more import may be put."""
    found, place = dict[tuple[str, str], str](), len(code.data)
    for node in code.root.named_children:
        is_doc = node.type == "expression_statement" and text_of(node)[:1] in "'\"rR"
        if not is_doc and node.type not in ("comment", "future_import_statement"):
            place = min(place, node.start_byte)
        if node.type in ("import_statement", "import_from_statement"):
            module = node.child_by_field_name("module_name")
            for name in node.children_by_field_name("name"):
                whole, alias = name.child_by_field_name("name"), name.child_by_field_name("alias")
                own = text_of(whole or name)
                key = (text_of(module), own) if module is not None else (own, "")
                found[key] = text_of(alias) if alias is not None else own
    return found, place


def spelled(site: Site, module: str, name: str) -> tuple[str, tuple[tuple[Span, str], ...]] | None:
    """How the file may write ``module.name``, and the import that it lacks; None where both names are something else here."""
    known, place = _imports(site.code)
    if (module, name) in known:
        return known[module, name], ()
    if (module, "") in known:
        return f"{known[module, '']}.{name}", ()
    taken, at, eol = site.scope.kinds, Span(place, place), site.code.newline
    if module not in _BY_MODULE and name not in taken:
        return name, ((at, f"from {module} import {name}{eol}"),)
    return (f"{module}.{name}", ((at, f"import {module}{eol}"),)) if module not in taken else None
