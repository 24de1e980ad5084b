"""Definitions of a file in any language, from what the language's query matched."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fixbot_analysis.languages import Language
from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.symbols.facts import Symbol, SymbolKind
from fixbot_analysis.symbols.foreign_docs import Docs
from fixbot_analysis.symbols.foreign_headers import body, declared, parameters, returns, signature
from fixbot_analysis.symbols.foreign_text import definition_name, type_name
from fixbot_analysis.symbols.limits import LONGEST_NAME
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

Match = Mapping[str, list[Node]]

# What a definition is to the rest of the house, the most telling kind first: of two patterns for one name it counts.
KINDS: dict[str, SymbolKind] = {
    "test": SymbolKind.FUNCTION,
    "class": SymbolKind.CLASS,
    "struct": SymbolKind.CLASS,
    "union": SymbolKind.CLASS,
    "enum": SymbolKind.CLASS,
    "interface": SymbolKind.CLASS,
    "namespace": SymbolKind.NAMESPACE,
    "function": SymbolKind.FUNCTION,
    "method": SymbolKind.METHOD,
    "macro": SymbolKind.FUNCTION,
    "type": SymbolKind.CLASS,
    "member": SymbolKind.VARIABLE,
    "field": SymbolKind.VARIABLE,
    "constant": SymbolKind.VARIABLE,
    "variable": SymbolKind.VARIABLE,
}
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(slots=True)
class Found:
    """One definition, or a scope (kind ``""``) that is none; `whole` grows by what wraps it."""

    kind: str
    node: Node
    name: str
    name_span: Span
    owner: str
    whole: Span
    bases: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    qualname: str = ""
    parent: "Found | None" = None

    @property
    def key(self) -> tuple[int, int]:
        """The bytes of its node."""
        return self.node.start_byte, self.node.end_byte


def find(matched: Iterable[Match], language: Language, data: bytes) -> list[Found]:
    """Definitions and scopes by place, outer before inner, with names, owners, bases and marks."""
    taken: dict[int, Found] = {}
    scopes: list[Found] = []
    wrappers, related, marks = list[Node](), list[Match](), list[Match]()
    undefined: set[tuple[int, int]] = set()
    for match in matched:
        if "wrapper" in match:
            wrappers += match["wrapper"]
        elif "undefined" in match:
            undefined |= {(n.start_byte, n.end_byte) for n in match["undefined"]}
        elif "mark" in match:
            marks.append(match)
        elif "base" in match:
            related.append(match)
        elif "scope" in match:
            scopes += _scope(match, data)
        elif found := _definition(match, language, data):
            before = taken.get(found.name_span.start)
            if before is None or _RANK[found.kind] < _RANK[before.kind]:
                taken[found.name_span.start] = found
    undefined |= {f.key for f in taken.values() if f.kind == "test"}
    kept = [f for f in taken.values() if f.kind == "test" or f.key not in undefined]
    definitions = sorted([*kept, *scopes], key=lambda f: (f.key[0], -f.key[1], f.name_span.start))
    _widen(definitions, wrappers)
    _relate(definitions, related, data)
    _mark(definitions, marks, data)
    _nest(definitions)
    return definitions


def symbols(definitions: Iterable[Found], docs: Docs, data: bytes) -> list[Symbol]:
    """The definitions among `definitions` as symbols."""
    return [_symbol(found, docs, data) for found in definitions if found.kind]


def _definition(match: Match, language: Language, data: bytes) -> Found | None:
    kind = next((key[11:] for key in match if key.startswith("definition.")), "")
    if kind not in KINDS:
        return None
    node = match[f"definition.{kind}"][0]
    name_node, prototype = _name_node(match)
    if name_node is None or (prototype and kind in ("variable", "field")):
        return None
    owner = _owner(text_of(match["owner"][0], data), language) if "owner" in match else ""
    written = text_of(name_node, data)
    name, above = definition_name(written, test=kind == "test")
    if not name:
        return None
    last = written.rpartition("::")[2] if above else written
    start = max(name_node.end_byte - len(last.encode()), name_node.start_byte)
    owner = ".".join(filter(None, (owner, above)))
    return Found(kind, node, name, Span(start, name_node.end_byte), owner, Span(node.start_byte, node.end_byte))


def _name_node(match: Match) -> tuple[Node | None, bool]:
    """The node of the name, None where a pattern has none, and whether it only declares a function."""
    if "name.declarator" in match:
        return declared(match["name.declarator"][0])
    return next(iter(match.get("name", ())), None), False


def _owner(written: str, language: Language) -> str:
    """What a definition says it belongs to; ``""`` where that is the file or the object around it."""
    text = written.strip("() \t\n")
    words = text.split()
    text = text if text in language.unnamed or len(words) < 2 else words[-1]
    if text in language.unnamed or text in language.receivers:
        return ""
    parts = type_name(text).split(".")
    return ".".join(p for p in parts if p not in ("prototype", *language.receivers))


def _scope(match: Match, data: bytes) -> list[Found]:
    node, name_node = match["scope"][0], next(iter(match.get("name", ())), None)
    if name_node is None:
        return []
    name = type_name(text_of(name_node, data)).rpartition(".")[2]
    span = Span(node.start_byte, node.end_byte)
    return [Found("", node, name, Span(name_node.start_byte, name_node.end_byte), "", span)] if name else []


def _widen(definitions: list[Found], wrappers: list[Node]) -> None:
    """A wrapper belongs to the one definition directly in it; the innermost wrapper first."""
    direct: dict[tuple[int, int], list[Found]] = {}
    for found in definitions:
        direct.setdefault(found.key, []).append(found)
    for wrapper in sorted(wrappers, key=lambda n: (-n.start_byte, n.end_byte)):
        held = [f for c in wrapper.named_children for f in direct.get((c.start_byte, c.end_byte), ())]
        if len({f.name_span.start for f in held}) == 1:
            held[0].whole = Span(wrapper.start_byte, wrapper.end_byte)
            direct[wrapper.start_byte, wrapper.end_byte] = [held[0]]


def _relate(definitions: list[Found], related: list[Match], data: bytes) -> None:
    by_name = {f.name_span.start: f for f in definitions if f.kind}
    by_text: dict[str, Found] = {}
    for found in definitions:
        if found.kind and KINDS[found.kind] is SymbolKind.CLASS:
            by_text.setdefault(found.name, found)
    for match in related:
        of, scope = match.get("of"), match.get("scope.base")
        cls = by_name.get(of[0].start_byte) if of else None
        if scope:
            cls = by_text.get(type_name(text_of(scope[0], data)))
        if cls is not None:
            for node in match["base"]:
                if (base := type_name(text_of(node, data))) and base not in cls.bases:
                    cls.bases.append(base)


def _mark(definitions: list[Found], marks: list[Match], data: bytes) -> None:
    """Decorators go to what holds them, or to what they stand before, which then begins with them."""
    starts = [f.whole.start for f in definitions]
    wholes = sorted(((f.whole, f) for f in definitions), key=lambda pair: (pair[0].start, -pair[0].end))
    holders: Segments[Found | None] = Segments(len(data), wholes if marks else (), None)
    for match in reversed(marks):
        node = match["mark"][0]
        text = text_of(node, data).lstrip("@#").strip()
        if "mark.node" in match:
            around = match["mark.node"][0]
            at = bisect_left(starts, around.end_byte)
            between = data[around.end_byte : starts[at]] if at < len(starts) else b";"
            if not any(c in between for c in b";{}"):
                definitions[at].marks.insert(0, text)
                if definitions[at].kind:
                    definitions[at].whole = Span(around.start_byte, definitions[at].whole.end)
        elif holder := holders.owner(node.start_byte):
            holder.marks.insert(0, text)


def _nest(definitions: list[Found]) -> None:
    """Qualified names, by what stands around each definition."""
    around: list[Found] = []
    for found in definitions:
        while around and (around[-1].key[1] <= found.key[0] or around[-1].key == found.key):
            around.pop()
        found.parent = around[-1] if around and len(around[-1].qualname) <= LONGEST_NAME else None
        above = found.parent.qualname if found.parent else ""
        found.qualname = ".".join(filter(None, (above, found.owner, found.name)))
        around.append(found)


def _kind(found: Found) -> SymbolKind:
    kind = KINDS[found.kind]
    if kind is not SymbolKind.FUNCTION or found.kind in ("test", "macro"):
        return kind
    parent = found.parent
    in_class = parent is not None and (not parent.kind or KINDS[parent.kind] is SymbolKind.CLASS)
    return SymbolKind.METHOD if in_class or found.owner else kind


def _symbol(found: Found, docs: Docs, data: bytes) -> Symbol:
    node, whole = found.node, found.whole
    kind = _kind(found)
    held = body(node)
    inside = Span(held.start_byte, held.end_byte) if held else Span(node.end_byte, node.end_byte)
    first, last = docs.lines(whole)
    marks = [*(["test"] if found.kind == "test" else ()), *found.marks]
    return Symbol(
        name=found.name,
        qualname=found.qualname,
        kind=kind,
        span=whole,
        name_span=found.name_span,
        body=inside,
        line=first,
        end_line=last,
        signature=signature(node, inside.start, data, short=kind is SymbolKind.VARIABLE),
        doc=docs.above(first),
        parameters=parameters(node, data),
        bases=tuple(found.bases),
        decorators=tuple(marks),
        returns=returns(node, data) if kind in (SymbolKind.FUNCTION, SymbolKind.METHOD) else "",
    )
