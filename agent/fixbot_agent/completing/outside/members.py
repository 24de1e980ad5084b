"""Members of what is not of the project: Python's own types, modules and classes of its library and of installed packages, read but never run."""

import builtins
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fixbot_agent.completing.completion import ItemKind
from fixbot_agent.completing.cursor.scope import Name, from_symbol
from fixbot_agent.completing.outside.living import FAR, compiled, of_class, of_module, of_object
from fixbot_agent.completing.outside.results import GIVEN, HELD, MADE
from fixbot_analysis.codemodel.installed import Folders
from fixbot_analysis.graph.values import External
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind, extract

_LARGEST = 400_000  # bytes of a module that is read while somebody waits
_DEPTH = 5  # bases of bases that are looked at

# An object may well be of a class below one of these, or of one more particular than what was said.
_VAGUE = frozenset({"object", "type", "super", "property", "classmethod", "staticmethod", "Exception", "BaseException"})
_NO_MEMBERS = frozenset({"object", "Generic", "Protocol", "ABC"})  # bases that bring what every object has
_ASKED = frozenset({"__getattr__", "__getattribute__"})  # a class that has one answers to more than its members
# What makes members while it runs.
_WRITING = ("setattr", "globals", "vars", "__dict__.update", "_convert_", "global_enum")
# What makes their members shows in the class that has them.
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_ELSEWHERE = frozenset({"nt", "posix", "_winapi", "_scproxy"})  # modules in C of other systems


@dataclass(frozen=True, slots=True)
class Found:
    """Members, and whether there are no others."""

    names: tuple[Name, ...] = ()
    whole: bool = False


UNKNOWN = Found()


def members(value: External, packages: Folders = ()) -> Found:
    """Effect: reads source. Members of something from outside the project, as far as it comes with Python or lies in `packages`.

    Of the library, what is written in C is loaded and looked at: it is the same in every program.
    """
    return _members(value.name, value.made, packages)


@lru_cache(256)
def _members(written: str, is_made: bool, packages: Folders) -> Found:
    name = _type_name(written) if is_made else HELD.get(written, written)
    made = is_made or name != written
    if made and name == "types.ModuleType":
        return Found(tuple(of_module()))
    plain = getattr(builtins, name, None)
    if isinstance(plain, type):
        return Found(tuple(of_object(plain) if made else of_class(plain)), name not in _VAGUE)
    if not made and (found := _of_module(name, packages, set())) is not UNKNOWN:
        return found
    module, _, cls = name.rpartition(".")
    found = _of_class(module, cls, _DEPTH, packages)
    more = tuple(of_object(object) if made else of_class(object))
    return Found((*found.names, *more), found.whole and written != "open") if found.names else found


def modules_in(name: str, packages: Folders) -> dict[str, str]:
    """Effect: looks at folders. Modules in the package `name` of Python's library (``library``) or of `packages` (``package``)."""
    module = _module(name, packages)
    source = "library" if name.partition(".")[0] in sys.stdlib_module_names else "package"
    return dict.fromkeys(module.below, source) if module else {}


def definition(name: str, packages: Folders) -> Symbol | None:
    """Effect: reads source. The function called `name`, or what makes the objects of the class of that name; None where no source says."""
    if (found := _defined(name, packages, _DEPTH)) is None:
        where, _, method = name.rpartition(".")  # pathlib.Path.mkdir
        return next((s for s in methods(where, packages) if s.name == method), None) if "." in where else None
    if found[1].kind is not SymbolKind.CLASS:
        return found[1]
    return next((s for s in methods(name, packages) if s.name == "__init__"), None)


@lru_cache(64)
def methods(name: str, packages: Folders) -> tuple[Symbol, ...]:
    """Effect: reads source. Methods of the class `name` and of its bases, the nearest first, as far as source says."""
    return tuple(_methods(name, packages, _DEPTH))


def _methods(name: str, packages: Folders, depth: int) -> Iterator[Symbol]:
    found = _defined(name, packages, depth)
    if found is None or not depth:
        return
    module, cls = found
    yield from (s for s in module.facts.symbols if s.parent == cls.qualname and s.kind is SymbolKind.METHOD)
    for written in cls.bases:
        base = written.partition("[")[0].strip()
        home = module.imported(base)
        yield from _methods(".".join(home) if home else f"{module.name}.{base}", packages, depth - 1)


def _defined(name: str, packages: Folders, depth: int) -> "tuple[_Module, Symbol] | None":
    """The definition called `name` and the module that it stands in, wherever imports and stars lead."""
    where, _, last = name.rpartition(".")
    module = _module(where, packages) if where and depth else None
    if module is None:
        return None
    symbol = next((s for s in module.facts.symbols if s.qualname == last), None)
    if symbol is not None:
        return module, symbol
    homes = [home] if (home := module.imported(last)) else [(star, last) for star in module.stars]
    return next((found for home in homes if (found := _defined(".".join(home), packages, depth - 1))), None)


def writes_members(callee: str) -> bool:
    """Whether calling `callee` may make members that no source names."""
    return callee.endswith(_WRITING)


def _type_name(name: str) -> str:
    """The class of the object that calling `name` gives."""
    head, _, last = name.rpartition(".")
    if head in GIVEN:
        name = f"{GIVEN[head]}.{last}"
    if name in GIVEN:
        return GIVEN[name]
    head, _, last = name.partition(".")
    if head in ("str", "bytes") and last:
        return "bool" if last.startswith("is") else head
    return name


def _joined(parts: Iterable[Found]) -> Found:
    parts = list(parts)
    return Found(tuple(name for part in parts for name in part.names), all(part.whole for part in parts))


def _of_module(name: str, packages: Folders, seen: set[str]) -> Found:
    if name in seen:  # stars in a circle
        return Found((), whole=True)
    seen.add(name)
    if loaded := compiled(name):
        return Found((*of_object(loaded), *of_module(name)), True)
    module = _module(name, packages)
    if module is None:
        return Found((), whole=True) if name in _ELSEWHERE else UNKNOWN
    names = [from_symbol(s, "member") for s in module.facts.symbols if s.name and not s.parent]
    imports = [each for each in module.facts.imports if not each.scope]
    names += [
        Name(each.bound, ItemKind.VARIABLE, "member", each.module, 1, "variable")
        for each in imports
        if each.name not in ("", "*")
    ]
    names += [Name(each.bound, ItemKind.MODULE, "member", "", FAR, "module") for each in imports if not each.name]
    names += [Name(each, ItemKind.MODULE, "member", "", FAR, "module") for each in module.below]
    stars = [
        _of_module(module.absolute(each.level, each.module), packages, seen) for each in imports if each.name == "*"
    ]
    own = Found((*names, *of_module(name)), not module.is_open and not module.has("", _ASKED))
    return _joined([own, *stars])


def _of_class(name: str, cls: str, depth: int, packages: Folders) -> Found:
    if like := MADE.get(f"{name}.{cls}"):
        more = (Name(each, ItemKind.METHOD, "member", "", FAR, "method") for each in like[1])
        return Found(
            (*of_object(getattr(builtins, like[0])), *more), cls != "namedtuple"
        )  # whose fields are not known here
    if isinstance(thing := getattr(compiled(name), cls, None), type):
        return Found(tuple(of_object(thing)), whole=True)
    module = _module(name, packages)
    if module is None or not depth:
        return UNKNOWN
    symbol = next((s for s in module.facts.symbols if s.qualname == cls), None)
    if symbol is None or symbol.kind is not SymbolKind.CLASS:
        if isinstance(made := getattr(sys.modules.get(name), cls, None), type) and name in sys.stdlib_module_names:
            return Found(tuple(of_object(made)), not made.__module__.startswith("_"))  # made by a call, as re.Pattern
        home = module.imported(cls) if symbol is None else None
        homes = [home] if home else [(star, cls) for star in module.stars if symbol is None]
        return next((found for each in homes if (found := _of_class(*each, depth - 1, packages)).names), UNKNOWN)
    own = [from_symbol(s, "member", FAR) for s in module.facts.symbols if s.name and s.parent == cls]
    if isinstance(thing := getattr(sys.modules.get(name), cls, None), type) and name in sys.stdlib_module_names:
        own += of_object(thing)  # with what the module gives to the class after it was made, as timezone.utc
    is_plain = not module.has(cls, _ASKED) and not module.writes(cls) and not symbol.decorators
    whole = is_plain or (name == "enum" and cls in _ENUMS)
    return _joined([Found(tuple(own), whole), *_of_bases(module, symbol, depth, packages)])


def _of_bases(module: "_Module", symbol: Symbol, depth: int, packages: Folders) -> Iterator[Found]:
    for written in symbol.bases:
        base = written.partition("[")[0].strip()
        where, _, last = base.rpartition(".")
        plain = getattr(builtins, base, None)
        if last in _NO_MEMBERS or "=" in base:
            continue
        if isinstance(plain, type) and not module.defines(base):
            yield Found(tuple(of_object(plain)), whole=True)
        elif found := module.imported(base):
            yield _of_class(*found, depth - 1, packages)
        else:
            yield _of_class(where or module.name, last, depth - 1, packages)


@dataclass(frozen=True, slots=True)
class _Module:
    name: str
    facts: FileFacts
    is_package: bool
    below: tuple[str, ...] = ()  # modules in it

    @property
    def stars(self) -> list[str]:
        """Modules whose names it takes over."""
        return [self.absolute(each.level, each.module) for each in self.facts.imports if each.name == "*"]

    @property
    def is_open(self) -> bool:
        """Whether names may be made that no source shows; os asks for globals() and adds nothing."""
        return (
            self.name != "os" and any(not call.scope and writes_members(call.callee) for call in self.facts.calls)
        ) or any(writes_members(each) for symbol in self.facts.symbols for each in symbol.decorators)

    def writes(self, cls: str) -> bool:
        """Whether code of the class makes members that no source shows."""
        inside = (c.callee for c in self.facts.calls if f"{c.scope}.".startswith(f"{cls}."))
        return any(writes_members(callee) for callee in inside)

    def has(self, parent: str, names: frozenset[str]) -> bool:
        """Whether one of `names` is defined in `parent`."""
        return any(s.name in names and s.parent == parent for s in self.facts.symbols)

    def defines(self, name: str) -> bool:
        """Whether the module itself binds `name`."""
        return any(s.qualname == name for s in self.facts.symbols) or self.imported(name) is not None

    def absolute(self, level: int, module: str) -> str:
        """The dotted name of what an import names."""
        parts = self.name.split(".")
        around = parts[: len(parts) - level + self.is_package] if level else []
        return ".".join([*around, *module.split(".")] if module else around)

    def imported(self, name: str) -> tuple[str, str] | None:
        """Module and name that an import calls `name` here; None where none does."""
        each = next((i for i in self.facts.imports if i.bound == name and i.name not in ("", "*")), None)
        return (self.absolute(each.level, each.module), each.name) if each is not None else None


@lru_cache(64)
def _module(name: str, packages: Folders) -> _Module | None:
    """Effect: reads the source of a module of the standard library or of `packages`; None where it has none, or is no such module."""
    parts = ("posixpath" if name == "os.path" else name).split(".")
    is_library = parts[0] in sys.stdlib_module_names or name == "os.path"
    for folder in (Path(sysconfig.get_path("stdlib")),) if is_library else packages:
        for path in (folder.joinpath(*parts).with_suffix(".py"), folder.joinpath(*parts, "__init__.py")):
            try:
                if path.stat().st_size <= _LARGEST:
                    is_package = path.name == "__init__.py"
                    below = sorted(_below(path.parent)) if is_package else ()
                    return _Module(name, extract(path.read_bytes()), is_package, tuple(below))
            except OSError:
                continue
    return None


def _below(folder: Path) -> Iterator[str]:
    """Effect: names of the modules in a package."""
    names = (each.stem for each in folder.iterdir() if each.suffix == ".py" or (each / "__init__.py").is_file())
    return (name for name in names if name.isidentifier() and not name.startswith("__"))
