"""What others say of the order of hits, a model that embeds or reranks for one, put together with ours.

Reciprocal rank fusion (Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009): it needs no scale that is common to a probability, a cosine and a cross-encoder's logit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.retrieval.fusing import EXPLICIT
from fixbot_analysis.retrieval.search import FileHit, Hit
from fixbot_analysis.retrieval.tables import Definition

_SOFT = 60  # the paper's k: how little the first ranks outweigh the next

Some = TypeVar("Some", Hit, FileHit)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Scores of some of the hits, the higher the better; `name` is what a user is told as the reason, `weight` how much it counts beside our order."""

    name: str
    scores: Mapping[Definition, float]
    weight: float = 1.0


Opinions = Callable[[str, Sequence[Hit], ProjectHistory | None], Sequence[Opinion]]
"""Effect: may ask somebody what they think of these hits for this text, in a project of this past; nothing where nobody says anything."""


def agreed(hits: Sequence[Hit], opinions: Sequence[Opinion]) -> tuple[Hit, ...]:
    """The same hits in the order that all agree on most. What the text wrote out stays first; the scores stay those of the ranks."""
    counting = [opinion for opinion in opinions if opinion.scores and opinion.weight > 0]
    orders = [_Order(opinion.weight, _by_rank(opinion, hits)) for opinion in counting]
    found = _fused(hits, orders)
    names = {key: [o.name for o in counting if key in o.scores] for key in ((hit.path, hit.name) for hit in found)}
    return tuple(_because(hit, names[hit.path, hit.name]) for hit in found)


def agreed_files(files: Sequence[FileHit], hits: Sequence[Hit], opinions: Sequence[Opinion]) -> tuple[FileHit, ...]:
    """The same files, each also ranked by the best that is said of a definition in it."""
    orders = []
    for opinion in opinions:
        best: dict[str, float] = {}
        for hit in hits:
            if (score := opinion.scores.get((hit.path, hit.name))) is not None:
                best[hit.path] = max(score, best.get(hit.path, score))
        ranks = _ranks({(path, ""): score for path, score in best.items()})
        if ranks and opinion.weight > 0:
            orders.append(_Order(opinion.weight, [ranks.get((each.path, "")) for each in files]))
    return _fused(files, orders)


@dataclass(frozen=True, slots=True)
class _Order:
    """Somebody's ranks of items, None where they say nothing of one, and how much they count."""

    weight: float
    ranks: Sequence[int | None]


def _by_rank(opinion: Opinion, hits: Sequence[Hit]) -> list[int | None]:
    ranks = _ranks(opinion.scores)
    return [ranks.get((hit.path, hit.name)) for hit in hits]


def _ranks(scores: Mapping[Definition, float]) -> dict[Definition, int]:
    """From 1; equal scores share the better rank."""
    ranks: dict[Definition, int] = {}
    last, rank = float("nan"), 0
    for place, key in enumerate(sorted(scores, key=lambda each: (-scores[each], each)), 1):
        if scores[key] != last:
            last, rank = scores[key], place
        ranks[key] = rank
    return ranks


def _fused(items: Sequence[Some], orders: Sequence[_Order]) -> tuple[Some, ...]:
    """`items` by the sum of their reciprocal ranks, our own and those of `orders`, which keep our rank where they say nothing."""
    given: list[int] = [place for place, each in enumerate(items) if EXPLICIT in each.why]
    rest: list[int] = [place for place, each in enumerate(items) if EXPLICIT not in each.why]
    worth: dict[int, tuple[float, float]] = {place: _worth(place, orders) for place in rest}
    best: list[int] = [*given, *sorted(rest, key=lambda place: (worth[place], place))]
    return tuple(replace(items[old], score=items[new].score) for new, old in enumerate(best))


def _worth(place: int, orders: Sequence[_Order]) -> tuple[float, float]:
    """What to sort by, the best least; where ranks come to the same, as two that were swapped do, who looked last has the last word."""
    ours = place + 1
    ranks = [(1.0, ours), *((order.weight, order.ranks[place] or ours) for order in orders)]
    return -round(sum(weight / (_SOFT + rank) for weight, rank in ranks), 9), ranks[-1][1]


def _because(hit: Hit, names: Sequence[str]) -> Hit:
    return replace(hit, why=(*hit.why, *(name for name in names if name not in hit.why)))
