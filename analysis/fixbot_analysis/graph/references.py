"""All places where one symbol is named: files that mention the name are parsed afresh, and each occurrence is resolved where it stands."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.places import Place, Places
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, External
from fixbot_analysis.source import Document
from fixbot_analysis.symbols import SymbolKind, quoted
from fixbot_analysis.symbols.chains import chain
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node, SyntaxTree

_LONG = 2000  # bytes of a receiver that is read whole
_PARAMETERS = ("parameters", "lambda_parameters", "default_parameter", "typed_parameter", "typed_default_parameter")


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One place where a symbol is named: `line` and `column` count from 0, `column` in characters. `declares` where it is defined or assigned."""

    path: str
    line: int
    column: int
    declares: bool = False


def references(
    resolver: Resolver, read: Callable[[str], Document], paths: Iterable[str], symbol: str
) -> tuple[Occurrence, ...]:
    """Effect: where `symbol` (``path::Qual.name``) is named in the Python files `paths`, sorted.

    Variables and attributes of self can be asked for as well as classes and functions. Parameters cannot, and what `read` refuses
    (SourceError) is passed over. Types are those that light inference knows: an occurrence on an unknown receiver is left out.
    """
    path, _, qualname = symbol.partition("::")
    name = qualname.rpartition(".")[2]
    if not name:
        return ()
    finder = _Finder(resolver, (path, qualname), name)
    found: set[Occurrence] = set()
    for each in paths:
        try:
            document = read(each) if each.endswith(".py") else None
        except SourceError:
            continue
        if document is not None and name.encode() in document.data:
            found.update(finder.occurrences(document))
    return tuple(sorted(found))


class _Finder:
    """Looks for one declaration."""

    def __init__(self, resolver: Resolver, target: Place, name: str) -> None:
        self._resolver = resolver
        self._places = Places(resolver)
        self._target = target
        self._name = name
        self._word = re.compile(rb"(?<![\w.])%b(?!\w)|(?<=\.)%b(?!\w)" % ((re.escape(name.encode()),) * 2))

    def occurrences(self, document: Document) -> Iterator[Occurrence]:
        """Those in one file."""
        data, path = document.data, document.path
        root = SyntaxTree.parse(data).root
        scopes: Segments[str] | None = None
        for match in self._word.finditer(data):
            node = root.descendant_for_byte_range(match.start(), match.end())
            if node is None:
                continue
            scopes = scopes or self._scopes(path, len(data))
            declares = self._declares(node, path, scopes)
            if declares or self._names_target(node, data, match.start(), path, scopes):
                position = document.position(match.start())
                yield Occurrence(path, position.line, position.column, declares)

    def _scopes(self, path: str, size: int) -> Segments[str]:
        symbols = self._resolver.scope(path).facts.symbols
        inner = [(s.body, s.qualname) for s in symbols if s.qualname and s.kind is not SymbolKind.VARIABLE]
        return Segments(size, inner, "")

    def _declares(self, node: Node, path: str, scopes: Segments[str]) -> bool:
        """Whether `node` is the name in the header of the definition itself."""
        parent = node.parent
        if path != self._target[0] or parent is None or parent.type not in ("function_definition", "class_definition"):
            return False
        if parent.child_by_field_name("name") != node:
            return False
        scope = scopes.owner(node.start_byte)
        return (f"{scope}.{self._name}" if scope else self._name) == self._target[1]

    def _names_target(self, node: Node, data: bytes, start: int, path: str, scopes: Segments[str]) -> bool:
        if node.type == "identifier":
            return self._target in self._identified(node, data, path, scopes)
        if node.type == "string_content":
            return self._target in self._quoted(node, data, start, path, scopes)
        return False

    def _identified(self, node: Node, data: bytes, path: str, scopes: Segments[str]) -> frozenset[Place]:
        """Where that is declared which an identifier names."""
        parent, scope = node.parent, scopes.owner(node.start_byte)
        kind = parent.type if parent is not None else ""
        is_header = kind in ("function_definition", "class_definition")
        if parent is None or (is_header and parent.child_by_field_name("name") == node):
            return frozenset()
        if kind == "attribute" and parent.child_by_field_name("attribute") == node:
            receiver = parent.child_by_field_name("object")
            return self._member(receiver, data, path, scope) if receiver is not None else frozenset()
        if (kind == "keyword_argument" and parent.child_by_field_name("name") == node) or _is_parameter(node, parent):
            return frozenset()
        if kind == "dotted_name":
            return self._imported(node, parent, path, scope)
        return self._places.of_name(path, scope, self._name, node.start_point[0] + 1)

    def _member(self, receiver: Node, data: bytes, path: str, scope: str) -> frozenset[Place]:
        line = receiver.start_point[0] + 1
        is_long = receiver.end_byte - receiver.start_byte > _LONG
        text = (
            chain(receiver, data)
            if is_long
            else data[receiver.start_byte : receiver.end_byte].decode("utf-8", "replace")
        )
        values = self._resolver.values(path, scope, text, line)
        return self._places.of_member(values, self._name)

    def _imported(self, node: Node, name: Node, path: str, scope: str) -> frozenset[Place]:
        """What a name in an import statement brings in; the modules on the way are no symbols."""
        statement = name.parent
        while statement is not None and statement.type == "aliased_import":
            statement = statement.parent
        if statement is None or statement.type != "import_from_statement":
            return frozenset()
        if statement.child_by_field_name("module_name") == name or name.named_child_count != 1:
            return frozenset()
        line = node.start_point[0] + 1
        for each in self._resolver.scope(path).facts.imports:
            if each.name == self._name and each.line == line:
                location = self._resolver.origin(path, each)
                return self._places.exported(location, each.name) if location is not None else frozenset()
        return self._places.of_name(path, scope, self._name)

    def _quoted(self, node: Node, data: bytes, start: int, path: str, scopes: Segments[str]) -> frozenset[Place]:
        """What a string names: an entry of ``__all__``, or a type in an annotation."""
        text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if _is_export(node, data):
            return self._places.of_name(path, "", self._name) if text == self._name else frozenset()
        aliases = self._aliases(path)
        generic = quoted.generic_of(node, aliases, data)
        scope, line = scopes.owner(node.start_byte), node.start_point[0] + 1
        if generic is None or (generic and not self._is_generic(generic, path, scope, line)):
            return frozenset()
        at = start - node.start_byte
        for each in quoted.mentions(text, aliases):
            written = each.dotted.encode()
            if each.start <= at < each.start + len(written):
                receiver = written[: at - each.start].decode()[:-1]
                if not receiver:
                    return self._places.of_name(path, scope, self._name)
                return self._places.of_member(self._resolver.values(path, scope, receiver, line), self._name)
        return frozenset()

    def _aliases(self, path: str) -> Mapping[str, str]:
        return quoted.renamed(self._resolver.scope(path).facts.imports)

    def _is_generic(self, written: str, path: str, scope: str, line: int) -> bool:
        """Whether what stands in the brackets behind a name is a type: it names a class."""
        values = self._resolver.values(path, scope, written, line)
        return any(
            v.is_class if isinstance(v, Definition) else isinstance(v, External) and not v.made and v.last[:1].isupper()
            for v in values
        )


def _is_parameter(node: Node, parent: Node) -> bool:
    """Whether an identifier is a parameter's name."""
    if parent.type in ("list_splat_pattern", "dictionary_splat_pattern") and parent.parent is not None:
        return parent.parent.type in _PARAMETERS
    if parent.type not in _PARAMETERS:
        return False
    return parent.type in ("parameters", "lambda_parameters") or (
        parent.child_by_field_name("value") != node and parent.child_by_field_name("type") != node
    )


def _is_export(content: Node, data: bytes) -> bool:
    """Whether a string is an entry of ``__all__``."""
    node = content.parent
    while node is not None and node.type not in ("assignment", "augmented_assignment", "call"):
        node = node.parent
    if node is None:
        return False
    given = node.child_by_field_name("function" if node.type == "call" else "left")
    written = data[given.start_byte : given.end_byte] if given is not None else b""
    return written.startswith(b"__all__.") if node.type == "call" else written == b"__all__"
