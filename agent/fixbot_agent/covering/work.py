"""Covering one module from start to end: what is reached already, the search, what is kept, the file that comes of it."""

import ast
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from fixbot_agent.covering.baseline import Baseline, baseline
from fixbot_agent.covering.ground import Ground, Job, opened
from fixbot_agent.covering.making import Making
from fixbot_agent.covering.proving import Proved, prove
from fixbot_agent.covering.report import Report, Status, Written
from fixbot_agent.covering.search import Search
from fixbot_agent.covering.seen import Seen
from fixbot_agent.covering.shrinking import Taste, shrunk
from fixbot_agent.covering.source import NOBODY, ProposalSource
from fixbot_repair.candidates.diff import unified
from fixbot_repair.exercising import Crew, Reached
from fixbot_repair.verification.pool import cores

_BASELINE, _SEARCH, _SHRINK = 0.3, 0.52, 0.62  # parts of the time, by whose end these are over
_ALONE = 0.5  # part of the time that is the search's where somebody else is asked after it
_SEARCHES, _LATEST = (
    0.35,
    0.7,
)  # the search's part after old tests that took long, and the part by whose end it is over then
_MOST_READ = 300  # files whose calls are looked at


@dataclass(frozen=True, slots=True)
class Cover:
    """A report, and the file behind its patch: path, bytes before (None for a new one), bytes after (None where nothing came of it)."""

    report: Report
    path: str
    before: bytes | None
    after: bytes | None


def cover(job: Job, source: ProposalSource | None = None, begin: Callable[[Ground], None] = lambda _: None) -> Cover:
    """Effect: write tests of a module in a private copy of the project; the project itself stays as it is.

    The search comes first; what it leaves open is asked of `source`, where there is one. `begin` is told what all stands on. Raises UsageFailure, EnvironmentFailure, SandboxError, GitError.
    """
    with opened(replace(job, seconds=_ALONE * job.seconds) if source else job) as found:
        ground = replace(found, end=found.began + job.seconds)
        begin(ground)
        ground.step(0.0)
        base = baseline(ground, ground.began + _BASELINE * job.seconds)
        here, before = replace(_moved(ground, job.seconds), tests=base.tests), base.reached
        known = here.goals.reached(before.lines, before.branches)
        if here.goals.suffices(known, job.target):
            return _result(here, base, None, None, time.monotonic() - ground.began)
        search, proved = _worked(here, before, source)
        return _result(here, base, proved, search, time.monotonic() - ground.began)


def _moved(here: Ground, seconds: float) -> Ground:
    """With the parts of the time as they are left where old tests took more than theirs, of all `seconds`: what they reach is paid to nobody."""
    now = time.monotonic()
    if now <= here.until(_BASELINE):
        return here
    end = max(here.until(1.0), min(now + _SEARCHES * seconds, here.end - (1 - _LATEST) * seconds))
    left = max(end - now, 1.0) / (1 - _BASELINE)
    return replace(here, began=now - _BASELINE * left, job=replace(here.job, seconds=left))


def _worked(here: Ground, before: Reached, source: ProposalSource | None) -> tuple[Search, Proved]:
    known = here.goals.reached(before.lines, before.branches)
    with Crew(here.workspace, here.subject, here.job.seconds + 30.0, cores()) as exercise:
        making = Making(ast.parse(here.source), here.targets, _seen(here, before), here.chance, here.foreign)
        search = Search(here.goals, here.targets, making, here.names, here.chance)
        found = search.run(
            exercise, known, here.job.target, here.until(_SEARCH), lambda share: here.step(share * _SEARCH),
            here.job.attempts,
        )  # fmt: skip
        small = shrunk(
            found, here.goals, here.names, exercise, here.until(_SHRINK), Taste(making.oddness, making.usual)
        )
    here.step(_SHRINK)
    if source is None:
        return search, prove(here, small, before)
    return search, prove(here, small, before, lambda standing: source.propose(here, search, standing))


def _seen(here: Ground, before: Reached) -> Seen:
    """Effect: reads files. Values from test runs, then from tests, the module itself and the project's other files."""
    found, called = Seen(), [*here.targets, *here.foreign.made.values()]
    found.add_recorded(here.targets, before)
    others = [p for p in here.workspace.paths if p.endswith(".py") and p not in here.tests and p != here.subject.path]
    for path in [*here.tests, here.subject.path, *others[:_MOST_READ]]:
        data = here.workspace.original(path) or b""
        if len(data) < 500_000:
            found.add_code(called, data.decode("utf-8", "replace"))
    return found


def _result(here: Ground, base: Baseline, proved: Proved | None, search: Search | None, seconds: float) -> Cover:
    """The report, and what it is about; `seconds` are those that it took."""
    job, home, before = here.job, here.home, base.reached
    known = here.goals.reached(before.lines, before.branches)
    after = proved.reached if proved else known
    text = proved.text if proved and proved.tests else None
    patch = unified({home.path: home.before} if home.before is not None else {}, {home.path: text}) if text else ""
    proposed = proved.proposed if proved else NOBODY
    made, first = _slips(proved)
    report = Report(
        job.module, home.path, _status(here, after, proved, search), job.target, here.goals.share(known),
        here.goals.share(after), len(here.goals.branches), made, first, _written(here, known, proved) if proved else (),
        _lines(here, here.goals.left(after)), _lines(here, here.goals.outside - after),
        tuple(sorted(search.left_alone)) if search else (), proved.refused if proved else (),
        (*here.notes, *(proved.told if proved else ())) if here.goals.all else ("There is nothing to cover: the module has no functions.",),
        patch, search.attempts if search else 0, job.seed, seconds, proposed=proposed,
        looked=base.looked, test_files=base.total, is_late=_is_late(proved, search),
        called=(here.goals.called(known)[0], *here.goals.called(after)),
    )  # fmt: skip
    return Cover(report, home.path, home.before, text)


def _lines(here: Ground, goals: frozenset[int]) -> tuple[int, ...]:
    return tuple(sorted({here.goals.line_of(goal) for goal in goals}))


def _status(here: Ground, after: frozenset[int], proved: Proved | None, search: Search | None) -> Status:
    if here.goals.share(after) >= here.job.target:
        return Status.REACHED
    if proved is None or not proved.tests:
        return Status.NOTHING
    return Status.TIME if _is_late(proved, search) else Status.SHORT


def _is_late(proved: Proved | None, search: Search | None) -> bool:
    """Whether time ended the search, its proofs or the questions."""
    return bool(
        (search is not None and search.was_cut_short)
        or (proved is not None and (proved.is_late or proved.proposed.is_late))
    )


def _slips(proved: Proved | None) -> tuple[int, int]:
    """How many slips were made, and how many the new tests are the first to notice."""
    if proved is None:
        return 0, 0
    first = {proved.slips[n] for n in frozenset[int]().union(*proved.notices.values())}
    names = {test.name for test in proved.tests}
    first |= {slip for kept in proved.proposed.kept if kept.test.name in names for slip in kept.notices}
    return len({*proved.slips, *proved.proposed.made}), len(first)


def _written(here: Ground, known: frozenset[int], proved: Proved) -> tuple[Written, ...]:
    rows, covered, clean = [], set(known), here.keys.clean
    others = {kept.test.name: kept for kept in proved.proposed.kept}
    for test in proved.tests:
        if (kept := others.get(test.name)) is not None:
            rows.append(
                Written(test.name, len(kept.goals - covered), tuple(clean(s.name) for s in kept.notices), kept.by)
            )
            covered |= kept.goals
            continue
        goals = frozenset[int]().union(*(each.found.goals for each in test.cases))
        noticed = frozenset[int]().union(*(proved.notices[id(each)] for each in test.cases))
        names = tuple(clean(proved.slips[n].name) for n in sorted(noticed))
        rows.append(Written(test.name, len(goals - covered), names))
        covered |= goals
    return tuple(rows)
