"""What a class, a module or an own type of a language holds, bases and other files included, and whether that is all."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname

from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_scope import Meaning
from fixbot_analysis.languages import Lookup, is_test_file
from fixbot_analysis.receivers.kinds import Kind, Written
from fixbot_analysis.receivers.natives import ATTRIBUTES, MEMBERS, PLAIN_TRAITS, native
from fixbot_analysis.receivers.table import Table
from fixbot_analysis.receivers.visible import alias_of, exported, is_member, is_visible, made_of
from fixbot_analysis.symbols import Symbol, SymbolKind

_FILES = 60  # of a package, or that hold parts of a class
_DEEPEST = 8  # bases above a class
_SCRIPTS = frozenset({"typescript", "tsx", "javascript"})
_WORDS = {
    SymbolKind.METHOD: "method", SymbolKind.FUNCTION: "function", SymbolKind.CLASS: "class", SymbolKind.VARIABLE: "attribute",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A name that may stand behind a receiver. `depth` is how far up the bases its class is; without `symbol` it is the language's own, or of a literal."""

    name: str
    kind: str  # method, attribute, class, function, module
    symbol: Symbol | None = None
    path: str = ""
    depth: int = 0


@dataclass(slots=True)
class Held:
    """The members of a receiver by name, nearest first, and whether it can have no others; `part`: those that are known may be the smaller part."""

    members: dict[str, Member] = field(default_factory=dict)
    whole: bool = True
    part: bool = False

    def add(self, member: Member) -> None:
        """Take a member in, unless a nearer one has its name."""
        self.members.setdefault(member.name, member)

    def take(self, other: "Held") -> None:
        """Take in what another holds."""
        for member in other.members.values():
            self.add(member)
        self.whole, self.part = self.whole and other.whole, self.part or other.part


class Holding:
    """Members by name. `resolver` says what names mean, `table` where things are defined, `read` gives the bytes of a file."""

    def __init__(self, resolver: ForeignResolver, table: Table, read: Callable[[str], bytes]) -> None:
        self._resolver, self._table, self._read = resolver, table, read

    def of(self, kinds: Iterable[Kind], path: str, scope: str) -> Held:
        """What values that are one of `kinds` have, asked for in `scope` of the file at `path`."""
        found, told = Held(), False
        for kind in kinds:
            told = True
            found.take(self._of(kind, path, scope))
        found.whole = found.whole and told
        return found

    def _of(self, kind: Kind, path: str, scope: str) -> Held:
        language = self._resolver.scope(path).language.name
        if kind.names:
            return Held({name: Member(name, what) for name, what in kind.names}, whole=False)
        if kind.meaning is None:
            return self._native(kind.native, language)
        symbol = kind.meaning.symbol
        if symbol.kind is SymbolKind.MODULE:
            return self._module(kind.meaning.path, path, set())
        if symbol.kind is SymbolKind.NAMESPACE:
            return self._namespace(kind.meaning)
        if symbol.kind is not SymbolKind.CLASS:
            return Held(whole=False)
        return self._class(kind.meaning, path, scope, set(), 0)

    def _native(self, name: str, language: str) -> Held:
        table = MEMBERS.get(language, {})
        if name not in table:
            return Held(whole=False)
        found = Held(
            {
                each: Member(each, "attribute" if each in ATTRIBUTES or each[:1].isupper() else "method")
                for each in table[name].split()
            }
        )
        if language == "rust" and name.islower():  # what every object may have, and what traits add
            found.take(Held({each: Member(each, "method", depth=9) for each in table["any"].split()}, whole=False))
        return found

    def _class(self, cls: Meaning, path: str, scope: str, seen: set[str], depth: int) -> Held:
        """What a class holds; its instances where it is meant as such."""
        found = Held()
        if cls.id in seen or depth > _DEEPEST:
            return found
        seen.add(cls.id)
        language = self._resolver.scope(cls.path).language.name
        for where, symbol in self.parts(cls):
            near = (
                path == cls.path and f"{scope}.".startswith(f"{cls.symbol.qualname}."),
                dirname(path) == dirname(where),
            )
            if is_member(symbol, cls, language, instance=cls.instance) and is_visible(symbol, language, *near):
                kind = _WORDS.get(symbol.kind, "class")
                found.add(Member(symbol.name, kind, symbol, where, depth))
        if language == "javascript":
            for name in made_of(self._read(cls.path), cls.symbol) if cls.instance else ():
                found.add(Member(name, "attribute", None, cls.path, depth))
        found.take(self._above(cls, path, scope, seen, depth))
        if not found.members and alias_of(cls.symbol):
            found.whole = False
        if not cls.instance and re.match(r"(?:export |declare )*(?:interface|type)\b", cls.symbol.signature):
            return Held(whole=False)  # a value of the same name is meant
        found.whole = found.whole and language != "javascript"
        return found

    def _above(self, cls: Meaning, path: str, scope: str, seen: set[str], depth: int) -> Held:
        """What the bases of a class hold, and what every object of the language does."""
        found, language = Held(), self._resolver.scope(cls.path).language.name
        for name in self._bases(cls):
            bases = self._resolver.resolve(cls.path, cls.symbol.parent, name)
            bases = [b for b in bases if b.symbol.kind is SymbolKind.CLASS and b.id != cls.id]
            for base in bases:
                found.take(self._class(Meaning(base.path, base.symbol, cls.instance), path, scope, seen, depth + 1))
            if not bases and not (language == "rust" and name.rpartition(".")[2] in PLAIN_TRAITS):
                own = native(language, name)
                found.take(self._native(own, language) if own and cls.instance else Held(whole=False))
        if depth == 0 and cls.instance and language in ("java", "rust"):
            every = MEMBERS[language]["object" if language == "java" else "any"].split()
            found.take(Held({each: Member(each, "method", depth=9) for each in every}))
        return found

    def _bases(self, cls: Meaning) -> list[str]:
        """As they are written, of every part of a class in its file (an interface may be declared more than once)."""
        symbols = self._resolver.scope(cls.path).facts.symbols
        same = (s for s in symbols if s.qualname == cls.symbol.qualname and s.kind is SymbolKind.CLASS)
        return list(dict.fromkeys(base for symbol in same for base in symbol.bases))

    def parts(self, cls: Meaning) -> Iterator[tuple[str, Symbol]]:
        """What stands in a class, or is said to belong to it: (path, definition)."""
        own, here = cls.symbol.qualname, self._resolver.scope(cls.path)
        inside = {own, f"{own}.constructor"}
        if cls.symbol.signature.startswith("typedef"):  # of a struct that has a name of its own as well
            inside |= {s.qualname for s in here.facts.symbols if s.parent == own and s.kind is SymbolKind.CLASS}
        for symbol in here.facts.symbols:
            if (
                symbol.name
                and symbol.parent in inside
                and (symbol.parent != f"{own}.constructor" or _is_property(symbol))
            ):
                yield cls.path, symbol
        if here.language.lookup not in (Lookup.FOLDER, Lookup.MODULES, Lookup.INCLUDE):
            return
        group = self._resolver.files.family(cls.path)
        for path in self._table.holders(cls.symbol.name)[:_FILES]:
            if (
                path != cls.path
                and self._resolver.files.family(path) == group
                and self._is_near(path, cls.path, here.language.lookup)
            ):
                yield from ((path, s) for s in self._belonging(path, cls))

    def _is_near(self, path: str, home: str, lookup: Lookup) -> bool:
        return dirname(path) == dirname(home) if lookup is Lookup.FOLDER else True

    def _belonging(self, path: str, cls: Meaning) -> Iterator[Symbol]:
        """What the file at `path` says to belong to a class that it does not define itself."""
        own, named = cls.symbol.qualname, self._resolver.scope(path).named
        for symbol in self._resolver.scope(path).facts.symbols:
            parent = symbol.parent
            fits = parent == own or own.endswith(f".{parent}") or parent.endswith(f".{own}")
            if symbol.name and parent and fits and not _is_class(named.get(parent)):
                yield symbol

    def _namespace(self, space: Meaning) -> Held:
        """What a part of files holds that only has names; of all files that have it, where includes bring them."""
        found, own = Held(whole=False, part=True), space.symbol.qualname
        paths = [space.path]
        if self._resolver.scope(space.path).language.lookup is Lookup.INCLUDE:
            paths += self._table.holders(space.symbol.name)[:_FILES]
        for path in dict.fromkeys(paths):
            for symbol in self._resolver.scope(path).facts.symbols:
                if symbol.name and symbol.parent == own:
                    found.add(Member(symbol.name, _WORDS.get(symbol.kind, "module"), symbol, path))
        return found

    def _module(self, module: str, path: str, seen: set[str]) -> Held:
        """What a file gives to others: of Go all files of its folder, of JavaScript what it passes on as well."""
        found, here = Held(whole=False), self._resolver.scope(module)
        if module in seen or len(seen) > _FILES:
            return found
        seen.add(module)
        files = [module]
        if here.language.lookup is Lookup.FOLDER:
            files = [p for p in self._resolver.files.beside(module) if not is_test_file(p)][:_FILES]
        for each in files:
            for symbol in exported(self._resolver.scope(each), self._read(each), inside=each == path):
                found.add(Member(symbol.name, _WORDS.get(symbol.kind, "module"), symbol, each))
        if here.language.lookup in (Lookup.RELATIVE, Lookup.MODULES):
            self._passed_on(here.path, path, seen, found)
        return found

    def _passed_on(self, module: str, path: str, seen: set[str], found: Held) -> None:
        """Add to `found` what a file passes on from others."""
        here = self._resolver.scope(module)
        data = self._read(module)
        for each in here.facts.imports:
            if each.name != "*" and _is_passed_on(data, each.line):
                found.add(Member(each.bound, "function" if each.name else "module"))
        for star in here.stars if len(seen) <= _FILES else ():
            for target in self._resolver.targets(module, star)[0]:
                found.take(self._module(target, path, seen))

    def aliased(self, cls: Meaning) -> Written | None:
        """The type that a name stands for, where it is another name for one."""
        text = alias_of(cls.symbol)
        return Written(text, cls.path, cls.symbol.parent) if text else None


def _is_property(symbol: Symbol) -> bool:
    """Whether a parameter of a constructor is a property as well."""
    return symbol.kind is SymbolKind.VARIABLE


def _is_class(symbol: Symbol | None) -> bool:
    return symbol is not None and symbol.kind is SymbolKind.CLASS


def _is_passed_on(data: bytes, line: int) -> bool:
    """Whether an import of the line `line` (from 1) or above brings a name to whoever imports the file."""
    lines = data.split(b"\n")[max(0, line - 40) : line]
    for text in reversed(lines):
        if text.startswith((b"export", b"pub use", b"pub(crate) use", b"mod ", b"pub mod ", b"pub(crate) mod ")):
            return True
        if text.startswith((b"import", b"use ", b"const", b"var", b"}")):
            return False
    return False
