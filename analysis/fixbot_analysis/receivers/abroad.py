"""What may stand behind a dot in a project's files of other languages than Python, and which names other files give."""

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary, proxy

from tree_sitter import Node

from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.foreign_files import ForeignFiles, Places
from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.index import Index
from fixbot_analysis.languages import get, language_of
from fixbot_analysis.receivers.declarations import way_to
from fixbot_analysis.receivers.expressions import Expressions
from fixbot_analysis.receivers.holding import Held, Holding
from fixbot_analysis.receivers.mending import mended
from fixbot_analysis.receivers.table import Defined, Table
from fixbot_analysis.source import Span
from fixbot_analysis.symbols import FileFacts, SymbolKind
from fixbot_analysis.symbols.extract import extract
from fixbot_analysis.symbols.foreign_text import type_name
from fixbot_analysis.syntax import SyntaxTree

_LARGEST = 400_000  # bytes of a file whose members are looked up
_ROW = 2_000  # children of a node that is no code of people
_SELECTING = frozenset({".", "->", "::", "?."})
_CLASSES = frozenset({
    "class_declaration", "abstract_class_declaration", "class", "interface_declaration", "enum_declaration", "record_declaration",
    "impl_item", "trait_item", "class_specifier", "struct_specifier",
})  # fmt: skip
_HEADS = ("object", "operand", "argument", "value", "path", "scope")


class Abroad:
    """An index seen from its files in other languages; made once for each."""

    def __init__(self, index: Index) -> None:
        self._index: Index = proxy(index)
        self._table = Table()
        self._paths: tuple[str, ...] = ()
        self._digests: dict[str, str] = {}  # of the files that the resolver has looked at
        self._resolver: ForeignResolver | None = None
        self._open: tuple[str, FileFacts] | None = None
        self._last: tuple[tuple[str, int, bytes, bytes], Held] | None = None

    def prepare(self, seconds: float) -> bool:
        """Effect: reads facts for at most about `seconds`. Whether all definitions are known."""
        self._look()
        return self._table.read(self._index, self._paths, seconds)

    def named(self, prefix: str, path: str) -> Iterator[Defined]:
        """Definitions at the top of other files that go on with `prefix`, as far as they are known."""
        return self._table.tops(prefix, path)

    def held(self, path: str, data: bytes, word: Span) -> Held:
        """Effect: reads facts. Members that may stand in the place of the bytes `word` of the file at `path`, which holds `data`."""
        if len(data) > _LARGEST:
            return Held(whole=False)
        asked = (path, self._index.beside(path), data[: word.start], data[word.end :])
        if self._last is None or self._last[0] != asked:
            self._last = asked, self._held(path, data, word)
        return self._last[1]

    def _held(self, path: str, data: bytes, word: Span) -> Held:
        language, known = language_of(path) or "", self._index.facts(path)
        whole = mended(data, word, language, known.symbols)
        tree = _parsed(whole.data, whole.at, language)
        way = way_to(tree.root, whole.at)
        head = _head(way, whole.at)
        if head is None:
            return Held(whole=False)
        facts = known if _tells(known, way, tree.data, whole.at) else extract(whole.data, language)
        resolver, around = self._resolving(path, facts), _Around(facts)
        holding = Holding(resolver, self._table, self._read(path, whole.data))
        found = Expressions(tree.root, tree.data, path, resolver, holding, around).of(head)
        return holding.of(found, path, around(whole.at))

    def _read(self, path: str, data: bytes) -> "_Reading":
        return _Reading(self._index, path, data)

    def _look(self) -> None:
        """Effect: takes note of which files there are."""
        paths = tuple(p for p in self._index.paths if language_of(p) not in (None, "python"))
        if paths != self._paths:
            self._paths, self._resolver = paths, None

    def _resolving(self, path: str, facts: FileFacts) -> ForeignResolver:
        """What resolves names, the facts of `path` being `facts`."""
        self._look()
        self._open = (path, facts)
        changed = [p for p, digest in self._digests.items() if self._index.digest(p) != digest or p == path]
        if self._resolver is None or any(language_of(p) == "project" for p in changed):
            self._digests.clear()
            self._resolver = ForeignResolver(
                ForeignFiles(Places(self._paths), self._facts), self._facts, self._table.ids
            )
        else:
            self._resolver.forget(frozenset({*changed, path}))
        return self._resolver

    def _facts(self, path: str) -> FileFacts:
        self._digests[path] = self._index.digest(path)
        if self._open is not None and self._open[0] == path:
            return self._open[1]
        return self._index.facts(path)


class _Around:
    """The qualified name of the innermost definition around a byte."""

    def __init__(self, facts: FileFacts) -> None:
        self._symbols = [s for s in facts.symbols if s.qualname and s.kind is not SymbolKind.VARIABLE]

    def __call__(self, at: int) -> str:
        holding = [s for s in self._symbols if s.span.start <= at < s.span.end]
        return min(holding, key=lambda s: s.span.end - s.span.start).qualname if holding else ""


class _Reading:
    """The bytes of a file; those of the open one as they were mended."""

    def __init__(self, index: Index, path: str, data: bytes) -> None:
        self._index, self._path, self._data = index, path, data

    def __call__(self, path: str) -> bytes:
        if path == self._path:
            return self._data
        try:
            return self._index.tree.read(path).data
        except SourceError:
            return b""


def _parsed(data: bytes, at: int, language: str) -> SyntaxTree:
    """The tree of a text, of what is around its macros where those break what holds the byte `at`."""
    tree = SyntaxTree.parse(data, language)
    readable = get(language).readable
    if readable is None or not any(n.has_error for n in tree.root.children if n.start_byte <= at < n.end_byte):
        return tree
    return SyntaxTree.parse(readable(data)[0], language)


def _tells(facts: FileFacts, way: Sequence[Node], data: bytes, at: int) -> bool:
    """Whether `facts`, read while the text did not parse, still know the classes among the nodes of the `way` to the byte `at` of the mended text."""
    names = set[str]()
    for node in way:
        field = "type" if node.type == "impl_item" else "name"
        if node.type in _CLASSES and (named := node.child_by_field_name(field)):
            names.add(type_name(data[named.start_byte : named.end_byte].decode("utf-8", "replace")).rpartition(".")[2])
    return names <= set(_Around(facts)(at).split("."))


def _head(way: Sequence[Node], at: int) -> Node | None:
    """What stands before the sign after which the name at the byte `at` was put, to which the nodes of `way` lead."""
    for node, parent in zip(reversed(way), reversed(way[:-1]), strict=False):
        if node.start_byte != at:
            break
        head = next((n for f in _HEADS if (n := parent.child_by_field_name(f))), None)
        if head is not None and head.end_byte <= at:
            return head
        left = [c for c in parent.children if c.end_byte <= at] if parent.child_count < _ROW else []
        if len(left) > 1 and left[-1].type in _SELECTING:
            return left[-2]
    return None


_ALL: WeakKeyDictionary[Index, Abroad] = WeakKeyDictionary()


def abroad_of(index: Index) -> Abroad:
    """The one of `index`."""
    if index not in _ALL:
        _ALL[index] = Abroad(index)
    return _ALL[index]
