"""Import statements and ``__all__`` of a Python file."""

import ast
from collections.abc import Iterable, Sequence

from fixbot_analysis.symbols.chains import text_of
from fixbot_analysis.symbols.facts import Import
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node


def imports(plain: Iterable[Node], froms: Iterable[Node], data: bytes, scopes: Segments[str]) -> tuple[Import, ...]:
    """Every name that ``import`` and ``from`` statements bring in, by place."""
    found = [(n.start_byte, i) for n in plain for i in _plain(n, data, scopes.owner(n.start_byte))]
    found += [(n.start_byte, i) for n in froms for i in _from(n, data, scopes.owner(n.start_byte))]
    found.sort(key=lambda pair: pair[0])
    return tuple(each for _, each in found)


def _plain(statement: Node, data: bytes, scope: str) -> list[Import]:
    return [Import(name, 0, "", alias, line, scope) for name, alias, line in _names(statement, data)]


def _from(statement: Node, data: bytes, scope: str) -> list[Import]:
    module, level = _origin(statement, data)
    if any(c.type == "wildcard_import" for c in statement.named_children):
        return [Import(module, level, "*", "", statement.start_point[0] + 1, scope)]
    return [Import(module, level, name, alias, line, scope) for name, alias, line in _names(statement, data)]


def _origin(statement: Node, data: bytes) -> tuple[str, int]:
    """Module and number of dots that a ``from`` statement names."""
    if statement.type == "future_import_statement":
        return "__future__", 0
    node = statement.child_by_field_name("module_name")
    written = "".join(text_of(node, data).split()) if node else ""
    module = written.lstrip(".")
    return module, len(written) - len(module)


def _names(statement: Node, data: bytes) -> list[tuple[str, str, int]]:
    """(name, alias, line) of what a statement imports."""
    found = []
    for node in statement.children_by_field_name("name"):
        name, alias = node, None
        if node.type == "aliased_import":
            alias = node.child_by_field_name("alias")
            name = node.child_by_field_name("name") or node
        found.append(
            ("".join(text_of(name, data).split()), text_of(alias, data) if alias else "", node.start_point[0] + 1)
        )
    return found


def exports(values: Sequence[Sequence[str] | None]) -> tuple[str, ...] | None:
    """The names of ``__all__``, of what is :func:`listed` in the values assigned and added to it; None where there is none or one says nothing."""
    names: list[str] = []
    for found in values:
        if found is None:
            return None
        names.extend(found)
    return tuple(dict.fromkeys(names)) if values else None


def listed(value: Node, data: bytes) -> list[str] | None:
    """Names that one expression adds to ``__all__``; that of another module stays as written (``sub.__all__``)."""
    text = text_of(value, data)
    if value.type == "attribute" and text.endswith(".__all__"):
        return [text]
    if value.type in ("binary_operator", "parenthesized_expression", "list_splat") or (
        value.type in ("list", "tuple") and b"*" in data[value.start_byte : value.end_byte]
    ):
        parts = [listed(c, data) for c in value.named_children if c.type != "comment"]
        return None if None in parts else [name for part in parts for name in part or ()]
    if value.type == "call" and value.named_child_count == 2:  # list(sub.__all__)
        arguments = value.named_child(1)
        return listed(arguments.named_children[0], data) if arguments and arguments.named_child_count == 1 else None
    try:
        literal = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    found = [literal] if isinstance(literal, str) else literal
    if not isinstance(found, list | tuple | set) or not all(isinstance(each, str) for each in found):
        return None
    return list(found)
