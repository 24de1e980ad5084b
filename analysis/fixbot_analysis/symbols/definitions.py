"""Classes, functions and methods of a Python file, with their headers taken apart."""

import inspect
import re
from collections.abc import Sequence

from fixbot_analysis.source import Span
from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.symbols.facts import Symbol, SymbolKind
from fixbot_analysis.symbols.limits import LONGEST_NAME
from fixbot_analysis.syntax import Node

_DOC_LIMIT = 500  # characters
_SIGNATURE_LIMIT = 1000  # characters
_SPLATS = ("list_splat_pattern", "dictionary_splat_pattern")
_LOOSE = re.compile(r"(?<=[(\[]) | (?=[)\]])|,(?= ?[)\]])")  # what joining lines leaves behind


def span_of(node: Node) -> Span:
    """Bytes of `node`."""
    return Span(node.start_byte, node.end_byte)


def module_symbol(data: bytes, doc: str) -> Symbol:
    """The file itself, with its docstring: no name, as facts do not know their path."""
    everything, lines = Span(0, len(data)), max(len(data.splitlines()), 1)
    return Symbol("", "", SymbolKind.MODULE, everything, Span(0, 0), everything, 1, lines, doc=doc)


def definitions(nodes: Sequence[Node], decorated: Sequence[Node], data: bytes, others: set[int]) -> list[Symbol]:
    """Symbols of the class and function `nodes` (by start), wrapped in `decorated` definitions where they are.

    Where they bind names, their own and their parameters', joins `others`.
    """
    wrappers: dict[int, Node] = {}
    for wrapper in decorated:
        if inner := wrapper.child_by_field_name("definition"):
            wrappers[inner.start_byte] = wrapper
    found: list[Symbol] = []
    around: list[Symbol] = []
    for node in nodes:
        while around and around[-1].span.end <= node.start_byte:
            around.pop()
        name = node.child_by_field_name("name")
        if name is None or name.start_byte == name.end_byte:
            continue  # half typed
        listed = node.child_by_field_name("parameters")
        parameters = [p for p in map(parameter_name, _children(listed)) if p is not None]
        others.add(name.start_byte)
        others.update([p.start_byte for p in parameters])
        bare = tuple(text_of(p, data) for p in parameters)
        found.append(_symbol(node, name, wrappers.get(node.start_byte), around[-1] if around else None, bare, data))
        around.append(found[-1])
    return found


def _symbol(
    node: Node, name_node: Node, wrapper: Node | None, parent: Symbol | None, parameters: tuple[str, ...], data: bytes
) -> Symbol:
    whole, body = wrapper or node, node.child_by_field_name("body")
    name = text_of(name_node, data)
    inside = span_of(body) if body else Span(node.end_byte, node.end_byte)
    kind = _kind(node, parent)
    is_class = kind is SymbolKind.CLASS
    returns = None if is_class else node.child_by_field_name("return_type")
    bases = _children(node.child_by_field_name("superclasses")) if is_class else ()
    return Symbol(
        name=name,
        qualname=f"{parent.qualname}.{name}" if parent and len(parent.qualname) <= LONGEST_NAME else name,
        kind=kind,
        span=span_of(whole),
        name_span=span_of(name_node),
        body=inside,
        line=whole.start_point[0] + 1,
        end_line=_end_line(whole),
        signature=_signature(node, inside.start, data),
        doc=docstring(body, data) if body else "",
        parameters=parameters,
        bases=tuple(text_of(b, data) for b in bases if b.type != "keyword_argument"),
        decorators=tuple(text_of(d, data)[1:].strip() for d in _children(wrapper) if d.type == "decorator"),
        returns=text_of(returns, data) if returns else "",
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


def parameter_name(parameter: Node) -> Node | None:
    """The identifier that a parameter binds; None for the lone ``*`` and ``/``."""
    node: Node | None = parameter
    if parameter.type != "identifier":
        node = parameter.child_by_field_name("name") or (
            parameter.named_child(0) if parameter.named_child_count else None
        )
    if node is not None and node.type in _SPLATS and node.named_child_count:
        node = node.named_child(0)
    return node if node is not None and node.type == "identifier" else None


def _signature(node: Node, end: int, data: bytes) -> str:
    """The header on one line, its comments left out."""
    header = data[node.start_byte : end]
    if b"#" in header:
        parts = (node, node.child_by_field_name("parameters"), node.child_by_field_name("superclasses"))
        comments = [
            c for part in parts if part for c in part.named_children if c.type == "comment" and c.start_byte < end
        ]
        for comment in sorted(comments, key=lambda c: -c.start_byte):
            header = header[: comment.start_byte - node.start_byte] + header[comment.end_byte - node.start_byte :]
    line = " ".join(header.decode("utf-8", "replace").split()).removesuffix(":").rstrip()
    return _LOOSE.sub("", line)[:_SIGNATURE_LIMIT]


def docstring(body: Node, data: bytes) -> str:
    """First paragraph of the docstring that opens `body`, as written, on one line."""
    first = body.named_child(0) if body.named_child_count else None
    if first is not None and first.type == "comment":
        # Not sibling by sibling: each step begins at the first.
        first = next((c for c in body.named_children if c.type != "comment"), None)
    if first is None or first.type != "expression_statement" or not first.named_child_count:
        return ""
    string = first.named_child(0)
    if string is None or string.type != "string":
        return ""
    content = "".join([text_of(c, data) for c in string.named_children if c.type == "string_content"])
    head = content.lstrip().partition("\n\n")[0]
    # A line of blanks parts paragraphs too.
    paragraph = head if "\n" not in head else inspect.cleandoc(head).partition("\n\n")[0]
    return " ".join(paragraph.split())[:_DOC_LIMIT]
