"""The dependency graph of a project: modules, classes, functions and methods, and the questions asked of it."""

import marshal
import zlib
from array import array
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from fixbot_analysis.graph.build import EdgeBuilder
from fixbot_analysis.graph.model import GUESSED, KINDS, Edge, EdgeKind, Edges, Node
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.reach import is_test, runs_before
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, ModuleValue
from fixbot_analysis.symbols import FileFacts, SymbolKind

GRAPH_VERSION = 2  # goes up with every change of what is linked to what

_FORMAT = 4  # of marshal


class DependencyGraph:
    """Nodes and edges of a project. Made by :meth:`build` from facts, or by :meth:`decode` from what :meth:`encode` gave.

    `facts` is asked for single files when names are resolved later.
    """

    def __init__(self, nodes: Mapping[str, Node], edges: Edges, facts: Callable[[str], FileFacts]) -> None:
        self.nodes = nodes
        self.edges = edges
        self._facts = facts

    @classmethod
    def build(
        cls, facts: Mapping[str, FileFacts], later: Callable[[str], FileFacts] | None = None
    ) -> "DependencyGraph":
        """Resolve the `facts` of all files (path -> facts); `later` gives them again when they are no longer held."""
        resolver = Resolver(ModuleMap(facts), facts.__getitem__)
        nodes = {node.id: node for path in sorted(facts) for node in _nodes(path, resolver)}
        builder = EdgeBuilder(resolver, facts)
        return cls(nodes, _packed(list(nodes), builder, sorted(facts)), later or facts.__getitem__)

    def encode(self) -> bytes:
        """The graph as bytes."""
        nodes = [(n.id, n.kind.value, n.path, n.line, n.end_line, n.name) for n in self.nodes.values()]
        arrays = (array("I", self.edges.sources).tobytes(), array("I", self.edges.targets).tobytes(), self.edges.kinds)
        body = marshal.dumps((nodes, *arrays), _FORMAT)
        return zlib.crc32(body).to_bytes(4, "big") + body

    @classmethod
    def decode(cls, blob: bytes, facts: Callable[[str], FileFacts]) -> "DependencyGraph":
        """The graph that :meth:`encode` wrote on this machine. Raises ValueError for anything else."""
        body = memoryview(blob)[4:]
        if zlib.crc32(body) != int.from_bytes(blob[:4], "big"):
            raise ValueError("damaged graph")
        flat, sources, targets, kinds = marshal.loads(body)  # noqa: S302  the checksum says that we wrote it
        nodes = {i: Node(i, SymbolKind(kind), path, line, end, name) for i, kind, path, line, end, name in flat}
        return cls(nodes, Edges(list(nodes), array("I", sources), array("I", targets), kinds), facts)

    def callers(self, node: str, guessed: bool = True) -> tuple[str, ...]:
        """Ids of what calls `node`, sorted; without `guessed` only where the receiver is known."""
        return tuple(e.source for e in self.neighbours(node, (EdgeKind.CALLS,), outgoing=False) if guessed >= e.guessed)

    def callees(self, node: str, guessed: bool = True) -> tuple[str, ...]:
        """Ids of what `node` calls, sorted; without `guessed` only where the receiver is known."""
        return tuple(e.target for e in self.neighbours(node, (EdgeKind.CALLS,)) if guessed >= e.guessed)

    def neighbours(
        self, node: str, kinds: Container[EdgeKind] | None = None, outgoing: bool = True
    ) -> tuple[Edge, ...]:
        """Edges that begin (`outgoing`) or end at `node`, of these `kinds` or of all, sorted; none for an unknown id."""
        table = self._outgoing if outgoing else self._incoming
        found = (self.edges[i] for i in table.get(node, ()))
        return tuple(e for e in found if kinds is None or e.kind in kinds)

    def within(self, node: str, k: int) -> dict[str, int]:
        """Ids at most `k` edges of any kind and direction away from `node`, nearest first, each with its distance."""
        distances = {node: 0} if node in self.nodes else {}
        queue = deque(distances)
        while queue:
            here = queue.popleft()
            if distances[here] < k:
                ahead, back = self.neighbours(here), self.neighbours(here, outgoing=False)
                for other in (*(e.target for e in ahead), *(e.source for e in back)):
                    if other not in distances:
                        distances[other] = distances[here] + 1
                        queue.append(other)
        return distances

    def importers(self, path: str, transitive: bool = False) -> tuple[str, ...]:
        """Paths of modules that import the module at `path`, sorted; `transitive`: whatever cannot be loaded without running it."""
        if transitive:
            return tuple(sorted(self._reached_from([path]) - {path}))
        return tuple(e.source for e in self.neighbours(path, (EdgeKind.IMPORTS,), outgoing=False))

    def tests_reaching(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Paths of test files that are in `paths` or cannot be loaded without running one of them, sorted."""
        return tuple(sorted(p for p in self._reached_from(paths) if is_test(p)))

    def resolve(self, dotted: str, path: str = "") -> str | None:
        """Id of what `dotted` means at the top of the module at `path`, or as an absolute name; None where it is not of the project."""
        known = path in self.nodes
        value = self.resolver.evaluate(path, "", dotted) if known else None
        if not isinstance(value, Definition | ModuleValue):
            value = self._absolute(dotted, path)
        if isinstance(value, ModuleValue):
            return value.location if value.location in self.nodes else None
        return value.id if isinstance(value, Definition) else None

    def find(self, text: str) -> tuple[str, ...]:
        """Ids of what `text` may name: an id, a path, a dotted name, else every qualified name that is or ends in it."""
        if text in self.nodes:
            return (text,)
        if found := self.resolve(text):
            return (found,)
        exact = [i for i, n in self.nodes.items() if n.qualname == text]
        return tuple(exact or [i for i, n in self.nodes.items() if n.qualname.endswith(f".{text}")])

    def module_of(self, path: str) -> str:
        """Dotted name of the module at `path`; ``""`` where it is no module of the project."""
        node = self.nodes.get(path)
        return node.name if node else ""

    def path_of(self, module: str) -> str | None:
        """Path of the module called `module` (dotted)."""
        location = self._modules.location(module)
        return location if location in self.nodes else None

    def _absolute(self, dotted: str, near: str) -> Definition | ModuleValue | None:
        """The longest module that begins `dotted`, then its attributes."""
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            location = self._modules.location(".".join(parts[:cut]))
            if location is None:
                continue
            value: object = ModuleValue(location)
            for name in parts[cut:]:
                value = self.resolver.attribute(value, name) if isinstance(value, Definition | ModuleValue) else None
            return value if isinstance(value, Definition | ModuleValue) else None
        return None

    def _reached_from(self, paths: Iterable[str]) -> set[str]:
        reached = {p for p in paths if p in self.nodes}
        queue = deque(reached)
        while queue:
            for importer in self._loaded_after.get(queue.popleft(), ()):
                if importer not in reached:
                    reached.add(importer)
                    queue.append(importer)
        return reached

    @cached_property
    def _loaded_after(self) -> dict[str, list[str]]:
        """Module -> modules that run it when they are loaded: by importing it or something inside its package, or through conftest."""
        found: dict[str, list[str]] = {}
        modules = [n.path for n in self.nodes.values() if n.kind is SymbolKind.MODULE]
        for path in modules:
            imported = [e.target for e in self.neighbours(path, (EdgeKind.IMPORTS,))]
            for first in runs_before(path, imported, self._modules):
                found.setdefault(first, []).append(path)
        return found

    @cached_property
    def _modules(self) -> ModuleMap:
        return ModuleMap(n.path for n in self.nodes.values() if n.kind is SymbolKind.MODULE)

    @cached_property
    def resolver(self) -> Resolver:
        """What names of the project mean, worked out as it is asked."""
        return Resolver(self._modules, self._facts)

    @cached_property
    def _outgoing(self) -> "dict[str, array[int]]":
        return _by_end(self.edges.ids, self.edges.sources)

    @cached_property
    def _incoming(self) -> "dict[str, array[int]]":
        return _by_end(self.edges.ids, self.edges.targets)


def _by_end(ids: Sequence[str], ends: Sequence[int]) -> "dict[str, array[int]]":
    """Id -> numbers of the edges that end there."""
    found: dict[int, array[int]] = {}
    for edge, end in enumerate(ends):
        if end not in found:
            found[end] = array("I")
        found[end].append(edge)
    return {ids[end]: edges for end, edges in found.items()}


def _nodes(path: str, resolver: Resolver) -> Iterator[Node]:
    scope = resolver.scope(path)
    for symbol in scope.symbols.values():
        name = symbol.name or resolver.modules.name(path)
        yield Node(scope.id(symbol.qualname), symbol.kind, path, symbol.line, symbol.end_line, name)


def _packed(ids: list[str], builder: EdgeBuilder, paths: Iterable[str]) -> Edges:
    """Edges as sorted arrays; where an edge is both known and guessed, it is known."""
    number = {i: n for n, i in enumerate(ids)}
    code = {kind: n for n, kind in enumerate(KINDS)}
    found: dict[tuple[int, int, int], int] = {}
    for path in paths:
        for source, target, kind, guessed in builder.edges(path):
            key = (number[source], number[target], code[kind])
            found[key] = found.get(key, GUESSED) & (GUESSED if guessed else 0)
    order = sorted(found)
    kinds = bytes(k | found[s, t, k] for s, t, k in order)
    return Edges(ids, array("I", (s for s, _, _ in order)), array("I", (t for _, t, _ in order)), kinds)
