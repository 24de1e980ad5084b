"""The edit that brings a name into a file: an import made longer, or a new one in the place and style that the file's imports have."""

import re
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass

from fixbot_agent.completing.cursor.bindings import is_name
from fixbot_analysis.codemodel import tokenize
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, Span

_WIDEST = 88  # characters of a line, where the file has no longer import
_FUTURE, _LIBRARY, _PACKAGE, _OWN, _RELATIVE = range(5)  # blocks of imports, in their order
_DEFINITION = re.compile(r"\s*(@|def |class |async def )")
_HEADER = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*")
_DOCSTRING = re.compile(r"""[rRuU]?(\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*')[ \t]*(?:#[^\n]*)?\r?\n""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Bytes of a document, and the text that comes in their place."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An import taken apart: ``from module import name as alias``, or ``import module as alias`` without a name."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def statement(self) -> str:
        """As it is written alone."""
        alias = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{alias}" if self.name else f"import {self.module}{alias}"

    @property
    def item(self) -> str:
        """What stands behind ``import``."""
        return f"{self.name or self.module} as {self.alias}" if self.alias else self.name or self.module


@dataclass(frozen=True, slots=True)
class _Statement:
    """A top-level import of a file: lines from 0, `end` past its last."""

    first: int
    end: int
    module: str
    is_from: bool
    block: int


def read_import(statement: str) -> Wanted | None:
    """``from a.b import c as d`` or ``import a.b as d`` taken apart; None where it is neither."""
    found = re.fullmatch(r"from (\S+) import (\w+)(?: as (\w+))?|import (\S+)(?: as (\w+))?", statement)
    if found is None:
        return None
    return Wanted(found[1], found[2], found[3] or "") if found[1] else Wanted(found[4], "", found[5] or "")


def import_edits(index: Index, path: str, statement: str) -> tuple[TextEdit, ...]:
    """Effect: reads `path` through the index. What the import `statement` of an item (:attr:`Item.brings`) changes in the file.

    Nothing where the file has it already. Raises SourceError where `path` is not indexed.
    """
    wanted, document = read_import(statement), index.tree.read(path)
    if wanted is None:
        return ()
    imports = index.facts(path).imports
    if any(_same(wanted, "." * each.level + each.module, each.name, each.alias) for each in imports if not each.scope):
        return ()
    lines = document.text.split("\n")
    own = _own_packages(index.paths)
    found = _statements(lines, {each.line - 1 for each in imports if not each.scope}, own)
    if wanted.name and (edit := _longer(document, lines, found, wanted)):
        return (edit,)
    return (_inserted(document, found, wanted, _block_of(wanted.module, own)),)


def _same(wanted: Wanted, module: str, name: str, alias: str) -> bool:
    return (wanted.module, wanted.name, wanted.alias) == (module, name, alias)


def _own_packages(paths: Sequence[str]) -> set[str]:
    """Names that the project's own packages and modules are imported by, those in a folder ``src`` or ``lib`` too."""
    parts = (path.split("/") for path in paths)
    return {part[part[0] in ("src", "lib") and len(part) > 1].removesuffix(".py") for part in parts}


def _statements(lines: Sequence[str], named: Set[int], own: set[str]) -> list[_Statement]:
    """The imports without indentation; `named` are the lines on which imported names stand, so that no text is taken for one."""
    found = []
    for first, line in enumerate(lines):
        if not line.startswith(("import ", "from ")):
            continue
        end = first + 1
        while end < len(lines) and (_is_open(lines[first:end]) or lines[end - 1].rstrip().endswith("\\")):
            end += 1
        if not named.isdisjoint(range(first, end)):
            module = line.split()[1].rstrip(",;")
            found.append(_Statement(first, end, module, line.startswith("from "), _block_of(module, own)))
    return found


def _is_open(lines: Sequence[str]) -> bool:
    text = "\n".join(line.partition("#")[0] for line in lines)
    return text.count("(") > text.count(")")


def _block_of(module: str, own: set[str]) -> int:
    if module.startswith("."):
        return _RELATIVE
    top = module.partition(".")[0]
    if top == "__future__":
        return _FUTURE
    return _LIBRARY if top in sys.stdlib_module_names else _OWN if top in own else _PACKAGE


def _longer(document: Document, lines: Sequence[str], found: Sequence[_Statement], wanted: Wanted) -> TextEdit | None:
    """The first ``from`` import of the module with one more name; None where there is none, or only one with a star."""
    for each in found:
        text = "\n".join(lines[each.first : each.end])
        if each.is_from and each.module == wanted.module and "*" not in text and "\\" not in text:
            start = document.line_starts[each.first]
            new = _with_name(text, wanted, max((len(line) for line in lines[: each.end]), default=0))
            return TextEdit(Span(start, start + len(text.encode())), new)
    return None


def _with_name(text: str, wanted: Wanted, widest: int) -> str:
    """An import statement with one more name, in order where its names are in order."""
    head, _, tail = text.partition("import")
    names = _names(tail)
    at = next((n for n, name in enumerate(names) if _order(name) > _order(wanted.item)), len(names))
    if sorted(names, key=_order) != names:
        at = len(names)
    if "(" in tail:
        return f"{head}import{_put(tail, names, at, wanted.item)}"
    code, comment, rest = tail.rstrip("\r").partition("  #")
    line = f"{head}import {', '.join([*names[:at], wanted.item, *names[at:]])}"
    if len(line) > max(_WIDEST, widest) and not comment:
        return "\n".join(
            [f"{head}import (", *(f"    {name}," for name in [*names[:at], wanted.item, *names[at:]]), ")"]
        )
    return line + (comment + rest if code else "") + ("\r" if tail.endswith("\r") else "")


def _names(tail: str) -> list[str]:
    """What is imported, in order, as written."""
    words = tokenize("(" + " ".join(line.partition("#")[0] for line in tail.split("\n")).strip().strip("()") + ")")
    found: list[list[str]] = [[]]
    for word in words[1:-1]:
        if word == ",":
            found.append([])
        elif is_name(word) or word == "as":
            found[-1].append(word)
    return [" ".join(each) for each in found if each]


def _order(name: str) -> tuple[int, str]:
    """Constants before classes before the rest, each without regard to case, as import sorters have it."""
    plain = name.partition(" ")[0]
    return (0 if plain.isupper() and len(plain) > 1 else 1 if plain[:1].isupper() else 2), plain.lower()


def _put(tail: str, names: Sequence[str], at: int, item: str) -> str:
    """A list in brackets with `item` as its name number `at`."""
    if at < len(names):
        place = re.search(rf"(?<!\w){re.escape(names[at].partition(' ')[0])}(?!\w)", tail)
        begin = place.start() if place else 0
        own_line = re.search(r"\n([ \t]*)$", tail[:begin])
        return f"{tail[:begin]}{item},{own_line[0] if own_line else ' '}{tail[begin:]}"
    last = re.search(rf"(?<!\w){re.escape(names[-1])}(?!\w)(,?)", tail) if names else None
    if last is None:
        return tail
    indent = re.search(r"\n([ \t]*)$", tail[: last.start()])
    glue = indent[0] if indent else " "
    return f"{tail[: last.end()]}{'' if last[1] else ','}{glue}{item}{last[1]}{tail[last.end() :]}"


def _inserted(document: Document, found: Sequence[_Statement], wanted: Wanted, block: int) -> TextEdit:
    """The statement on a line of its own, where it belongs among the others."""
    end = "\r\n" if b"\r\n" in document.data else "\n"
    new = wanted.statement + end
    if not found:
        return _first_import(document, new, end)
    same = [each for each in found if each.block == block]
    if same:
        key = _sorting(same)
        before = [each for each in same if key(each.is_from, each.module) <= key(bool(wanted.name), wanted.module)]
        line = before[-1].end if before else same[0].first
    elif earlier := [each for each in found if each.block < block]:
        line, new = earlier[-1].end, end + new
    else:
        line, new = found[0].first, new + end
    if line < len(document.line_starts):
        return TextEdit(Span(document.line_starts[line], document.line_starts[line]), new)
    size = len(document.data)
    return TextEdit(Span(size, size), ("" if document.data.endswith(b"\n") else end) + new)


def _sorting(same: Sequence[_Statement]) -> "_Key":
    """How a block is sorted: ``import`` before ``from`` where it has them so, else by module alone."""
    kinds = [each.is_from for each in same]
    return _Key(by_kind=kinds == sorted(kinds))


@dataclass(frozen=True, slots=True)
class _Key:
    by_kind: bool

    def __call__(self, is_from: bool, module: str) -> tuple[bool, str]:
        return (is_from and self.by_kind, module.lower())


def _first_import(document: Document, new: str, end: str) -> TextEdit:
    """Below the comments and the docstring at the top of a file without imports."""
    text = document.text
    at = _HEADER.match(text).end()  # type: ignore[union-attr] # it matches the empty text too
    if docstring := _DOCSTRING.match(text, at):
        at = docstring.end()
        new = end + new
    else:
        at = 0 if not text.startswith("#") else at
    rest = text[at:].lstrip("\r\n")
    has_gap = text[at : at + 1] in ("\n", "\r")
    gap = "" if has_gap or not rest else end * (2 if _DEFINITION.match(rest) else 1)
    place = len(text[:at].encode())
    return TextEdit(Span(place, place), new + gap)
