"""A patch without what it does not need: each edit left out in turn, and verified again."""

from collections.abc import Callable
from dataclasses import replace

from fixbot_repair.candidates.edit import Candidate, Patch

_MOST_EDITS = 40  # of a patch that is looked at at all


def minimised(candidate: Candidate, holds: Callable[[Candidate], bool]) -> Candidate:
    """`candidate` less every edit without which it still `holds`; created and deleted files stay.

    One pass, from the last edit to the first: the result is minimal by one edit (1-minimal in the terms of delta
    debugging: Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002).
    """
    edits = candidate.patch.edits
    if not 1 < len(edits) <= _MOST_EDITS:
        return candidate
    kept = candidate
    for edit in reversed(edits):
        fewer = tuple(e for e in kept.patch.edits if e != edit)
        smaller = replace(kept, patch=Patch(fewer, kept.patch.created, kept.patch.deleted))
        if fewer and holds(smaller):
            kept = smaller
    return kept
