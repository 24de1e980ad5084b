"""Traps looked up and compared with the code of a site, and what is written instead filled in."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import bare
from fixbot_repair.candidates.precedence import grouped, placed
from fixbot_repair.candidates.templates.base import Rewrite, Site
from fixbot_repair.candidates.templates.imports import Imports, imports_of
from fixbot_repair.candidates.templates.pitfalls.naming import takes, value_of
from fixbot_repair.candidates.templates.pitfalls.rows import OPERATIONS, REST, Found, Row, Shape, Table, Written


def _named(node: Node) -> str:
    """What a node is looked up by in the table: the last name of what is called, the attribute, or the operator."""
    if node.type in OPERATIONS:
        return node.children[1].type
    at = node.child_by_field_name("function") if node.type == "call" else node
    if at is None or at.type not in ("attribute", "identifier"):
        return ""
    last = at.child_by_field_name("attribute") if at.type == "attribute" else at
    return text_of(last) if last is not None else ""


_latest: tuple[Site | None, str] = (None, "")


def _name(site: Site) -> str:
    """The name to look up, found once for the dozens of tables that are asked about the same site."""
    global _latest  # noqa: PLW0603 one entry that any thread may write: it is read and written in one piece
    known = _latest
    if known[0] is not site:
        known = _latest = (site, _named(site.node))
    return known[1]


def _matches(shape: Shape, node: Node, found: Found, at: tuple[Site, Imports]) -> bool:
    node = bare(node)
    if shape.hole:
        known = found.setdefault(shape.hole, node)
        return takes(shape.hole, at[0], node) if known is node else text_of(known) == text_of(node)
    if shape.library:
        is_read = node.type == "attribute" or (node.type == "identifier" and _is_read(node))
        return is_read and at[1].stands_for(text_of(node), shape.library)
    if node.type != shape.type:
        return False
    if shape.type == "string":
        found.setdefault(shape.text, node)  # what stays keeps its quotes
        return repr(value_of(node)) == shape.text
    if shape.type == "argument_list":
        return _arguments_match(shape, node, found, at)
    if not shape.children:
        return text_of(node) == shape.text
    children = [child for child in node.children if child.type not in ("comment", ",")]
    return len(children) == len(shape.children) and all(
        _matches(part, child, found, at) for part, child in zip(shape.children, children, strict=True)
    )


def _is_read(name: Node) -> bool:
    """Whether a name is a value by itself: not what an import brings, an attribute's last part or an argument's name."""
    parent = name.parent
    field = "attribute" if parent is not None and parent.type == "attribute" else "name"
    return parent is None or (parent.type != "dotted_name" and parent.child_by_field_name(field) != name)


def _arguments_match(shape: Shape, node: Node, found: Found, at: tuple[Site, Imports]) -> bool:
    wanted = [part for part in shape.children if part.type not in "(,)"]
    given = [child for child in node.named_children if child.type != "comment"]
    more = bool(wanted) and wanted[-1].hole == REST
    for part in wanted[:-1] if more else wanted:
        if part.type == "keyword_argument":
            name = part.children[0].text
            argument = next((a for a in given if a.type == part.type and text_of(a.named_children[0]) == name), None)
        else:
            argument = given[0] if given and given[0].type not in _SPREAD else None
        if argument is None or not _matches(part, argument, found, at):
            return False
        given.remove(argument)
    found.update({f"{REST}{i}": argument for i, argument in enumerate(given)})
    return more or not given


_SPREAD = ("keyword_argument", "list_splat", "dictionary_splat")


def _rest(found: Found) -> list[Node]:
    return [found[f"{REST}{i}"] for i in range(len(found)) if f"{REST}{i}" in found]


def _filled(written: Written, found: Found, more: Mapping[str, str], at: tuple[Site, Imports]) -> Iterator[Rewrite]:
    """The rewrite of the site's node, none where its names are taken or a keyword is there already."""
    site, imports = at
    rest = _rest(found)
    if any(
        a.type == "dictionary_splat"
        or (a.type == "keyword_argument" and text_of(a.named_children[0]) in written.keywords)
        for a in rest
    ):
        return
    text, last, edits = "", 0, []
    for piece in written.pieces:
        text += written.text[last : piece.start]
        last = piece.end
        if piece.library:
            name, added = imports.reference(piece.library, site)
            text += name
            edits += [change for change in added if change not in edits]
        elif piece.hole == REST:
            text += ", ".join(text_of(a) for a in rest)
            if not rest:
                text, last = _uncomma(text, written.text, last)
        elif piece.hole not in found and piece.hole not in more:
            text += _quoted(written.text[piece.start : piece.end], site.node)
        elif piece.hole in more:
            text += more[piece.hole]
        else:
            value = grouped(found[piece.hole], piece.level)
            if piece.inside and not _QUOTES.isdisjoint(value):
                return
            text += value
    text += written.text[last:]
    new = placed(text, written.level, site.node)
    kept = _kept(site.node, written) if new == text else []
    yield Rewrite((*(kept or [_least(site.node, new)]), *edits), written.weight)


def _kept(node: Node, written: Written) -> list[tuple[Span, str]]:
    """Edits that leave the code of `node` as it is and only add to it; none where that is not enough."""
    if _string_around(node) is not None:
        return []
    if written.added:
        arguments = node.child_by_field_name("arguments")
        if arguments is None or arguments.type != "argument_list":
            return []
        given = [a for a in arguments.named_children if a.type != "comment"]
        end = given[-1].end_byte if given else arguments.end_byte - 1
        return [(Span(end, end), f", {written.added}" if given else written.added)]
    ends = (node.start_byte, node.end_byte)
    return [(Span(end, end), text) for end, text in zip(ends, written.around, strict=True) if text]


def _string_around(node: Node) -> Node | None:
    at = node.parent
    while at is not None and at.type != "string":
        at = at.parent
    return at


def _quoted(literal: str, node: Node) -> str:
    """A literal of a row, in other quotes than the f-string has that it comes to stand in."""
    at = _string_around(node)
    quote, other = literal[-1], "'" if literal[-1] == '"' else '"'
    return (
        literal.replace(quote, other)
        if at is not None and text_of(at).endswith(quote) and other not in literal
        else literal
    )


_QUOTES = frozenset("'\"\\")


def _uncomma(text: str, source: str, last: int) -> tuple[str, int]:
    """Takes away the comma beside a hole that stayed empty."""
    if text.endswith(", "):
        return text[:-2], last
    return text, last + 2 if source[last : last + 2] == ", " else last


def _least(node: Node, new: str) -> tuple[Span, str]:
    """The edit that makes `new` of `node`, without the words that both begin and end with."""
    old, made = node.text or b"", new.encode()
    head = 0
    while head < min(len(old), len(made)) and old[head] == made[head]:
        head += 1
    while head and _WORD.fullmatch(old[head - 1 : head]):
        head -= 1
    tail = 0
    while tail < min(len(old), len(made)) - head and old[-1 - tail] == made[-1 - tail]:
        tail += 1
    while tail and _WORD.fullmatch(old[len(old) - tail : len(old) - tail + 1]):
        tail -= 1
    kept = made[head : len(made) - tail].decode("utf-8", "replace")
    return Span(node.start_byte + head, node.end_byte - tail), kept


_WORD = re.compile(rb"[\w\"'\x80-\xff]")


def rewrites(table: Table, site: Site) -> Iterable[Rewrite]:
    """What the rows of `table` make of the site's node."""
    node_type, name = site.node.type, _name(site)
    rows = table.get((node_type, name), [])
    rows = rows + table.get((node_type, ""), []) if name else rows
    return _made(rows, site) if rows else ()


def _made(rows: Iterable[Row], site: Site) -> Iterator[Rewrite]:
    at = (site, imports_of(site.code))
    for row in rows:
        found: Found = {}
        if not _matches(row.shape, site.node, found, at):
            continue
        verdict = row.guard(site, found) if row.guard is not None else True
        more = {} if isinstance(verdict, bool) else verdict
        for written in row.after if verdict is not False else ():
            yield from _filled(written, found, more, at)
