"""Where candidates of other languages than Python come from: the cursor, imports, the package, the type around, types of names nearby."""

from collections.abc import Iterable, Iterator, Sequence

from fixbot_analysis.context.candidates import Found
from fixbot_analysis.context.entries import Member
from fixbot_analysis.context.finds import group, members_of, one
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.weighing import Evidence
from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_scope import Meaning
from fixbot_analysis.languages import Lookup, is_test_file
from fixbot_analysis.symbols import Import, Symbol, SymbolKind

_FILES = 40  # of a package, that an import leads to
_BASES = 6  # classes further up
_CHAINS = 30  # names near the place whose types are looked at
_TOP = 400  # definitions at the top of the files of one package
_TOGETHER = (Lookup.FOLDER, Lookup.DOTTED)  # where the files of a folder know each other without imports


class Abroad:
    """A place in a file of another language, and what names mean there."""

    def __init__(self, scene: Scene, resolver: ForeignResolver) -> None:
        self.scene = scene
        self.resolver = resolver
        self.path = scene.place.path
        self.here = resolver.scope(self.path)

    def finds(self) -> Iterator[Found]:
        """Every find that the place's own language tells, those that point at the cursor itself first."""
        yield from self.at_cursor()
        yield from self.imported()
        yield from self.of_package()
        yield from self.of_type()
        yield from self.in_scope()

    def at_cursor(self) -> Iterator[Found]:
        """What is called where arguments are being written, and the members of what stands before a dot."""
        scene, callee, receiver = self.scene, self.scene.place.callee, self.scene.place.receiver
        for each in self._means(callee):
            way = f"{scene.shown} -> {callee} (call being written)"
            yield from one(scene, each.id, ((Evidence.CALLEE, 1.0),), f"arguments of {callee} are being written", way)
        for each in self._means(receiver):
            way, shared = f"{scene.shown} -> {receiver} (before the dot)", ((Evidence.RECEIVER, 1.0),)
            found = self.top([each.path]) if each.symbol.kind is SymbolKind.MODULE else self.members(each)
            yield from one(scene, each.id, shared, f"class of {receiver}", way)
            yield from group(scene, found, shared, f"member of {receiver}", way)

    def imported(self) -> Iterator[Found]:
        """Definitions that imports name, and those at the top of files that are imported whole."""
        scene = self.scene
        for each in self.here.facts.imports:
            name = each.alias or each.name
            if name == "*" or self._is_whole(each):
                files = self.led_to(self.resolver.targets(self.path, each)[0])
                shown = name if name != "*" else each.module
                way, prefix = f"{scene.shown} -> {shown} (import)", "" if name == "*" else name
                yield from members_of(scene, self.top(files), Evidence.MODULE, f"of {shown}", way, prefix)
                continue
            for meaning in self._means(name):
                shared = (
                    (Evidence.IMPORTED, 1.0), (Evidence.NEAR, scene.near(name)), (Evidence.FILE, scene.spread(name)),
                    (Evidence.UNUSED, float(name not in scene.written)),
                )  # fmt: skip
                way = f"{scene.shown} -> {name} (import)"
                yield from one(scene, meaning.id, shared, "imported", way)
                yield from members_of(scene, self.held_by(meaning), Evidence.MODULE, f"of {name}", way, name)

    def of_package(self) -> Iterator[Found]:
        """What other files of the folder define, where they need no import."""
        if self.here.language.lookup not in _TOGETHER:
            return
        files = [f for f in self.resolver.files.beside(self.path) if f != self.path and not is_test_file(f)]
        way = f"{self.scene.shown} -> (same package)"
        yield from members_of(self.scene, self.top(files), Evidence.MODULE, "of the same package", way, most=_TOP)

    def of_type(self) -> Iterator[Found]:
        """Members of the type around that other files hold, its bases and theirs."""
        scene, name = self.scene, self.here.cls(scene_scope(self.scene))
        own = self.resolver.classes(self.path, name) or [Meaning(self.path, s) for s in self._named(name)]
        for cls in own[:1]:
            way = f"{scene.shown} -> {cls.symbol.name} (the type around)"
            yield from members_of(scene, self.members(cls), Evidence.INHERITED, f"of {cls.symbol.name}", way)
            for base in self.resolver.bases(cls)[:_BASES]:
                way = f"{cls.symbol.name} -> {base.symbol.name} (inherits)"
                yield from one(scene, base.id, ((Evidence.BASE, 1.0),), f"base of {cls.symbol.name}", way)
                why, found = f"inherited from {base.symbol.name}", self.members(base)
                yield from members_of(scene, found, Evidence.INHERITED, why, way)
                same = [m for m in found if m.name == scene.place.name]
                yield from group(scene, same, ((Evidence.OVERRIDDEN, 1.0),), f"{scene.place.name} overrides it", way)

    def in_scope(self) -> Iterator[Found]:
        """Types of names near the place, with their members."""
        scene, seen = self.scene, set[str]()
        for chain in sorted(scene.place.mentions, key=lambda c: (scene.place.mentions[c], c))[:_CHAINS]:
            for each in self._means(chain):
                if each.symbol.kind is not SymbolKind.CLASS or each.id in seen:
                    continue
                seen.add(each.id)
                way = f"{scene.shown} -> {chain} -> {each.symbol.name} (type)"
                shared = ((Evidence.TYPE, 1.0), (Evidence.NEAR_OWNER, scene.near(chain)))
                yield from one(scene, each.id, shared, f"class of {chain}", way)
                yield from members_of(
                    scene, self.members(each), Evidence.LOCAL, f"member of {chain}", way, chain if each.instance else ""
                )

    def held_by(self, meaning: Meaning) -> list[Member]:
        """What the name of a module or a class gives."""
        if meaning.symbol.kind is SymbolKind.MODULE:
            return self.top(self.led_to([meaning.path]))
        return self.members(meaning) if meaning.symbol.kind is SymbolKind.CLASS else []

    def led_to(self, files: Sequence[str]) -> list[str]:
        """Files, those that they pass on whole, and of headers the sources of the same name; no tests."""
        found = list(files)
        for path in found:
            scope = self.resolver.scope(path)
            passed = [t for star in scope.stars for t in self.resolver.targets(path, star)[0]]
            if scope.language.lookup is Lookup.INCLUDE:
                stem = path.rpartition(".")[0]
                passed += [f for f in self.resolver.files.beside(path) if f.rpartition(".")[0] == stem]
            found += [p for p in passed if p not in found][: max(_FILES - len(found), 0)]
        return [p for p in found if not is_test_file(p)]

    def top(self, files: Iterable[str]) -> list[Member]:
        """What stands at the top of files."""
        found: list[Member] = []
        for path in list(files)[:_FILES]:
            for qualname, symbol in self.resolver.scope(path).named.items():
                entry = self.scene.directory.entry(f"{path}::{qualname}") if symbol.name else None
                if entry is not None and "." not in qualname and len(found) < _TOP:
                    found.append(Member(symbol.name, entry, 0))
        return found

    def members(self, cls: Meaning) -> list[Member]:
        """What a class defines, in its own file and, where that is usual, in others of its package."""
        files, names = [cls.path], {cls.symbol.qualname, cls.symbol.name}
        if self.resolver.scope(cls.path).language.lookup in (Lookup.FOLDER, Lookup.MODULES, Lookup.INCLUDE):
            files += [f for f in self.resolver.files.beside(cls.path) if f != cls.path and not is_test_file(f)][:_FILES]
        symbols = [(p, s) for p in files for name in names for s in self.resolver.scope(p).members.get(name, ())]
        entries = [(s.name, self.scene.directory.entry(f"{p}::{s.qualname}")) for p, s in symbols]
        return [Member(name, entry, 0) for name, entry in dict(entries).items() if entry is not None]

    def _means(self, chain: str) -> list[Meaning]:
        return self.resolver.resolve(self.path, scene_scope(self.scene), chain) if chain else []

    def _named(self, name: str) -> list[Symbol]:
        symbol = self.here.symbols.get(name)
        return [symbol] if symbol is not None and symbol.kind is SymbolKind.CLASS else []

    def _is_whole(self, each: Import) -> bool:
        """Whether an import gives a whole folder a name (Go)."""
        return self.here.language.lookup is Lookup.FOLDER and not each.name


def scene_scope(scene: Scene) -> str:
    """The scope of a place as facts of other languages call it."""
    return scene.place.definition.qualname if scene.place.definition else ""


def abroad(scene: Scene) -> Iterator[Found]:
    """Every find of a place in a file of another language."""
    return Abroad(scene, scene.directory.abroad).finds()
