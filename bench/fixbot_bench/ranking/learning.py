"""Learning how much each signal of localisation counts, and judging it on repositories that were not learned from.

The model is listwise (see `fitting`); score is a weighted sum of signals in 0..1. But for the marks named in `FREE` no weight may fall
below nought: a signal speaks for a candidate or says nothing. First files, then definitions, to which their files lend. Needs numpy,
which nothing that ships does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fixbot_analysis.retrieval import (
    DEFINITION_WEIGHTS,
    FILE_WEIGHTS,
    GIVEN_WEIGHTS,
    LENT,
    Evidence,
    from_files,
    lending,
)
from fixbot_analysis.retrieval.fusing import fuse
from fixbot_bench.errors import BenchError
from fixbot_bench.ranking.fitting import Listed, fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Marks = NDArray[np.bool_]
    Places = NDArray[np.int64]

Weights = Mapping[str, float]
Signals = Mapping[str, Mapping[str, float]]

FREE = frozenset({"outside packages", "vendored", "class", "private", "special", "length"})  # may count against

_PENALTY = 1.0
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case as numbers: rows are candidates, columns the signals in the order of the shipped tables.

    `within`: the row of each definition's file, -1 where nothing speaks for the file.
    """

    repo: str
    files: Listed
    definitions: Listed
    within: "Places"


def shipped() -> Learned:
    """The weights that fixbot ships with."""
    return Learned(FILE_WEIGHTS, DEFINITION_WEIGHTS)


def prepare(case: Case) -> Prepared:
    """`case` as numbers, once for all that is learned from it."""
    import numpy as np

    paths, files = _listed(case.files, case.gold_files, list(FILE_WEIGHTS))
    definitions, listed = _listed(case.definitions, case.gold_functions, list(DEFINITION_WEIGHTS))
    at = {path: row for row, path in enumerate(paths)}
    within = np.array([at.get(_definition(key)[0], -1) for key in definitions], dtype=np.int64)
    return Prepared(case.repo, files, listed, within)


def learn(cases: Sequence[Case], without: Collection[str] = ()) -> Learned:
    """Weights of all signals but those `without`."""
    return learn_prepared(list(map(prepare, cases)), without)


def learn_prepared(cases: Sequence[Prepared], without: Collection[str] = ()) -> Learned:
    """The same, of cases that are made ready for it."""
    files = _fitted([case.files for case in cases], FILE_WEIGHTS, without)
    definitions = _fitted([_lent(case, files) for case in cases], DEFINITION_WEIGHTS, {*without, *GIVEN_WEIGHTS})
    given = {name: weight for name, weight in GIVEN_WEIGHTS.items() if name not in without}
    return Learned(files, {**definitions, **given})


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
    ready = [(case, prepare(case)) for case in cases]
    found: dict[str, tuple[int, int]] = {}
    for repo in sorted({case.repo for case in cases}):
        weights = learn_prepared([numbers for case, numbers in ready if case.repo != repo], without)
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


def _listed(signals: Signals, gold: Sequence[str], names: Sequence[str]) -> tuple[list[str], Listed]:
    """The candidates for which a signal speaks, in order, and what it says of them."""
    import numpy as np

    keys = sorted({key for name, scores in signals.items() if name not in FREE for key in scores})
    at = {key: row for row, key in enumerate(keys)}
    rows = np.zeros((len(keys), len(names)))
    for column, name in enumerate(names):
        for key, value in signals.get(name, {}).items():
            if key in at:
                rows[at[key], column] = value
    return keys, Listed(rows, np.isin(np.array(keys, dtype=object), list(gold)))


def _lent(case: Prepared, weights: Weights) -> Listed:
    """Definitions with what they have from the ranking of their files by `weights`."""
    import numpy as np

    if not len(case.files.rows):
        return case.definitions
    scores = case.files.rows @ np.array([weights.get(name, 0.0) for name in FILE_WEIGHTS])
    shares = np.array([*map(lending, scores - scores.max()), (0.0, 0.0)])[case.within]
    names = list(DEFINITION_WEIGHTS)
    rows = case.definitions.rows.copy()
    words = rows[:, names.index("words")]
    for name, column in zip(LENT, (shares[:, 0], shares[:, 1], words * shares[:, 0]), strict=True):
        rows[:, names.index(name)] = column
    return Listed(rows, case.definitions.gold)


def _fitted(lists: Iterable[Listed], table: Weights, without: Collection[str]) -> Weights:
    import numpy as np

    usable = [each for each in lists if each.gold.any()]
    free, used = (np.array([test(name) for name in table]) for test in (FREE.__contains__, lambda n: n not in without))
    weights = fit(usable, free, used, _PENALTY)
    return {name: round(float(weight), 2) for name, weight in zip(table, weights, strict=True) if name not in without}


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
