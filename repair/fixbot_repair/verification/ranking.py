"""Which plausible patch to show first: likely, small, and not one that only takes functionality away."""

import re
from collections.abc import Callable, Iterable

from fixbot_repair.candidates.edit import Edit
from fixbot_repair.verification.verdict import Trial

# What a patch that only takes code away is worth against one that does not: such patches often pass by doing less.
# Source: Qi, Long, Achour, Rinard, "An Analysis of Patch Plausibility and Correctness for Generate-and-Validate Patch
# Generation Systems", ISSTA 2015.
_DELETES = 0.3
_HALF = 60  # characters of change that halve a patch's worth

Before = Callable[[str], bytes]


def ranked(trials: Iterable[Trial], before: Before) -> list[Trial]:
    """`trials` in the order in which to show them; equal ones stay in the order in which they were tried.

    `before` gives the UTF-8 content of a file before the patch.
    """
    return sorted(trials, key=lambda t: -_worth(t, before))


def _worth(trial: Trial, before: Before) -> float:
    patch = trial.candidate.patch
    edits = [e for e in patch.edits if e.path not in patch.created]
    size = sum(abs(len(e.text) - len(e.span)) + min(len(e.text), len(e.span)) // 2 for e in edits)
    deletes = bool(edits) and not patch.created and all(_only_deletes(e, before(e.path)) for e in edits)
    return trial.candidate.score * (_DELETES if deletes else 1.0) * _HALF / (_HALF + size)


def _only_deletes(edit: Edit, data: bytes) -> bool:
    """Whether the new tokens are some of the old ones, in their order."""
    old = iter(_tokens(data[edit.span.start : edit.span.end].decode("utf-8", "replace")))
    return all(token in old for token in _tokens(edit.text))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)
