"""The source files of a project, as they are on disk with open buffers laid over them."""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source.decoding import SIZE_LIMIT, decode, from_buffer
from fixbot_analysis.source.document import Document
from fixbot_analysis.source.languages import is_documentation, language_of
from fixbot_analysis.source.walk import FileStat, Listing, Skipped, is_left_out, is_vendored, left_out, relisted, walk

# A FIFO must not block us, a link must not lead us away; neither flag is there on Windows.
_OPEN_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


class SourceTree:
    """The files below `root` that are source, each as its open buffer where there is one (`overlay`: path -> UTF-8).

    A buffer may also stand for a file that is not on disk, or that would be left out there. The disk is walked
    on first use and not again: a tree is one look at a project, :meth:`refreshed` takes the next one.
    What only its content can tell (binary, minified, undecodable) is found when a file is read:
    it then leaves `paths` and joins `skipped`.
    """

    def __init__(self, root: Path, overlay: Mapping[str, bytes] | None = None) -> None:
        self.root = Path(root)
        self.overlay = {path: data for path, data in (overlay or {}).items() if _inside(path)}
        self._listing: Listing | None = None
        self._unfit: dict[str, str] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """POSIX paths of source files relative to the root, sorted."""
        added = (path for path in self.overlay if language_of(path))
        return tuple(sorted({*self._listed().sources, *added} - self._unfit.keys()))

    @property
    def docs(self) -> tuple[str, ...]:
        """POSIX paths of documentation (.md, .rst, .txt) relative to the root, sorted."""
        added = (path for path in self.overlay if is_documentation(path))
        return tuple(sorted({*self._listed().docs, *added} - self._unfit.keys()))

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out, and why, sorted by path. Ignored files and folders of tools are not listed."""
        from_disk = {s.path: s for s in self._listed().skipped if s.path not in self.overlay}
        unfit = {path: Skipped(path, why) for path, why in self._unfit.items()}
        return tuple(s for _, s in sorted({**from_disk, **unfit}.items()))

    def vendored(self, path: str) -> bool:
        """Whether `path` is one of the copies that a project keeps of what others wrote (by the names of its folders)."""
        return is_vendored(path)

    def is_left_out(self, path: str) -> bool:
        """Effect: whether `path` would be left out on disk, by the rules as they are now; an open buffer may stand for such a file."""
        return is_left_out(self.root, path)

    def left_out(self, paths: Iterable[str]) -> frozenset[str]:
        """Effect: those of `paths` of which :meth:`is_left_out` holds, looked at together."""
        return left_out(self.root, paths)

    def stat(self, path: str) -> FileStat | None:
        """When the file was last changed, how large it is; None for an open buffer or a file that is not listed."""
        if path in self.overlay:
            return None
        listing = self._listed()
        return listing.sources.get(path) or listing.docs.get(path)

    def read(self, path: str) -> Document:
        """Effect: read one file. Raises SourceError when it is absent, unreadable, binary, minified or too large."""
        try:
            if path in self.overlay:
                return from_buffer(path, self.overlay[path])
            return decode(path, self._load(path))
        except SourceError as error:
            self.leave_out(path, error.message.removeprefix(f"{path}: "))
            raise

    def leave_out(self, path: str, why: str) -> None:
        """Move a listed `path` from `paths` to `skipped`."""
        if path in self.overlay or self.stat(path):
            self._unfit[path] = why

    def with_overlay(self, overlay: Mapping[str, bytes]) -> "SourceTree":
        """The same look at the disk under other open buffers."""
        other = SourceTree(self.root, overlay)
        other._listing = self._listed()
        other._unfit = {p: why for p, why in self._unfit.items() if self.overlay.get(p) == other.overlay.get(p)}
        return other

    def looked_at(self, path: str) -> "SourceTree":
        """Effect: the same look at the disk but for `path`, which is looked at again: it came, went or was written."""
        other = SourceTree(self.root, self.overlay)
        other._listing = relisted(self.root, self._listed(), path)
        other._unfit = {unfit: why for unfit, why in self._unfit.items() if unfit != path}
        return other

    def refreshed(self) -> "SourceTree":
        """A new look at the disk under the same open buffers."""
        return SourceTree(self.root, self.overlay)

    def _listed(self) -> Listing:
        if self._listing is None:
            self._listing = walk(self.root)
        return self._listing

    def _load(self, path: str) -> bytes:
        if not self.stat(path) and not self._contains(path):
            raise SourceError(f"{path}: outside the project", f"name a file below {self.root}")
        try:
            with open(f"{self.root}/{path}", "rb", opener=_open) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise SourceError(f"{path}: not a regular file", "name a file, not a folder, pipe or device")
                return file.read(SIZE_LIMIT + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise SourceError(f"{path}: unreadable: {why}", "check that it is there and may be read") from error

    def _contains(self, path: str) -> bool:
        real = os.path.realpath(self.root)
        return _inside(path) and os.path.realpath(self.root / path).startswith(real + os.sep)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _OPEN_FLAGS)


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\0" not in path
