"""Which files an import of another language than Python leads to, by how that language looks imports up."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from posixpath import dirname, join, normpath

from fixbot_analysis import languages
from fixbot_analysis.graph.foreign_packages import exported_as, package_name, sources
from fixbot_analysis.languages import Language, Lookup
from fixbot_analysis.symbols import FileFacts, Import

_HEADS = ("crate", "self", "super")
_ROOTS = ("lib.rs", "main.rs", "mod.rs")  # files that stand for their folder
_INDEX = "index"  # the file that stands for its folder
_MOST = 200  # files that one import leads to


class Places:
    """The paths among `paths` that are not Python, with their languages, by folder and by name."""

    def __init__(self, paths: Iterable[str]) -> None:
        named = ((path, languages.language_of(path)) for path in paths if not path.endswith(".py"))
        self.languages: dict[str, str] = {path: name for path, name in named if name is not None and name != "python"}

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """Paths by folder."""
        return self._by(dirname)

    @cached_property
    def packages(self) -> dict[str, list[str]]:
        """Paths by package: the folder, less the root that sources of the same package may have several of."""
        return self._by(package_of)

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """Paths by their last part."""
        return self._by(lambda path: path.rpartition("/")[2])

    def _by(self, key: Callable[[str], str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.languages:
            found[key(path)].append(path)
        return found


class ForeignFiles:
    """The files of a project that are not Python, and where their imports lead; `facts` is asked for project files (go.mod, tsconfig.json) only."""

    def __init__(self, places: Places, facts: Callable[[str], FileFacts]) -> None:
        self._facts = facts
        self._places = places
        self.paths = places.languages
        self._groups = {name: each.group for name, each in languages.registry().languages.items()}
        self._led: dict[tuple[str, Import], tuple[list[str], tuple[str, ...]]] = {}

    def family(self, path: str) -> str:
        """The family of the language of `path`."""
        return self._groups.get(self.paths.get(path, ""), "")

    def beside(self, path: str) -> list[str]:
        """Files in the package of `path`, of its family."""
        group = self.family(path)
        return [p for p in self._places.packages.get(package_of(path), ()) if self.family(p) == group]

    def imported(self, path: str, each: Import, language: Language) -> tuple[list[str], tuple[str, ...]]:
        """The files that an import in `path` leads to, and the names below them that are left of its path."""
        if (path, each) not in self._led:
            self._led[path, each] = self._lookup(path, each, language)
        return self._led[path, each]

    def _lookup(self, path: str, each: Import, language: Language) -> tuple[list[str], tuple[str, ...]]:
        if language.lookup is Lookup.RELATIVE:
            return self._relative(path, each.module, language), ()
        if language.lookup is Lookup.FOLDER:
            return self._folder(path, each.module, language), ()
        if language.lookup is Lookup.INCLUDE:
            return self._included(path, each, language), ()
        if language.lookup is Lookup.DOTTED:
            return self._dotted(each, language), ()
        if language.lookup is Lookup.MODULES:
            return self._module(path, each, language)
        return [], ()

    def _told(self, path: str, name: str) -> Iterator[tuple[str, str, str]]:
        """(folder, scope, value) of what project files above `path` say of `name`, the nearest first."""
        folder = dirname(path)
        while True:
            for each in self._projects.get(folder, ()):
                yield from ((folder, b.scope, b.value) for b in self._facts(each).bindings if b.name == name)
            if not folder:
                return
            folder = dirname(folder)

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """Folders of the project's packages of JavaScript by the names that they are imported by."""
        found: dict[str, list[str]] = defaultdict(list)
        for folder, files in self._projects.items():
            for binding in (b for file in files for b in self._facts(file).bindings if b.name == "package"):
                found[binding.value].append(folder)
        return found

    @cached_property
    def _projects(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, name in self.paths.items():
            if name == "project":
                found[dirname(path)].append(path)
        return found

    # JavaScript, TypeScript

    def _relative(self, path: str, source: str, language: Language) -> list[str]:
        if source.startswith("."):
            place = normpath(join(dirname(path), source)).removeprefix(".")
            found = self._script(place, language) or self._entry(place, "", language)
            return [found] if found else []
        for folder, pattern, target in self._told(path, "paths"):
            head, star, tail = pattern.partition("*")
            if source.startswith(head) and source.endswith(tail) and (star or source == pattern):
                middle = source[len(head) : len(source) - len(tail)] if star else ""
                if found := self._script(normpath(join(folder, target.replace("*", middle))), language):
                    return [found]
        for folder, _, base in self._told(path, "baseUrl"):
            if found := self._script(normpath(join(folder, base, source)), language):
                return [found]
        name, rest = package_name(source)
        for folder in self._named.get(name, ()):
            if found := self._entry(folder, rest, language):
                return [found]
        return []

    def _entry(self, folder: str, rest: str, language: Language) -> str | None:
        """The file that the package in `folder` is as a whole, or gives under the name `rest`: what package.json says, in the sources."""
        said = [b for project in self._projects.get(folder, ()) for b in self._facts(project).bindings]
        wanted = f"./{rest}" if rest else "."
        targets = [t for b in said if b.name == "exports" and (t := exported_as(wanted, b.scope, b.value))]
        targets += [b.value for b in said if b.name == "main" and not rest]
        places = [place for target in targets for place in sources(target)] or (
            [f"src/{rest}", rest] if said and rest else []
        )
        found = (self._script(normpath(join(folder, place)), language) for place in places)
        return next(filter(None, found), None)

    def _script(self, place: str, language: Language) -> str | None:
        """The file that `place` means, its suffix left out or that of what it is compiled to."""
        if place in self.paths:
            return place
        suffixes = self._suffixes(language)
        bare = place.rpartition(".")[0] if place.endswith((".js", ".jsx", ".mjs", ".cjs")) else place
        candidates = [place + s for s in suffixes] + [bare + s for s in suffixes]
        candidates += [join(place, f"{_INDEX}{s}") for s in suffixes]
        return next((c for c in candidates if c in self.paths), None)

    def _suffixes(self, language: Language) -> list[str]:
        """Suffixes of the family, the language's own first."""
        same = [each for each in languages.registry().languages.values() if each.group == language.group]
        return [s for each in sorted(same, key=lambda e: e is not language) for s in each.suffixes]

    # Go

    def _folder(self, path: str, source: str, language: Language) -> list[str]:
        for folder, _, module in self._told(path, "module"):
            if source == module or source.startswith(module + "/"):
                return self._whole(join(folder, source[len(module) + 1 :]).rstrip("/"), language)
        return []

    def _whole(self, folder: str, language: Language) -> list[str]:
        """Every file of a folder that is no test."""
        files = (p for p in self._places.folders.get(folder, ()) if self.paths[p] == language.name)
        return sorted(p for p in files if not language.is_test_file(p))[:_MOST]

    # C, C++

    def _included(self, path: str, each: Import, language: Language) -> list[str]:
        near = normpath(join(dirname(path), each.module))
        if near in self.paths:
            return [near]
        source = normpath(each.module).lstrip("./")
        fitting = [
            p for p in self._places.names.get(source.rpartition("/")[2], ()) if p == source or p.endswith("/" + source)
        ]
        return sorted(fitting, key=lambda p: (-_common(p, path), len(p), p))[:1]

    # Java

    def _dotted(self, each: Import, language: Language) -> list[str]:
        suffix = language.suffixes[0]
        if each.name == "*" and (files := self._package(each.module, language)):
            return files
        whole = f"{each.module}.{each.name}" if each.name != "*" else each.module
        parts = whole.split(".")
        while parts:
            end = "/".join(parts) + suffix
            fitting = [p for p in self._places.names.get(parts[-1] + suffix, ()) if p == end or p.endswith("/" + end)]
            if fitting:
                return sorted(fitting)[:1]
            parts.pop()
        return []

    def _package(self, dotted: str, language: Language) -> list[str]:
        end = dotted.replace(".", "/")
        folders = [f for f in self._places.folders if f == end or f.endswith("/" + end)]
        return sorted(p for f in folders for p in self._places.folders[f] if self.paths[p] == language.name)[:_MOST]

    # Rust

    def _module(self, path: str, each: Import, language: Language) -> tuple[list[str], tuple[str, ...]]:
        parts = [p for p in [*each.module.split(language.separator), each.name] if p and p != "*"]
        if not each.name and each.alias:  # mod name;
            parts = parts or ["self", each.alias]
        return self.module(path, parts)

    def module(self, path: str, parts: list[str]) -> tuple[list[str], tuple[str, ...]]:
        """The file that a path of modules leads to from the file at `path`, and what is left of it."""
        here = _below(path)
        if parts[:1] == ["crate"]:
            here, rest = self._crate(path), parts[1:]
        elif parts and parts[0] in self._crates:
            here, rest = self._crates[parts[0]], parts[1:]
        else:
            rest = list(parts)
            while rest and rest[0] in ("self", "super"):
                here = dirname(here) if rest[0] == "super" else here
                rest = rest[1:]
        file = self._file_of(here) if len(rest) < len(parts) else None
        while rest:
            inner = join(here, rest[0])
            below = next((c for c in (f"{inner}.rs", f"{inner}/mod.rs") if c in self.paths), None)
            if below is None:
                break
            file, here, rest = below, inner, rest[1:]
        return ([file] if file else []), tuple(rest)

    def _file_of(self, folder: str) -> str | None:
        """The file whose modules stand in `folder`."""
        candidates = (*(join(folder, name) for name in _ROOTS), f"{folder}.rs")
        return next((c for c in candidates if c in self.paths), None)

    def _crate(self, path: str) -> str:
        """The folder of the crate's root around `path`."""
        folder = dirname(path)
        while folder and not any(join(folder, name) in self.paths for name in _ROOTS[:2]):
            folder = dirname(folder)
        return folder

    @cached_property
    def _crates(self) -> dict[str, str]:
        """Folders of the sources of the project's crates by name."""
        found: dict[str, str] = {}
        for folder, files in self._projects.items():
            for binding in (b for file in files for b in self._facts(file).bindings if b.name == "crate"):
                source = next((f for f in (join(folder, "src"), folder) if self._file_of(f)), None)
                if source is not None:
                    found[binding.value] = source
        return found


def package_of(path: str) -> str:
    """The folder of `path`; below the last root of Java sources, what is under that."""
    folder = dirname(path)
    return folder.rpartition("/java/")[2] if "/java/" in folder else folder


def _below(path: str) -> str:
    """The folder in which the modules of a Rust file stand."""
    return dirname(path) if path.rpartition("/")[2] in _ROOTS else path.removesuffix(".rs")


def _common(a: str, b: str) -> int:
    """How many folders two paths share from the top."""
    shared = 0
    for left, right in zip(a.split("/"), b.split("/"), strict=False):
        if left != right:
            break
        shared += 1
    return shared
