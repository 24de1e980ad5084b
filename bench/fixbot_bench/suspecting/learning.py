"""Learning both tables of localisation's weights from cases, each judged by weights learned from other projects alone. Needs numpy."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fixbot_bench.ranking.fitting import Listed, fit
from fixbot_bench.suspecting.cases import Suspected
from fixbot_repair.localisation.scene import Key
from fixbot_repair.localisation.signals import Row, definitions, statements
from fixbot_repair.localisation.spectrum import Line
from fixbot_repair.localisation.weights import DEFINITION_WEIGHTS, SIGNALS, STATEMENT_WEIGHTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Weights = Mapping[str, float]
# Marks of what a candidate is: they may count against it. Any other signal speaks for it or says nothing.
FREE = frozenset({*SIGNALS["kind of statement"], *SIGNALS["shape"]})
_PENALTY = 10.0  # on what is learned beside the belief: a hundred cases tell little of forty signals
_SCALE = 10.0  # of the believed score as one signal more, so that the penalty hardly touches how much it counts

# What was believed before any case was seen: what the cases are too few to tell stays as it is here.
BELIEVED_OF_DEFINITIONS: dict[str, float] = {
    "ochiai": 3.0, "ochiai of three": 1.0, "dstar": 1.0, "op2": 1.0, "weighed": 2.0, "weighed highest": 1.0, "relative": 1.0, "highest": 1.0, "by all": 1.0, "common": 0.0,
    "frame": 2.0, "innermost": 1.0, "issue frame": 4.0, "text": 3.0, "past": 2.0, "test's name": 1.0,
    "test's class": 0.5, "test's file": 0.5, "message": 0.5, "named": 0.5, "near": 0.5, "shown": 1.0, "handed": 1.0, "contrast": 1.0, "size": 1.0, "share": 0.0,
    "no function": -1.0, "special": 0.0, "private": 0.0, "ran": 1.0,
}  # fmt: skip
BELIEVED_OF_STATEMENTS: dict[str, float] = {
    "own ochiai": 3.0, "own weighed": 1.0, "own highest": 0.5, "own weighed highest": 0.5, "own by all": 0.5, "own ran": 1.0, "own frame": 1.0,
    "own innermost": 0.5, "own issue frame": 3.0, "own text": 2.0, "own message": 0.5, "own words": 0.5,
    "own last": 0.0, "own skipped": 0.0, "kind return": 0.0, "kind raise": -0.5, "kind change": 0.0, "kind jump": 0.0,
    "kind import": -2.0, "kind if": 0.5, "kind loop": 0.0, "kind with": -0.5, "kind definition": -1.0,
    "kind class": -2.0, "kind call": 0.0, "kind assignment": 0.0, "kind text": -3.0,
    "kind default": 0.0, "own shown": 0.5, "own handed": 0.5, "own fed": 0.5, "own contrast": 0.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inner:
    """The statements of one definition: their lines, a row each, and which are edited."""

    lines: tuple[tuple[int, int], ...]
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Rows:
    """A case as numbers: a row for each definition that anything points at, and for each statement within."""

    name: str
    project: str
    functions: frozenset[Key]
    holders: frozenset[Key]
    lines: frozenset[Line]
    definitions: dict[Key, Row] = field(default_factory=dict)
    inner: dict[Key, Inner] = field(default_factory=dict)
    real: frozenset[Key] = frozenset()  # those of `definitions` that are functions
    all_functions: int = 0  # in the files that anything points at
    all_statements: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """Both tables."""

    definitions: Weights
    statements: Weights


SHIPPED = Learned(DEFINITION_WEIGHTS, STATEMENT_WEIGHTS)


def rows_of(case: Suspected) -> Rows:
    """Effect: reads the project. The rows of a case."""
    scene, truth = case.scene, case.truth
    found = definitions(scene)
    rows = Rows(case.name, case.project, truth.functions, truth.holders, truth.lines)
    for key, held in found.items():
        rows.definitions[key] = held.row
        within = tuple((s.line, s.end_line) for s in held.statements)
        rows.inner[key] = Inner(within, tuple(statements(scene, key, held)))
    whole = scene.outlines
    functions = {(p, d.name) for p, o in whole.items() for d in o.definitions.values() if d.is_function}
    rows.real = frozenset(found.keys() & functions)
    rows.all_functions, rows.all_statements = len(functions), sum(len(o.statements) for o in whole.values())
    return rows


def learn(cases: Sequence[Rows], without: Collection[str] = ()) -> Learned:
    """Weights of all signals but those `without`, from cases that have an edited definition among those that are pointed at."""
    kept = {name for group, names in SIGNALS.items() if group not in without for name in names}
    outer = _fitted((_of_definitions(c) for c in cases), DEFINITION_WEIGHTS, BELIEVED_OF_DEFINITIONS, kept)
    inner = _fitted(
        (each for c in cases for each in _of_statements(c)), STATEMENT_WEIGHTS, BELIEVED_OF_STATEMENTS, kept
    )
    return Learned(outer, inner)


def _of_definitions(case: Rows) -> Listed:
    keys = list(case.definitions)
    return _listed([case.definitions[k] for k in keys], [k in case.holders for k in keys], DEFINITION_WEIGHTS)


def _of_statements(case: Rows) -> Iterable[Listed]:
    for key in sorted(case.holders & case.inner.keys()):
        inner = case.inner[key]
        gold = [any((key[0], n) in case.lines for n in range(a, b + 1)) for a, b in inner.lines]
        yield _listed(inner.rows, gold, STATEMENT_WEIGHTS)


def _listed(rows: Sequence[Row], gold: Sequence[bool], table: Weights) -> Listed:
    import numpy as np

    names = list(table)
    return Listed(
        np.array([[row.get(n, 0.0) for n in names] for row in rows]).reshape(-1, len(names)), np.array(gold, dtype=bool)
    )


def _fitted(lists: Iterable[Listed], table: Weights, believed: Weights, kept: Collection[str]) -> Weights:
    """Believed weights, scaled as the cases want it, and what each is to differ from them: the penalty is on that alone."""
    import numpy as np

    names = list(table)
    used = np.array([name in kept for name in names])
    belief = np.array([believed[name] for name in names]) * used
    usable = [_best(each, belief) for each in lists if each.gold.any() and not each.gold.all()]
    found = fit(usable, np.ones(len(names) + 1, dtype=bool), np.append(used, True), _PENALTY)
    whole = found[:-1] + found[-1] * _SCALE * belief
    least = [-np.inf if name in FREE else 0.0 for name in names]
    return {n: round(float(w), 2) for n, w in zip(names, np.maximum(whole, least) * used, strict=True)}


def _best(listed: Listed, belief: "Array") -> Listed:
    """The same with the believed score as one signal more, and of its faults only the one that is believed in most: a case counts by it."""
    import numpy as np

    scores = listed.rows @ belief
    best = int(np.argmax(np.where(listed.gold, scores, -np.inf)))
    kept = ~listed.gold
    kept[best] = True
    return Listed(np.column_stack([listed.rows, scores * _SCALE])[kept], listed.gold[kept])


def left_out(cases: Sequence[Rows], others: Sequence[Rows] = (), without: Collection[str] = ()) -> dict[str, Learned]:
    """Project -> weights learned from all other projects of `cases` and `others`."""
    every = (*cases, *others)
    return {p: learn([c for c in every if c.project != p], without) for p in sorted({c.project for c in cases})}
