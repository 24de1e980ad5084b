"""Names that are taken only by strings: entry points, dotted paths, getattr, ``__all__``, what pytest and Django look up."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from fixbot_analysis.source import Document
from fixbot_analysis.symbols import FileFacts
from fixbot_repair.checks.texts import text

# What names code of a project beside its sources; at the top and in the folders above a module.
_SETTINGS = ("*.toml", "*.cfg", "*.ini", "*.yml", "*.yaml", "*.json", "entry_points.txt", "Procfile")
_MOST = 200  # such files of one folder
# What hands a whole module to somebody who takes names from it: the pattern of those names, by the word before it.
_WHOLE = {
    rb"pytest_plugins\s*=|pytest11": re.compile(r".*"),
    rb"DJANGO_SETTINGS_MODULE": re.compile(r"[A-Z][A-Z0-9_]*$"),
}
_ITSELF = re.compile(rb"\bglobals\(\)|\bvars\(\)|\beval\(|\bexec\(|sys\.modules\[__name__\]")
_ATTRIBUTE = rb"(?:\b(?:get|set|has|del)attr|\.object|\.(?:set|del)attr)\(\s*"


class Spelled:
    """Who takes names of the modules of the project at `root` by strings; `sources` are its Python files."""

    def __init__(
        self, root: Path, sources: Callable[[], Mapping[str, Document]], facts: Callable[[Document], FileFacts]
    ) -> None:
        self._root, self._sources, self._facts = root, sources, facts
        self._settings: dict[PurePosixPath, list[tuple[str, bytes]]] = {}

    def user(self, document: Document, name: str) -> str:
        """Who takes the top-level `name` of the module `document`, in words; "" when nobody does."""
        path = PurePosixPath(document.path)
        module = path.parent.name if path.stem == "__init__" else path.stem
        return next(self._users(document, module, name), "")

    def _users(self, document: Document, module: str, name: str) -> Iterator[str]:
        if name in (self._facts(document).exports or ()):
            yield f"its __all__ names {name}"
        if _ITSELF.search(document.data) and _quoted(name).search(document.data):
            yield f"it may take {name} from itself by a string"
        if _is_fixture(document, name):
            yield f"a test may take {name} as a fixture"
        dotted = _dotted(module, name)
        for path, data in self._beside(document.path):
            if dotted.search(data) or _whole(data, module, name):
                yield f"{path} names {module}.{name} in a string"
        for path, other in self._sources().items():
            if path != document.path and module.encode() in other.data and self._names(other, module, name):
                yield f"{path} names {module}.{name} in a string"

    def _names(self, other: Document, module: str, name: str) -> bool:
        """Whether a Python file takes `name` of `module` by a string."""
        if _whole(other.data, module, name):
            return True
        if name.encode() not in other.data:
            return False
        if _literal(module, name).search(other.data):
            return True
        # import_module("package.module"), and somewhere "name"
        if _module(module).search(other.data) and _quoted(name).search(other.data):
            return True
        bound = {i.bound.encode() for i in self._facts(other).imports if _is(i.module, i.name, module)}
        held = rb"|".join(re.escape(b) for b in sorted({*bound, module.encode()}))
        return (
            re.search(_ATTRIBUTE + rb"(?:[\w.]+\.)?(?:" + held + rb")\s*,\s*" + _quotes(name), other.data) is not None
        )

    def _beside(self, path: str) -> Iterator[tuple[str, bytes]]:
        for folder in PurePosixPath(path).parents:
            if folder not in self._settings:
                self._settings[folder] = list(_read(self._root, folder))
            yield from self._settings[folder]


def _read(root: Path, folder: PurePosixPath) -> Iterator[tuple[str, bytes]]:
    places = [place for pattern in _SETTINGS for place in sorted((root / folder).glob(pattern))[:_MOST]]
    yield from ((place.relative_to(root).as_posix(), text(place).encode()) for place in places)


def _is(imported: str, name: str, module: str) -> bool:
    """Whether an import of `name` from `imported` ("" for an import of it as a whole) binds `module`."""
    return name == module or (not name and imported.rpartition(".")[2] == module)


def _whole(data: bytes, module: str, name: str) -> bool:
    """Whether `data` hands all of `module` to somebody who would take `name`."""
    if module.encode() not in data:
        return False
    for before, names in _WHOLE.items():
        handed = (
            rb"(?:"
            + before
            + rb")[^\n]{0,200}?(?:\n[^\n]{0,200}){0,20}?(?<!\w)"
            + re.escape(module.encode())
            + rb"(?![\w.])"
        )
        if names.match(name) and re.search(handed, data):
            return True
    return False


def _is_fixture(document: Document, name: str) -> bool:
    """Whether a test file imports or makes `name`, and one of its functions has a parameter of that name."""
    place = PurePosixPath(document.path)
    if not re.match(r"test_|conftest$|.*_test$", place.stem):
        return False
    parameter = rb"\bdef \w+\([^)]*(?<![\w=.])" + re.escape(name.encode()) + rb"\s*[,:)=]"
    return re.search(parameter, document.data) is not None


def _quotes(name: str) -> bytes:
    return rb"[\"']" + re.escape(name.encode()) + rb"[\"']"


def _quoted(name: str) -> "re.Pattern[bytes]":
    return re.compile(_quotes(name))


def _dotted(module: str, name: str) -> "re.Pattern[bytes]":
    """``package.module:name`` or ``package.module.name``, wherever it stands."""
    return re.compile(rb"(?<!\w)" + re.escape(module.encode()) + rb"\s*[.:]\s*" + re.escape(name.encode()) + rb"(?!\w)")


def _literal(module: str, name: str) -> "re.Pattern[bytes]":
    """A string that is a dotted path to the name, or ``command = path``, and nothing else: no prose."""
    path = rb"(?:\w+\.)*" + re.escape(module.encode()) + rb"[.:]" + re.escape(name.encode()) + rb"(?:[.:(\[][^\"'\n]*)?"
    return re.compile(rb"[\"'](?:[\w\-. ]+=\s*)?" + path + rb"\s*[\"']")


def _module(module: str) -> "re.Pattern[bytes]":
    """The module's own path as a string; one without a dot only where it is imported by it."""
    return re.compile(rb"(?:[\"'](?:\w+\.|\.)+|\bimport_module\(\s*[\"'])" + re.escape(module.encode()) + rb"[\"']")
