"""The text of modules from outside the project, found by their dotted names, and what they import."""

import re
import sys
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fixbot_analysis.installed import Folders, content

_LARGEST = 600_000  # bytes of a module

_IMPORTED = re.compile(r"^(?: {4}|\t)?from[ \t]+(\S+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)", re.MULTILINE)


def file_of(module: str, packages: Folders) -> Path | None:
    """Effect: looks for files. Where a module of the library or of `packages` is written; None where it has no source."""
    parts = ("posixpath" if module == "os.path" else module).split(".")
    is_library = parts[0] in sys.stdlib_module_names or module == "os.path"
    for folder in (library_folder(),) if is_library else packages:
        for path in (folder.joinpath(*parts).with_suffix(".py"), folder.joinpath(*parts, "__init__.py")):
            if path.is_file():
                return path
    return None


@lru_cache(16)
def text_of(path: Path) -> str:
    """Effect: reads a file. Its text with plain line ends; "" where it cannot be read, or is too large."""
    return (content(path, _LARGEST) or b"").decode("utf-8", "replace").replace("\r", "")


def imports_of(text: str, module: str, *, is_package: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Of each ``from`` import at the top: its module, and by the name that it binds what it takes."""
    parts = module.split(".")
    for written, names in _IMPORTED.findall(text):
        level = len(written) - len(written.lstrip("."))
        around = parts[: len(parts) - level + is_package] if level else []
        home = ".".join([*around, written[level:]] if written[level:] else around)
        plain = re.sub(r"#[^\n]*", "", names).strip("() \n,")
        taken = (each.split() for each in plain.replace("\n", " ").split(","))
        yield home, {each[-1]: each[0] for each in taken if (each and each[-1].isidentifier()) or each == ["*"]}


@lru_cache(1)
def library_folder() -> Path:
    """Where the modules of the library lie."""
    return Path(sysconfig.get_path("stdlib"))
