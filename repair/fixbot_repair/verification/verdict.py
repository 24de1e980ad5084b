"""What became of a candidate."""

from dataclasses import dataclass
from enum import StrEnum

from fixbot_repair.candidates.edit import Candidate


class Verdict(StrEnum):
    """How far a candidate came; the order is the order of the questions."""

    UNAPPLIED = "unapplied"  # does not apply, or touches what it must not
    UNCOMPILED = "uncompiled"  # a file it touches no longer compiles
    UNFIXED = "unfixed"  # a failing test still fails
    REGRESSING = "regressing"  # a test that passed fails now
    PLAUSIBLE = "plausible"  # everything asked was answered well; no more is claimed


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate, tried. `passed`, `failed` are ids of tests that were run for it; `final` is True when the
    verdict is that of a fresh process with the tests in their original order, `remembered` when it was made earlier and read back;
    `late` when a limit of time decided, and a longer one may tell otherwise.
    """

    candidate: Candidate
    verdict: Verdict
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    seconds: float = 0.0
    why: str = ""
    final: bool = False
    remembered: bool = False
    late: bool = False
    notes: tuple[str, ...] = ()  # what there is to know of one that is good: tests that were expected to fail pass now
