"""One file a repository in the cache folder, and another one while its history is not read to the end."""

from contextlib import suppress
from pathlib import Path

from fixbot_analysis.history.commits import Commits
from fixbot_analysis.kept import read_decoded, write_kept

_LIMIT = 512 * 1024 * 1024  # bytes of all histories together
_WHOLE, _BEGUN = "history", "begun"


def load(folder: Path | None, identity: str) -> Commits:
    """Effect: read what is kept of a repository; empty where there is nothing, or nothing sound."""
    if not folder:
        return Commits()
    for stage in (_WHOLE, _BEGUN):
        kept = read_decoded(_place(folder, identity, stage), Commits.decode)
        if kept is not None:
            return kept
    return Commits()


def save(folder: Path | None, identity: str, commits: Commits) -> None:
    """Effect: keep the history of a repository; one without a head is not read to the end."""
    if not folder:
        return
    write_kept(_place(folder, identity, _WHOLE if commits.head else _BEGUN), commits.encode(), _LIMIT)
    if commits.head:
        with suppress(OSError):
            _place(folder, identity, _BEGUN).unlink()


def is_kept(folder: Path, identity: str) -> bool:
    """Effect: whether the history of a repository is kept, read to the end."""
    return _place(folder, identity, _WHOLE).is_file()


def _place(folder: Path, identity: str, stage: str) -> Path:
    return folder / f"{identity}.{stage}"
