"""Which installed packages a project imports, and the source that is learnt of each: found by looking at files, nothing is run."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixbot_analysis.installed import Folders, content, packages_of

__all__ = ["MOST", "Folders", "Source", "own_names", "packages_of", "sources"]

MOST = 12  # packages that are learnt, those imported most
_LARGEST = 400_000  # bytes of one file
_EACH = 1_500_000  # bytes of one package
_WHOLE = 8_000_000  # bytes of all

_LEFT_OUT = frozenset({"test", "tests", "testing", "_vendor", "vendored", "__pycache__"})  # folders

Source = list[tuple[str, bytes]]  # (path below the folder, content) of the files of a package


def sources(names: Iterable[str], folders: Folders) -> Iterator[tuple[str, Source]]:
    """Effect: reads the packages among `names` that are installed in `folders`, in that order, within bounds of size and number."""
    count = size = 0
    for name in names:
        if count >= MOST or size >= _WHOLE:
            return
        if source := next((found for folder in folders if (found := _source(folder, name))), None):
            count += 1
            size += sum(len(data) for _, data in source)
            yield name, source


def own_names(paths: Iterable[str]) -> set[str]:
    """Names of the packages and modules that the project of these `paths` is made of: who imports those does not mean an installed one."""
    modules = [path.removesuffix(".py") for path in paths if path.endswith(".py")]
    packages = {path.removesuffix("/__init__") for path in modules if path.endswith("/__init__")}
    tops = (each for each in {*modules, *packages} if each.rpartition("/")[0] not in packages)
    return {top.rpartition("/")[2] for top in tops}


def _source(folder: Path, name: str) -> Source:
    """Modules of a package, those nearest to its top first; what tests it, or was copied into it, is left out."""
    found, size = Source(), 0
    for path in [folder / f"{name}.py", *sorted(_modules(folder / name), key=lambda path: (len(path.parts), path))]:
        data = content(path, min(_LARGEST, _EACH - size))
        if data is not None:
            size += len(data)
            found.append((path.relative_to(folder).as_posix(), data))
    return found


def _modules(package: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(package):
        folders[:] = [each for each in folders if each.isidentifier() and each not in _LEFT_OUT]
        yield from (Path(folder, file) for file in files if file.endswith(".py") and not file.startswith("test_"))
