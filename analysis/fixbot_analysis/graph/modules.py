"""Which file a dotted name means: import roots, packages with and without ``__init__.py``, relative imports, src layouts.

A *location* is the path of a file, or of a folder with a slash at its end where a package has no ``__init__.py``.
"""

import sys
from collections.abc import Iterable

from fixbot_analysis.graph.foreign_files import Places

_INIT = "__init__.py"


class ModuleMap:
    """Names and locations of the modules among `paths` (POSIX, relative to the project's root); `others` are what is not Python."""

    def __init__(self, paths: Iterable[str]) -> None:
        paths = tuple(paths)
        self.others = Places(paths)
        self._paths = frozenset(p for p in paths if p.endswith(".py"))
        self._folders = frozenset(f for p in self._paths for f in _folders(p))
        packages = frozenset(_folder(p) for p in self._paths if p.endswith("/" + _INIT))
        roots = frozenset(_root(f, packages) or "" for f in packages) | {""}
        self._names: dict[str, str] = {}
        self._found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            primary, *others = _roots_of(_folder(path), packages, roots)
            self._names[path] = _dotted(path, primary)
            for root in (primary, *others):
                self._name(path, root)

    def __contains__(self, path: object) -> bool:
        """Whether there is a module at `path`."""
        return path in self._paths

    def name(self, path: str) -> str:
        """Dotted name of the module at `path`, by the outermost package that holds it; the path itself where it is no Python."""
        return self._names.get(path, path)

    def location(self, dotted: str, near: str = "") -> str | None:
        """Where the absolute name `dotted` is found; of several the one that shares most folders with the path `near`.

        A module of Python's library is that, unless files at `near` would import another from the folder that they are run in.
        """
        found = self._found.get(dotted)
        if found is not None and dotted.partition(".")[0] in sys.stdlib_module_names:
            found = [place for place in found if self._hides_library(dotted, place, near)]
            if not found:
                return None
        if found is None:
            folder = _folder(near)
            is_script = bool(near) and folder + _INIT not in self._paths  # its own folder is searched too
            return self.below(folder, dotted.split(".")) if is_script else None
        if len(found) == 1 or not near:
            return found[0]
        return max(found, key=lambda place: (len({*_folders(place)} & {*_folders(near)}), place.endswith(".py")))

    def relative(self, path: str, level: int, module: str) -> str | None:
        """Where ``from {level dots}{module} import`` in `path` looks."""
        folder = _folder(path)
        for _ in range(level - 1):
            if not folder:
                return None
            folder = _folder(folder.rstrip("/"))
        return self.below(folder, module.split(".") if module else [])

    def below(self, folder: str, parts: Iterable[str]) -> str | None:
        """Location reached from `folder` (``""`` or ending in /) through the modules named `parts`."""
        here: str | None = self._package(folder)
        for part in parts:
            here = self.submodule(here, part) if here is not None else None
        return here

    def submodule(self, location: str, name: str) -> str | None:
        """Location of the module `name` in the package at `location`; None where that is no package."""
        if location and not location.endswith("/") and not _is_init(location):
            return None
        folder = _folder(location)
        if folder + name + ".py" in self._paths:
            return f"{folder}{name}.py" if f"{folder}{name}/{_INIT}" not in self._paths else f"{folder}{name}/{_INIT}"
        return self._package(f"{folder}{name}/") if f"{folder}{name}/" in self._folders else None

    def packages_around(self, path: str) -> tuple[str, ...]:
        """The ``__init__.py`` files that are run before the module at `path` is."""
        return tuple(f + _INIT for f in _folders(path) if f + _INIT in self._paths and f + _INIT != path)

    def _hides_library(self, dotted: str, place: str, near: str) -> bool:
        """Whether `place` comes before the library's module of the same name: a module, or a package with ``__init__.py``, in a root around `near`."""
        depth = dotted.count(".") + 1 + _is_init(place)
        root = "/".join(place.rstrip("/").split("/")[:-depth])
        first = f"{root}/".lstrip("/") + dotted.partition(".")[0]
        return near.startswith(f"{root}/".lstrip("/")) and (
            f"{first}/{_INIT}" in self._paths or first + ".py" in self._paths
        )

    def _package(self, folder: str) -> str:
        return folder + _INIT if folder + _INIT in self._paths else folder

    def _name(self, path: str, root: str) -> None:
        self._add(_dotted(path, root), path)
        # Folders without __init__.py can be named too: from namespace import module.
        for folder in _folders(path):
            if len(folder) > len(root) and folder + _INIT not in self._paths:
                self._add(_dotted(folder, root), folder)

    def _add(self, name: str, location: str) -> None:
        places = self._found.setdefault(name, [])
        if location not in places:
            places.append(location)


def _roots_of(folder: str, packages: frozenset[str], roots: frozenset[str]) -> list[str]:
    """Folders that a file in `folder` is imported from: above the outermost package, else the nearest root; then the others."""
    outer = _root(folder, packages)
    found = [max((r for r in roots if folder.startswith(r)), key=len)] if outer is None else [outer]
    inner = folder
    while inner in packages:
        inner = _folder(inner.rstrip("/"))
    return list(dict.fromkeys([*found, *([inner] if folder in packages else []), ""]))


def _root(folder: str, packages: frozenset[str]) -> str | None:
    """Parent of the outermost package around `folder`."""
    outermost = next((f for f in _folders(folder) if f in packages), None)
    return None if outermost is None else _folder(outermost.rstrip("/"))


def _folders(path: str) -> list[str]:
    """Folders around `path` (and itself, if it is one), outermost first, each with a slash at its end."""
    return [path[: i + 1] for i, c in enumerate(path) if c == "/"]


def _folder(path: str) -> str:
    """Folder of `path` with a slash at its end, ``""`` at the root; a folder's own is itself."""
    return path[: path.rfind("/") + 1]


def _is_init(path: str) -> bool:
    return path == _INIT or path.endswith("/" + _INIT)


def _dotted(location: str, root: str) -> str:
    name = location[len(root) :].removesuffix(_INIT).rstrip("/").removesuffix(".py")
    return name.replace("/", ".") or location.rstrip("/").rpartition("/")[2].removesuffix(".py")
