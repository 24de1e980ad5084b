"""The start state of a workspace: what every file was, so that what changed is seen and put back.

All contents are kept one after the other in a single file beside the tree (one sequential write), and each file's
stat says cheaply whether it was touched: the change time cannot be set back by the code under test.
"""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_Signature = tuple[int, int, int, int, int]


@dataclass(slots=True)
class _Laid:
    offset: int
    size: int
    mode: int
    signature: _Signature
    link: str = ""


def _signature(facts: os.stat_result) -> _Signature:
    return facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


class StartState:
    """What was laid into `tree`; `pack` is the file that keeps the contents. Paths are POSIX, relative to `tree`."""

    def __init__(self, tree: Path, pack: Path) -> None:
        self.tree = tree
        self._pack: BinaryIO = pack.open("w+b")
        self._end = 0
        self._laid: dict[str, _Laid] = {}
        self._folders: set[str] = set()
        self._touched: set[str] = set()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file and link, in the order in which they were laid."""
        return tuple(self._laid)

    @property
    def size(self) -> int:
        """Bytes of all contents."""
        return self._end

    def lay(self, path: str, data: bytes, mode: int) -> None:
        """Effect: write one file of the start state; a later one of the same path replaces it."""
        self._make_folders(path)
        self._pack.write(data)
        with contextlib.suppress(FileNotFoundError):
            (self.tree / path).unlink()
        self._laid[path] = _Laid(self._end, len(data), mode, self._write(path, data, mode))
        self._end += len(data)

    def lay_folder(self, path: str) -> None:
        """Effect: make a folder that stays, empty or not."""
        self._make_folders(f"{path}/")

    def lay_link(self, path: str, target: str) -> bool:
        """Effect: make a symbolic link; False, and nothing made, when it would lead out of the tree."""
        self._make_folders(path)
        place = self.tree / path
        place.symlink_to(target)
        if not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(self.tree)):
            place.unlink()
            return False
        self._laid[path] = _Laid(0, 0, 0, _signature(place.lstat()), link=target)
        return True

    def copy_to(self, other: "StartState") -> None:
        """Effect: lay the same files, links and folders into an empty tree; ours may have changed meanwhile."""
        for path, laid in self._laid.items():
            if laid.link:
                other.lay_link(path, laid.link)
            else:
                other.lay(path, self.original(path) or b"", laid.mode)
        for folder in sorted(self._folders):
            other.lay_folder(folder)

    def forget(self, path: str) -> None:
        """Effect: take a file out of the start state again."""
        if self._laid.pop(path, None):
            (self.tree / path).unlink()

    def drop_links_that_leave(self) -> list[str]:
        """Effect: remove links that lead out of the tree now that all of them are there; returns their paths."""
        root = Path(os.path.realpath(self.tree))
        links = [p for p, laid in self._laid.items() if laid.link]
        bad = [p for p in links if not Path(os.path.realpath(self.tree / p)).is_relative_to(root)]
        for path in bad:
            self.forget(path)
        return bad

    def touch(self, path: str) -> None:
        """Say that `path` was written to by ourselves (a clock tick may be too coarse to tell)."""
        self._touched.add(path)

    def original(self, path: str) -> bytes | None:
        """Effect: return the bytes that a file had at the start; None when it was not there (or was a link)."""
        laid = self._laid.get(path)
        if laid is None or laid.link:
            return None
        self._pack.flush()
        return os.pread(self._pack.fileno(), laid.size, laid.offset)

    def changed(self) -> frozenset[str]:
        """Effect: return the files that differ from the start state: changed, new or gone."""
        found = dict(self._walk(""))
        same = {p for p, laid in self._laid.items() if found.get(p) == laid.signature} - self._touched
        return frozenset((found.keys() | self._laid.keys() | self._touched) - same)

    def restore(self, paths: Iterable[str] | None = None) -> frozenset[str]:
        """Effect: put files back to what they were (all that changed when `paths` is None); returns which."""
        wanted = self.changed() if paths is None else frozenset(paths)
        for path in sorted(wanted):
            self._restore(path)
        if paths is None:
            self._remove_new_folders()
        return wanted

    def close(self) -> None:
        """Effect: close the pack."""
        self._pack.close()

    def _restore(self, path: str) -> None:
        laid = self._laid.get(path)
        self._clear_way(path)
        self._touched.discard(path)
        if laid is None:
            return
        self._make_folders(path, known=False)
        if laid.link:
            (self.tree / path).symlink_to(laid.link)
            laid.signature = _signature((self.tree / path).lstat())
        else:
            laid.signature = self._write(path, self.original(path) or b"", laid.mode)

    def _clear_way(self, path: str) -> None:
        """Remove whatever stands at `path`, and any link or file where one of its folders should be."""
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            place = self.tree.joinpath(*parts[:depth])
            if depth == len(parts) or place.is_symlink() or (place.exists() and not place.is_dir()):
                remove_all(place)

    def _write(self, path: str, data: bytes, mode: int) -> _Signature:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(self.tree / path, flags, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
            os.fchmod(file, mode)
            return _signature(os.fstat(file))
        finally:
            os.close(file)

    def _make_folders(self, path: str, *, known: bool = True) -> None:
        folder = path.rpartition("/")[0]
        if folder and not (known and folder in self._folders):
            (self.tree / folder).mkdir(parents=True, exist_ok=True)
            parts = folder.split("/")
            self._folders.update("/".join(parts[:n]) for n in range(1, len(parts) + 1))

    def _walk(self, folder: str) -> Iterator[tuple[str, _Signature]]:
        """Every file and link below `folder`, .git left out, with its signature."""
        with os.scandir(self.tree / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if path != ".git":
                        yield from self._walk(path)
                else:
                    yield path, _signature(entry.stat(follow_symlinks=False))

    def _remove_new_folders(self) -> None:
        for folder, names, _ in os.walk(self.tree):
            inside = Path(folder).relative_to(self.tree).as_posix()
            for name in list(names):
                path = name if inside == "." else f"{inside}/{name}"
                if path != ".git" and path not in self._folders:
                    remove_all(Path(folder) / name)
                if path == ".git" or path not in self._folders:
                    names.remove(name)


def remove_all(place: Path) -> None:
    """Effect: delete a file, a link or a whole folder, also one that was made unreadable; absent is fine."""
    import shutil

    if place.is_symlink() or not place.is_dir():
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
        return
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        for folder, names, _ in os.walk(place):
            for name in ["", *names]:
                inner = Path(folder) / name
                if not inner.is_symlink():
                    inner.chmod(stat.S_IRWXU)
        shutil.rmtree(place, ignore_errors=True)
