"""The workspace folders: which of them a document belongs to, and what is set for each."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fixbot_lsp.options import Options

MOST_FOLDERS = 64  # of one window; what is opened beyond them is treated as files without a project


@dataclass(slots=True, eq=False)
class Folder:
    """One folder that the editor opened. `options` is what is set for it; None: what is set for the window."""

    root: Path
    name: str = ""
    options: Options | None = None

    def path_of(self, uri: str) -> str | None:
        """POSIX path of `uri` relative to this folder; None when it does not lie in it."""
        return path_below(self.root, uri)

    def uri_of(self, path: str) -> str:
        """The ``file:`` URI of this folder's file `path`."""
        return uri_of(self.root, path)


class Folders:
    """The folders of one window, in the order in which they were opened."""

    def __init__(self) -> None:
        self._folders: dict[Path, Folder] = {}

    def __iter__(self) -> Iterator[Folder]:
        return iter(tuple(self._folders.values()))

    def __len__(self) -> int:
        return len(self._folders)

    def add(self, root: Path, name: str = "") -> Folder | None:
        """Open a folder; None where it is open already, or too many are."""
        if root in self._folders or len(self._folders) >= MOST_FOLDERS:
            return None
        folder = self._folders[root] = Folder(root, name or root.name)
        return folder

    def remove(self, root: Path) -> Folder | None:
        """Close a folder; None where it was not open."""
        return self._folders.pop(root, None)

    def at(self, root: Path) -> Folder | None:
        """The folder whose root is `root`."""
        return self._folders.get(root)

    def of(self, uri: str) -> Folder | None:
        """The innermost folder that `uri` lies in."""
        return max((folder for folder, _ in self.around(uri)), key=lambda f: len(f.root.parts), default=None)

    def around(self, uri: str) -> tuple[tuple[Folder, str], ...]:
        """Every folder that `uri` lies in, with its path there: folders may lie within others."""
        return tuple((f, path) for f in self._folders.values() if (path := f.path_of(uri)) is not None)


def local_path(uri: str) -> Path | None:
    """The absolute path that a ``file:`` URI names, ``..`` resolved in words; None for any other URI."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path, errors="replace")
    if parts.scheme.lower() != "file" or parts.netloc not in {"", "localhost"} or "\0" in path:
        return None
    if os.name == "nt":
        path = path.lstrip("/")
    return Path(os.path.normpath(path)) if Path(path).is_absolute() else None


def path_below(root: Path | None, uri: str) -> str | None:
    """POSIX path of `uri` relative to `root`; None when it does not lie there."""
    path = local_path(uri)
    if root is None or path is None or not path.is_relative_to(root) or path == root:
        return None
    return path.relative_to(root).as_posix()


def uri_of(root: Path, path: str) -> str:
    """The ``file:`` URI of the project's file `path`."""
    return (root / path).as_uri()
