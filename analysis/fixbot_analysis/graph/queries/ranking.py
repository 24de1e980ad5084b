"""How near everything is to a few nodes: personalised PageRank, found by looking at their surroundings only.

Forward push after Andersen, Chung and Lang, "Local graph partitioning using PageRank vectors" (FOCS 2006).
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixbot_analysis.graph.kinds import TRAITS
from fixbot_analysis.graph.model import GUESSED, KINDS, EdgeKind
from fixbot_analysis.graph.queries.adjacency import Adjacency

if TYPE_CHECKING:
    from fixbot_analysis.graph.dependency_graph import DependencyGraph


@dataclass(frozen=True, slots=True)
class Weights:
    """How much of a node's score goes along an edge of each kind, forwards (what it depends on) and backwards.

    Only ratios matter. Kinds that are not named carry nothing; a guessed edge carries `guessed` of its kind's weight.
    """

    forward: Mapping[EdgeKind, float]
    backward: Mapping[EdgeKind, float]
    guessed: float = 0.3


WEIGHTS = Weights(
    forward={kind: trait.forward for kind, trait in TRAITS.items()},
    backward={kind: trait.backward for kind, trait in TRAITS.items()},
)


def rank(
    graph: "DependencyGraph",
    seeds: Mapping[str, float] | Iterable[str],
    *,
    weights: Weights | None = None,
    restart: float = 0.15,
    precision: float = 1e-4,
) -> dict[str, float]:
    """Score of each node near the `seeds` (ids, or id -> weight), highest first, ties by id; the scores add up to at most 1.

    A walker follows edges either way, and begins anew at a seed with the chance `restart` at each step; a score is the
    share of time spent at a node. What is missing at a node is at most the `precision` times its degree (and no score is
    too high), which bounds the work by 1 / (`restart` * `precision`) whatever the size of the graph. Seeds that the graph does not have are left out.
    Raises ValueError where `restart` or `precision` is not between 0 and 1.
    """
    if not (0 < restart < 1 and 0 < precision < 1):
        raise ValueError(f"restart {restart} and precision {precision} must lie between 0 and 1")
    near = Adjacency.of(graph)
    scores = _push(near, table(weights or WEIGHTS), _shares(near, seeds), restart, precision)
    return {near.ids[n]: score for n, score in sorted(scores.items(), key=lambda item: (-item[1], near.ids[item[0]]))}


def _shares(near: Adjacency, seeds: Mapping[str, float] | Iterable[str]) -> dict[int, float]:
    given = dict(seeds) if isinstance(seeds, Mapping) else dict.fromkeys(seeds, 1.0)
    known = {near.number[s]: given[s] for s in sorted(given) if s in near.number and given[s] > 0}
    total = sum(known.values())
    return {node: weight / total for node, weight in known.items()}


_Tables = tuple[tuple[float, ...], tuple[float, ...]]  # weight by an arc's kind, forwards and backwards


def _push(
    near: Adjacency, tables: _Tables, seeds: Mapping[int, float], restart: float, precision: float
) -> dict[int, float]:
    """Scores whose rest, node by node, is under `precision` times the number of its neighbours."""
    forward, backward = tables
    scores: dict[int, float] = {}
    rest = dict(seeds)
    queue = deque(seeds)
    waiting = set(seeds)
    while queue:
        here = queue.popleft()
        waiting.discard(here)
        left = rest[here]
        rest[here] = 0.0
        total = sum(map(forward.__getitem__, near.kinds(here, True))) + sum(
            map(backward.__getitem__, near.kinds(here, False))
        )
        scores[here] = scores.get(here, 0.0) + (left * restart if total else left)
        spread = left * (1 - restart) / total if total else 0.0
        for outgoing, weights in ((True, forward), (False, backward)) if total else ():
            for other, kind in near.arcs(here, outgoing):
                now = rest[other] = rest.get(other, 0.0) + spread * weights[kind]
                if now >= precision and other not in waiting and now >= precision * near.degree(other):
                    waiting.add(other)
                    queue.append(other)
    return scores


def table(weights: Weights) -> _Tables:
    """Weight by an arc's kind (see :class:`Adjacency`), forwards and backwards."""
    return _row(weights.forward, weights.guessed), _row(weights.backward, weights.guessed)


def _row(by_kind: Mapping[EdgeKind, float], guessed: float) -> tuple[float, ...]:
    plain = [by_kind.get(kind, 0.0) for kind in KINDS]
    gap = [0.0] * (GUESSED - len(plain))
    return (*plain, *gap, *(w * guessed for w in plain))
