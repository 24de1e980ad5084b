"""Files below a folder that somebody else may be changing: no step of a path is ever followed out of it."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from fixbot_repair.errors import PatchError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def check(path: str) -> tuple[str, ...]:
    """Return the parts of a relative POSIX path. Raises PatchError for one that leaves the root or enters .git."""
    parts = path.split("/")
    bad = any(p in ("", ".", "..") or p.lower().rstrip(". ") in (".git", "git~1") for p in parts)
    if bad or "\0" in path or "\n" in path or "\\" in path or PurePosixPath(path).is_absolute():
        raise PatchError(f"not a path inside the project: {path!r}", "give a POSIX path relative to the project's top")
    return tuple(parts)


@contextlib.contextmanager
def _parent(root: Path, path: str, *, create: bool = False) -> Iterator[tuple[int, str]]:
    """A descriptor of the folder that holds `path`, reached without following a link, and the last name."""
    *folders, name = check(path)
    place = os.open(root, _FOLDER)
    try:
        for folder in folders:
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, 0o755, dir_fd=place)
            inner = os.open(folder, _FOLDER, dir_fd=place)
            os.close(place)
            place = inner
        yield place, name
    except OSError as error:
        raise PatchError(
            f"{path}: {error.strerror}", "the path must lead to a plain file through plain folders"
        ) from error
    finally:
        os.close(place)


def read(root: Path, path: str) -> bytes:
    """Effect: return the bytes of a regular file. Raises PatchError when it is absent, a link or something else."""
    with _parent(root, path) as (folder, name):
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(file, "rb") as stream:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise PatchError(f"{path} is not a plain file", "name a plain file")
            return stream.read()


def write(root: Path, path: str, data: bytes, mode: int = 0o644) -> None:
    """Effect: replace a file, or make it with its folders; an existing one keeps its mode. Raises PatchError."""
    with _parent(root, path, create=True) as (folder, name):
        with contextlib.suppress(FileNotFoundError):
            before = os.stat(name, dir_fd=folder, follow_symlinks=False)
            mode = stat.S_IMODE(before.st_mode) if stat.S_ISREG(before.st_mode) else mode
            os.unlink(name, dir_fd=folder)
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=folder)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            os.fchmod(file, mode)


def replace(root: Path, path: str, data: bytes, mode: int | None = None) -> None:
    """Effect: put `data` in the place of a file in one step: a reader sees the old bytes or the new ones, never less.

    An existing file keeps its mode unless `mode` is given; a link is replaced, not followed. Raises PatchError.
    """
    with _parent(root, path, create=True) as (folder, name):
        fresh = f".{name}.{secrets.token_hex(4)}.fixbot"
        if mode is None:
            mode = 0o644
            with contextlib.suppress(FileNotFoundError):
                before = os.stat(name, dir_fd=folder, follow_symlinks=False)
                mode = stat.S_IMODE(before.st_mode) if stat.S_ISREG(before.st_mode) else mode
        try:
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
            with os.fdopen(file, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fchmod(file, mode)
                os.fsync(file)
            os.rename(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(fresh, dir_fd=folder)
            raise


def remove(root: Path, path: str) -> None:
    """Effect: delete a file or a link; one that is not there is fine. Raises PatchError."""
    with _parent(root, path) as (folder, name), contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
