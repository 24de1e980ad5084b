"""Where in a repository a module is at home: the folder that it is imported from, and the project of its own that it may be of."""

import configparser
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

_OF_A_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg")
_SOURCES = ("src", "lib", "python")
Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """`name` is what the module is imported by from the folder `top`; `base` is the folder of its project; "" for the repository's own."""

    name: str
    top: str
    base: str


def layout(paths: Collection[str], module: str) -> Layout:
    """The layout around the file `module` of a repository of these files."""
    known = frozenset(paths)
    above = [str(p) if str(p) != "." else "" for p in PurePosixPath(module).parents]
    base = next((folder for folder in above if any(_in(folder, name) in known for name in _OF_A_PROJECT)), "")
    inside = [folder for folder in above if folder and (not base or folder.startswith(f"{base}/"))]
    sources = [f for f in inside if PurePosixPath(f).name in _SOURCES and _in(f, "__init__.py") not in known]
    top = sources[-1] if sources else base
    if sources and not base:
        base = str(PurePosixPath(top).parent).removeprefix(".")
    parts = list(PurePosixPath(module).relative_to(top or ".").with_suffix("").parts)
    name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
    return Layout(name, top, base)


def is_found(here: Layout, paths: Collection[str], read: Read) -> bool:
    """Whether a test in a folder of its own can import the module where plain ``pytest`` is called: the project is one to install, or says so."""
    if _in(here.top, "conftest.py") in paths or _is_installed(here.base, paths, read):
        return True
    for folder in dict.fromkeys((here.base, "")):
        for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
            if "pythonpath" in _section(read(_in(folder, name)), section):
                return True
        if "pythonpath" in _table(read(_in(folder, "pyproject.toml")), "tool", "pytest", "ini_options"):
            return True
    return False


def _is_installed(base: str, paths: Collection[str], read: Read) -> bool:
    document = read(_in(base, "pyproject.toml"))
    told = _table(document, "project") or _table(document, "build-system") or _table(document, "tool", "poetry")
    return bool(told or _section(read(_in(base, "setup.cfg")), "metadata") or _in(base, "setup.py") in paths)


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _section(data: bytes | None, section: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string((data or b"").decode("utf-8", "replace"))
    except configparser.Error:
        return {}
    return dict(parser[section]) if parser.has_section(section) else {}


def _table(data: bytes | None, *names: str) -> dict[str, object]:
    try:
        held: object = tomllib.loads((data or b"").decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return {}
    for name in names:
        held = held.get(name) if isinstance(held, dict) else None
    return held if isinstance(held, dict) else {}
