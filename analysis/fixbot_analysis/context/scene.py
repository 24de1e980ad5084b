"""What every source of candidates asks: values of names at a place, members of classes and modules, uses in the project."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from fixbot_analysis.context.place import Place
from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.graph.model import Edge, EdgeKind
from fixbot_analysis.graph.values import Definition, Instance, ModuleValue, Value
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import SymbolKind

USING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS)

_MODULE_MEMBERS = 200
_STARS = 2  # star imports that are followed one after the other
_CLASS_MEMBERS = 400


@dataclass(frozen=True, slots=True)
class Member:
    """A method or function by its node id, its name, and how many steps up the method resolution order it stands."""

    id: str
    name: str
    depth: int
    owner: str


@dataclass(slots=True)
class Scene:
    """A place in the graph of its project; answers are remembered while one context is built."""

    index: Index
    graph: DependencyGraph
    place: Place
    _members: dict[str, tuple[Member, ...]] = field(default_factory=dict)
    _spread: dict[str, int] = field(default_factory=dict)

    @property
    def here(self) -> str:
        """Node id of the definition around the place, the file's where there is none."""
        return f"{self.place.path}::{self.place.scope}" if self.place.scope else self.place.path

    def value(self, chain: str, scope: str | None = None) -> Value:
        """What `chain` stands for in `scope` (the place's own by default)."""
        return self.graph.resolver.evaluate(self.place.path, self.place.scope if scope is None else scope, chain)

    def class_of(self, value: Value) -> Definition | None:
        """The class of an object, or the class that the value is."""
        if isinstance(value, Instance):
            return value.cls
        return value if isinstance(value, Definition) and value.symbol.kind is SymbolKind.CLASS else None

    def owner(self) -> Definition | None:
        """The class around the place."""
        return Definition(self.place.path, self.place.owner) if self.place.owner else None

    def bases(self) -> list[Definition]:
        """Bases of the class around that the project defines; as its header says where the parser lost it."""
        owner = self.owner()
        if owner is not None:
            return self.graph.resolver.bases(owner)
        outside = self.place.scope.rpartition(".")[0].rpartition(".")[0]
        values = (self.value(base.partition("[")[0], outside) for base in self.place.bases)
        return [v for v in values if isinstance(v, Definition) and v.symbol.kind is SymbolKind.CLASS]

    def members(self, cls: Definition) -> tuple[Member, ...]:
        """Methods of a class and its bases, of each name the one that is meant, nearest first."""
        if cls.id not in self._members:
            found: dict[str, Member] = {}
            for depth, owner in enumerate(self.graph.resolver.order(cls)):
                for name, node in self._defined(owner.path, owner.symbol.qualname):
                    found.setdefault(name, Member(node, name, depth, owner.symbol.name))
                if len(found) > _CLASS_MEMBERS:
                    break
            self._members[cls.id] = tuple(found.values())
        return self._members[cls.id]

    def exported(self, location: str) -> Iterator[tuple[str, str]]:
        """(name, node id) of classes and functions that a module defines or imports from elsewhere in the project."""
        for number, name in enumerate(self._names(location, _STARS)):
            value = self.graph.resolver.exported(location, name)
            if isinstance(value, Definition):
                yield name, value.id
            if number > _MODULE_MEMBERS:
                return

    def spread(self, chain: str) -> float:
        """How many definitions of the file write `chain`: 0 for none, 1 for about twenty."""
        if not self._spread:
            self._spread.update(_spread(self.place))
        return math.log1p(self._spread.get(chain, 0)) / 3

    def used_by(self, node: str) -> tuple[Edge, ...]:
        """Edges to what a definition uses."""
        return tuple(e for e in self.graph.neighbours(node, USING) if not e.guessed)

    def users(self, node: str, most: int) -> tuple[str, ...]:
        """What uses a definition; nothing where more than `most` do."""
        if self.uses(node) > most:
            return ()
        return tuple(
            dict.fromkeys(e.source for e in self.graph.neighbours(node, USING, outgoing=False) if not e.guessed)
        )

    def uses(self, node: str) -> int:
        """How many edges end at a definition."""
        return _counted(self.graph).get(node, 0)

    def popularity(self, node: str) -> float:
        """How often the project uses a definition: 0 for never, 1 for about a thousand times."""
        return math.log1p(self.uses(node)) / 7

    def _names(self, location: str, depth: int) -> Iterator[str]:
        """Names at the top of a module: defined, imported, and brought along by stars."""
        if not location.endswith(".py"):
            return
        scope = self.graph.resolver.scope(location)
        yield from (q for q in scope.symbols if q and "." not in q)
        yield from scope.imports[""]
        for star in scope.stars if depth else ():
            origin = self.graph.resolver.imported(location, star)
            yield from (n for n in self._names(origin or "", depth - 1) if not n.startswith("_"))

    def _defined(self, path: str, qualname: str) -> Iterator[tuple[str, str]]:
        start = qualname + "."
        for name in self.graph.resolver.scope(path).symbols:
            if name.startswith(start) and "." not in name[len(start) :]:
                yield name[len(start) :], f"{path}::{name}"


def _counted(graph: DependencyGraph) -> Mapping[str, int]:
    """Node id -> number of edges that end there."""
    if graph not in _COUNTS:
        ids = graph.edges.ids
        _COUNTS[graph] = {ids[n]: count for n, count in Counter(graph.edges.targets).items()}
    return _COUNTS[graph]


_COUNTS: WeakKeyDictionary[DependencyGraph, Mapping[str, int]] = WeakKeyDictionary()


def _spread(place: Place) -> Mapping[str, int]:
    """Beginning of a chain -> how many definitions of the file write it."""
    found: Counter[str] = Counter()
    for name, _ in place.facts.references:
        head, _, rest = name.partition(".")
        found[head] += 1
        if rest:
            found[f"{head}.{rest.partition('.')[0]}"] += 1
    return found


def module_of(value: Value) -> str:
    """Location of a module value; ``""`` for anything else."""
    return value.location if isinstance(value, ModuleValue) else ""


def last_names(node: str) -> str:
    """The last two names of a node's qualified name; a module's file name."""
    path, _, qualname = node.partition("::")
    return ".".join(qualname.split(".")[-2:]) or PurePosixPath(path).name
