"""One file a repository in the cache folder: written whole or not at all, read back only if it is sound."""

import logging
import os
from contextlib import suppress
from pathlib import Path

from fixbot_analysis.history.commits import Commits, DamagedHistoryError

log = logging.getLogger(__name__)

_SUFFIX = ".history"
_LIMIT = 512 * 1024 * 1024  # bytes of all files together; above it the least recently used go


def load(folder: Path | None, identity: str) -> Commits:
    """Effect: read what is kept of a repository; empty where there is nothing, or nothing sound."""
    if folder is None:
        return Commits()
    path = folder / (identity + _SUFFIX)
    try:
        blob = path.read_bytes()
    except OSError:
        return Commits()
    try:
        commits = Commits.decode(blob)
    except (DamagedHistoryError, ValueError, TypeError, EOFError) as error:
        log.warning("kept history %s is read anew: %s", path, error)
        return Commits()
    with suppress(OSError):
        os.utime(path)
    return commits


def save(folder: Path | None, identity: str, commits: Commits) -> None:
    """Effect: keep the history of a repository. What the disk refuses costs time the next time, no more."""
    if folder is None:
        return
    path = folder / (identity + _SUFFIX)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(commits.encode())
        partial.replace(path)
        _prune(folder, path)
    except OSError as error:
        log.warning("the history is not kept: %s cannot be written (%s)", path, error.strerror)
        with suppress(OSError):
            partial.unlink()


def _prune(folder: Path, used: Path) -> None:
    """Effect: drop what was not used for longest while all together is too large, and what a killed process left."""
    kept = [(path.stat().st_mtime, path) for path in folder.iterdir() if _SUFFIX in path.name and path != used]
    total = used.stat().st_size
    for _, path in sorted(kept, reverse=True):
        total += path.stat().st_size
        if total > _LIMIT:
            path.unlink()
