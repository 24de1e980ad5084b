"""Members of what is not of the project: Python's own types, modules and classes of its library and of installed packages, read but never run."""

import builtins
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.scope import Name, from_symbol
from fixbot_analysis.codemodel.installed import Folders
from fixbot_analysis.graph.values import External
from fixbot_analysis.symbols import FileFacts, extract

_LARGEST = 400_000  # bytes of a module that is read while somebody waits
_DEPTH = 5  # bases of bases that are looked at
_FAR = 3  # how far up the bases something from outside counts

# What methods of strings give, where it is no string.
_GIVEN = {
    "str.split": "list", "str.rsplit": "list", "str.splitlines": "list", "str.encode": "bytes", "str.partition": "tuple",
    "str.rpartition": "tuple", "str.find": "int", "str.index": "int", "str.count": "int", "bytes.decode": "str",
    "dict.copy": "dict", "list.copy": "list", "set.copy": "set", "sorted": "list", "repr": "str", "len": "int", "open": "io.IOBase",
}  # fmt: skip


def members(value: External, packages: Folders = ()) -> Iterator[Name]:
    """Effect: reads source. Members of something from outside the project, as far as it comes with Python or lies in `packages`."""
    name = _type_name(value.name) if value.made else value.name
    plain = getattr(builtins, name, None)
    if isinstance(plain, type):
        yield from _of_object(plain)
    elif value.made:
        module, _, cls = name.rpartition(".")
        yield from _of_class(module, cls, _DEPTH, packages)
    else:
        yield from _of_module(name, packages)


def _type_name(name: str) -> str:
    """The class of the object that calling `name` gives."""
    if name in _GIVEN:
        return _GIVEN[name]
    head = name.partition(".")[0]
    return head if head in ("str", "bytes") else name


def _of_object(thing: object) -> Iterator[Name]:
    for name in dir(thing):
        kind = ItemKind.METHOD if callable(getattr(thing, name, None)) else ItemKind.ATTRIBUTE
        yield Name(name, kind, "member", "", _FAR, kind.value)


def _of_module(name: str, packages: Folders) -> Iterator[Name]:
    loaded, module = sys.modules.get(name), _module(name, packages)
    if name in sys.builtin_module_names and loaded is not None:
        yield from _of_object(loaded)
    elif module is not None:
        yield from (from_symbol(s, "member") for s in module.facts.symbols if s.name and not s.parent)
        for each in module.facts.imports:
            if not each.scope and each.name not in ("", "*"):
                yield Name(each.bound, ItemKind.VARIABLE, "member", each.module, 1, "variable")
            elif each.name == "*" and not each.level and each.module.startswith("_"):  # what is written in C
                yield from _of_module(each.module, packages)


def _of_class(name: str, cls: str, depth: int, packages: Folders) -> Iterator[Name]:
    module = _module(name, packages)
    if module is None or not depth:
        return
    symbol = next((s for s in module.facts.symbols if s.qualname == cls), None)
    if symbol is None:
        home = module.imported(cls)
        yield from _of_class(*home, depth - 1, packages) if home else ()
        return
    yield from (from_symbol(s, "member", _FAR) for s in module.facts.symbols if s.name and s.parent == cls)
    for base in symbol.bases:
        where, _, last = base.rpartition(".")
        yield from _of_class(*(module.imported(base) or (where or name, last)), depth - 1, packages)


@dataclass(frozen=True, slots=True)
class _Module:
    name: str
    facts: FileFacts
    is_package: bool

    def imported(self, name: str) -> tuple[str, str] | None:
        """Module and name that an import calls `name` here; None where none does."""
        each = next((i for i in self.facts.imports if i.bound == name and i.name not in ("", "*")), None)
        if each is None:
            return None
        parts = self.name.split(".")
        around = parts[: len(parts) - each.level + self.is_package] if each.level else []
        return ".".join([*around, *each.module.split(".")] if each.module else around), each.name


@lru_cache(64)
def _module(name: str, packages: Folders) -> _Module | None:
    """Effect: reads the source of a module of the standard library or of `packages`; None where it has none, or is no such module."""
    parts = ("posixpath" if name == "os.path" else name).split(".")
    is_library = parts[0] in sys.stdlib_module_names or name == "os.path"
    for folder in (Path(sysconfig.get_path("stdlib")),) if is_library else packages:
        for path in (folder.joinpath(*parts).with_suffix(".py"), folder.joinpath(*parts, "__init__.py")):
            try:
                if path.stat().st_size <= _LARGEST:
                    return _Module(name, extract(path.read_bytes()), path.name == "__init__.py")
            except OSError:
                continue
    return None
