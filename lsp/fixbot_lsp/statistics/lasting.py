"""What of an accepted text was committed, and what of it was still there 14 days later: read from git's blame."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fixbot_analysis.errors import FixbotError
from fixbot_repair.git import BlamedLine, Repository

DAYS = 14
_DAY = 86_400
_SHORTEST = 3  # characters of a line that can be told from others


@dataclass(frozen=True, slots=True)
class Lasting:
    """Shares (0..1) of the characters of a text: in the first commit after it was accepted, and after :data:`DAYS` days.

    None: not committed yet, not that old yet, or the file's past cannot be read.
    """

    committed: float | None = None
    later: float | None = None


class Past:
    """Asks the repositories that the texts lie in, each file once."""

    def __init__(self, now: float) -> None:
        """`now` in seconds since the epoch."""
        self._now = now
        self._opened = cache(_opened)
        self._commits = cache(self._commits_of)
        self._lines = cache(self._blamed)

    def of(self, project: str, path: str, text: str, at: float) -> Lasting:
        """Effect: ask git. What became of `text`, accepted `at` (seconds since the epoch) in `path` below the folder `project`."""
        after = [each for each in self._commits(project, path) if each[1] >= int(at)]  # newest first
        if not after:
            return Lasting()
        end = at + DAYS * _DAY
        by_then = [each for each in after if each[1] <= end]
        later = self._share(project, path, by_then[0][0], text, at) if by_then and self._now >= end else None
        return Lasting(self._share(project, path, after[-1][0], text, at), later)

    def _share(self, project: str, path: str, commit: str, text: str, at: float) -> float | None:
        lines = self._lines(project, path, commit)
        return None if lines is None else standing(text, (line.text for line in lines if line.time >= int(at)))

    def _commits_of(self, project: str, path: str) -> tuple[tuple[str, int], ...]:
        repository = self._opened(project)
        if repository is None:
            return ()
        try:
            return repository[0].commits_of(repository[1] + path)
        except FixbotError:
            return ()

    def _blamed(self, project: str, path: str, commit: str) -> tuple[BlamedLine, ...] | None:
        repository = self._opened(project)
        try:
            return repository[0].blame(commit, repository[1] + path) if repository else None
        except FixbotError:
            return None  # renamed or deleted in that commit


def _opened(project: str) -> tuple[Repository, str] | None:
    """Effect: the repository that the folder `project` lies in, and what its paths begin with there."""
    try:
        repository = Repository.open(Path(project))
        below = Path(project).resolve().relative_to(repository.top.resolve()).as_posix()
    except (FixbotError, OSError, ValueError):
        return None
    return repository, "" if below == "." else f"{below}/"


def standing(text: str, lines: Iterable[str]) -> float | None:
    """The share (0..1) of `text`, by the characters of its lines, that stands in `lines`; None where it has no line worth asking for."""
    wanted = [part for line in text.splitlines() if len(part := line.strip()) >= _SHORTEST]
    there = tuple(lines)
    total = sum(map(len, wanted))
    return sum(len(part) for part in wanted if any(part in line for line in there)) / total if total else None
