"""From what the search found to a file of tests that is proven: stable, noticing slips, passing under the project's own pytest."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.covering import selecting, writing
from fixbot_agent.covering.assembling import assembled
from fixbot_agent.covering.beside import Neighbours
from fixbot_agent.covering.cases import Case, case
from fixbot_agent.covering.goals import Goal
from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.search import Found
from fixbot_agent.covering.source import NOBODY, Proposed, Standing
from fixbot_agent.covering.surviving import survivors
from fixbot_repair.exercising import Crew, Reached, reached
from fixbot_repair.slips import Slip, slips
from fixbot_repair.verification.pool import cores

_JUDGED, _ASKED = 0.78, 0.86  # parts of the time, by whose end slips are made, and old tests are asked
_ROUNDS = 3  # in which tests that do not pass are taken out
_TEST_SECONDS = 5.0
_LEAST_JUDGED = 4.0  # seconds for slips, without which no test is worth anything
_SHUFFLES = 1
_PLACES = (2, 3)  # beside the one that slips are tried in
_LEAST_SECONDS = 3.0  # for the last runs, however late it is


@dataclass(frozen=True, slots=True)
class Proved:
    """The file and its tests, the slips that were made, those that each case notices first; what all tests reach in the end."""

    text: bytes
    tests: tuple[writing.Test, ...]
    slips: tuple[Slip, ...]
    notices: dict[int, frozenset[int]]
    reached: frozenset[Goal]
    refused: tuple[tuple[str, int], ...]
    proposed: Proposed = NOBODY
    told: tuple[str, ...] = ()
    is_late: bool = False  # time was over before all slips were made


Propose = Callable[[Standing], Proposed]


def prove(here: Ground, found: Sequence[Found], before: Reached, propose: Propose = lambda _: NOBODY) -> Proved:
    """Effect: run cases and slips in a process of its own, let others `propose` tests for what is left, then run the file that comes of it."""
    every = [made for each in found if (made := case(each, here.names)) is not None]
    told = {each.source: each for each in every}
    cases = [each for source, each in told.items() if not here.keys.stand_in(source)]
    with Crew(here.workspace, here.subject, 2 * here.job.seconds + 30.0, cores(), elsewhere=1) as exercise:
        steady = _steady(here, selecting.stable(cases, exercise, here.chance))
        until = max(here.until(_JUDGED), time.monotonic() + _LEAST_JUDGED)
        judged = selecting.judged(steady, slips(here.source), here.goals, exercise, until, here.chance)
    here.step(_JUDGED)
    known = here.goals.reached(before.lines, before.branches)
    dead = _dead(here, judged, before)
    choice = selecting.choose(steady, judged, known, before.lines, dead)
    here.step(_ASKED)
    proposed = propose(_standing(here, judged, choice, dead, before))
    refused = (("is not stable", len(cases) - len(steady)), ("holds a key", len(told) - len(cases)), *choice.refused)
    notices = {id(kept): kills for kept, kills in zip(choice.kept, choice.kills, strict=True)}
    text, tests, more, ran = _passing(
        here, choice.kept, [k.test for k in proposed.kept if not here.keys.stand_in(k.test.text)]
    )
    names = {test.name for test in tests}
    if lost := sum(k.test.name not in names for k in proposed.kept):
        left = tuple(k for k in proposed.kept if k.test.name in names)
        proposed = replace(
            proposed, kept=left, refused=(*proposed.refused, ("does not pass in the file as a whole", lost))
        )
    if not tests:
        return Proved(b"", (), judged.slips, {}, known, refused, proposed, ran, judged.was_cut_short)
    kept = {id(each) for test in tests for each in test.cases}
    return Proved(
        text, tuple(tests), judged.slips, {k: v for k, v in notices.items() if k in kept},
        known | here.goals.reached(more.lines, more.branches), refused, proposed, ran,
        judged.was_cut_short,
    )  # fmt: skip


def _standing(
    here: Ground, judged: selecting.Judged, choice: selecting.Choice, dead: frozenset[int], before: Reached
) -> Standing:
    """What is proven before others are asked. A slip that was never made counts as noticed where old tests run its line."""
    reached = here.goals.reached(before.lines, before.branches).union(*(c.found.goals for c in choice.kept))
    killed = dead.union(*choice.kills)
    old = {slip for slip in slips(here.source) if slip.line in before.lines}
    noticed = old.difference(judged.slips) | {judged.slips[n] for n in killed}
    names = frozenset(test.name for test in writing.tests(choice.kept, set()))
    lines = before.lines.union(*(c.found.outcome.lines for c in choice.kept))
    missed = tuple(
        slip for n, slip in enumerate(judged.slips) if n not in killed and not judged.killers[n] and slip.line in lines
    )
    return Standing(reached, lines, frozenset(noticed), missed, names)


def _steady(here: Ground, cases: Sequence[Case]) -> list[Case]:
    """Effect: those of `cases` that pass with other orders of hashes, users, homes and widths of the terminal, too."""
    left = list(cases)
    for elsewhere in _PLACES:
        if left:
            with Crew(here.workspace, here.subject, here.job.seconds + 30.0, 1, elsewhere) as exercise:
                left = selecting.stable(left, exercise, here.chance)
    return left


def _dead(here: Ground, judged: selecting.Judged, before: Reached) -> frozenset[int]:
    """Effect: runs the old tests. Slips that count as noticed by them: those in lines that they run, unless they are seen to miss them."""
    old = [n for n, slip in enumerate(judged.slips) if slip.line in before.lines]
    asked = [n for n in old if judged.killers[n]]
    missed = survivors(
        here.workspace, here.runner, here.subject.path, [judged.slips[n] for n in asked], here.tests, here.until(_ASKED)
    )
    return frozenset(old) - {asked[n] for n in missed}


def _passing(
    here: Ground, kept: Sequence[Case], more: Sequence[writing.Test]
) -> tuple[bytes, list[writing.Test], Reached, tuple[str, ...]]:
    """Effect: write the file into the workspace and run it, in its own order and in others, and among the project's tests; what fails is left out, what was run is told."""
    cases, others, neighbours = list(kept), list(more), Neighbours(here)
    for _ in range(_ROUNDS):
        if not cases and not others:
            break
        text, tests = _written(here, cases, others)
        here.workspace.write({here.home.path: text})
        try:
            failing = _failing(here, tests) or neighbours.wrong([test.name for test in tests])
            if not failing:
                left = here.left(_LEAST_SECONDS)
                found = reached(here.workspace, here.runner, here.subject, [here.home.path], left)
                return text, tests, found.and_import(here.imported), neighbours.told
        finally:
            here.workspace.reset()
        cases = [each for test in tests if test.name not in failing for each in test.cases]
        others = [test for test in others if test.name not in failing]
    return b"", [], Reached(), neighbours.told


def _written(here: Ground, cases: Sequence[Case], others: Sequence[writing.Test]) -> tuple[bytes, list[writing.Test]]:
    taken = set(re.findall(r"def (\w+)", (here.home.before or b"").decode())) | {test.name for test in others}
    tests = [*writing.tests(cases, taken), *others]
    return assembled(here, tests), tests


def _failing(here: Ground, tests: Sequence[writing.Test]) -> set[str]:
    """Effect: the names of the tests that do not pass each time."""
    names = [test.name for test in tests]
    bad: set[str] = set()
    for turn in range(_SHUFFLES + 1):
        if turn:
            here.chance.shuffle(names)
        asked = [f"{here.home.path}::{name}" for name in names]
        until = time.monotonic() + here.left(_LEAST_SECONDS)
        done = here.runner.run(asked, per_test_seconds=_TEST_SECONDS, until=until)
        passed = {o.test.partition("::")[2].partition("[")[0] for o in done.outcomes if o.test in done.passing}
        failed = {o.test.partition("::")[2].partition("[")[0] for o in done.outcomes if o.test not in done.passing}
        bad |= failed | (set(names) - passed)
    return bad
