"""Covering one module from start to end: what is reached already, the search, what is kept, the file that comes of it."""

import ast
import time
from dataclasses import dataclass

from fixbot_agent.covering.ground import Ground, Job, opened
from fixbot_agent.covering.making import Making
from fixbot_agent.covering.proving import Proved, prove
from fixbot_agent.covering.report import Report, Status, Written
from fixbot_agent.covering.search import Search
from fixbot_agent.covering.seen import Seen
from fixbot_agent.covering.shrinking import shrunk
from fixbot_repair.candidates.diff import unified
from fixbot_repair.exercising import Crew, Reached, reached
from fixbot_repair.verification.pool import cores

_BASELINE, _SEARCH, _SHRINK = 0.2, 0.52, 0.62  # parts of the time, by whose end these are over
_MOST_READ = 300  # files whose calls are looked at


@dataclass(frozen=True, slots=True)
class Cover:
    """A report, and the file behind its patch: path, bytes before (None for a new one), bytes after (None where nothing came of it)."""

    report: Report
    path: str
    before: bytes | None
    after: bytes | None


def cover(job: Job) -> Cover:
    """Effect: write tests of a module in a private copy of the project; the project itself stays as it is.

    Raises UsageFailure, EnvironmentFailure, SandboxError, GitError.
    """
    with opened(job) as here:
        before = Reached()
        if here.tests and here.goals.all:
            here.step(0.0)
            before = reached(here.workspace, here.runner, here.subject, here.tests, _BASELINE * job.seconds)
            before = before.and_import(here.imported)
        known = here.goals.reached(before.lines, before.branches)
        if here.goals.suffices(known, job.target):
            return _result(here, before, None, None)
        search, proved = _worked(here, before)
        return _result(here, before, proved, search)


def _worked(here: Ground, before: Reached) -> tuple[Search, Proved]:
    known = here.goals.reached(before.lines, before.branches)
    with Crew(here.workspace, here.subject, here.job.seconds + 30.0, cores()) as exercise:
        making = Making(ast.parse(here.source), here.targets, _seen(here, before), here.chance)
        search = Search(here.goals, here.targets, making, here.names, here.chance)
        found = search.run(
            exercise, known, here.job.target, here.until(_SEARCH), lambda share: here.step(share * _SEARCH)
        )
        small = shrunk(found, here.goals, here.names, exercise, here.until(_SHRINK))
    here.step(_SHRINK)
    return search, prove(here, small, before)


def _seen(here: Ground, before: Reached) -> Seen:
    """Effect: reads files. Values from test runs, then from tests, the module itself and the project's other files."""
    found = Seen()
    found.add_recorded(here.targets, before)
    others = [p for p in here.workspace.paths if p.endswith(".py") and p not in here.tests and p != here.subject.path]
    for path in [*here.tests, here.subject.path, *others[:_MOST_READ]]:
        data = here.workspace.original(path) or b""
        if len(data) < 500_000:
            found.add_code(here.targets, data.decode("utf-8", "replace"))
    return found


def _result(here: Ground, before: Reached, proved: Proved | None, search: Search | None) -> Cover:
    """The report, and what it is about."""
    job, home = here.job, here.home
    known = here.goals.reached(before.lines, before.branches)
    after = proved.reached if proved else known
    text = proved.text if proved and proved.tests else None
    patch = unified({home.path: home.before} if home.before is not None else {}, {home.path: text}) if text else ""
    first = frozenset[int]().union(*(proved.notices.values() if proved else ()))
    report = Report(
        job.module, home.path, _status(here, after, proved, search), job.target, here.goals.share(known),
        here.goals.share(after), len(here.goals.branches), len(proved.slips) if proved else 0, len(first),
        _written(known, proved) if proved else (),
        tuple(sorted({here.goals.line_of(goal) for goal in here.goals.all - after})),
        tuple(sorted(search.left_alone)) if search else (), proved.refused if proved else (),
        (*here.notes, *(proved.told if proved else ())) if here.goals.all else ("There is nothing to cover: the module has no functions.",),
        patch, search.attempts if search else 0, job.seed, time.monotonic() - here.began,
    )  # fmt: skip
    return Cover(report, home.path, home.before, text)


def _status(here: Ground, after: frozenset[int], proved: Proved | None, search: Search | None) -> Status:
    if here.goals.share(after) >= here.job.target:
        return Status.REACHED
    if proved is None or not proved.tests:
        return Status.NOTHING
    return Status.TIME if search is not None and search.was_cut_short else Status.SHORT


def _written(known: frozenset[int], proved: Proved) -> tuple[Written, ...]:
    rows, covered = [], set(known)
    for test in proved.tests:
        goals = frozenset[int]().union(*(each.found.goals for each in test.cases))
        noticed = frozenset[int]().union(*(proved.notices[id(each)] for each in test.cases))
        rows.append(Written(test.name, len(goals - covered), tuple(proved.slips[n].name for n in sorted(noticed))))
        covered |= goals
    return tuple(rows)
