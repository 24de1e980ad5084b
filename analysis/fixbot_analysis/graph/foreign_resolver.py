"""What names mean in a file of another language than Python: its own scopes, its package, its imports, declared and assigned types."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from fixbot_analysis import languages
from fixbot_analysis.graph.foreign_files import ForeignFiles, package_of
from fixbot_analysis.graph.foreign_scope import ForeignScope, Meaning
from fixbot_analysis.languages import Lookup
from fixbot_analysis.symbols import FileFacts, Import, SymbolKind
from fixbot_analysis.symbols.foreign_text import type_name

_DEPTH = 6  # steps through bindings, results, bases and imports passed on; a longer way is a circle
_FEW = 8  # files that pass a name on, or candidates, that are looked at
_REACH = 400  # files that includes lead to


class ForeignResolver:
    """Resolves chains (see :class:`Call`) in the files of `files`; `defining` gives the ids of all definitions with a last name."""

    def __init__(
        self, files: ForeignFiles, facts: Callable[[str], FileFacts], defining: Callable[[str], Iterable[str]]
    ) -> None:
        self.files = files
        self._facts = facts
        self._defining = defining
        self._scopes: dict[str, ForeignScope] = {}
        self._reached: dict[str, frozenset[str]] = {}
        self._packages: dict[tuple[str, str], dict[str, list[Meaning]]] = {}
        self._passing: dict[tuple[str, str, int], list[Meaning] | None] = {}

    def scope(self, path: str) -> ForeignScope:
        """The names of the file at `path`."""
        if path not in self._scopes:
            facts = self._facts(path)
            self._scopes[path] = ForeignScope(path, facts, languages.get(facts.language))
        return self._scopes[path]

    def forget(self, paths: frozenset[str]) -> None:
        """Let go of what was found out of these files, whose facts changed, and of what leans on several files."""
        self._scopes = {path: scope for path, scope in self._scopes.items() if path not in paths}
        self._reached, self._packages, self._passing = {}, {}, {}

    def targets(self, path: str, each: Import) -> tuple[list[str], tuple[str, ...]]:
        """Files that an import in `path` leads to, and names that are left."""
        return self.files.imported(path, each, self.scope(path).language)

    def resolve(self, path: str, scope: str, chain: str, depth: int = _DEPTH) -> list[Meaning]:
        """What `chain` may mean in `scope` of the file at `path`, nothing guessed."""
        links = chain.replace("()", ".()").split(".")
        if not links or links[0] in ("?", "", "()") or depth <= 0:
            return []
        found, links = self._head(path, scope, links, depth)
        for link in links:
            if not found:
                break
            found = self._made(found, depth) if link == "()" else self._members(path, found, link, depth)
        return found[:_FEW]

    def only(self, path: str, chain: str) -> Meaning | None:
        """The one definition in the family of `path` that the last name of `chain` can mean, unless its first comes from outside."""
        head, name = chain.partition(".")[0].removesuffix("()"), chain.rpartition(".")[2]
        if any(not self.targets(path, each)[0] for each in self.scope(path).imports.get(head, ())):
            return None
        found = self._candidates(path, name)
        return found[0] if len(found) == 1 and len(name) > 2 else None

    def _head(self, path: str, scope: str, links: list[str], depth: int) -> tuple[list[Meaning], list[str]]:
        """The meanings of the first links, and the links that are left."""
        here, name, rest = self.scope(path), links[0], links[1:]
        if name in here.language.receivers or name == "super":
            return self._receiver(here, scope, links, depth)
        for around in here.around(scope) if name in here.parts else ():
            if found := self._bound(here, around, name, depth):
                return found, rest
            whole = f"{around}.{name}" if around else name
            if symbol := here.named.get(whole):
                return [Meaning(path, symbol)], rest
            if rest and (symbol := here.named.get(f"{whole}.{rest[0]}")):  # of an object that is only a variable
                return [Meaning(path, symbol)], rest[1:]
        if (cls_name := here.cls(scope)) and (own := self._own(path, cls_name, name, depth)):
            return own, rest
        return self._outside(path, scope, links, depth)

    def _receiver(
        self, here: ForeignScope, scope: str, links: list[str], depth: int
    ) -> tuple[list[Meaning], list[str]]:
        """The object that a method is called on; where its class is only a variable, the member that is asked of it."""
        holder, rest = here.cls(scope), links[1:]
        cls = self.classes(here.path, holder)
        if not cls and rest and (symbol := here.named.get(f"{holder}.{rest[0]}")):
            return [Meaning(here.path, symbol)], rest[1:]
        above = [b for c in cls for b in self.bases(c, depth - 1)] if links[0] == "super" else cls
        return [Meaning(m.path, m.symbol, instance=True) for m in above], rest

    def _bound(self, here: ForeignScope, around: str, name: str, depth: int) -> list[Meaning]:
        """What a variable of the scope `around` holds, by its declared type or what it is given."""
        values = dict.fromkeys(here.bound.get((around, name), ()))
        chains = [v for v in values if v.partition(".")[0].removesuffix("()") != name or v == f"{name}()"]
        return [m for v in chains[:_FEW] for m in self.resolve(here.path, around, v, depth - 1)]

    def _own(self, path: str, cls: str, name: str, depth: int) -> list[Meaning]:
        """A member of the class around, named without its object."""
        if self.scope(path).language.lookup not in (Lookup.DOTTED, Lookup.INCLUDE):
            return []
        return [m for c in self.classes(path, cls) for m in self.member(c, name, depth - 1)]

    def _outside(self, path: str, scope: str, links: list[str], depth: int) -> tuple[list[Meaning], list[str]]:
        """What another file gives to the first name: by import, by package, by everything that is included."""
        here, name = self.scope(path), links[0]
        for each in here.imports.get(name, ()):
            files, left = self.targets(path, each)
            if files:
                return self._through(files, each, left, links[1:], depth)
        if here.language.lookup is Lookup.MODULES and len(links) > 1:
            files, left = self.files.module(path, [k for k in links if k != "()"])
            if files and left and len(left) < len(links):
                return self._top(files, left[0], depth), links[len(links) - len(left) + 1 :]
        if here.language.lookup in (Lookup.FOLDER, Lookup.DOTTED) and (beside := self._beside(path, name)):
            return beside, links[1:]
        if here.language.lookup is Lookup.INCLUDE:
            return self._included(path, scope, links), []
        for star in here.stars:
            files, left = self.targets(path, star)
            if found := self._top(files, left[0] if left else name, depth - 1):
                return (found, links[1:]) if not left else (self._members(path, found, name, depth), links[1:])
        return [], []

    def _beside(self, path: str, name: str) -> list[Meaning]:
        """A name of the package: of another file in the folder."""
        key = (package_of(path), self.files.family(path))
        if key not in self._packages:
            table: dict[str, list[Meaning]] = defaultdict(list)
            for each in self.files.beside(path):
                for qualname, symbol in self.scope(each).named.items():
                    if qualname and "." not in qualname:
                        table[qualname].append(Meaning(each, symbol))
            self._packages[key] = table
        return [m for m in self._packages[key].get(name, ()) if m.path != path]

    def _through(
        self, files: list[str], each: Import, left: Sequence[str], links: list[str], depth: int
    ) -> tuple[list[Meaning], list[str]]:
        """What an import gives, and the links that are left."""
        names = list(left) if left else [each.name] if each.name and not self._is_file(files, each) else []
        if not names:  # the module itself: its first link is a name at its top
            if not links or links[0] == "()":
                return self._exported(files[0], depth), links
            names, links = [links[0]], links[1:]
        found = self._top(files, names[0], depth - 1)
        if not found and names == ["default"]:
            found = self._top(files, each.alias, depth - 1) or [
                Meaning(files[0], self.scope(files[0]).facts.symbols[0])
            ]
        for name in names[1:]:
            found = self._members(files[0], found, name, depth)
        return found, links

    def _exported(self, path: str, depth: int) -> list[Meaning]:
        """What a file gives as a whole: what it assigns to module.exports, or passes on from another file; else the module."""
        here = self.scope(path)
        for value in here.bound.get(("", "module.exports"), ())[:_FEW]:
            if found := self.resolve(path, "", value, depth - 1):
                return found
        module = [Meaning(path, here.facts.symbols[0])]
        if here.language.lookup is Lookup.RELATIVE and depth > 0:
            passed = (t for star in here.stars for t in self.targets(path, star)[0] if t != path)
            wholes = (self._exported(target, depth - 1) for target in passed)
            return next((w for w in wholes if w[0].symbol.kind is not SymbolKind.MODULE), module)
        return module

    def _is_file(self, files: list[str], each: Import) -> bool:
        """Whether the import names a whole file (a module of Rust)."""
        return self.scope(files[0]).language.lookup is Lookup.MODULES

    def _top(self, files: Iterable[str], name: str, depth: int) -> list[Meaning]:
        """What stands at the top of `files` under a name, or is passed on by them."""
        found = [Meaning(p, s) for p in files if (s := self.scope(p).named.get(name))]
        if found or depth <= 0:
            return found
        for path in list(files)[:_FEW]:
            if (path, name, depth) not in self._passing:
                self._passing[path, name, depth] = self._passed(path, name, depth)
            passed = self._passing[path, name, depth]
            if passed is not None:
                return passed
        return []

    def _passed(self, path: str, name: str, depth: int) -> list[Meaning] | None:
        """What a file passes on under a name from another one; None where it passes nothing on."""
        here = self.scope(path)
        for each in here.imports.get(name, ()):
            targets, left = self.targets(path, each)
            if targets and targets != [path]:
                return self._through(targets, each, left, [], depth - 1)[0]
        for star in here.stars if here.language.lookup in (Lookup.RELATIVE, Lookup.MODULES) else ():
            if passed := self._top([t for t in self.targets(path, star)[0] if t != path], name, depth - 1):
                return passed
        return None

    def _included(self, path: str, scope: str, links: list[str]) -> list[Meaning]:
        """A name of C or C++: by what is written before it, among the files that are included, else the only one."""
        names = [k for k in links if k != "()"]
        found = self._candidates(path, names[-1])
        written = ".".join(names)
        exact = [m for m in found if m.symbol.qualname == written or m.symbol.qualname.endswith("." + written)]
        reached = self._reachable(path)
        near = [m for m in exact if m.path in reached or _stem(m.path) in {_stem(p) for p in reached}]
        return near if len({m.id for m in near}) <= _FEW // 2 else []

    def _reachable(self, path: str) -> frozenset[str]:
        if path not in self._reached:
            seen, queue = {path}, [path]
            while queue and len(seen) < _REACH:
                here = queue.pop()
                for star in self.scope(here).stars:
                    for target in self.targets(here, star)[0]:
                        if target not in seen:
                            seen.add(target)
                            queue.append(target)
            self._reached[path] = frozenset(seen)
        return self._reached[path]

    def _candidates(self, path: str, name: str) -> list[Meaning]:
        """Definitions called `name` in the family of `path`."""
        group = self.files.family(path)
        found = []
        for node in self._defining(name):
            where, _, qualname = node.partition("::")
            if qualname and self.files.family(where) == group and (symbol := self.scope(where).named.get(qualname)):
                found.append(Meaning(where, symbol))
        return found

    def classes(self, path: str, qualname: str) -> list[Meaning]:
        """The class called `qualname` here, or of that name in the package or what is imported."""
        if not qualname:
            return []
        if symbol := self.scope(path).named.get(qualname):
            return [Meaning(path, symbol)]
        found, _ = self._outside(path, "", [qualname.rpartition(".")[2]], 2)
        return [m for m in found if m.symbol.kind is SymbolKind.CLASS]

    def bases(self, cls: Meaning, depth: int = _DEPTH) -> list[Meaning]:
        """What a class extends or implements, as far as it is of the project."""
        if depth <= 0:
            return []
        scope = cls.symbol.parent
        found = (m for b in cls.symbol.bases for m in self.resolve(cls.path, scope, b, depth - 1))
        return [m for m in found if m.symbol.kind is SymbolKind.CLASS and m.id != cls.id]

    def member(self, cls: Meaning, name: str, depth: int = _DEPTH) -> list[Meaning]:
        """A member of a class, wherever it is defined, or of its bases."""
        qualname = f"{cls.symbol.qualname}.{name}"
        here = self.scope(cls.path)
        if symbol := here.named.get(qualname):
            return [Meaning(cls.path, symbol)]
        if values := here.bound.get((cls.symbol.qualname, name)):
            return [m for v in values[:_FEW] for m in self.resolve(cls.path, cls.symbol.qualname, v, depth - 1)]
        if here.language.lookup in (Lookup.FOLDER, Lookup.MODULES, Lookup.INCLUDE):
            short = f"{cls.symbol.name}.{name}"
            elsewhere = [
                m for m in self._candidates(cls.path, name)
                if m.symbol.qualname == short or m.symbol.qualname.endswith("." + short)
            ]  # fmt: skip
            if elsewhere:
                return elsewhere[:_FEW]
        return (
            [m for base in self.bases(cls, depth - 1) for m in self.member(base, name, depth - 1)] if depth > 0 else []
        )

    def _members(self, path: str, found: Iterable[Meaning], name: str, depth: int) -> list[Meaning]:
        """``found.name``"""
        result: list[Meaning] = []
        for each in found:
            if each.symbol.kind is SymbolKind.MODULE:
                result += self._top([each.path], name, depth - 1)
            elif each.symbol.kind is SymbolKind.CLASS:
                result += self.member(each, name, depth - 1)
            elif symbol := self.scope(each.path).named.get(f"{each.symbol.qualname}.{name}"):
                result.append(Meaning(each.path, symbol))
        return result

    def _made(self, found: Iterable[Meaning], depth: int) -> list[Meaning]:
        """What calling `found` gives: an object, or what the result's type says."""
        result: list[Meaning] = []
        for each in found:
            if each.symbol.kind is SymbolKind.CLASS:
                result.append(Meaning(each.path, each.symbol, instance=True))
            elif name := type_name(each.symbol.returns):
                receivers = self.scope(each.path).language.receivers
                made = (
                    self.classes(each.path, each.symbol.parent) if name in receivers
                    else self.resolve(each.path, each.symbol.parent, name, depth - 1)
                )  # fmt: skip
                result += [Meaning(m.path, m.symbol, True) for m in made if m.symbol.kind is SymbolKind.CLASS]
        return result


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
