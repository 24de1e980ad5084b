"""Whether a name stands in Python's own library or in a package that is installed for the project: its source is read, never run."""

import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from fixbot_analysis.installed import packages_of

_MOST_FILES, _MOST_BYTES = (
    3000,
    64 << 20,
)  # that are looked through for one answer; what lies beyond is taken to hold the name
_LARGEST = 4 << 20
_SOURCES = ("*.py", "*.pyi")


class Outside:
    """What lies outside of the project in `root`; without one, Python's library only."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._texts: dict[str, tuple[bytes, ...] | None] = {}
        self._files, self._bytes = 0, 0
        self._is_full = False  # something was not read, so nothing is known to be nowhere

    def holds(self, top: str, names: Iterable[str], imported: frozenset[str]) -> bool:
        """Effect: reads sources. Whether each of `names` stands in the package `top`, if that is one, else in one that is `imported`.

        True, too, for a package that is imported and cannot be read: nothing is known of it then.
        """
        is_package = top in sys.stdlib_module_names or top in imported
        tops = [top] if is_package else sorted(imported, key=lambda name: name in sys.stdlib_module_names)
        return all((name == top and is_package) or self._stands(name, tops, is_package) for name in names)

    def _stands(self, name: str, tops: Iterable[str], is_sure: bool) -> bool:
        word = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
        for top in tops:
            texts = self._read(top)
            if texts is None:
                if is_sure:
                    return True
                continue
            if any(name.encode() in data and word.search(data) for data in texts):
                return True
        return self._is_full

    def _read(self, top: str) -> tuple[bytes, ...] | None:
        """The sources of a package; None where there are none to read."""
        if top not in self._texts:
            self._texts[top] = tuple(self._sources(top)) or None
        return self._texts[top]

    def _sources(self, top: str) -> Iterator[bytes]:
        for folder in self._folders:
            files = tuple(_files(folder, top))
            for file in files:
                if self._files >= _MOST_FILES or self._bytes >= _MOST_BYTES:
                    self._is_full = True
                    return
                try:
                    data = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
                except OSError:
                    continue
                self._files += 1
                self._bytes += len(data)
                yield data
            if files:
                return

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        own = packages_of(self._root) if self._root else ()
        return (*own, Path(sysconfig.get_path("stdlib")))


def _files(folder: Path, top: str) -> Iterator[Path]:
    if not top.isidentifier():
        return
    yield from (file for name in (f"{top}.py", f"{top}.pyi") if (file := folder / name).is_file())
    for inside in (folder / top, folder / f"{top}-stubs"):
        if inside.is_dir() and not inside.is_symlink():
            yield from (file for pattern in _SOURCES for file in sorted(inside.rglob(pattern)))
