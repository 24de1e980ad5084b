"""Which slips the tests that a project has already notice: what they do not, a new test may be the first to."""

import time
from collections.abc import Sequence

from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.slips import Slip
from fixbot_repair.verification import Verdict, Verifier
from fixbot_repair.verification.pool import cores
from fixbot_repair.workspace import Workspace

_PART = 16


def survivors(
    workspace: Workspace, runner: TestRunner, path: str, slips: Sequence[Slip], tests: Sequence[str], until: float
) -> frozenset[int]:
    """Effect: try `slips` (of the file `path`) with the files `tests`; the numbers of those that no test noticed, as far as time went.

    What there was no time for counts as noticed: nothing is claimed for a new test that an old one may do.
    """
    source = workspace.original(path)
    if not slips or not tests or source is None or time.monotonic() >= until:
        return frozenset()
    before = runner.run(tests, trace=True, per_test_seconds=10.0, until=until)
    if before.failing or not before.passing or before.unrun or time.monotonic() >= until:
        return frozenset()
    found: set[int] = set()
    with Verifier(workspace, runner, before, mending=False, workers=cores()) as verifier:
        for start in range(0, len(slips), _PART):
            if time.monotonic() >= until:
                break
            part = slips[start : start + _PART]
            made = [Candidate(Patch.between({path: source}, {path: s.applied(source)}), s.name) for s in part]
            trials = verifier.search_many(made, until=until)
            found |= {start + n for n, trial in enumerate(trials) if trial.verdict is Verdict.PLAUSIBLE}
    return frozenset(found)
