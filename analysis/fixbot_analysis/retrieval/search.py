"""Definitions found: by the words of a query alone, and as hits with their lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.bm25 import Collection
from fixbot_analysis.retrieval.fusing import Ranked, ranked
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.tables import Definition


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file, its score in 0..1 (1 is the best possible on every signal) and the signals that speak for it.

    `because` says the same in particulars, as far as they were asked for: ``words: discount, total``.
    """

    path: str
    score: float
    why: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A definition found, `name` its qualified name ("" for what stands outside definitions); lines from 1, both ends in.

    `because` says the same as `why` in particulars, as far as they were asked for.
    """

    path: str
    name: str
    line: int
    end_line: int
    score: float
    why: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


def search(index: Index, query: Query, limit: int = 20, cache: Path | None = None) -> list[Hit]:
    """Effect: reads files through the index. The definitions that answer `query` best by their words, tests among them."""
    lexicon = Lexicon.of(index, cache)
    (ranking,) = Collection(lexicon, frozenset()).rank([query.words])
    best = max(ranking.definitions.values(), default=1.0)
    words = {lexicon.definition(number): score / best for number, score in ranking.definitions.items()}
    return list(hits(lexicon, ranked(words, {"words": words}, {"words": 1.0}, limit)))


def hits(lexicon: Lexicon, found: Iterable[Ranked[Definition]]) -> tuple[Hit, ...]:
    """Ranked definitions with their lines; what the lexicon does not hold is left out."""
    made = []
    for each in found:
        path, name = each.key
        for number in lexicon.numbers(path):
            if lexicon.definition(number) == each.key:
                first, last = lexicon.lines(number)
                made.append(Hit(path, name, first, last, each.score, each.why))
    return tuple(made)
