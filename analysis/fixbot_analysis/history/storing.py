"""One file a repository in the cache folder."""

import logging
from pathlib import Path

from fixbot_analysis.history.commits import Commits, OldFormatError
from fixbot_analysis.kept import read_kept, write_kept

log = logging.getLogger(__name__)

_LIMIT = 512 * 1024 * 1024  # bytes of all histories together


def load(folder: Path | None, identity: str) -> Commits:
    """Effect: read what is kept of a repository; empty where there is nothing, or nothing sound."""
    body = read_kept(_place(folder, identity)) if folder else None
    if body is None:
        return Commits()
    try:
        return Commits.decode(body)
    except (OldFormatError, ValueError, TypeError, EOFError) as error:
        log.info("the kept history of %s is of another version (%s) and read anew", identity, error)
        return Commits()


def save(folder: Path | None, identity: str, commits: Commits) -> None:
    """Effect: keep the history of a repository."""
    if folder:
        write_kept(_place(folder, identity), commits.encode(), _LIMIT)


def is_kept(folder: Path, identity: str) -> bool:
    """Effect: whether anything is kept of a repository."""
    return _place(folder, identity).is_file()


def _place(folder: Path, identity: str) -> Path:
    return folder / f"{identity}.history"
