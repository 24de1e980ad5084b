"""Names that an import could bring: how this project imports them, and what its own modules define; learnt file by file, a little at a time."""

import time
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.scope import KINDS, Name
from fixbot_agent.completing.importing.edits import Wanted
from fixbot_agent.completing.importing.statements import LIBRARY, PACKAGE, installed
from fixbot_agent.completing.importing.world import World, world_of
from fixbot_agent.completing.outside.library import Public, Shelf
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.values import Value
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import FileFacts

_MOST = 30  # offers for one word
_LOOKED_AT = 60  # names that go on with a word, those imported most
_OUTSIDE = 3  # letters from which names are looked for that nothing in the project has
_FEW = 15  # of these
_TESTS = ("test_", "tests/", "conftest")


@dataclass(frozen=True, slots=True)
class Offer:
    """An import that would bring a name; `times` is how many files of the project have it."""

    name: str
    wanted: Wanted
    kind: ItemKind
    times: int
    path: str = ""  # of the module of the project that defines it
    worth: float = 1.0  # how common it is elsewhere, 0 to 1; of what the project has 1


@dataclass(frozen=True, slots=True)
class _Told:
    """What one file says: imports that it has, by the name that each binds, and its public definitions."""

    digest: str
    imports: tuple[tuple[str, Wanted], ...] = ()
    definitions: tuple[tuple[str, ItemKind], ...] = ()
    decorators: tuple[str, ...] = ()  # what decorates, and its first and last names, each once


class Elsewhere:
    """What files say together. :meth:`read` takes in what changed, :meth:`offers` answers from what was read so far."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._imports: dict[str, Counter[Wanted]] = {}
        self._definitions: dict[str, dict[str, ItemKind]] = {}
        self._times: Counter[str] = Counter()  # how many files import a name
        self._modules: dict[str, Counter[Wanted]] = {}  # what is imported from a module
        self.decorators: Counter[str] = Counter()  # how many files decorate with a name
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

    @property
    def modules(self) -> list[str]:
        """What is imported from, most first."""
        return sorted(self._modules, key=lambda module: (-self._modules[module].total(), module))

    def parts(self, written: str) -> dict[str, Name]:
        """Next parts of the modules that files import from and that begin with what is `written`, its last part aside: installed or not."""
        head = written[: written.rfind(".") + 1]
        below = (
            module[len(head) :] for module in self._modules if module.startswith(head) and self._modules[module].total()
        )
        parts = dict.fromkeys(each.partition(".")[0] for each in below)
        return {part: Name(part, ItemKind.MODULE, PACKAGE) for part in parts if part}

    def imported_from(self, module: str) -> dict[str, int]:
        """Names that files import from `module`, and how many do."""
        return {each.name: n for each, n in self._modules.get(module, Counter[Wanted]()).items() if each.name and n}

    def kind(self, name: str) -> ItemKind | None:
        """What the definitions called `name` are, where all are the same."""
        kinds = set(self._definitions.get(name, {}).values())
        return kinds.pop() if len(kinds) == 1 else None

    def aliases(self, module: str, name: str = "") -> dict[str, int]:
        """What files call `module`, or its `name`, instead, and how many do."""
        told = self._modules.get(module, Counter[Wanted]())
        return {each.alias: n for each, n in told.items() if each.alias and each.name == name and n}

    def offers(self, prefix: str, world: World, path: str) -> Iterator[Offer]:
        """Imports that would bring a name beginning with `prefix` (whatever its case) into the file at `path`, the commonest first."""
        names = nlargest(_LOOKED_AT, (n for n in self._beginning(prefix) if len(n) > 1), key=self._times.__getitem__)
        found = [each for name in names for each in self._ways(name, world, path)]
        known = set(names)
        for name, source in installed(world.packages).items():
            if source == LIBRARY and name.startswith(prefix) and name not in known:
                found.append(Offer(name, Wanted(name), ItemKind.MODULE, 0))
        ordered = sorted(found, key=lambda each: (-each.times, each.name, len(each.wanted.module), each.wanted.module))
        yield from self._told_apart(ordered[:_MOST], world, path)
        if len(prefix) >= _OUTSIDE:
            yield from _from_outside(prefix, known, world)

    def _told_apart(self, offers: Sequence[Offer], world: World, path: str) -> Iterator[Offer]:
        """One offer for each thing, that by the module which most import it from; several of one name only where several things are called so."""
        seen: dict[str, list[Value | None]] = {}
        for each in offers:
            if each.name in seen and len(self._definitions.get(each.name, ())) < 2 and self.kind(each.name):
                continue
            is_alone = sum(other.name == each.name for other in offers) == 1
            means = None if is_alone else _meant(each, world, path)
            if any(other is None or means is None or other == means for other in seen.get(each.name, ())):
                continue
            seen.setdefault(each.name, []).append(means)
            kind = self.kind(each.name) if each.wanted.name else None
            yield replace(each, kind=kind) if kind else each

    def _ways(self, name: str, world: World, path: str) -> Iterator[Offer]:
        """Each module that `name` is imported from, or defined in where nothing imports it."""
        told = self._imports.get(name, Counter[Wanted]())
        homes = self._definitions.get(name, {})
        modules = {world.modules.name(home): home for home in homes if home != path}
        for wanted, times in told.most_common(3):
            home = modules.get(wanted.module, "")
            kind = homes[home] if home else _kind(wanted, name, world.kept(Shelf))
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
        imports, decorators = tuple(_imports(facts, world, path)), tuple(_decorators(facts))
        told = _Told(world.index.digest(path), imports, tuple(_definitions(facts)), decorators)
        self._told[path] = told
        for name, wanted in told.imports:
            self._note(name)
            self._imports.setdefault(name, Counter())[wanted] += 1
            self._times[name] += 1
            self._modules.setdefault(wanted.module, Counter())[wanted] += 1
        self.decorators.update(told.decorators)
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
            self._modules[wanted.module][wanted] -= 1
        self.decorators.subtract(told.decorators)
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


def _from_outside(prefix: str, known: Collection[str], world: World) -> Iterator[Offer]:
    """Public names of the library and of packages that begin with `prefix`, the commonest first, each from one module."""
    shelf = world.kept(Shelf)
    fitting = [each for each in shelf.beginning(prefix) if each.name not in known]
    best: dict[str, Public] = {}
    for each in sorted(fitting, key=lambda one: (-one.worth, len(one.module), one.module)):
        best.setdefault(each.name, each)
    for each in [*best.values()][:_FEW]:
        yield Offer(each.name, Wanted(each.module, each.name), each.kind, 0, worth=each.worth)


def _decorators(facts: FileFacts) -> Iterator[str]:
    yield from {
        written.partition("(")[0].rpartition(".")[2] for symbol in facts.symbols for written in symbol.decorators
    }


def _meant(offer: Offer, world: World, path: str) -> Value | None:
    """What an offer brings, as far as the project or its packages say."""
    location = world.modules.location(offer.wanted.module, path) if offer.wanted.name else None
    found = world.resolver.exported(location, offer.wanted.name) if location else ()
    return found[0] if found else None


def _kind(wanted: Wanted, name: str, shelf: Shelf) -> ItemKind:
    if not wanted.name:
        return ItemKind.MODULE
    if found := shelf.kind(wanted.module, wanted.name):
        return found
    if name.isupper() and len(name) > 1:
        return ItemKind.VARIABLE
    return ItemKind.CLASS if name[:1].isupper() else ItemKind.FUNCTION


def prepare(index: Index, seconds: float) -> bool:
    """Effect: reads facts and modules for at most about `seconds`, while nobody waits. Whether all that imports could bring is known, and
    where files in other languages define what.
    """
    world, until = world_of(index), time.perf_counter() + seconds
    if not all(path.endswith(".py") for path in world.paths):
        from fixbot_analysis.receivers import abroad_of  # a project of Python alone does not pay for it

        if not abroad_of(index).prepare(seconds):
            return False
    elsewhere = world.kept(Elsewhere)
    return elsewhere.read(world, seconds) and world.kept(Shelf).read(
        elsewhere.modules, world.packages, until - time.perf_counter()
    )


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
