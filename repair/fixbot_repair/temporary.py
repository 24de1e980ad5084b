"""Temporary folders and files: never in the current folder, and none is left by a process that was killed.

A folder is locked (flock) for as long as its owner lives: the kernel lets go of the lock however the owner ends, also
in another container and after a restart, where a process id would say nothing.
"""

import contextlib
import os
import re
import tempfile
import time
from pathlib import Path
from typing import IO, Self

from fixbot_repair.clearing import remove_tree
from fixbot_repair.errors import EnvironmentFailure

_NAME = re.compile(r"fixbot-\d+-[a-z0-9_]{8}")
_UNLOCKED = re.compile(
    r"fixbot-new-[a-z0-9_]{8}"
)  # the name until the lock is held: whoever has the other and no lock is dead
_YOUNG = 60.0  # seconds that taking a lock may last
_HINT = "make room, or set TMPDIR to a folder that has some"
_swept: set[str] = set()


class Folder:
    """A new, empty folder that only this user may enter; a context manager. `path` has no links in it."""

    def __init__(self) -> None:
        """Effect: make it, and once a process remove those of owners that are gone. Raises EnvironmentFailure."""
        place = _place()
        _sweep(place)
        try:
            made = Path(tempfile.mkdtemp(prefix="fixbot-new-", dir=place))
            self._lock = _lock(str(made))
            self.path = made.rename(made.with_name(f"fixbot-{os.getpid()}-{made.name[-8:]}"))
        except OSError as error:
            raise _failure("folder", error) from error

    def close(self) -> None:
        """Effect: remove it with all that is in it. Safe to call twice."""
        remove_tree(self.path)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def file() -> IO[bytes]:
    """Effect: open a nameless file to write and read. Raises EnvironmentFailure."""
    try:
        return tempfile.TemporaryFile(dir=_place())
    except OSError as error:
        raise _failure("file", error) from error


def _failure(what: str, error: OSError) -> EnvironmentFailure:
    return EnvironmentFailure(f"no temporary {what} can be made: {error.strerror or error}", _HINT)


def _place() -> str:
    """Effect: the first of the usual places that takes a file. `tempfile` would end with the current folder."""
    named = [os.environ.get(name, "") for name in ("TMPDIR", "TEMP", "TMP")]
    usual = ["/tmp", "/var/tmp", "/usr/tmp"] if os.name == "posix" else []  # noqa: S108 - looked at, then mkdtemp
    trouble = OSError("there is none")
    for place in (p for p in (*named, *usual) if p):
        if not os.path.isabs(place):  # noqa: PTH117 - a Path has lost "./"
            continue
        try:
            with tempfile.TemporaryFile(dir=place) as probe:
                probe.write(b"room?")
        except OSError as error:
            trouble = error
            continue
        return os.path.realpath(place)
    raise _failure("folder", trouble) from trouble


def _lock(folder: str) -> int | None:
    """Effect: lock `folder`, which is no link and ours; None where that cannot be done or somebody else holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_uid == os.geteuid():
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _sweep(place: str) -> None:
    """Effect: remove folders of ours whose owners are gone; once a process for each place."""
    if place in _swept or not hasattr(os, "geteuid"):
        return
    _swept.add(place)
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) or (_UNLOCKED.fullmatch(entry.name) and _is_old(entry)):
                descriptor = _lock(entry.path)
                if descriptor is not None:
                    remove_tree(Path(entry.path))
                    os.close(descriptor)


def _is_old(entry: "os.DirEntry[str]") -> bool:
    with contextlib.suppress(OSError):
        facts = entry.stat(follow_symlinks=False)
        return facts.st_uid == os.geteuid() and time.time() - max(facts.st_mtime, facts.st_ctime) > _YOUNG
    return False
