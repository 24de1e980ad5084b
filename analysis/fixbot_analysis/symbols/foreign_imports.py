"""Imports and variables of a file in any language, from what the language's query matched."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from sys import intern

from fixbot_analysis.languages import Language, Lookup
from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.symbols.facts import Binding, Import
from fixbot_analysis.symbols.foreign_headers import declared
from fixbot_analysis.symbols.foreign_text import chain, type_name
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

Match = Mapping[str, list[Node]]

_ALIASED = re.compile(r"(.*\S)\s+as\s+(\S+)", re.DOTALL)
_VERSION = re.compile(r"v\d+|\d+")
_DEEPEST = 20  # braces within braces


def imports(matched: Iterable[Match], language: Language, data: bytes, scopes: Segments[str]) -> tuple[Import, ...]:
    """Every name that the file brings in, by place.

    :attr:`Import.module` is the source as written, :attr:`Import.level` 1 where it is looked for beside the file first.
    """
    found: list[tuple[int, Import]] = []
    for match in matched:
        where = next((nodes[0] for name, nodes in match.items() if name.startswith("import.")), None)
        if where is not None:
            made = _imports(match, language, data, where.start_point[0] + 1, scopes.owner(where.start_byte))
            found += [(where.start_byte, each) for each in made]
    found.sort(key=lambda pair: pair[0])
    named = {(i.module, i.line) for _, i in found if i.name or i.alias}
    return tuple(dict.fromkeys(i for _, i in found if i.name or i.alias or (i.module, i.line) not in named))


def _imports(match: Match, language: Language, data: bytes, line: int, scope: str) -> Iterator[Import]:
    def text(name: str) -> str:
        nodes = match.get(f"import.{name}")
        return text_of(nodes[0], data).strip("\"'`<>") if nodes else ""

    if module := text("module"):
        yield Import(f"self{language.separator}{module}", 0, "", module, line, scope)
    elif path := text("path"):
        if "import.star" in match:
            yield Import(path, 0, "*", "", line, scope)
        else:
            yield from _paths(path, language.separator, line, scope)
    elif source := text("source"):
        name, alias = text("name"), text("alias")
        if default := text("default"):
            name, alias = "default", default
        if "import.star" in match or alias == "." or language.lookup is Lookup.INCLUDE:
            name, alias = "*", ""
        elif not name and alias in ("", "_") and language.lookup is Lookup.FOLDER:
            alias = _last(source)
        yield Import(source, int("import.near" in match), name, alias, line, scope)


def _paths(path: str, separator: str, line: int, scope: str) -> Iterator[Import]:
    """The imports of one path, its braces spelled out."""
    for each in _spelled(" ".join(path.split()), 0):
        aliased = _ALIASED.fullmatch(each)
        whole, alias = (aliased[1], aliased[2]) if aliased else (each, "")
        module, _, name = whole.replace(" ", "").rpartition(separator)
        if name == "self":
            module, _, name = module.rpartition(separator)
        if name:
            yield Import(module, 0, name, alias, line, scope)


def _spelled(path: str, depth: int) -> Iterator[str]:
    """``a::{b, c::{d, e}}`` -> a::b, a::c::d, a::c::e."""
    head, brace, rest = path.partition("{")
    if not brace or depth > _DEEPEST:
        if path.strip():
            yield path.strip()
        return
    for part in _parted(rest.rpartition("}")[0] or rest):
        for each in _spelled(part, depth + 1):
            yield head.strip() + each


def _parted(text: str) -> Iterator[str]:
    """`text` cut at the commas outside of braces."""
    depth, start = 0, 0
    for at, c in enumerate(text):
        depth += (c == "{") - (c == "}")
        if c == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _last(source: str) -> str:
    """The name that a path goes by: its last part that is no version."""
    parts = [p for p in source.split("/") if p]
    while len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    return re.sub(r"\.v\d+$", "", parts[-1]) if parts else source


def bindings(
    matched: Iterable[Match], data: bytes, scopes: Segments[str], member_scopes: Callable[[int], str]
) -> tuple[Binding, ...]:
    """Variables with what is known of their values; `member_scopes` gives the class around an offset."""
    found: dict[tuple[str, str, str], None] = {}
    for match in matched:
        key = next(
            (k for k in ("bound", "bound.member", "bound.declarator", "bound.member.declarator") if k in match), None
        )
        if key is None:
            continue
        node: Node | None = match[key][0]
        if key.endswith("declarator") and node is not None:
            node, function = declared(node)
            node = None if function else node
        value = _value(match, data)
        if node is not None and value:
            scope = member_scopes(node.start_byte) if "member" in key else scopes.owner(node.start_byte)
            found[intern(text_of(node, data)), scope, intern(value)] = None
    return tuple(Binding(*each) for each in found)


def _value(match: Match, data: bytes) -> str:
    if kind := match.get("bound.type"):
        name = type_name(text_of(kind[0], data))
        return f"{name}()" if name else ""
    return chain(match["bound.value"][0], data) if "bound.value" in match else ""
