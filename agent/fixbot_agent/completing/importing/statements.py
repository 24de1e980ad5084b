"""What an import statement may name: modules of the project, of installed packages and of Python's library, and names in a module."""

import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.place import Place
from fixbot_agent.completing.cursor.scope import Name, from_symbol, is_constant
from fixbot_agent.completing.outside import members as outside
from fixbot_agent.completing.outside.library import public
from fixbot_analysis.codemodel.installed import Folders
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.values import External
from fixbot_analysis.index import Index
from fixbot_analysis.installed import listed
from fixbot_analysis.symbols import FileFacts

PROJECT, LIBRARY, PACKAGE = "module", "library", "package"
UNLISTED = "unlisted"  # the role of a name that a module has but does not offer


class Imports:
    """Answers for one project as it is now."""

    def __init__(self, index: Index, modules: ModuleMap, packages: Folders) -> None:
        self._index, self._modules, self._packages = index, modules, packages

    def names(self, place: Place) -> dict[str, Name]:
        """What ``from module import`` can bring in at `place`; what the statement names already is left out."""
        level = len(place.module) - len(place.module.lstrip("."))
        name = place.module[level:]
        if level:
            location = self._modules.relative(place.path, level, name)
        else:
            location = self._modules.location(name, place.path)
        found = self.exports(location) if location is not None else iter(self._foreign(name) if not level else ())
        # A module may import from itself in no sense, and a name that is there needs no second import.
        own = self._modules.name(place.path).rpartition(".")[2] if location is not None else ""
        taken = {*place.before[_after_import(place.before) :], own}
        listed = self._listed(location, "" if level else name)
        return {each.name: _judged(each, listed) for each in first(found).values() if each.name not in taken}

    def _listed(self, location: str | None, name: str) -> Container[str]:
        """Names that a module offers, modules in it too; none where it does not say."""
        if location is None:
            return {*(public(name, self._packages) or ()), *outside.modules_in(name, self._packages)}
        says = self._index.facts(location).exports if location.endswith(".py") else None
        return {*says, *self._below(location)} if says else ()

    def parts(self, place: Place) -> dict[str, Name]:
        """The next parts of the module names that begin with what is written of one."""
        written = place.module.rpartition(".")[0]
        if place.module.startswith("."):
            return self._relative(place)
        head = f"{written}." if written else ""
        names = (self._modules.name(path) for path in self._index.paths if path.endswith(".py"))
        parts = {name[len(head) :].partition(".")[0] for name in names if name.startswith(head) and name != written}
        found = {part: Name(part, ItemKind.MODULE, PROJECT) for part in sorted(parts) if part.isidentifier()}
        others = outside.modules_in(written, self._packages) if written else installed(self._packages)
        for name, source in others.items():
            found.setdefault(name, Name(name, ItemKind.MODULE, source))
        return found

    def _relative(self, place: Place) -> dict[str, Name]:
        dots = len(place.module) - len(place.module.lstrip("."))
        written = place.module[dots:].rpartition(".")[0]
        location = self._modules.relative(place.path, dots, written)
        own = place.path.rpartition("/")[2].removesuffix(".py")
        below = self._below(location) if location is not None else iter(())
        return {p: Name(p, ItemKind.MODULE, PROJECT) for p in below if p != own}

    def _foreign(self, name: str) -> Iterator[Name]:
        for each in outside.members(External(name), self._packages).names:
            if not each.name.startswith("__"):
                yield each
        for below, source in outside.modules_in(name, self._packages).items():
            yield Name(below, ItemKind.MODULE, source)
        for more, kind in (public(name, self._packages) or {}).items():
            yield Name(more, kind, "member")

    def exports(self, location: str) -> Iterator[Name]:
        """Names that a module of the project has: its definitions, what it imports, the modules below it."""
        if location.endswith(".py"):
            yield from exported(self._index.facts(location))
        yield from (Name(part, ItemKind.MODULE, "member") for part in self._below(location))

    def _below(self, location: str) -> Iterator[str]:
        folder = location.removesuffix("__init__.py")
        if folder == "" or folder.endswith("/"):
            below = (
                path[len(folder) :].removesuffix(".py").partition("/")[0]
                for path in self._index.paths
                if path.startswith(folder) and path.endswith(".py")
            )
            yield from (part for part in dict.fromkeys(below) if part != "__init__" and part.isidentifier())


def _judged(name: Name, listed: Container[str]) -> Name:
    """A name that a module does not offer as such: private, or only imported there, where the module says what it offers."""
    is_public = name.name in listed or (not listed and not name.name.startswith("_"))
    return name if is_public else replace(name, role=UNLISTED)


def exported(facts: FileFacts) -> Iterator[Name]:
    """Names that a file defines or imports at its top."""
    yield from (from_symbol(s, "member") for s in facts.symbols if s.name and not s.parent)
    for each in facts.imports:
        if not each.scope and each.name not in {"", "*"}:
            is_class = each.bound[:1].isupper() and not is_constant(each.bound)
            kind = ItemKind.CLASS if is_class else ItemKind.VARIABLE
            yield Name(each.bound, kind, "member", "." * each.level + each.module, 1)


def first(names: Iterable[Name]) -> dict[str, Name]:
    """By name the first of each."""
    found: dict[str, Name] = {}
    for name in names:
        found.setdefault(name.name, name)
    return found


@lru_cache(8)
def installed(packages: Folders) -> dict[str, str]:
    """Effect: looks at folders. Modules that any program may import: of Python's library, and those that lie in `packages`."""
    found = {name: LIBRARY for name in sorted(sys.stdlib_module_names) if not name.startswith("_")}
    found["__future__"] = LIBRARY
    for folder in packages:
        for entry in sorted(listed(folder)):
            name = entry.removesuffix(".py")
            is_module = entry.endswith(".py") or (Path(folder, entry).is_dir() and "." not in entry)
            if is_module and name.isidentifier() and not name.startswith("_"):
                found.setdefault(name, PACKAGE)
    return found


def _after_import(before: Sequence[str]) -> int:
    """Index of what follows the last ``import``."""
    return next((at + 1 for at in range(len(before) - 1, -1, -1) if before[at] == "import"), len(before))
