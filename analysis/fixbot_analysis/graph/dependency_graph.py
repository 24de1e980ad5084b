"""The dependency graph of a project: modules, classes, functions and methods, and the questions asked of it."""

from array import array
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cached_property

from fixbot_analysis.graph import blocks
from fixbot_analysis.graph.linking import Sources, link, relink
from fixbot_analysis.graph.links import Links
from fixbot_analysis.graph.model import GUESSED, KINDS, Edge, EdgeKind, Edges, Node
from fixbot_analysis.graph.reach import is_test, runs_before
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.graph.values import Definition, ModuleValue
from fixbot_analysis.ports import Outside
from fixbot_analysis.symbols import FileFacts

GRAPH_VERSION = 9  # goes up with every change of what is linked to what, or of how it is stored


class DependencyGraph:
    """Nodes and edges of a project as it is at one moment. Made by :meth:`build` from facts, or by :meth:`decode` from what :meth:`encode` gave.

    `facts` is asked for single files when names are resolved later; `outside` knows modules that are not of the project.
    """

    def __init__(self, links: Links, facts: Callable[[str], FileFacts], outside: Outside | None = None) -> None:
        self.links = links
        self._facts = facts
        self._outside = outside

    @classmethod
    def build(
        cls,
        facts: Mapping[str, FileFacts],
        keys: Mapping[str, str] | None = None,
        later: Callable[[str], FileFacts] | None = None,
        outside: Outside | None = None,
    ) -> "DependencyGraph":
        """Resolve the `facts` of all files (path -> facts).

        `keys` name their contents; `later` gives facts again when these are no longer held.
        """
        named = {path: each.digest for path, each in facts.items()} if keys is None else keys
        return cls(link(Sources(named, facts.__getitem__, outside)), later or facts.__getitem__, outside)

    def relinked(
        self, keys: Mapping[str, str], facts: Callable[[str], FileFacts], before: Callable[[str], FileFacts | None]
    ) -> "DependencyGraph | None":
        """The graph of the project whose files now hold what `keys` name; None where it is better built from scratch.

        `facts` gives the facts of a file now, `before` those that this graph was made of, None where they are lost.
        """
        links = relink(self.links, Sources(keys, facts, self._outside), before)
        return DependencyGraph(links, facts, self._outside) if links is not None else None

    def is_of(self, keys: Mapping[str, str]) -> bool:
        """Whether the files were linked that `keys` name, and with those contents."""
        kept = self.links.blocks
        return len(kept) == len(keys) and all(path in kept and kept[path].key == key for path, key in keys.items())

    def key(self, path: str) -> str:
        """Name of the content of `path` that was linked; ``""`` where there was none."""
        return self.links.blocks[path].key if path in self.links.blocks else ""

    def encode(self) -> bytes:
        """The graph as bytes."""
        return blocks.encode(self.links.blocks, self.links.numbers)

    def pieces_since(self, before: "DependencyGraph") -> dict[str, bytes | None]:
        """What has to be laid over the graph `before` to get this one: path -> block as bytes, None for a file that is gone."""
        old, new, ids = before.links.blocks, self.links.blocks, self.links.numbers.ids
        found: dict[str, bytes | None] = {p: blocks.encode_block(b, ids) for p, b in new.items() if old.get(p) is not b}
        return found | dict.fromkeys(old.keys() - new.keys())

    @classmethod
    def decode(
        cls,
        blob: bytes,
        facts: Callable[[str], FileFacts],
        pieces: Mapping[str, bytes | None] | None = None,
        outside: Outside | None = None,
    ) -> "DependencyGraph":
        """The graph that :meth:`encode` wrote on this machine, with `pieces` laid over it. Raises ValueError for anything else."""
        found, numbers = blocks.decode(blob)
        for path, piece in (pieces or {}).items():
            found.pop(path, None)
            if piece is not None:
                found[path] = blocks.decode_block(piece, numbers)
        return cls(Links(found, numbers), facts, outside)

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Id -> node, by path and place in it; a node is made when it is looked at."""
        return self.links

    @cached_property
    def edges(self) -> Edges:
        """All edges, by the path and place of their source, then by target id and kind."""
        kept = self.links.in_order
        sources, targets = array("I"), array("I")
        for block in kept:
            sources.extend(block.sources)
            targets.extend(block.targets)
        return Edges(self.links.numbers.ids, sources, targets, b"".join(block.edge_kinds for block in kept))

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
        found = self.links.outgoing(node) if outgoing else self.links.incoming(node)
        return tuple(e for e in found if kinds is None or e.kind in kinds)

    def degree(self, node: str, outgoing: bool = False, kinds: Container[EdgeKind] | None = None) -> int:
        """How many edges end (`outgoing`: begin) at `node`, of these `kinds` or of all; quicker than looking at them."""
        codes = (
            None if kinds is None else {n | g for n, kind in enumerate(KINDS) if kind in kinds for g in (0, GUESSED)}
        )
        return self.links.degree(node, outgoing, codes)

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
        location = self.links.modules.location(module)
        return location if location in self.nodes else None

    def _absolute(self, dotted: str, near: str) -> Definition | ModuleValue | None:
        """The longest module that begins `dotted`, then its attributes."""
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            location = self.links.modules.location(".".join(parts[:cut]))
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
        for path in self.links.blocks:
            imported = [e.target for e in self.neighbours(path, (EdgeKind.IMPORTS,))]
            for first in runs_before(path, imported, self.links.modules):
                found.setdefault(first, []).append(path)
        return found

    @cached_property
    def resolver(self) -> Resolver:
        """What names of the project mean, worked out as it is asked."""
        return Resolver(self.links.modules, self._facts, self._outside)
