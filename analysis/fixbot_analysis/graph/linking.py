"""From facts to blocks: links every file of a project, or only those that a change can have reached."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixbot_analysis.graph.blocks import SYMBOL_KINDS, Block, Numbers
from fixbot_analysis.graph.build import EdgeBuilder
from fixbot_analysis.graph.foreign import ForeignEdges
from fixbot_analysis.graph.foreign_files import ForeignFiles
from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_shapes import interfaces, is_structural
from fixbot_analysis.graph.links import Links
from fixbot_analysis.graph.meanings import PROMISES, changed, mentioned, reached
from fixbot_analysis.graph.model import GUESSED, KINDS, EdgeKind
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.outside import is_outside
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.ports import Outside
from fixbot_analysis.symbols import FileFacts, SymbolKind

_KIND = {kind: place for place, kind in enumerate(SYMBOL_KINDS)}
_CODE = {kind: place for place, kind in enumerate(KINDS)}
_MOST = 4  # where more than one file in so many is reached, all are linked anew


@dataclass(frozen=True, slots=True)
class Sources:
    """What is linked: the content `keys` of all files (path -> name), the `facts` of any of them, and what is known of modules `outside`."""

    keys: Mapping[str, str]
    facts: Callable[[str], FileFacts]
    outside: Outside | None = None


def link(sources: Sources) -> Links:
    """Effect: links of all files, from the facts of all."""
    facts = {path: sources.facts(path) for path in sorted(sources.keys)}
    modules, numbers = ModuleMap(facts), Numbers()
    linker = _Linker(Resolver(modules, facts.__getitem__, sources.outside), facts.__getitem__, numbers, _Methods(facts))
    return Links({path: linker.block(path, sources.keys[path]) for path in facts}, numbers, modules)


def relink(links: Links, sources: Sources, before: Callable[[str], FileFacts | None]) -> Links | None:
    """Effect: `links` brought up to what `sources` hold now; `before` gives the facts that an old block was made of, if it still can.

    Only files that changed, or that mention a name whose meaning may be another now, are linked again;
    None where that may be so many that all are better linked from scratch.
    """
    old, keys = links.blocks, sources.keys
    moved = [p for p in keys if p not in old or old[p].key != keys[p]]
    gone = [p for p in old if p not in keys]
    affected = _affected(links, sources, before, [*moved, *gone])
    if affected is None or len(affected) * _MOST > len(keys):
        return None
    same = not gone and all(p in old for p in moved)
    modules = links.modules if same else ModuleMap(keys)
    methods = _Methods({p: sources.facts(p) for p in moved}, links, {*moved, *gone})
    resolver = Resolver(modules, sources.facts, sources.outside)
    linker = _Linker(resolver, sources.facts, links.numbers, methods)
    fresh = {p: linker.block(p, keys[p]) for p in sorted({*moved, *affected})}
    return Links({p: b for p, b in old.items() if p in keys} | fresh, links.numbers, modules, links)


def _affected(
    links: Links, sources: Sources, before: Callable[[str], FileFacts | None], paths: Sequence[str]
) -> set[str] | None:
    """Files that the change of `paths` can have reached; None where it may be any."""
    if len(paths) * _MOST > len(links.blocks):
        return None
    names: set[str] = set()
    for path in paths:
        was = before(path) if path in links.blocks else None
        now = sources.facts(path) if path in sources.keys else None
        lost = was is None and path in links.blocks
        found = None if lost else changed(path, was, now)
        if found is None or ((was is None or now is None) and _alone(path, links.blocks)):
            return None
        names |= found
    if not names:
        return set()
    words = {p: b.names for p, b in links.blocks.items() if p in sources.keys}
    return reached(names, words, sources.facts)


def _alone(path: str, paths: Iterable[str]) -> bool:
    """Whether no other of `paths` lies in the folder of `path`: then the folder comes or goes with it."""
    folder = PurePosixPath(path).parent.as_posix()
    prefix = "" if folder == "." else folder + "/"
    return not any(p.startswith(prefix) and p != path and "/" not in p[len(prefix) :] for p in paths)


class _Methods:
    """Ids of methods by name: of the files whose `facts` are at hand, then of `others`, less the files `moved`."""

    def __init__(
        self, facts: Mapping[str, FileFacts], others: Links | None = None, moved: Container[str] = frozenset()
    ) -> None:
        self._near: dict[str, list[str]] = defaultdict(list)
        self._foreign: dict[str, list[str]] = defaultdict(list)
        self._based: dict[str, list[str]] = defaultdict(list)
        self._promising: set[str] = set()
        self._others, self._moved = others, moved
        for path, each in facts.items():
            if each.language != "python":
                self._take_shapes(path, each)
                for qualname, name in {
                    s.qualname: s.name for s in each.symbols if s.kind is not SymbolKind.VARIABLE
                }.items():
                    self._foreign[name].append(f"{path}::{qualname}")
                continue
            for qualname, name in {s.qualname: s.name for s in each.symbols if s.kind is SymbolKind.METHOD}.items():
                self._near[name].append(f"{path}::{qualname}")

    def get(self, name: str, default: Sequence[str] = ()) -> Sequence[str]:
        """Ids of the methods called `name`, of Python."""
        far = (
            (i for i in self._others.methods(name) if i.partition("::")[0].endswith(".py"))
            if self._others is not None
            else ()
        )
        return [*self._near.get(name, default), *(i for i in far if i.partition("::")[0] not in self._moved)]

    def defining(self, name: str) -> list[str]:
        """Ids of all definitions called `name`, of other languages."""
        far = self._others.defining(name) if self._others is not None else ()
        return sorted({*self._foreign.get(name, ()), *(i for i in far if i.partition("::")[0] not in self._moved)})

    def promised(self, name: str) -> list[str]:
        """Ids of the definitions called `name` in files that declare an interface which types implement by their methods."""
        blocks = self._others.blocks if self._others is not None else {}
        near = self._promising

        def promises(path: str) -> bool:
            return path in near or (path in blocks and path not in self._moved and PROMISES in blocks[path].names)

        return [i for i in self.defining(name) if promises(i.partition("::")[0])]

    def embedding(self, node: str) -> list[str]:
        """Ids of what may name `node`, an interface, among its bases."""
        far = self._others.incoming(node) if self._others is not None else ()
        inheriting = (e.source for e in far if e.kind is EdgeKind.INHERITS and not e.guessed)
        return [
            *self._based.get(node.rpartition("::")[2], ()),
            *(i for i in inheriting if i.partition("::")[0] not in self._moved),
        ]

    def _take_shapes(self, path: str, facts: FileFacts) -> None:
        if not is_structural(facts):
            return
        for qualname, bases, _ in interfaces(facts):
            self._promising.add(path)
            for base in bases:
                self._based[base.rpartition(".")[2]].append(f"{path}::{qualname}")


class _Linker:
    """Makes the blocks of files, whose facts it is handed."""

    def __init__(
        self, resolver: Resolver, facts: Callable[[str], FileFacts], numbers: Numbers, methods: _Methods
    ) -> None:
        self._resolver = resolver
        self._builder = EdgeBuilder(resolver, _OnDemand(facts), methods)
        files = ForeignFiles(resolver.modules.others, facts)
        self._foreign = ForeignEdges(ForeignResolver(files, facts, methods.defining), methods)
        self._facts = facts
        self._numbers = numbers

    def block(self, path: str, key: str) -> Block:
        """The nodes and edges of one file, whose content is called `key`."""
        scope, of = self._resolver.scope(path), self._numbers.of
        symbols = list(scope.symbols.values())
        ids = [scope.id(s.qualname) for s in symbols]
        own = array("I", map(of, ids))
        arrows = self._arrows(path, {node: n for n, node in enumerate(ids)})
        return Block(
            key,
            mentioned(self._facts(path)),
            self._resolver.modules.name(path),
            own,
            bytes([_KIND[s.kind] for s in symbols]),
            array("I", [s.line for s in symbols]),
            array("I", [s.end_line for s in symbols]),
            array("I", [own[source] for source, _, _ in arrows]),
            array("I", [of(target) for _, target, _ in arrows]),
            bytes(arrows.values()),
        )

    def _arrows(self, path: str, places: Mapping[str, int]) -> dict[tuple[int, str, int], int]:
        """Edges of a file within the project, sorted, each with its kind; where one is both known and guessed, it is known."""
        found: dict[tuple[int, str, int], int] = {}
        builder = self._builder if self._facts(path).language == "python" else self._foreign
        for source, target, kind, guessed in builder.edges(path):
            if is_outside(target):
                continue
            edge = (places[source], target, _CODE[kind])
            found[edge] = found.get(edge, GUESSED) & (GUESSED if guessed else 0)
        return {edge: edge[2] | found[edge] for edge in sorted(found)}


class _OnDemand(Mapping[str, FileFacts]):
    """Facts by path, for one who never asks which paths there are."""

    def __init__(self, facts: Callable[[str], FileFacts]) -> None:
        self._facts = facts

    def __getitem__(self, path: str) -> FileFacts:
        return self._facts(path)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
