"""Names that an import could bring: how this project imports them, and what its own modules define; learnt file by file, a little at a time."""

import time
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from weakref import WeakKeyDictionary

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.importing import Wanted
from fixbot_agent.completing.imports import LIBRARY, installed
from fixbot_agent.completing.scope import KINDS
from fixbot_agent.completing.world import World, world_of
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import FileFacts

_MOST = 30  # offers for one word
_LOOKED_AT = 60  # names that go on with a word, those imported most
_TESTS = ("test_", "tests/", "conftest")


@dataclass(frozen=True, slots=True)
class Offer:
    """An import that would bring a name; `times` is how many files of the project have it."""

    name: str
    wanted: Wanted
    kind: ItemKind
    times: int
    path: str = ""  # of the module of the project that defines it


@dataclass(frozen=True, slots=True)
class _Told:
    """What one file says: imports that it has, by the name that each binds, and its public definitions."""

    digest: str
    imports: tuple[tuple[str, Wanted], ...] = ()
    definitions: tuple[tuple[str, ItemKind], ...] = ()


class Elsewhere:
    """What files say together. :meth:`read` takes in what changed, :meth:`offers` answers from what was read so far."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._imports: dict[str, Counter[Wanted]] = {}
        self._definitions: dict[str, dict[str, ItemKind]] = {}
        self._times: Counter[str] = Counter()  # how many files import a name
        self._sorted: list[tuple[str, str]] = []  # (in small letters, name)

    def read(self, world: World, seconds: float) -> bool:
        """Effect: reads facts of files that changed, for at most about `seconds`. Whether all is read."""
        until = time.perf_counter() + seconds
        index = world.index
        for path in self._told.keys() - set(world.paths):
            self._forget(path)
        for path in world.paths:
            if not path.endswith(".py") or (path in self._told and self._told[path].digest == index.digest(path)):
                continue
            if time.perf_counter() > until:
                return False
            self._take(world, path)
        return True

    def offers(self, prefix: str, world: World, path: str) -> Iterator[Offer]:
        """Imports that would bring a name beginning with `prefix` (whatever its case) into the file at `path`, the commonest first."""
        names = nlargest(_LOOKED_AT, (n for n in self._beginning(prefix) if len(n) > 1), key=self._times.__getitem__)
        found = [each for name in names for each in self._ways(name, world, path)]
        known = set(names)
        for name, source in installed(world.packages).items():
            if source == LIBRARY and name.startswith(prefix) and name not in known:
                found.append(Offer(name, Wanted(name), ItemKind.MODULE, 0))
        yield from sorted(found, key=lambda each: (-each.times, each.name, each.wanted.module))[:_MOST]

    def _ways(self, name: str, world: World, path: str) -> Iterator[Offer]:
        """Each module that `name` is imported from, or defined in where nothing imports it."""
        told = self._imports.get(name, Counter[Wanted]())
        homes = self._definitions.get(name, {})
        modules = {world.modules.name(home): home for home in homes if home != path}
        for wanted, times in told.most_common(3):
            home = modules.get(wanted.module, "")
            kind = homes[home] if home else _kind(wanted, name)
            if world.modules.name(path) != wanted.module:
                yield Offer(name, wanted, kind, times, home)
        if not told:
            for module, home in sorted(modules.items(), key=lambda each: (len(each[0]), each[0]))[:3]:
                if not any(mark in home for mark in _TESTS) or any(mark in path for mark in _TESTS):
                    yield Offer(name, Wanted(module, name), homes[home], 0, home)

    def _beginning(self, prefix: str) -> Iterator[str]:
        small = prefix.lower()
        at = bisect_left(self._sorted, (small, ""))
        while at < len(self._sorted) and self._sorted[at][0].startswith(small):
            yield self._sorted[at][1]
            at += 1

    def _take(self, world: World, path: str) -> None:
        self._forget(path)
        try:
            facts = world.index.facts(path)
        except SourceError:
            self._told[path] = _Told(world.index.digest(path))
            return
        told = _Told(world.index.digest(path), tuple(_imports(facts, world, path)), tuple(_definitions(facts)))
        self._told[path] = told
        for name, wanted in told.imports:
            self._note(name)
            self._imports.setdefault(name, Counter())[wanted] += 1
            self._times[name] += 1
        for name, kind in told.definitions:
            self._note(name)
            self._definitions.setdefault(name, {})[path] = kind

    def _note(self, name: str) -> None:
        if name not in self._imports and name not in self._definitions:
            insort(self._sorted, (name.lower(), name))

    def _forget(self, path: str) -> None:
        told = self._told.pop(path, None)
        if told is None:
            return
        for name, wanted in told.imports:
            self._times[name] -= 1
            self._imports[name][wanted] -= 1
            if self._imports[name][wanted] <= 0:
                del self._imports[name][wanted]
        for name, _ in told.definitions:
            self._definitions[name].pop(path, None)


def _imports(facts: FileFacts, world: World, path: str) -> Iterator[tuple[str, Wanted]]:
    """Imports of a file with absolute names; a name counts once."""
    for each in dict.fromkeys(i for i in facts.imports if i.name != "*"):
        module = each.module
        if each.level:
            location = world.modules.relative(path, each.level, each.module)
            module = world.modules.name(location) if location and location.endswith(".py") else ""
        if module and (each.name or each.alias or "." not in module):
            yield each.bound, Wanted(module, each.name, each.alias or "")


def _definitions(facts: FileFacts) -> Iterator[tuple[str, ItemKind]]:
    for symbol in facts.symbols:
        if symbol.name and not symbol.parent and not symbol.name.startswith(("_", "test")):
            yield symbol.name, KINDS[symbol.kind]


def _kind(wanted: Wanted, name: str) -> ItemKind:
    if not wanted.name:
        return ItemKind.MODULE
    return ItemKind.CLASS if name[:1].isupper() else ItemKind.FUNCTION


_ALL: WeakKeyDictionary[Index, Elsewhere] = WeakKeyDictionary()


def elsewhere_of(index: Index) -> Elsewhere:
    """What was read so far of the files of `index`."""
    return _ALL.setdefault(index, Elsewhere())


def prepare(index: Index, seconds: float) -> bool:
    """Effect: reads facts for at most about `seconds`, while nobody waits. Whether all that imports could bring is known."""
    return elsewhere_of(index).read(world_of(index), seconds)


def as_relative(wanted: Wanted, facts: FileFacts, world: World, path: str) -> Wanted:
    """The import as the file at `path` would write it: relative where all its imports of its own package are."""
    own = world.modules.name(path).split(".")
    around = own if path.endswith("__init__.py") else own[:-1]
    parts = wanted.module.split(".")
    if not around or parts[0] != own[0] or not wanted.name or not any(each.level for each in facts.imports):
        return wanted
    if any(not each.level and each.module.partition(".")[0] == own[0] for each in facts.imports):
        return wanted
    shared = next(
        (n for n, (a, b) in enumerate(zip(around, parts, strict=False)) if a != b), min(len(around), len(parts))
    )
    return Wanted("." * (len(around) - shared + 1) + ".".join(parts[shared:]), wanted.name, wanted.alias)
