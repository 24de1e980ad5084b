"""Public names of modules from outside the project: Python's library and installed packages, read by their lines, so that hundreds take no time."""

import re
import sys
import time
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.outside.living import compiled
from fixbot_agent.completing.outside.reading import file_of, imports_of, library_folder, text_of
from fixbot_analysis.codemodel.commonness import COMMON_MODULES, COMMON_NAMES
from fixbot_analysis.installed import Folders

_DEPTH = 4  # stars and re-exports that are followed
_MOST_MODULES = 60  # of packages, those that the project imports from most

_ALL = re.compile(
    r"^__all__(?:[ \t]*:[^=\n]*)?[ \t]*(?:\+?=|\.extend\()[ \t]*(.*?)(?:\n(?=\S)(?![)\]])|\Z)", re.MULTILINE | re.DOTALL
)
_QUOTED = re.compile(r"""["']([^\W\d]\w*)["']""")
_MADE = re.compile(
    r"^(?:async[ \t]+)?(def|class)[ \t]+([^\W\d]\w*)|^([^\W\d]\w*)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)
# Modules of the library that nobody means who writes a program.
_ODD = frozenset({
    "antigravity", "this", "test", "idlelib", "lib2to3", "turtledemo", "turtle", "tkinter", "distutils", "ensurepip", "pydoc_data", "encodings",
    "curses", "msilib", "venv", "nt", "ntpath", "posix", "posixpath", "genericpath", "sre_compile", "sre_constants", "sre_parse",
    "nturl2path", "opcode", "pip", "xxlimited", "xxsubtype", "__future__", "pydoc", "pyclbr",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Public:
    """A public name: the module that gives it, what it is, and how common it is to import it (0 to 1)."""

    name: str
    module: str
    kind: ItemKind
    worth: float


class Shelf:
    """What could be imported from outside, by the beginnings of names; read module by module, a little at a time."""

    def __init__(self) -> None:
        self._read: dict[str, Mapping[str, ItemKind]] = {}
        self._sorted: list[tuple[str, str]] = []  # (in small letters, name)
        self._found: dict[str, list[Public]] = {}

    def read(self, modules: Iterable[str], packages: Folders, seconds: float) -> bool:
        """Effect: reads modules of the library and those of `modules` that lie in `packages`, for at most about `seconds`. Whether all is read."""
        until = time.perf_counter() + seconds
        own = [each for each in modules if each.partition(".")[0] not in sys.stdlib_module_names][:_MOST_MODULES]
        for module in (*library_modules(), *own):
            if module in self._read:
                continue
            if time.perf_counter() > until:
                return False
            names = self._read[module] = public(module, packages) or {}
            for name, kind in names.items():
                self._take(Public(name, module, kind, commonness(module, name)))
        return True

    def kind(self, module: str, name: str) -> ItemKind | None:
        """What a name of a module stands for, as far as that was read."""
        if (live := _live(module)) is not None and hasattr(live, name):
            return _kind(getattr(live, name), name)
        return self._read.get(module, {}).get(name)

    def beginning(self, prefix: str) -> Iterator[Public]:
        """What begins with `prefix`, whatever its case."""
        small = prefix.lower()
        at = bisect_left(self._sorted, (small, ""))
        while at < len(self._sorted) and self._sorted[at][0].startswith(small):
            yield from self._found[self._sorted[at][1]]
            at += 1

    def _take(self, found: Public) -> None:
        if len(found.name) < 3:
            return
        if found.name not in self._found:
            insort(self._sorted, (found.name.lower(), found.name))
        self._found.setdefault(found.name, []).append(found)


def commonness(module: str, name: str) -> float:
    """How common it is to import `name` from a module of the library, 0 to 1."""
    return COMMON_NAMES.get(f"{module}.{name}", 0.0) or COMMON_MODULES.get(module.partition(".")[0], 0.0) / 20


@lru_cache(1)
def library_modules() -> tuple[str, ...]:
    """Effect: looks at folders. Modules of the library, those that are imported most first, with the public ones in packages."""
    tops = (name for name in sys.stdlib_module_names if not name.startswith("_") and name not in _ODD)
    found: list[str] = []
    for top in sorted(tops, key=lambda name: (-COMMON_MODULES.get(name, 0.0), name)):
        found.append(top)
        folder = library_folder() / top
        below = sorted(each.stem for each in folder.glob("*.py")) if folder.is_dir() else []
        found += [f"{top}.{each}" for each in below if not each.startswith("_")]
    return (*found, "os.path")


def public(module: str, packages: Folders) -> Mapping[str, ItemKind] | None:
    """Effect: reads the module. Its public names: those of its ``__all__``, else what it defines, and of packages what they take from their parts.

    None where its source cannot be found.
    """
    return _public(module, packages, _DEPTH)


def _part(name: str, packages: Folders) -> ItemKind | None:
    return ItemKind.MODULE if file_of(name, packages) else None


@lru_cache(1024)
def _public(module: str, packages: Folders, depth: int) -> Mapping[str, ItemKind] | None:
    if (thing := compiled(module)) is not None:
        return {name: _kind(value, name) for name, value in vars(thing).items() if not name.startswith("_")}
    path = file_of(module, packages)
    if path is None or not depth:
        return None
    text = text_of(path)
    made = _defined(text)
    listed, is_whole = _listed(text)
    keeps = listed.__contains__ if is_whole else _is_public
    found = {name: kind for name, kind in made.items() if keeps(name)}
    for home, names in imports_of(text, module, is_package=path.name == "__init__.py"):
        is_part = home.partition(".")[0] == module.partition(".")[0]
        given = {} if not is_part else (_public(home, packages, depth - 1) or {})
        if names == {"*": "*"}:
            found.update((name, kind) for name, kind in given.items() if keeps(name))
        elif is_whole or (is_part and path.name == "__init__.py"):
            new = {n: of for n, of in names.items() if n not in found and keeps(n)}
            found.update((n, given.get(of) or _part(f"{home}.{of}", packages) or _guess(n)) for n, of in new.items())
    found.update((name, _guess(name)) for name in listed - found.keys())
    live = _live(module)
    found.update((name, _guess(name)) for name in getattr(live, "__all__", ()))  # some are made while it is loaded
    return {name: _kind(getattr(live, name, None), name) if live else kind for name, kind in found.items()}


def _is_public(name: str) -> bool:
    return not name.startswith("_")


def _listed(text: str) -> tuple[set[str], bool]:
    """Names that ``__all__`` says, and whether it says all of them."""
    written = _ALL.findall(text)
    names = {name for each in written for name in _QUOTED.findall(each)}
    rest = "".join(re.sub(r"#[^\n]*|[\"'][^\"'\n]*[\"']", "", each) for each in written)
    return names, bool(names) and not re.search(r"\w", rest)


def _defined(text: str) -> dict[str, ItemKind]:
    found: dict[str, ItemKind] = {}
    for how, name, variable in _MADE.findall(text):
        kind = ItemKind.CLASS if how == "class" else ItemKind.FUNCTION if how else ItemKind.VARIABLE
        found.setdefault(name or variable, kind)
    return found


def _live(module: str) -> ModuleType | None:
    """The module of the library where this program has loaded it: it is the same in every program."""
    return sys.modules.get(module) if module.partition(".")[0] in sys.stdlib_module_names else None


def _kind(thing: object, name: str) -> ItemKind:
    if thing is None:
        return _guess(name)
    if isinstance(thing, type):
        return ItemKind.CLASS
    if isinstance(thing, ModuleType):
        return ItemKind.MODULE
    is_form = type(thing).__module__ == "typing"  # Optional, Literal
    return ItemKind.CLASS if is_form else ItemKind.FUNCTION if callable(thing) else ItemKind.VARIABLE


def _guess(name: str) -> ItemKind:
    if name.isupper() and len(name) > 1:
        return ItemKind.VARIABLE
    return ItemKind.CLASS if name[:1].isupper() else ItemKind.FUNCTION
