"""How likely the first patch is right: a share of patches like it that were, in what was measured on bugs whose mends are known.

A logistic model of a few signals that are known when the search ends: a patch that holds on its tests is right far less often than always,
and users should see which kind they have before them. Learnt by ``fixbot bench confidence`` from 108 patches for QuixBugs, written and real
bugs, most of which had been looked at, and moved to the share that was right of those for bugs that nobody had looked at (25 of 49).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_repair.candidates.edit import Patch
from fixbot_repair.checks import Feedback
from fixbot_repair.choosing.choose import SIGNALS, Choice
from fixbot_repair.verification.ranking import smallness

_APART = ("score", "size")  # signals of choosing that stand here for themselves
_LEAST = 1e-9
# Signal -> (weight, mean and deviation over the cases it was learnt from); the constant stands under "".
WEIGHTS: Mapping[str, tuple[float, float, float]] = {
    "": (0.2714, 0.0, 1.0),
    "doubts": (0.2143, 0.5921, 0.9439),
    "failing": (0.3067, 1.0842, 0.5384),
    "others": (-0.6507, 0.2685, 0.6886),
    "score": (0.3845, -4.2862, 1.4546),
    "size": (-0.4311, -0.1978, 0.2118),
    "tried": (-0.2631, 4.0854, 1.7809),
    "witnesses": (-0.2953, 1.0998, 1.0171),
}


@dataclass(frozen=True, slots=True)
class Confidence:
    """`value` is the share (0..1) of patches like this one that were right; `signals` are what it was reckoned from."""

    value: float
    signals: Mapping[str, float]


def confidence(
    choices: Sequence[Choice], tried: int, failing: int, baseline: Feedback, before: Callable[[str], bytes]
) -> Confidence:
    """How likely the first of `choices` is right; it was found as the `tried`-th, and `failing` tests ask for it.

    `baseline` says which passing tests run the lines that it edits, `before` gives a file's content without it.
    """
    first = choices[0]
    signals = {
        "score": math.log(max(first.trial.candidate.score, _LEAST)),
        "tried": math.log1p(tried),
        "failing": math.log1p(failing),
        "witnesses": math.log1p(_witnesses(first.trial.candidate.patch, baseline, before)),
        "size": math.log(smallness(first.trial.candidate.patch)),
        "doubts": math.fsum(SIGNALS[n] * v for n, v in first.signals.items() if n not in _APART),
        "others": float(len({c.conduct.cluster for c in choices}) - 1),
    }
    return Confidence(likely(signals), signals)


def likely(signals: Mapping[str, float], weights: Mapping[str, tuple[float, float, float]] | None = None) -> float:
    """The model: 0..1 for `signals`, by `weights` or those shipped."""
    known = WEIGHTS if weights is None else weights
    total = math.fsum(w * ((signals.get(n, 0.0) - mean) / scale if n else 1.0) for n, (w, mean, scale) in known.items())
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))


def _witnesses(patch: Patch, baseline: Feedback, before: Callable[[str], bytes]) -> int:
    """How many passing tests run a line that `patch` edits."""
    lines = set[tuple[str, int]]()
    for edit in patch.edits:
        if edit.path not in patch.created:
            data = before(edit.path)
            first, last = (
                data.count(b"\n", 0, at) + 1 for at in (edit.span.start, max(edit.span.start, edit.span.end - 1))
            )
            lines |= {(edit.path, line) for line in range(first, last + 1)}
    passing = (o for o in baseline.outcomes if o.ok)
    return sum(any((path, n) in lines for path, ran in o.lines for n in ran) for o in passing)
