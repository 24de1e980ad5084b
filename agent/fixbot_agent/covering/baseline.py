"""What the tests that a project has reach of a module: those nearest to it first, then the rest as far as time goes."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.home import holds_tests, mentioning
from fixbot_repair.exercising import Reached, reached

_PART = 24  # files that one process runs; what stops it stops these
_IDLE = 2  # processes in which no file of a part came to its end, until the part is given up
_LEAST = 1.0  # seconds, below which no process is started
_MOST_TESTS = 12  # files that slips are tried with, and that models read


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was `reached` with the import, by `looked` of the `total` test files; `tests` are those that reach it, the nearest first."""

    reached: Reached
    looked: int
    total: int
    tests: tuple[str, ...]


def baseline(here: Ground, until: float) -> Baseline:
    """Effect: run the project's test files until the target is reached, all were run, or it is `until` (:func:`time.monotonic`)."""
    waiting, found = list(_ordered(here)), Reached()
    total = len(waiting)
    while waiting and not _suffices(here, found) and time.monotonic() + _LEAST < until:
        part, waiting = waiting[:_PART], waiting[_PART:]
        idle = 0
        while part and idle < _IDLE and time.monotonic() + _LEAST < until:
            more = reached(here.workspace, here.runner, here.subject, part, until - time.monotonic())
            found = found.and_other(more)
            idle = 0 if more.files else idle + 1
            part = _behind(part, more.files)
            if _suffices(here, found):
                break
    tests = found.reaching[:_MOST_TESTS] or here.tests
    return Baseline(found.and_import(here.imported), len(found.files), total, tests)


def _suffices(here: Ground, found: Reached) -> bool:
    whole = found.and_import(here.imported)
    return here.goals.suffices(here.goals.reached(whole.lines, whole.branches), here.job.target)


def _behind(part: Sequence[str], ended: Sequence[str]) -> list[str]:
    """Those of `part` that are left: without the ones that ended, and the one that stopped the process or could not be read."""
    left = [path for path in part if path not in set(ended)]
    return left[1:]


def _ordered(here: Ground) -> Sequence[str]:
    """All test files of the project, by how much they have to do with the module."""
    read, paths = here.workspace.original, here.workspace.paths
    near = mentioning(paths, read, here.job.module, len(paths))
    places = {path: place for place, path in enumerate(near)}
    rank = _ranker(here, read)
    every = [path for path in paths if holds_tests(path, read)]
    return sorted(every, key=lambda path: (places.get(path, len(places)), *rank(path), path))


def _ranker(here: Ground, read: Callable[[str], bytes | None]) -> Callable[[str], tuple[int, int, int]]:
    """How far a test file is from the module: by its public names that it speaks of, its package, its folder."""
    names = {each.holder or each.name for each in here.targets if not each.is_private}
    words = re.compile(rb"\b(" + b"|".join(sorted(re.escape(n.encode()) for n in names)) + rb")\b") if names else None
    package = here.subject.module.partition(".")[0].encode()
    imports = re.compile(rb"^\s*(?:from|import)\s+" + re.escape(package) + rb"\b", re.MULTILINE)
    folders = set(here.job.module.split("/")[:-1])

    def rank(path: str) -> tuple[int, int, int]:
        data = read(path) or b""
        spoken = len(set(words.findall(data))) if words else 0
        return -bool(imports.search(data)), -spoken, -len(folders.intersection(path.split("/")[:-1]))

    return rank
