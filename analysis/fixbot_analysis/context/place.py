"""What the text around a cursor says: the scope it is in, the names near it, what it is in the middle of writing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_analysis.context.units import Page, Units
from fixbot_analysis.source import Position
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind, split_words

_CHAIN = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_STRING_OR_COMMENT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#.*")
_AFTER_DOT = re.compile(r"((?:[^\W\d]\w*(?:\(\))?\.)+)(\w*)$")
_CALLEE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*$")
_HEADER = re.compile(r"([ \t]*)(?:async\s+)?(?P<what>def|class)\s+(?P<name>\w+)\s*(?:\((?P<inside>.*))?")
_ARGUMENTS = re.compile(r"\([^()]*\)")

_REACH = 80  # lines before the cursor whose names count as near
_AHEAD = 40  # lines after it
_WORDS_OF = 8  # lines before the cursor whose words say what is being written
_CLOSING = " \t\r)]};,"  # behind a cursor, what an editor put there or what ends a block
_NO_INDENT = 1 << 10  # columns: further right than any header
_OPEN = 30  # lines in which an open bracket is looked for


@dataclass(frozen=True, slots=True)
class Focus:
    """A place that matters: `path` POSIX and relative, `position` as in :class:`Position`."""

    path: str
    position: Position


@dataclass(frozen=True, slots=True)
class Place:
    """A place as its file's text shows it.

    `line` counts from 1; `scope` is the qualified name of the function or class around it, by the text where the facts
    lost it (an open bracket hides a definition from the parser); `bases` are those of the class around, as written.
    `mentions` gives the chains of names near the place (``cart``, ``cart.total``) with their distance in lines;
    `receiver` is the chain before a dot at the cursor, `callee` what the innermost open parenthesis belongs to.
    `finished` tells that the function around goes on behind the cursor: what it uses there is known as well.
    """

    path: str
    line: int
    facts: FileFacts
    scope: str
    definition: Symbol | None
    owner: Symbol | None
    bases: tuple[str, ...]
    mentions: Mapping[str, int]
    words: Mapping[str, float]
    receiver: str
    callee: str
    finished: bool

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scope and those around it, innermost first, the module's ``""`` last."""
        parts = self.scope.split(".") if self.scope else []
        return tuple(".".join(parts[:n]) for n in range(len(parts), -1, -1))

    @property
    def name(self) -> str:
        """Name of the function or class around; ``""`` at the top of the module."""
        return self.scope.rpartition(".")[2]


def read_place(units: Units, focus: Focus) -> Place:
    """Effect: reads the file through the index. Raises SourceError for a file that is not indexed."""
    facts = units.index.facts(focus.path)
    page = units.page(focus.path)
    at = min(focus.position.line, page.line_count - 1)
    before = _until(page.line(at + 1), focus.position, at)
    scope, bases = _scope(facts, page, at, before)
    known = {s.qualname: s for s in facts.symbols if s.kind is not SymbolKind.VARIABLE}
    definition = known.get(scope)
    owner = next((s for q in _around(scope) if (s := known.get(q)) and s.kind is SymbolKind.CLASS), None)
    first = max(definition.line - 1 if definition else 0, at - _REACH)
    last = min(definition.end_line if definition else at + _AHEAD, at + _AHEAD, page.line_count)
    receiver = _AFTER_DOT.search(before)
    return Place(
        focus.path, at + 1, facts, scope, definition, owner, owner.bases if owner else bases,
        _mentions(page, first, last, at, before), _words(page, scope, definition, at, before),
        receiver[1].rstrip(".") if receiver else "", _callee(page, at, before),
        _goes_on(page, definition, at, before),
    )  # fmt: skip


def _until(text: str, position: Position, at: int) -> str:
    return text[: position.column] if position.line == at else text


def _goes_on(page: Page, definition: Symbol | None, at: int, before: str) -> bool:
    """Whether anything of a function stands behind the cursor but closing brackets."""
    if definition is None or definition.kind is SymbolKind.CLASS:
        return False
    last = min(definition.end_line, page.line_count)
    behind = (page.line(number + 1) for number in range(at + 1, last))
    return bool(page.line(at + 1)[len(before) :].strip(_CLOSING)) or any(text.strip(_CLOSING) for text in behind)


def _around(scope: str) -> Iterator[str]:
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]


def _scope(facts: FileFacts, page: Page, at: int, before: str) -> tuple[str, tuple[str, ...]]:
    """The qualified name of the scope at a line and, where only the text shows it, the bases of its class.

    A cursor below the last line of a body that is being written belongs to that body.
    """
    line = at
    while line > 0 and not (before if line == at else page.line(line + 1)).strip():
        line -= 1
    indent = _indent(page.line(at + 1)) if (before.strip() or page.line(at + 1).strip()) else None
    by_text, bases = _written_scope(page, line, indent)
    symbol = facts.enclosing(at + 1) if indent is not None else facts.enclosing(line + 1)
    if symbol is None or by_text.count(".") > symbol.qualname.count("."):
        return by_text, bases
    return symbol.qualname, bases


def _written_scope(page: Page, line: int, indent: int | None) -> tuple[str, tuple[str, ...]]:
    """Headers above `line` (from 0) that stand further and further left."""
    names: list[str] = []
    bases: tuple[str, ...] = ()
    limit = _NO_INDENT if indent is None else indent
    if not limit:
        return "", ()
    inside = " " * limit
    for text in page.upwards(line + 1):
        if text.startswith(inside) or not text.strip() or text.lstrip()[0] in "#)]}":
            continue
        width = _indent(text)
        header = _HEADER.match(text) if width < limit else None
        if header is not None:
            names.append(header["name"])
            if header["what"] == "class" and not bases and header["inside"]:
                listed = header["inside"].partition(")")[0]
                bases = tuple(b.strip() for b in listed.split(",") if b.strip() and "=" not in b)
        if (header is not None or width == 0) and width < limit:
            limit = width
            inside = " " * limit
        if limit == 0:
            break
    return ".".join(reversed(names)), bases


def _indent(text: str) -> int:
    return len(text.expandtabs()) - len(text.expandtabs().lstrip())


def _mentions(page: Page, first: int, last: int, at: int, before: str) -> dict[str, int]:
    """Chains with all their beginnings, each with the distance of its nearest use."""
    found: dict[str, int] = {}
    for number in range(first, last):
        text = before if number == at else page.line(number + 1)
        distance = abs(number - at)
        for chain in _CHAIN.findall(_STRING_OR_COMMENT.sub("", text)):
            parts = chain.split(".")
            for beginning in {".".join(parts[: n + 1]) for n in range(len(parts))}:
                found[beginning] = min(found.get(beginning, distance), distance)
    return found


def _words(page: Page, scope: str, definition: Symbol | None, at: int, before: str) -> dict[str, float]:
    """Words that say what is being written: of the names around it and of the last lines, the nearer the weightier."""
    found: dict[str, float] = {}
    texts = [(1.0, name) for name in scope.split(".")] + [(0.5, definition.doc if definition else "")]
    for number in range(max(0, at - _WORDS_OF), at + 1):
        text = before if number == at else page.line(number + 1)
        texts.append((1.0 - (at - number) / (_WORDS_OF + 1), text))
    for weight, text in texts:
        for word in split_words(text):
            found[word] = max(found.get(word, 0.0), weight)
    return found


def _callee(page: Page, at: int, before: str) -> str:
    """The chain before the innermost parenthesis that is open at the cursor; ``""`` where none is."""
    text = before
    for number in range(at, max(-1, at - _OPEN), -1):
        text = before if number == at else page.line(number + 1) + "\n" + text
        if opened := _innermost(text):
            return opened
        if _indent(page.line(number + 1)) == 0 and number != at:
            break
        if _HEADER.match(page.line(number + 1)):
            break
    return ""


def _innermost(text: str) -> str:
    bare = _STRING_OR_COMMENT.sub("''", text)
    depth = 0
    for at in range(len(bare) - 1, -1, -1):
        if bare[at] in ")]}":
            depth += 1
        elif bare[at] in "([{":
            depth -= 1
            if depth < 0:
                found = _CALLEE.search(bare[:at].rstrip()) if bare[at] == "(" else None
                return found[0] if found else ""
    return ""
