"""Classes, functions and methods of a Python file, with their headers taken apart."""

import inspect
import re
from collections.abc import Sequence

from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.symbols.facts import Symbol, SymbolKind
from fixbot_analysis.syntax import Node

_DOC_LIMIT = 500  # characters
_SIGNATURE_LIMIT = 1000  # characters
_SPLATS = ("list_splat_pattern", "dictionary_splat_pattern")


def span_of(node: Node) -> Span:
    """Bytes of `node`."""
    return Span(node.start_byte, node.end_byte)


def module_symbol(root: Node, size: int) -> Symbol:
    """The file itself: no name, as facts do not know their path."""
    lines = max(root.end_point[0] + (1 if root.end_point[1] else 0), 1)
    everything = Span(0, size)
    return Symbol("", "", SymbolKind.MODULE, everything, Span(0, 0), everything, 1, lines, doc=_docstring(root))


def definitions(nodes: Sequence[Node], decorated: Sequence[Node], comments: Sequence[Node]) -> list[Symbol]:
    """Symbols of the class and function `nodes` (by start), wrapped in `decorated` definitions where they are."""
    wrappers: dict[int, Node] = {}
    for wrapper in decorated:
        if inner := wrapper.child_by_field_name("definition"):
            wrappers[inner.start_byte] = wrapper
    starts = [c.start_byte for c in comments]
    found: list[Symbol] = []
    around: list[Symbol] = []
    for node in nodes:
        while around and around[-1].span.end <= node.start_byte:
            around.pop()
        symbol = _symbol(
            node, wrappers.get(node.start_byte), around[-1] if around else None, comments if starts else ()
        )
        if symbol is not None:
            found.append(symbol)
            around.append(symbol)
    return found


def _symbol(node: Node, wrapper: Node | None, parent: Symbol | None, comments: Sequence[Node]) -> Symbol | None:
    name_node = node.child_by_field_name("name")
    if name_node is None or not name_node.text:
        return None
    whole, body = wrapper or node, node.child_by_field_name("body")
    inside = Span(body.start_byte, body.end_byte) if body else Span(node.end_byte, node.end_byte)
    name = text_of(name_node)
    returns = node.child_by_field_name("return_type")
    return Symbol(
        name=name,
        qualname=f"{parent.qualname}.{name}" if parent else name,
        kind=_kind(node, parent),
        span=span_of(whole),
        name_span=span_of(name_node),
        body=inside,
        line=whole.start_point[0] + 1,
        end_line=_end_line(whole),
        signature=_signature(node, inside.start, comments),
        doc=_docstring(body) if body else "",
        parameters=tuple(_parameter(p) for p in _children(node.child_by_field_name("parameters")) if _parameter(p)),
        bases=tuple(
            text_of(b) for b in _children(node.child_by_field_name("superclasses")) if b.type != "keyword_argument"
        ),
        decorators=tuple(text_of(d)[1:].strip() for d in _children(wrapper) if d.type == "decorator"),
        returns=text_of(returns) if returns else "",
    )


def _kind(node: Node, parent: Symbol | None) -> SymbolKind:
    if node.type == "class_definition":
        return SymbolKind.CLASS
    return SymbolKind.METHOD if parent and parent.kind is SymbolKind.CLASS else SymbolKind.FUNCTION


def _end_line(node: Node) -> int:
    row, column = node.end_point
    return row + 1 if column else max(row, node.start_point[0] + 1)


def _children(node: Node | None) -> list[Node]:
    return [c for c in node.named_children if c.type != "comment"] if node else []


def _parameter(node: Node) -> str:
    """Bare name of a parameter, ``""`` for the lone ``*`` and ``/``."""
    if node.type == "identifier":
        return text_of(node)
    named = node.child_by_field_name("name") or (node.named_child(0) if node.named_child_count else None)
    if named is not None and named.type in _SPLATS and named.named_child_count:
        named = named.named_child(0)
    return text_of(named) if named is not None and named.type == "identifier" else ""


def _signature(node: Node, body_start: int, comments: Sequence[Node]) -> str:
    """The header on one line, its comments left out."""
    start = node.start_byte
    header = (node.text or b"")[: body_start - start]
    if b"#" in header:
        for comment in reversed([c for c in comments if start <= c.start_byte < body_start]):
            header = header[: comment.start_byte - start] + header[comment.end_byte - start :]
    line = " ".join(header.decode("utf-8", "replace").split()).removesuffix(":").rstrip()
    return re.sub(r"(?<=[(\[]) | (?=[)\]])|,(?= ?[)\]])", "", line)[:_SIGNATURE_LIMIT]


def _docstring(body: Node) -> str:
    """First paragraph of the docstring that opens `body`, as written, on one line."""
    first = next((c for c in body.named_children if c.type != "comment"), None)
    string = (
        first.named_child(0)
        if first is not None and first.type == "expression_statement" and first.named_child_count
        else None
    )
    if string is None or string.type != "string":
        return ""
    content = "".join(text_of(c) for c in string.named_children if c.type == "string_content")
    return " ".join(inspect.cleandoc(content).partition("\n\n")[0].split())[:_DOC_LIMIT]
