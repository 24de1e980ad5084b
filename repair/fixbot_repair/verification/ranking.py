"""Which plausible patch to show first: likely, small, and not one that only takes functionality away."""

from collections.abc import Iterable

from fixbot_repair.verification.verdict import Trial

_DELETES = 0.3  # what a patch that only removes code is worth against one that does not
_HALF = 60  # characters of change that halve a patch's worth


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """`trials` in the order in which to show them; equal ones stay in the order in which they were tried."""
    return sorted(trials, key=lambda t: -worth(t))


def worth(trial: Trial) -> float:
    """Score of the candidate, less for size and for deleting."""
    edits = trial.candidate.patch.edits
    added = sum(len(e.text) for e in edits)
    removed = sum(len(e.span) for e in edits)
    only_deletes = added == 0 and removed > 0
    return trial.candidate.score * (_DELETES if only_deletes else 1.0) * _HALF / (_HALF + added + removed)
