"""Installed packages as the graph sees them: modules by name, their facts read when they are asked for, within bounds, from the same store."""

import keyword
import sys
from collections.abc import Iterator
from pathlib import Path

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index.codec import key
from fixbot_analysis.index.intake import facts_of
from fixbot_analysis.index.store import FileRow, Store
from fixbot_analysis.installed import Folders, content, listed, signature
from fixbot_analysis.source import FileStat, digest
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import FileFacts

_LARGEST = 400_000  # bytes of one file
_FILES = 2_000  # read for one index: far above what a project's own classes lead to
_LONGEST = 300  # characters of a module's name

# Their names have meanings of their own, which the resolver knows; what a backport defines is not what type checkers take it for.
_KNOWN = frozenset(sys.stdlib_module_names) | {"typing_extensions"}


class Packages:
    """The modules in `folders` of installed packages, the first folder that has one; stubs (PEP 561) come before sources."""

    def __init__(self, folders: Folders, store: Store) -> None:
        """Effect: looks at which distributions there are."""
        self.folders = folders
        self.signature = signature(folders)
        self._store = store
        self._names = {folder: listed(folder) for folder in folders}
        self._locations: dict[str, str] = {}
        self._files: dict[str, tuple[Path, Path]] = {}
        self._read: dict[str, FileFacts | None] = {}

    def location(self, dotted: str) -> str:
        """Effect: where the module `dotted` is (see :class:`fixbot_analysis.ports.Outside`); ``""`` where there is none."""
        if dotted not in self._locations:
            self._locations[dotted] = self._located(dotted) if len(dotted) < _LONGEST else ""
        return self._locations[dotted]

    def facts(self, location: str) -> FileFacts | None:
        """Effect: what a module says; None for what is no text that people wrote, or is too large. Read once: each change links anew."""
        if location not in self._read and location in self._files and len(self._read) < _FILES:
            self._read[location] = self._facts(location)
        return self._read.get(location)

    def _facts(self, location: str) -> FileFacts | None:
        folder, file = self._files[location]
        raw = content(file, _LARGEST)
        try:
            data = decode(location, raw).data if raw is not None else None
        except SourceError:
            return None
        if data is None:
            return None
        name = key(digest(data), "python")
        path = file.relative_to(folder).as_posix()
        return facts_of(name, lambda: (data, "python"), self._store, str(folder), (FileRow(path, _UNKNOWN, name),))

    def _located(self, dotted: str) -> str:
        parts = dotted.split(".")
        if parts[0] in _KNOWN or not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
            return ""
        plain = "/" + "/".join(parts)
        for folder in self.folders:
            for file, location in self._places(folder, parts, plain):
                if file.is_file():
                    self._files[location] = folder, file
                    return location
        return f"{plain}/" if any(self._has(f, parts[0]) and f.joinpath(*parts).is_dir() for f in self.folders) else ""

    def _places(self, folder: Path, parts: list[str], plain: str) -> Iterator[tuple[Path, str]]:
        """Files that the module `parts` may be in, those that count first before others, with its location."""
        for top in (f"{parts[0]}-stubs", parts[0]):
            if self._has(folder, top):
                base = folder.joinpath(top, *parts[1:])
                for suffix in (".pyi", ".py"):
                    yield base / f"__init__{suffix}", f"{plain}/__init__.py"
                for suffix in (".pyi", ".py"):
                    yield base.with_name(base.name + suffix), f"{plain}.py"

    def _has(self, folder: Path, top: str) -> bool:
        return not self._names[folder].isdisjoint((top, f"{top}.py", f"{top}.pyi"))


_UNKNOWN = FileStat(-1, 0, 0)  # what is kept is looked up by content only
