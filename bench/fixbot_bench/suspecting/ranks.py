"""Ranks and what is counted of them, ties told by chance: what scores alike is taken to stand in any order, each as likely.

A case counts by its best placed fault. Its chance to be within the first k is 1 - C(n - m, k - s) / C(n, k - s), for s
candidates above it and m faults among the n that score as it does; its expected rank is s + (n + 1) / (m + 1).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import TypeVar

from fixbot_bench.ranking.learning import interval

KS = (1, 3, 5, 10)
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the best fault of a case stands: `above` score more, `alike` as much, itself and `faults` in all among them.

    `among` is how many candidates there are; a fault that has no score stands behind all that have one, with all others.
    """

    above: int
    alike: int
    faults: int
    among: int

    def within(self, k: int) -> float:
        """The chance that a fault is among the first `k`."""
        left = k - self.above
        if left <= 0:
            return 0.0
        if left >= self.alike:
            return 1.0
        return 1.0 - comb(self.alike - self.faults, left) / comb(self.alike, left)

    @property
    def rank(self) -> float:
        """Expected rank of the best fault, from 1."""
        return self.above + (self.alike + 1) / (self.faults + 1)

    @property
    def reciprocal(self) -> float:
        """Expected 1 / rank."""
        return sum(
            (self.within(k) - self.within(k - 1)) / k for k in range(self.above + 1, self.above + self.alike + 1)
        )


def place(scores: Mapping[T, float], faults: frozenset[T], among: int) -> Place:
    """The place of the best of `faults`; `among` candidates are in the whole project, scored or not."""
    known = [scores[f] for f in faults if f in scores]
    if not known:
        rest = max(among - len(scores), len(faults), 1)
        return Place(len(scores), rest, max(len(faults), 1), max(among, len(scores) + rest))
    best = max(known)
    above = sum(s > best for s in scores.values())
    alike = sum(s == best for s in scores.values())
    return Place(above, alike, sum(s == best for s in known), max(among, len(scores)))


def figures(places: Sequence[Place]) -> Mapping[str, object]:
    """Accuracy within each k, mean reciprocal rank, EXAM (expected rank / candidates), each with its 95 % bootstrap interval."""
    return {
        **{f"@{k}": _mean(places, lambda p, k=k: p.within(k)) for k in KS},  # type: ignore[misc]
        "mrr": _mean(places, lambda p: p.reciprocal),
        "exam": _mean(places, lambda p: p.rank / p.among),
    }


def _mean(places: Sequence[Place], of: Callable[[Place], float]) -> list[float]:
    return _interval([of(p) for p in places])


def _interval(values: Sequence[float]) -> list[float]:
    low, high = interval(values)
    return [round(sum(values) / max(len(values), 1), 4), round(low, 4), round(high, 4)]


def gains(ours: Sequence[Place], theirs: Sequence[Place]) -> Mapping[str, object]:
    """How much more often a fault is within each k, case by case, with its 95 % bootstrap interval: above 0 where ours are better."""
    pairs = list(zip(ours, theirs, strict=True))
    return {f"@{k}": _interval([a.within(k) - b.within(k) for a, b in pairs]) for k in KS}
