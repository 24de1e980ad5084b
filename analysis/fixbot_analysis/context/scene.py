"""What every source of candidates asks: values of names at a place, what is written where in its file, uses in the project."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixbot_analysis.context.entries import USING, Directory, Entry
from fixbot_analysis.context.place import Place
from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.graph.model import Edge
from fixbot_analysis.graph.values import Definition, Instance, ModuleValue, Value, Values
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.symbols import Import

_HALF = 6  # lines after which a mention is worth half


@dataclass(slots=True)
class Scene:
    """A place in the graph of its project.

    `written` gives the names, and names with an attribute, that the file writes, each with the number of its definitions that do.
    """

    graph: DependencyGraph
    place: Place
    past: ProjectHistory | None = None
    directory: Directory = field(init=False)
    written: Mapping[str, int] = field(init=False)
    _listed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.directory = Directory.of(self.graph)
        self.written = self.directory.spread(self.place.facts)

    @property
    def here(self) -> str:
        """Node id of the definition around the place, the file's where there is none."""
        return f"{self.place.path}::{self.place.scope}" if self.place.scope else self.place.path

    @property
    def shown(self) -> str:
        """The definition around the place as ways through the graph name it."""
        return self.place.scope or PurePosixPath(self.place.path).name

    def value(self, chain: str, scope: str) -> Value:
        """What `chain` stands for in `scope`, a definition around the place."""
        return self.graph.resolver.evaluate(self.place.path, scope, chain)

    def values(self, chain: str) -> Values:
        """All that `chain` can stand for at the place."""
        return self.graph.resolver.values(self.place.path, self.place.scope, chain, self.place.line)

    def classes(self, chain: str) -> list[Definition]:
        """Classes of the project that `chain` can be an object of at the place."""
        return list(dict.fromkeys(v.cls for v in self.values(chain) if isinstance(v, Instance)))

    def bases(self) -> list[Definition]:
        """Bases of the class around that the project defines; as its header says where the parser lost it."""
        if self.place.owner is not None:
            return self.graph.resolver.bases(Definition(self.place.path, self.place.owner))
        outside = self.place.scope.rpartition(".")[0].rpartition(".")[0]
        values = (self.value(base.partition("[")[0], outside) for base in self.place.bases)
        return [v for v in values if isinstance(v, Definition) and v.is_class]

    def defined_as(self, each: Import) -> Entry | None:
        """The definition that an import names, where it names one."""
        location = self.graph.resolver.origin(self.place.path, each) if each.name else None
        return self.directory.named(location, each.name) if location else None

    def is_only(self, each: Import) -> bool:
        """Whether nothing but this import says what its name means where it stands."""
        here, name = self.graph.resolver.scope(self.place.path), each.bound
        others = (here.member(each.scope, name), here.bindings[each.scope].get(name))
        return not any(others) and len(here.imports[each.scope].get(name, ())) == 1

    def first_time(self, cls: str) -> bool:
        """Whether the members of a class (by its id) were not listed before at this place."""
        if cls in self._listed:
            return False
        self._listed.add(cls)
        return True

    def near(self, chain: str) -> float:
        """1 for a name on the cursor's line, half of it every few lines further away; 0 where it is not near."""
        distance = self.place.mentions.get(chain)
        return 0.0 if distance is None else _HALF / (_HALF + distance)

    def spread(self, chain: str) -> float:
        """How many definitions of the file write `chain`: 0 for none, 1 for about twenty."""
        return math.log1p(self.written.get(chain, 0)) / 3

    def said(self, entry: Entry) -> float:
        """Share of the words of a definition's name that the text near the place says."""
        words = self.place.words
        return sum([words.get(word, 0.0) for word in entry.words]) / len(entry.words) if entry.words else 0.0

    def used_by(self, node: str) -> tuple[Edge, ...]:
        """Edges to what a definition uses."""
        return self.directory.used(node)

    def users(self, node: str, most: int) -> tuple[str, ...]:
        """What uses a definition; nothing where more than `most` edges end at it."""
        few = self.graph.links.pointing_at(node) <= most
        edges = self.directory.incoming(node, most + 1) if few else ()
        kept = edges if len(edges) <= most else ()
        return tuple(dict.fromkeys(e.source for e in kept if e.kind in USING and not e.guessed))


def module_of(value: Value) -> str:
    """Location of a module value; ``""`` for anything else."""
    return value.location if isinstance(value, ModuleValue) else ""


def last_names(node: str) -> str:
    """The last two names of a node's qualified name; a module's file name."""
    path, _, qualname = node.partition("::")
    return ".".join(qualname.split(".")[-2:]) or PurePosixPath(path).name
