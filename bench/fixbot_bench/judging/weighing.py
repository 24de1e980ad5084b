"""What the signals of choosing are worth: how often the first patch is right by some weights, and weights learnt from other projects.

Rows are (signals of a patch, whether it is right), a list of them a case.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_repair.choosing import SEEN, SIGNALS

_PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)

Row = Mapping[str, float]
Rows = Sequence[tuple[Row, bool]]


@dataclass(frozen=True, slots=True)
class Told:
    """A case: its name, its project, what is known of its patches."""

    case: str
    project: str
    rows: Rows

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose: right patches and wrong ones."""
        return len({right for _, right in self.rows}) == 2


def report(told: Sequence[Told], *, learn: bool, others: Sequence[Told] = ()) -> dict[str, object]:
    """The figures of all cases: how often the first patch is right by the shipped weights, by others, and at best.

    `others` are cases of other projects that weights are learnt from, beside those of the other projects among these.
    """
    document: dict[str, object] = {
        "cases": len(told),
        "plausible": sum(bool(t.rows) for t in told),
        "right among them": sum(any(right for _, right in t.rows) for t in told),
        "right and wrong": sum(t.is_open for t in told),
        "by chance": round(sum(_share(t.rows) for t in told), 2),
        "first by score alone": firsts(told, {"score": 1.0}),
        "first by the signals that need no run": firsts(told, {n: w for n, w in SIGNALS.items() if n not in SEEN}),
        "first by the shipped weights": firsts(told, SIGNALS),
    }
    for name in SIGNALS:
        document[f"shipped without {name}"] = firsts(told, {n: w for n, w in SIGNALS.items() if n != name})
    if learn:
        document["first by weights of other projects"] = _left_out(told, others)
        document["weights of all"] = learned([*told, *others])
    return document


def firsts(told: Sequence[Told], weights: Mapping[str, float]) -> int:
    """In how many cases the first patch is right by `weights`."""
    return sum(_is_first_right(t.rows, weights) for t in told)


def _share(rows: Rows) -> float:
    return sum(right for _, right in rows) / len(rows) if rows else 0.0


def _is_first_right(rows: Rows, weights: Mapping[str, float]) -> bool:
    best = max(rows, key=lambda row: _total(row[0], weights), default=None)
    return best is not None and best[1]


def _total(row: Row, weights: Mapping[str, float]) -> float:
    return math.fsum(weight * row.get(name, 0.0) for name, weight in weights.items())


def _left_out(told: Sequence[Told], others: Sequence[Told]) -> int:
    count = 0
    for project in sorted({t.project for t in told}):
        weights = learned([t for t in (*told, *others) if t.project != project])
        count += firsts([t for t in told if t.project == project], weights)
    return count


def learned(told: Sequence[Told]) -> dict[str, float]:
    """Weights by the listwise fit: the shipped ones, moved as far as the cases say against a penalty for moving.

    The penalty is the one with which weights of the other projects put most of a project's cases right.
    """
    cases = [t for t in told if t.is_open]
    projects = sorted({t.project for t in cases})
    if not cases:
        return dict(SIGNALS)

    def held(penalty: float) -> int:
        return sum(
            firsts([t for t in cases if t.project == p], _fitted([t for t in cases if t.project != p], penalty))
            for p in projects
        )

    return _fitted(cases, max(reversed(_PENALTIES), key=held))


def _fitted(cases: Sequence[Told], penalty: float) -> dict[str, float]:
    """Weights = the shipped ones + what is learnt: their sum of scores goes in as one more signal whose weight is held at one by the data."""
    import numpy as np

    from fixbot_bench.ranking.fitting import Listed, fit

    names = list(SIGNALS)
    spread = _spreads(cases, names)
    listed = [
        Listed(
            np.array([[_total(row, SIGNALS), *(row.get(n, 0.0) / spread[n] for n in names)] for row, _ in t.rows]),
            np.array([right for _, right in t.rows]),
        )
        for t in cases
        if t.is_open
    ]
    if not listed:
        return dict(SIGNALS)
    every = np.ones(len(names) + 1, dtype=bool)
    found = fit(listed, every, every, penalty)
    scale = max(float(found[0]), 1e-3)
    return {n: round(SIGNALS[n] + float(w) / scale / spread[n], 3) for n, w in zip(names, found[1:], strict=True)}


def _spreads(cases: Sequence[Told], names: Sequence[str]) -> dict[str, float]:
    """Standard deviation of each signal within its case, on average; 1 for what never differs."""
    found = {}
    for name in names:
        each = [_deviation([row.get(name, 0.0) for row, _ in t.rows]) for t in cases if t.rows]
        found[name] = max(sum(each) / len(each), 0.05) if each and any(each) else 1.0
    return found


def _deviation(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
