"""Which interfaces a type implements without saying so: those whose methods it has, its own or of what it embeds (Go specification, "Method sets")."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from fixbot_analysis.graph.foreign_files import package_of
from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_scope import Meaning
from fixbot_analysis.graph.foreign_shapes import Shape, is_generic, is_interface, is_type, shape
from fixbot_analysis.languages import is_test_file
from fixbot_analysis.symbols import SymbolKind

_DEPTH = 6  # types embedded within each other

# Method -> its shape, and where it is declared: None outside of the project.
_Methods = Mapping[str, tuple[Shape, Meaning | None]]


class Declared(Protocol):
    """Ids of definitions by name."""

    def promised(self, name: str) -> Iterable[str]:
        """Ids of the definitions called `name` in files that declare an interface."""
        ...

    def embedding(self, node: str) -> Iterable[str]:
        """Ids of what may name the class `node` (an id) among its bases."""
        ...


class Implementing:
    """Finds the interfaces of types, for a `resolver`."""

    def __init__(self, resolver: ForeignResolver, declared: Declared) -> None:
        self._resolver = resolver
        self._declared = declared
        self._owned: dict[str, dict[str, list[Meaning]]] = {}
        self._had: dict[str, _Methods] = {}
        self._asked: dict[str, _Methods | None] = {}
        self._keyed: dict[str, list[Meaning]] = {}
        self._found: dict[str, list[Meaning]] = {}

    def of(self, cls: Meaning) -> list[Meaning]:
        """The interfaces of the project that `cls` implements, by id; none where it is no type with methods."""
        if cls.id not in self._found:
            self._found[cls.id] = sorted(self._searched(cls), key=lambda m: m.id) if is_type(cls.symbol) else []
        return self._found[cls.id]

    def over(self, method: Meaning) -> Iterator[Meaning]:
        """The methods of interfaces that `method` is there for."""
        for cls in self._resolver.classes(method.path, method.symbol.parent):
            for interface in self.of(cls):
                declared = (self._required(interface) or {}).get(method.symbol.name)
                if declared is not None and declared[1] is not None:
                    yield declared[1]

    def _searched(self, cls: Meaning) -> Iterator[Meaning]:
        has = self._methods(cls)
        queue = [i for name in sorted(has) for i in self._interfaces(name)]
        seen: set[str] = set()
        while queue:
            interface = queue.pop()
            if interface.id in seen:
                continue
            seen.add(interface.id)
            if self._is_seen(interface, cls) and self._covers(cls, has, interface):
                yield interface
                queue += self._made_of(interface)

    def _is_seen(self, interface: Meaning, cls: Meaning) -> bool:
        """Whether the interface can matter to the type: one of tests does to tests only."""
        return not is_test_file(interface.path) or is_test_file(cls.path)

    def _covers(self, cls: Meaning, has: _Methods, interface: Meaning) -> bool:
        required = self._required(interface)
        if not required:
            return False
        together = package_of(cls.path) == package_of(interface.path)
        for name, (wanted, _) in required.items():
            given = has.get(name)
            if given is None or not given[0].fits(wanted) or not (together or name[:1].isupper()):
                return False
        return True

    def _interfaces(self, name: str) -> list[Meaning]:
        """The interfaces that are looked up by the method `name`: the rarest that they declare themselves."""
        if name not in self._keyed:
            ids = (node for node in self._declared.promised(name) if "." in node.partition("::")[2])
            held = (self._at(node.rpartition(".")[0]) for node in ids)
            self._keyed[name] = [m for m in held if m is not None and is_interface(m.symbol) and self._key(m) == name]
        return self._keyed[name]

    def _key(self, interface: Meaning) -> str:
        return min(
            (len(tuple(self._declared.promised(m.symbol.name))), m.symbol.name) for m in self._declares(interface)
        )[1]

    def _made_of(self, interface: Meaning) -> Iterator[Meaning]:
        """Interfaces that are nothing but others, `interface` among them."""
        for node in self._declared.embedding(interface.id):
            found = self._at(node)
            if found is not None and is_interface(found.symbol) and not self._declares(found):
                yield found

    def _at(self, node: str) -> Meaning | None:
        path, _, qualname = node.partition("::")
        scope = self._resolver.scope(path)
        symbol = scope.named.get(qualname) if scope.language.structural else None
        return Meaning(path, symbol) if symbol is not None else None

    def _declares(self, cls: Meaning) -> list[Meaning]:
        """The methods that a type has itself: those of an interface stand in it, others in any file of its package."""
        if is_interface(cls.symbol):
            held = self._resolver.scope(cls.path).members[cls.symbol.qualname]
            return [Meaning(cls.path, s) for s in held if s.kind is SymbolKind.METHOD]
        package = package_of(cls.path)
        if package not in self._owned:
            found = self._owned[package] = {}
            for path in self._resolver.files.beside(cls.path):
                for owner, held in self._resolver.scope(path).members.items():
                    methods = (Meaning(path, s) for s in held if s.kind is SymbolKind.METHOD)
                    found.setdefault(owner, []).extend(methods)
        return self._owned[package].get(cls.symbol.qualname, [])

    def _own(self, cls: Meaning) -> dict[str, tuple[Shape, Meaning | None]]:
        loose = is_generic(cls.symbol)
        shapes = ((m, shape(m.symbol.signature, m.symbol.name, loose=loose)) for m in self._declares(cls))
        return {m.symbol.name: (each, m) for m, each in shapes if each is not None}

    def _methods(self, cls: Meaning, depth: int = _DEPTH) -> _Methods:
        """The methods of a type as far as they are known: its own before those of what it embeds."""
        if cls.id in self._had:
            return self._had[cls.id]
        found = self._own(cls)
        for base in cls.symbol.bases if depth else ():
            below = self._resolver.resolve(cls.path, cls.symbol.parent, base)
            for each in (m for m in below if m.symbol.kind is SymbolKind.CLASS and m.id != cls.id):
                found = {**self._methods(each, depth - 1), **found}
            if not below:
                found = {**self._standard(cls, base), **found}
        if depth == _DEPTH:
            self._had[cls.id] = found
        return found

    def _required(self, interface: Meaning, depth: int = _DEPTH) -> _Methods | None:
        """The methods that an interface asks for; None where they are not all known, or where it only constrains type variables."""
        if interface.id in self._asked:
            return self._asked[interface.id]
        found: dict[str, tuple[Shape, Meaning | None]] | None = self._own(interface)
        if found is None or len(found) != len(self._declares(interface)) or not depth:
            return None
        for base in interface.symbol.bases:
            part = self._part(interface, base, depth)
            if part is None:
                found = None
                break
            found = {**part, **found}
        if depth == _DEPTH:
            self._asked[interface.id] = found
        return found

    def _part(self, interface: Meaning, base: str, depth: int) -> _Methods | None:
        """What an interface asks for by naming another, `base`."""
        named = self._resolver.resolve(interface.path, interface.symbol.parent, base)
        if not named:
            return self._standard(interface, base) or None
        each = named[0]
        return self._required(each, depth - 1) if is_interface(each.symbol) and each.id != interface.id else None

    def _standard(self, cls: Meaning, base: str) -> _Methods:
        """The methods of an interface of the language's own library, by its name as written."""
        known = self._resolver.scope(cls.path).language.interfaces.get(base, ())
        shapes = ((text.partition("(")[0], shape(text, text.partition("(")[0])) for text in known)
        return {name: (each, None) for name, each in shapes if each is not None}
