"""How far the counts of each order and level are believed: mixed from short to long and from far to near.

Jelinek and Mercer, "Interpolated estimation of Markov source parameters from sparse data" (1980). A step is one order (tokens of context, from 0)
of one level; what a step is not believed goes to the step before it, and what none is to every word alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fixbot_analysis.codemodel.interpolation import BELIEFS
from fixbot_analysis.codemodel.segment import SAMPLE

LEVELS = (
    "packages",
    "project",
    "folder",
    "file",
)  # from far to near; the project is all of its files but the one asked about
ORDERS = 6  # lengths of context, from none to five tokens
_POWERS = 12  # of two, that counts are told apart by
SPREADS = 3  # how many sorts of what came next are told apart
BUCKETS = SPREADS * _POWERS

NOTHING = ((0.0,) * BUCKETS,) * ORDERS  # a level that is believed nothing

Steps = Sequence[Sequence[float]]  # a number per order and level


@dataclass(frozen=True, slots=True)
class Counts:
    """Per order and level: how often a context was seen, and how many different tokens came next in a sample of that."""

    totals: Steps
    kinds: Sequence[Sequence[int]]


class Mixing(Protocol):
    """A way to share one unit of belief out."""

    def shares(self, counts: Counts, words: int) -> list[list[float]]:
        """What each step is believed, in all 1 at most; `words` are known in all."""
        ...


class Learnt:
    """Beliefs learnt per order, level and bucket of counts (deleted interpolation), from :data:`BELIEFS` unless others are given."""

    def __init__(self, beliefs: Mapping[str, Sequence[Sequence[float]]] = BELIEFS) -> None:
        self._beliefs = [beliefs[level] for level in LEVELS]

    def shares(self, counts: Counts, words: int) -> list[list[float]]:
        """See :meth:`Mixing.shares`; how many words there are says nothing."""
        totals, left, beliefs = counts.totals, 1.0, self._beliefs
        shares = [[0.0] * len(LEVELS) for _ in totals]
        for order in range(len(totals) - 1, -1, -1):
            for level in range(len(LEVELS) - 1, -1, -1):
                total = totals[order][level]
                if total >= 1:
                    belief = beliefs[level][order][bucket(total, counts.kinds[order][level])]
                    shares[order][level] = left * belief
                    left *= 1 - belief
        return shares


class Constant:
    """A context seen n times is believed n / (n + `doubt`), an occurrence of each level weighing as many as `weights` say."""

    def __init__(self, doubt: float, weights: Sequence[float]) -> None:
        self._doubt, self._weights = doubt, weights

    def shares(self, counts: Counts, words: int) -> list[list[float]]:
        """See :meth:`Mixing.shares`."""
        totals, left = counts.totals, 1.0
        shares: list[list[float]] = []
        for order in range(len(totals) - 1, -1, -1):
            weighted = [weight * max(total, 0.0) for weight, total in zip(self._weights, totals[order], strict=True)]
            whole = sum(weighted)
            doubt = self._doubt if order else words
            shares.append([left * each / (whole + doubt) for each in weighted])
            left *= doubt / (whole + doubt)
        return shares[::-1]


def bucket(total: float, kinds: int) -> int:
    """Where contexts like one seen `total` times (1 at least) stand together: 1, 2 to 3, 4 to 7, … times; of each the sure first.

    Sure is where one token alone came next, then half as many as could, then more (after Chen and Goodman 1996, who tell contexts
    apart by how often each of their tokens came).
    """
    spread = 0 if kinds <= 1 else 1 if 2 * kinds <= min(total, SAMPLE) else 2
    return SPREADS * min(int(total).bit_length() - 1, _POWERS - 1) + spread
