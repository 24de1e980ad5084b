"""What of a definition does not depend on the place it may be needed at, kept per graph: its words, members, exports."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple
from weakref import WeakKeyDictionary, proxy

from fixbot_analysis.context.weighing import Evidence
from fixbot_analysis.graph import DependencyGraph, EdgeKind, Node
from fixbot_analysis.graph.foreign_files import ForeignFiles
from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.model import KINDS, Edge
from fixbot_analysis.graph.values import Definition, Instance, ModuleValue
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind, split_words

USING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS)
_USING = frozenset(map(KINDS.index, USING))  # in blocks, none of them guessed

_CLASS_MEMBERS, _MODULE_MEMBERS, _ATTRIBUTES = 400, 200, 60
_STARS, _PASSED_ON = 2, 4  # star imports, and imports of one name, that are followed one after the other


class Entry(NamedTuple):
    """A class, function or method: its node, the words of its name, and what its name and kind alone speak for."""

    node: Node
    words: tuple[str, ...]
    traits: tuple[tuple[Evidence, float], ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.node.name


class Member(NamedTuple):
    """An entry in a class or module: the name it has there, and how many steps up the method resolution order it stands."""

    name: str
    entry: Entry
    depth: int


class Directory:
    """Entries of one graph, made as they are asked for; to be used while that graph lives."""

    def __init__(self, graph: DependencyGraph) -> None:
        self._graph = proxy(graph)  # kept beside it, and must not keep it
        self._entries: dict[str, Entry | None] = {}
        self._members: dict[str, tuple[Member, ...]] = {}
        self._attributes: dict[str, tuple[tuple[str, Definition], ...]] = {}
        self._exports: dict[str, tuple[Member, ...]] = {}
        self._spreads: dict[str, Mapping[str, int]] = {}
        self._parents: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._owned: dict[str, list[tuple[str, Entry]]] = {}
        self._abroad: ForeignResolver | None = None
        self._named: dict[tuple[str, str], Entry | None] = {}
        self._used: dict[str, tuple[Edge, ...]] = {}
        self._incoming: dict[tuple[str, int], tuple[Edge, ...]] = {}

    @classmethod
    def of(cls, graph: DependencyGraph) -> "Directory":
        """The directory of a graph, the same one while the graph lives."""
        found = _made.get(graph)
        if found is None:
            found = _made[graph] = cls(graph)
        return found

    def entry(self, node: str) -> Entry | None:
        """The entry of a node's id; None for modules and what is not there."""
        if node not in self._entries:
            found = self._graph.links.get(node) if "::" in node else None
            self._entries[node] = _entry(found) if found else None
        return self._entries[node]

    @property
    def abroad(self) -> ForeignResolver:
        """What names mean in files of other languages than Python."""
        if self._abroad is None:
            graph = self._graph
            files = ForeignFiles(graph.links.modules.others, lambda path: graph.resolver.scope(path).facts)
            self._abroad = ForeignResolver(files, lambda path: graph.resolver.scope(path).facts, graph.links.defining)
        return self._abroad

    def named(self, location: str, name: str) -> Entry | None:
        """The definition that a name at the top of a module stands for.

        Followed through imports as far as they are plain, which needs no facts of the file that defines it.
        """
        key = (location, name)
        if key not in self._named:
            self._named[key] = self._follow(location, name, _PASSED_ON)
        return self._named[key]

    def alike(self, path: str, name: str) -> Iterator[Entry]:
        """Definitions of a file whose names say something of `name`."""
        words, links = set(split_words(name)), self._graph.links
        block = links.blocks.get(path)
        for number in block.numbers if block is not None and words else ():
            entry = self.entry(links.numbers.ids[number])
            if entry is not None and not words.isdisjoint(entry.words):
                yield entry

    def used(self, node: str) -> tuple[Edge, ...]:
        """Edges to what a definition uses, none of them guessed."""
        found = self._used.get(node)
        if found is None:
            found = self._used[node] = tuple(self._graph.links.outgoing(node, _USING))
        return found

    def incoming(self, node: str, most: int) -> tuple[Edge, ...]:
        """At most `most` edges that end at `node`: what everybody uses must not cost its weight."""
        found = self._incoming.get((node, most))
        if found is None:
            found = self._incoming[node, most] = tuple(islice(self._graph.links.incoming(node), most))
        return found

    def members(self, cls: str) -> tuple[Member, ...]:
        """Methods of a class (by its id) and its bases, of each name the one that is meant, nearest first."""
        if cls not in self._members:
            self._members[cls] = tuple(self._inherited(cls))
        return self._members[cls]

    def attributes(self, cls: Definition) -> tuple[tuple[str, Definition], ...]:
        """Attributes of a class that are objects of a class of the project, or such a class, with these, nearest first."""
        if cls.id not in self._attributes:
            self._attributes[cls.id] = tuple(self._typed(cls))
        return self._attributes[cls.id]

    def exports(self, location: str) -> tuple[Member, ...]:
        """Classes and functions that a module defines or imports from elsewhere in the project."""
        if location not in self._exports:
            self._exports[location] = tuple(self._exported(location))
        return self._exports[location]

    def spread(self, facts: FileFacts) -> Mapping[str, int]:
        """Name, or name and attribute -> how many definitions of a file write it."""
        if facts.digest not in self._spreads:
            self._spreads[facts.digest] = _spread(facts)
        return self._spreads[facts.digest]

    def _inherited(self, cls: str) -> Iterator[Member]:
        """By the graph alone: no facts of files that hold bases are needed for their names."""
        seen: set[str] = set()
        for depth, owner in enumerate(self._above(cls)):
            for name, entry in self._children(owner):
                if name not in seen:
                    seen.add(name)
                    yield Member(name, entry, depth)
            if len(seen) > _CLASS_MEMBERS:
                return

    def _above(self, cls: str) -> list[str]:
        """A class and its bases of the project, nearest first."""
        found = [cls]
        for owner in found:
            bases = (e.target for e in self.used(owner) if e.kind is EdgeKind.INHERITS)
            found += [base for base in bases if base not in found]
        return found

    def _children(self, owner: str) -> list[tuple[str, Entry]]:
        """Names and entries of what a class defines directly."""
        if owner not in self._owned:
            path, _, qualname = owner.partition("::")
            links, found = self._graph.links, list[tuple[str, Entry]]()
            block = links.blocks.get(path)
            begins = f"{path}::{qualname}."
            for number in block.numbers if block is not None else ():
                node = links.numbers.ids[number]
                entry = self.entry(node) if node.startswith(begins) and "." not in node[len(begins) :] else None
                if entry is not None:
                    found.append((entry.name, entry))
            self._owned[owner] = found
        return self._owned[owner]

    def _typed(self, cls: Definition) -> Iterator[tuple[str, Definition]]:
        resolver = self._graph.resolver
        order = resolver.order(cls)
        names: dict[str, None] = {}
        for owner in order:
            scope, qualname = resolver.scope(owner.path), owner.symbol.qualname
            names.update(dict.fromkeys(scope.bindings[qualname]))
            defined = (name for name, _ in self._defined(owner.path).get(qualname, ()))
            names.update((n, None) for n in defined if _is_property(scope.symbols[f"{qualname}.{n}"]))
        for name in list(names)[:_ATTRIBUTES]:
            value = resolver.attribute(Instance(cls), name)
            other = value.cls if isinstance(value, Instance) else value  # an attribute may hold a class itself
            if isinstance(other, Definition) and other.is_class:
                yield name, other

    def _exported(self, location: str) -> Iterator[Member]:
        names = dict.fromkeys(self._names(location, _STARS))
        for _, name in zip(range(_MODULE_MEMBERS), names, strict=False):
            if entry := self.named(location, name):
                yield Member(name, entry, 0)

    def _follow(self, location: str, name: str, depth: int) -> Entry | None:
        found = self.entry(f"{location}::{name}")
        if found is not None or not location.endswith(".py"):
            return found
        resolver = self._graph.resolver
        scope = resolver.scope(location)
        imports = scope.imports[""].get(name, ())
        if depth and len(imports) == 1 and imports[0].name and name not in scope.bindings[""]:
            origin = resolver.origin(location, imports[0])
            return self._follow(origin, imports[0].name, depth - 1) if origin else None
        value = resolver.attribute(ModuleValue(location), name)
        return self.entry(value.id) if isinstance(value, Definition) else None

    def _names(self, location: str, depth: int) -> Iterator[str]:
        """Names at the top of a module: defined, imported, and brought along by stars."""
        if not location.endswith(".py"):
            return
        scope = self._graph.resolver.scope(location)
        yield from (name for name, _ in self._defined(location).get("", ()))
        yield from scope.imports[""]
        for star in scope.stars if depth else ():
            origin = self._graph.resolver.imported(location, star)
            yield from (n for n in self._names(origin or "", depth - 1) if not n.startswith("_"))

    def _defined(self, path: str) -> dict[str, list[tuple[str, str]]]:
        """Qualified name of a class (``""``: the module) -> names and node ids of what it defines directly."""
        if path not in self._parents:
            found: dict[str, list[tuple[str, str]]] = {}
            for qualname in self._graph.resolver.scope(path).symbols:
                parent, _, name = qualname.rpartition(".")
                if name:
                    found.setdefault(parent, []).append((name, f"{path}::{qualname}"))
            self._parents[path] = found
        return self._parents[path]


def _entry(node: Node) -> Entry:
    traits: list[tuple[Evidence, float]] = []
    if node.name.startswith("__"):
        traits.append((Evidence.DUNDER, 1.0))
    elif node.name.startswith("_"):
        traits.append((Evidence.PRIVATE, 1.0))
    if node.kind is SymbolKind.CLASS:
        traits.append((Evidence.CLASS, 1.0))
    return Entry(node, tuple(split_words(node.name)), tuple(traits))


def _is_property(symbol: Symbol) -> bool:
    return any(written.rpartition(".")[2].endswith("property") for written in symbol.decorators)


def _spread(facts: FileFacts) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for name, times in Counter([name for name, _ in facts.references]).items():
        head, _, rest = name.partition(".")
        found[head] += times
        if rest:
            found[f"{head}.{rest.partition('.')[0]}"] += times
    return found


_made: WeakKeyDictionary[DependencyGraph, Directory] = WeakKeyDictionary()
