"""Whether one version did better than the other on the same tasks, or whether that may be chance.

A task is the unit, however often it was tried: what is repeated says nothing new of other tasks. The test is McNemar's, exact
(Q. McNemar, Psychometrika 12, 1947: the tasks on which only one version succeeded, against a fair coin); with repeats it is the
sign test on each task's mean, which is the same where there is one. The interval of the difference is R. G. Newcombe's score
interval for paired proportions (Statistics in Medicine 17, 1998, method 10), which holds where none differs; it is widened to the
exact one of the tasks that differ (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934), so that with few tasks it never says more
than the test does.
Intervals of costs are percentiles of a bootstrap over tasks (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import fmean

LIKELY_CHANCE = 0.05  # p from which on a difference is not told from chance
_Z = 1.959964  # of 95 %
_RESAMPLES = 2000
_FEWEST = 6  # tasks below which a bootstrap says too little

Pair = tuple[bool, bool]  # whether the first version succeeded, and whether the second did


@dataclass(frozen=True, slots=True)
class Compared:
    """Tasks on which `both` succeeded, `first` or `second` alone, or `neither`; with repeats these are shares of tasks added up.

    `difference` is the second's rate less the first's, with its 95 % `interval`; `p` of the exact test, of the tasks `only`
    one did better on: (the first, the second).
    """

    tasks: int
    both: float
    first: float
    second: float
    neither: float
    only: tuple[int, int]
    difference: float
    interval: tuple[float, float]
    p: float

    @property
    def is_chance(self) -> bool:
        """Whether so much may well be chance."""
        return self.p >= LIKELY_CHANCE


def compared(pairs: Mapping[str, Sequence[Pair]]) -> Compared:
    """What the pairs of outcomes of each task come to; every task has at least one."""
    shares = [[_share(tries, kind) for tries in pairs.values()] for kind in ((1, 1), (1, 0), (0, 1), (0, 0))]
    both, first, second, neither = map(sum, shares)
    means = [alone_second - alone_first for alone_first, alone_second in zip(shares[1], shares[2], strict=True)]
    only = sum(m < 0 for m in means), sum(m > 0 for m in means)
    tasks = len(pairs)
    score, differing = newcombe(both, second, first, neither), _differing(only, sum(map(abs, means)) / tasks)
    return Compared(
        tasks, both, first, second, neither, only, (second - first) / tasks,
        (min(score[0], differing[0]), max(score[1], differing[1])), exact(*only),
    )  # fmt: skip


def _differing(only: tuple[int, int], share: float) -> tuple[float, float]:
    """Limits of the difference by the tasks that differ alone, which are `share` of all."""
    low, high = clopper(only[1], sum(only)) if any(only) else (0.5, 0.5)
    return share * (2 * low - 1), share * (2 * high - 1)


def clopper(good: int, count: int) -> tuple[float, float]:
    """Exact 95 % limits of a rate that gave `good` of `count`, which is at least one."""

    def least(successes: int) -> float:
        """The rate at which so many or more come up in one of forty."""
        low, high = 0.0, 1.0
        for _ in range(50):
            rate = (low + high) / 2
            tail = sum(comb(count, k) * rate**k * (1 - rate) ** (count - k) for k in range(successes, count + 1))
            low, high = (rate, high) if tail < LIKELY_CHANCE / 2 else (low, rate)
        return low

    return (least(good) if good else 0.0), (1 - least(count - good) if good < count else 1.0)


def _share(tries: Sequence[Pair], kind: tuple[int, int]) -> float:
    return sum((int(a), int(b)) == kind for a, b in tries) / len(tries)


def exact(one: int, other: int) -> float:
    """Probability that a fair coin parts `one` + `other` throws at least so unevenly, on either side."""
    count = one + other
    tail: int = sum(comb(count, k) for k in range(min(one, other) + 1))
    return min(1.0, 2 * tail / (1 << count))


def newcombe(both: float, one: float, other: float, neither: float) -> tuple[float, float]:
    """95 % limits of the rate with `one` less the rate with `other`, where the two alone succeeded that often."""
    count = both + one + other + neither
    p, q = (both + one) / count, (both + other) / count
    (p_low, p_high), (q_low, q_high) = _wilson(p, count), _wilson(q, count)
    phi = _phi(both, one, other, neither)

    def reach(a: float, b: float) -> float:
        return sqrt(max(a * a - 2 * phi * a * b + b * b, 0.0))

    low = p - q - reach(p - p_low, q_high - q)
    high = p - q + reach(p_high - p, q - q_low)
    return max(low, -1.0), min(high, 1.0)


def _wilson(rate: float, count: float) -> tuple[float, float]:
    middle, spread = 2 * count * rate + _Z * _Z, _Z * sqrt(_Z * _Z + 4 * count * rate * (1 - rate))
    return (middle - spread) / (2 * (count + _Z * _Z)), (middle + spread) / (2 * (count + _Z * _Z))


def _phi(both: float, one: float, other: float, neither: float) -> float:
    """How the two hang together, corrected for continuity; 0 where a margin is empty."""
    margins = (both + one) * (other + neither) * (both + other) * (one + neither)
    if not margins:
        return 0.0
    product, half = both * neither - one * other, (both + one + other + neither) / 2
    return (product if product < 0 else max(product - half, 0.0)) / sqrt(margins)


def resampled(differences: Sequence[float], seed: int) -> tuple[float, float] | None:
    """95 % limits of the mean of one difference a task; None where there are too few tasks to say."""
    if len(differences) < _FEWEST:
        return None
    chance = random.Random(seed)
    means = sorted(fmean(chance.choices(differences, k=len(differences))) for _ in range(_RESAMPLES))
    cut = round(_RESAMPLES * LIKELY_CHANCE / 2)
    return means[cut - 1], means[-cut]
