"""How likely a candidate of each template is the developer's: a listwise logistic model over mined fixes. Needs numpy.

The chance that a candidate is the right one among all of its place is exp(score) over the sum of theirs. Score is the logarithm of the
template's prior, plus a weight for each feature. Priors begin at those of the source, from which a ridge penalty lets them go only as far as
fixes of the past show; fitted by Newton's method. Rows that are alike are one row with a count.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_ROUNDS = 40
_ENOUGH = 1e-6  # fall of the loss in one round, below which it is solved
_HALVINGS = 20
PENALTY = 1.0  # of a prior's logarithm that moves by one


@dataclass(frozen=True, slots=True)
class Row:
    """Candidates that are alike: `count` of them, with their features; `right` are the developer's own."""

    template: str
    features: tuple[float, ...]
    count: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """Logarithms of priors by template, and the weights of the features."""

    priors: Mapping[str, float]
    weights: tuple[float, ...]

    def score(self, row: Row) -> float:
        """The logarithm of what a candidate is worth."""
        own = sum(w * f for w, f in zip(self.weights, row.features, strict=True))
        return self.priors.get(row.template, math.log(0.3)) + own


def rank(rows: Sequence[Row], model: Model) -> float:
    """Rank (from 1) of the best right candidate; among equals it stands in the middle."""
    best = max(model.score(row) for row in rows if row.right)
    others = [(model.score(row), row.count) for row in rows if not row.right]
    return 1 + sum(n for s, n in others if s > best) + sum(n for s, n in others if s == best) / 2


def learn(cases: Sequence[Sequence[Row]], start: Model, penalty: float = PENALTY) -> Model:
    """The model that explains which candidates of `cases` were the right ones, near `start`. Every case has a right one."""
    import numpy as np

    names = sorted({row.template for case in cases for row in case} | start.priors.keys())
    places = {name: i for i, name in enumerate(names)}
    origin = np.array([*(start.priors.get(n, math.log(0.3)) for n in names), *start.weights])
    lists = [_listed(case, places, len(start.weights)) for case in cases]
    free = np.array([*([penalty] * len(names)), *([penalty / 10] * len(start.weights))])
    weights = origin.copy()
    now, slope, bend = _loss(lists, weights, origin, free)
    for _ in range(_ROUNDS):
        step = np.linalg.solve(bend, slope)
        for share in (0.5**n for n in range(_HALVINGS)):
            found = _loss(lists, weights - share * step, origin, free)
            if found[0] < now:
                break
        else:
            break
        gained, weights = now - found[0], weights - share * step
        now, slope, bend = found
        if gained < _ENOUGH:
            break
    return Model(dict(zip(names, map(float, weights), strict=False)), tuple(map(float, weights[len(names) :])))


@dataclass(frozen=True, slots=True)
class _Listed:
    rows: "Array"  # features: one for the template, then its own
    count: "Array"
    right: "Array"  # 1.0 for the right ones


def _listed(case: Sequence[Row], places: Mapping[str, int], size: int) -> _Listed:
    import numpy as np

    rows = np.zeros((len(case), len(places) + size))
    for i, row in enumerate(case):
        rows[i, places[row.template]] = 1.0
        rows[i, len(places) :] = row.features
    return _Listed(rows, np.array([r.count for r in case]), np.array([float(r.right) for r in case]))


def _loss(lists: Sequence[_Listed], weights: "Array", origin: "Array", free: "Array") -> "tuple[float, Array, Array]":
    """The loss with its first and second derivatives; the second leaves out what makes it negative among the right ones."""
    import numpy as np

    away = weights - origin
    lost, slope, bend = float(free @ away**2), 2 * free * away, np.diag(2 * free)
    for each in lists:
        scores = each.rows @ weights
        mass = each.count * np.exp(scores - scores.max())
        share, own = mass / mass.sum(), mass * each.right / (mass @ each.right)
        mean = share @ each.rows
        lost -= float(np.log(mass @ each.right) - np.log(mass.sum()))
        slope += mean - own @ each.rows
        bend += (each.rows * share[:, None]).T @ each.rows - np.outer(mean, mean)
    return lost, slope, bend
