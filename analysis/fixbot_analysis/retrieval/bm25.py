"""BM25: how well the words of a document answer those of a query."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

# Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.2.1, gives
# 1.2 < k1 < 2 and 0.5 < b < 0.8 as good in most circumstances.
K1 = 1.2  # how soon repetition stops counting
B = 0.75  # how much a long document is held back

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Counted(Generic[Key]):
    """A document: how often it has each word of the query, and how many words in all."""

    key: Key
    counts: Mapping[str, float]
    length: float


def bm25(documents: Iterable[Counted[Key]], query: Mapping[str, float], size: int, mean: float) -> dict[Key, float]:
    """Scores of the documents that have a word of the query (word -> weight).

    `documents` may leave out those that have none; `size` and `mean` are the number of all documents and their mean length.
    """
    documents = list(documents)
    having: dict[str, int] = {}
    for document in documents:
        for word in document.counts:
            having[word] = having.get(word, 0) + 1
    rarity = {word: math.log1p((size - n + 0.5) / (n + 0.5)) for word, n in having.items()}
    scores: dict[Key, float] = {}
    for document in documents:
        damping = K1 * (1 - B + B * document.length / mean) if mean else K1
        score = 0.0
        for word, count in document.counts.items():
            score += query[word] * rarity[word] * count * (K1 + 1) / (count + damping)
        scores[document.key] = score
    return scores
