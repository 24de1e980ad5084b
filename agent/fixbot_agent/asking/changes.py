"""What of a folder's Python differs from the last commit, as an explanation quotes it."""

import contextlib
from pathlib import Path

from fixbot_agent.asking.failing import Change
from fixbot_agent.reviewing.scope import changed_paths
from fixbot_analysis.errors import FixbotError
from fixbot_repair.candidates.edit import changed_runs
from fixbot_repair.git import Repository

_MOST = 200  # changes
_LARGEST = 1 << 20  # bytes of a file


def changes(root: Path) -> tuple[Change, ...]:
    """Effect: ask git. What differs from HEAD below `root`, its paths from there; nothing without a repository, or a commit."""
    found: list[Change] = []
    with contextlib.suppress(FixbotError, OSError):
        repository = Repository.open(root)
        start = root.resolve().relative_to(repository.top.resolve()).as_posix()
        start = "" if start == "." else f"{start}/"
        for path in changed_paths(repository, repository.head) if repository.head else ():
            place = repository.top / path
            if path.startswith(start) and path.endswith(".py") and place.is_file() and place.stat().st_size <= _LARGEST:
                with contextlib.suppress(FixbotError, OSError):  # new since then
                    found += _of(path.removeprefix(start), repository.show(repository.head, path), place.read_bytes())
    return tuple(found[:_MOST])


def _of(path: str, before: bytes, now: bytes) -> list[Change]:
    old, new = before.splitlines(keepends=True), now.splitlines(keepends=True)
    return [
        Change(path, min(first + 1, max(1, len(new))), _texts(old[i1:i2]), _texts(new[first:last]))
        for _, i1, i2, first, last in changed_runs(old, new)
    ]


def _texts(lines: list[bytes]) -> tuple[str, ...]:
    return tuple(line.decode("utf-8", "replace").rstrip() for line in lines)
