"""Learning how much each signal of localisation counts, and judging it on repositories that were not learned from.

A listwise logistic model: the chance that a candidate is a gold location is exp(score) over the sum of all candidates' exp(score),
where score is a weighted sum of signals in 0..1. A ridge penalty holds the weights small, and but for the marks named in `FREE` none may fall
below nought: a signal speaks for a candidate or says nothing. Needs numpy, which nothing that ships does.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fixbot_analysis.retrieval import DEFINITION_WEIGHTS, FILE_WEIGHTS, Evidence, from_files
from fixbot_analysis.retrieval.fusing import fuse
from fixbot_bench.errors import BenchError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Weights = Mapping[str, float]
Signals = Mapping[str, Mapping[str, float]]
Ranks = Mapping[str, int]

FREE = frozenset({"outside packages", "vendored", "class", "private", "special", "length"})  # may count against

_PENALTY = 1.0
_STEPS, _AGAIN, _RATE = 300, 120, 0.05
_POOL = 400  # candidates of a case that are learned from
MISS = 1_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One issue: its signals for files and definitions (``path::name``), and where its fix was."""

    name: str
    repo: str
    files: Signals
    definitions: Signals
    gold_files: tuple[str, ...]
    gold_functions: tuple[str, ...]

    def with_files(self, weights: Weights) -> Signals:
        """Signals of definitions with those that they have from the ranking of their files by `weights`."""
        found = Evidence(dict(map(_own, self.files.items())), dict(map(_split, self.definitions.items())))
        lent = from_files(found, fuse(found.files, weights))
        return {**self.definitions, **{n: {f"{p}::{q}": v for (p, q), v in each.items()} for n, each in lent.items()}}


@dataclass(frozen=True, slots=True)
class Learned:
    """Both tables of weights."""

    files: Weights
    definitions: Weights


@dataclass(slots=True)
class _Problem:
    """One case as numbers: a row a candidate of the pool, a column a signal; `gold` are rows."""

    repo: str
    rows: "Array"
    gold: list[int]


def shipped() -> Learned:
    """The weights that fixbot ships with."""
    return Learned(FILE_WEIGHTS, DEFINITION_WEIGHTS)


def learn(cases: Sequence[Case], without: Collection[str] = (), start: Learned | None = None) -> Learned:
    """Weights of all signals but those `without`; learning goes on from `start`, which takes fewer steps."""
    files = [name for name in FILE_WEIGHTS if name not in without]
    definitions = [name for name in DEFINITION_WEIGHTS if name not in without]
    by_files = _fit(
        [_problem(c.files, c.gold_files, files, c.repo) for c in cases], files, start.files if start else None
    )
    problems = [_problem(c.with_files(by_files), c.gold_functions, definitions, c.repo) for c in cases]
    return Learned(by_files, _fit(problems, definitions, start.definitions if start else None))


def ranks(case: Case, weights: Learned) -> tuple[int, int]:
    """How far down the last gold file and the last gold function are (from 1); MISS where one is not found at all.

    0 for functions where the fix edits none. What scores the same counts as before it.
    """
    functions = (
        _last(case.with_files(weights.files), case.gold_functions, weights.definitions) if case.gold_functions else 0
    )
    return _last(case.files, case.gold_files, weights.files), functions


def left_out(cases: Sequence[Case], without: Collection[str] = ()) -> dict[str, tuple[int, int]]:
    """Ranks of each case by weights learned from the other repositories alone."""
    every = learn(cases, without)
    found: dict[str, tuple[int, int]] = {}
    for repo in sorted({case.repo for case in cases}):
        weights = learn([case for case in cases if case.repo != repo], without, every)
        found.update({case.name: ranks(case, weights) for case in cases if case.repo == repo})
    return found


def interval(values: Sequence[float], seed: int = 0, rounds: int = 2000) -> tuple[float, float]:
    """Bootstrap: the middle 95 % of the means of samples drawn with replacement (Efron 1979)."""
    import random

    if not values:
        return 0.0, 0.0
    chance = random.Random(seed)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds) - 1]


def _last(signals: Signals, gold: Sequence[str], weights: Weights) -> int:
    scores = fuse(signals, weights)
    if not all(key in scores for key in gold) or not gold:
        return MISS
    least = min(scores[key] for key in gold)
    return (
        sum(score > least for score in scores.values())
        + sum(scores[key] == least for key in scores if key not in gold)
        + 1
    )


def _problem(signals: Signals, gold: Sequence[str], names: Sequence[str], repo: str) -> _Problem:
    import numpy as np

    sums = fuse(signals, dict.fromkeys(set(names) - FREE, 1.0))
    pool = dict.fromkeys(sorted(sums, key=lambda key: (-sums[key], key))[:_POOL])
    pool.update(dict.fromkeys(key for key in gold if key in sums))
    keys = list(pool)
    rows = np.array([[signals.get(name, {}).get(key, 0.0) for name in names] for key in keys])
    found = [at for at, key in enumerate(keys) if key in set(gold)]
    return _Problem(repo, rows, found)


def _fit(problems: Iterable[_Problem], names: Sequence[str], start: Weights | None) -> Weights:
    """Projected gradient descent with momentum and scaled steps (Adam, Kingma & Ba 2015)."""
    import numpy as np

    usable = [p for p in problems if p.gold]
    weights = np.array([start.get(name, 0.0) if start else 0.5 for name in names])
    least = np.array([-math.inf if name in FREE else 0.0 for name in names])
    mean, square = np.zeros(len(names)), np.zeros(len(names))
    steps = _AGAIN if start else _STEPS
    for step in range(1, steps + 1):
        slope = 2 * _PENALTY * weights / max(len(usable), 1)
        for problem in usable:
            scores = problem.rows @ weights
            chances = np.exp(scores - scores.max())
            slope += (chances @ problem.rows / chances.sum() - problem.rows[problem.gold].mean(0)) / len(usable)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = _RATE if step < 0.6 * steps else 0.3 * _RATE
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights = np.maximum(weights, least)
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}


def _own(item: tuple[str, Mapping[str, float]]) -> tuple[str, dict[str, float]]:
    return item[0], dict(item[1])


def _split(item: tuple[str, Mapping[str, float]]) -> tuple[str, dict[tuple[str, str], float]]:
    return item[0], {_definition(key): value for key, value in item[1].items()}


def _definition(key: str) -> tuple[str, str]:
    path, _, name = key.partition("::")
    return path, name


def can_learn() -> bool:
    """Whether numpy is installed."""
    return find_spec("numpy") is not None


def check() -> None:
    """Raise BenchError where weights cannot be learned."""
    if not can_learn():
        raise BenchError("learning weights needs numpy", "pip install numpy")
