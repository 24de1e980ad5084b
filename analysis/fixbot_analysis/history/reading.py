"""Keeping a stored history true: only commits that were never seen are read, whatever became of the branch since."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.history.commits import LARGEST, Commits
from fixbot_analysis.history.mining import Edit, edits, is_code, words_of
from fixbot_analysis.history.storing import load, save
from fixbot_analysis.ports import History, Progress

log = logging.getLogger(__name__)

PATCHED = 10_000  # newest fixes whose patches are read; each costs git about a millisecond
_FILES = 8  # a fix that touches more source files is hardly one fix
_STEP = 500


def read(source: History, folder: Path | None, progress: Progress, patched: int = PATCHED) -> Commits:
    """Effect: the history of `source` as its head sees it, from the `folder` as far as it is kept there, and kept again.

    Whoever is interrupted keeps what was read so far: the next time reading goes on from there.
    """
    if not source.head:
        return Commits()
    commits = load(folder, source.identity)
    before = _extent(commits)
    try:
        _follow(source, commits, progress)
        _mine(source, commits, progress, patched)
    finally:
        if commits.whole and _extent(commits) != before:
            save(folder, source.identity, commits)
    return commits


def _extent(commits: Commits) -> tuple[int, int]:
    return len(commits), len(commits.mined)


def _follow(source: History, commits: Commits, progress: Progress) -> None:
    """Make `commits` what the head of `source` sees."""
    if commits.head == source.head:
        return
    gone = source.gone(commits.head) if commits.head else None
    numbers = commits.numbers()
    if gone is None:
        commits.alive = bytearray(len(commits))
        seen = source.ids()
    else:
        _mark(commits, numbers, gone, 0)
        seen = source.ids(commits.head)
    missing = [commit for commit in seen if bytes.fromhex(commit) not in numbers]
    _mark(commits, numbers, seen, 1)
    missing.reverse()
    commits.head = ""  # until all is read it is what no head sees
    progress.step("history", 0, len(missing))
    for done, change in enumerate(source.changes(missing)):
        commits.add(change)
        if not done % _STEP:
            progress.step("history", done, len(missing))
    commits.head = source.head


def _mark(commits: Commits, numbers: dict[bytes, int], ids: Iterable[str], alive: int) -> None:
    for commit in ids:
        number = numbers.get(bytes.fromhex(commit))
        if number is not None:
            commits.alive[number] = alive


def _mine(source: History, commits: Commits, progress: Progress, patched: int) -> None:
    """Read the patches of the newest fixes that were not looked at yet."""
    newest = [number for _, number in zip(range(patched), commits.living_fixes(), strict=False)]
    unseen = [number for number in newest if number not in commits.mined]
    named = {commits.id(number): number for number in unseen if _is_small(commits, number)}
    try:
        for done, (commit, patches) in enumerate(source.patches(list(named), is_code)):
            _keep(commits, named[commit], tuple(edits(patches)))
            if not done % _STEP:
                progress.step("fixes", done, len(named))
    except FixbotError as error:  # contents that a partial clone lacks; the rest of the history is as good without
        log.warning("fixes are known by their messages only: %s", error.message)
        return
    for number in unseen:
        commits.mined.setdefault(number, b"")


def _keep(commits: Commits, number: int, found: Sequence[Edit]) -> None:
    numbered = ((commits.path_number(e.path), e.line, e.symbol, e.before, e.after, e.kind) for e in found)
    commits.keep(number, tuple(numbered), words_of(found))


def _is_small(commits: Commits, number: int) -> bool:
    touched = [path for path in commits.files(number) if is_code(commits.paths[path])]
    return 0 < len(touched) <= _FILES and len(commits.files(number)) <= LARGEST
