"""Fitting a listwise logistic model: one convex problem, solved to its end by Newton's method. Needs numpy.

Each gold location is held against all candidates that are not gold: the chance that it is chosen is exp(score) over its own and theirs.
The loss is the mean over lists, of the mean over gold locations, of minus the logarithm of that chance, and a ridge penalty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Marks = NDArray[np.bool_]

_ROUNDS = 60
_ENOUGH = 1e-7  # fall of the loss in one round, below which it is solved
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """The candidates of one case: a row each, a column a signal; `gold` marks the rows to be found (at least one)."""

    rows: "Array"
    gold: "Marks"


def fit(lists: Sequence[Listed], free: "Marks", used: "Marks", penalty: float) -> "Array":
    """One weight a signal: nought for those that are not `used`, at least nought for those that are not `free`."""
    import numpy as np

    weights = np.where(used, 0.5, 0.0)
    now, slope, bend = loss(lists, weights, penalty)
    for _ in range(_ROUNDS):
        held = ~used | (~free & (weights <= 0) & (slope >= 0))
        moving = np.flatnonzero(~held)
        step = np.zeros_like(weights)
        step[moving] = np.linalg.solve(bend[np.ix_(moving, moving)], slope[moving])
        for share in (0.5**n for n in range(_HALVINGS)):
            tried = np.where(free, weights - share * step, np.maximum(weights - share * step, 0.0))
            found = loss(lists, tried, penalty)
            if found[0] < now:
                break
        else:
            return weights
        gained, weights = now - found[0], tried
        now, slope, bend = found
        if gained < _ENOUGH:
            break
    return weights


def loss(lists: Sequence[Listed], weights: "Array", penalty: float) -> "tuple[float, Array, Array]":
    """The loss with its first and second derivatives."""
    import numpy as np

    size = max(len(lists), 1)
    lost = penalty * float(weights @ weights) / size
    slope, bend = 2 * penalty * weights / size, 2 * penalty * np.eye(len(weights)) / size
    for each in lists:
        scores = each.rows @ weights
        others, own = each.rows[~each.gold], each.rows[each.gold]
        top = float(scores.max())
        mass = np.exp(scores[~each.gold] - top)
        total, drawn = float(mass.sum()), mass @ others
        spread = (others * mass[:, None]).T @ others
        for row, score in zip(own, np.exp(scores[each.gold] - top), strict=True):
            whole = total + score
            mean = (drawn + score * row) / whole
            part = 1 / (size * len(own))
            lost += part * float(np.log(whole) - np.log(score))
            slope += part * (mean - row)
            bend += part * ((spread + score * np.outer(row, row)) / whole - np.outer(mean, mean))
    return lost, slope, bend
