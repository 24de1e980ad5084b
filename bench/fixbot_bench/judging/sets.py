"""The plausible patches of a case, found by one search and judged, in a form that is kept: what is said of them can be learnt again in seconds.

A case can be weakened: of the tests that fail, one drawn by chance stays, and the others, which the search then never sees, say which
patches are right. That makes many cases with wrong plausible patches out of projects whose tests are good.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import cast

from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.strategies.naturalness import naturalness
from fixbot_analysis.source import Span
from fixbot_bench.judging.judge import Judgement, judge
from fixbot_repair.baseline import baseline
from fixbot_repair.candidates.diff import unified
from fixbot_repair.candidates.edit import Candidate, Edit, Patch
from fixbot_repair.checks import Feedback
from fixbot_repair.issue import Task
from fixbot_repair.search import Hints, repair
from fixbot_repair.verification import Trial, Verdict, Verifier

_PATIENCE = 10.0  # seconds that one of the tests that judge may take


@dataclass(frozen=True, slots=True)
class Held:
    """One plausible patch, its diff, and whether it is right."""

    candidate: Candidate
    diff: str
    judgement: Judgement

    def as_json(self) -> Mapping[str, object]:
        """What is kept of it."""
        patch = self.candidate.patch
        return {
            "edits": [[e.path, e.span.start, e.span.end, e.text] for e in patch.edits],
            "created": list(patch.created),
            "deleted": list(patch.deleted),
            "source": self.candidate.source,
            "score": self.candidate.score,
            "diff": self.diff,
            "correct": self.judgement.correct,
            "judged": self.judgement.how,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Held":
        """What was kept."""
        edits = tuple(
            Edit(str(path), Span(start, end), str(text))
            for path, start, end, text in cast("Sequence[tuple[str, int, int, str]]", kept["edits"])
        )
        patch = Patch(edits, *(tuple(map(str, cast("Sequence[str]", kept[k]))) for k in ("created", "deleted")))
        candidate = Candidate(patch, str(kept["source"]), float(cast("float", kept["score"])))
        return cls(candidate, str(kept["diff"]), Judgement(kept["correct"] is True, str(kept["judged"])))

    @property
    def trial(self) -> Trial:
        """It, as the search had it."""
        return Trial(self.candidate, Verdict.PLAUSIBLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as it is searched: what its tests did, those to be mended, and those that only judge."""

    before: Feedback
    failing: tuple[str, ...]
    judges: tuple[str, ...] = ()


def standing(ground: Ground) -> Standing:
    """Effect: run the tests of a case as it is."""
    before = baseline(ground.tests)
    return Standing(before, before.failing)


def weakened(ground: Ground, whole: Standing, fixed: Path) -> Standing | None:
    """Effect: runs tests. The case with one failing test, drawn by its name; the others that the files of `fixed` mend judge.

    None where there are not two such tests.
    """
    right = {p.relative_to(fixed).as_posix(): p.read_bytes() for p in sorted(fixed.rglob("*")) if p.is_file()}
    mended = _passing(ground, right, whole.failing)
    if len(mended) < 2:
        return None
    stays = Random(fixed.name).choice(sorted(mended))
    gone = {*whole.failing} - {stays}
    before = replace(whole.before, outcomes=tuple(o for o in whole.before.outcomes if o.test not in gone))
    return Standing(before, (stays,), tuple(t for t in mended if t != stays))


def search(ground: Ground, stands: Standing, timeout: float) -> list[Trial]:
    """Effect: search for `timeout` seconds. All that held, the best first."""
    found = repair(
        Task(ground.root, None, failing=stands.failing),
        ground.workspace,
        ground.tests,
        feedback=stands.before,
        hints=Hints(naturalness=naturalness(ground)),
        deadline=time.monotonic() + timeout,
    )
    return [*found.plausible, *found.unconfirmed]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a case is judged by: its own folder, the right files, the tests held out."""

    case: Path
    fixed: Path
    held_out: Path


def held(
    trials: Sequence[Trial], verifier: Verifier, stands: Standing, ground: Ground, by: Reference
) -> Iterator[Held]:
    """Effect: judge each of `trials`, by the tests that a weakened case lost, else as :func:`judge` does."""
    for trial in trials:
        after = verifier.contents(trial.candidate.patch)
        before = {p: b for p in after if (b := verifier.workspace.original(p)) is not None}
        diff = unified(before, {p: b for p, b in after.items() if b is not None})
        if stands.judges:
            passed = _passing(ground, after, stands.judges)
            verdict = Judgement(
                len(passed) == len(stands.judges), f"{len(passed)} of {len(stands.judges)} lost tests pass"
            )
        else:
            verdict = judge(by.case, by.fixed, diff, by.held_out)
        yield Held(trial.candidate, diff, verdict)


def _passing(ground: Ground, contents: Mapping[str, bytes | None], tests: Sequence[str]) -> tuple[str, ...]:
    """Effect: those of `tests` that pass with other contents; the workspace is as it was afterwards."""
    try:
        ground.workspace.write(contents)
        return tuple(o.test for o in ground.tests.run(tests, per_test_seconds=_PATIENCE).outcomes if o.ok)
    finally:
        ground.workspace.reset()
