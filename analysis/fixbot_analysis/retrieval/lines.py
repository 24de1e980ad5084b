"""Lines worth looking at first: those a text gives, then those of the best definitions that share its words."""

from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.search import Hit
from fixbot_analysis.retrieval.terms import terms_of

_OF_DEFINITION = 3  # lines of each definition
_GIVEN = 0.9  # what each further line that the text gives is worth of the one before


@dataclass(frozen=True, slots=True)
class LineHit:
    """A line (from 1) and its score in 0..1."""

    path: str
    line: int
    score: float


def ranked_lines(
    index: Index, query: Query, symbols: Sequence[Hit], given: Sequence[tuple[str, int]]
) -> tuple[LineHit, ...]:
    """Effect: reads files through the index. Lines `given` by the text first, then the best lines of `symbols`."""
    scores = {place: _GIVEN**at for at, place in enumerate(given)}
    for symbol in symbols:
        for line, share in _best_lines(index, query, symbol):
            scores.setdefault((symbol.path, line), symbol.score * share)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return tuple(LineHit(path, line, score) for (path, line), score in ranked)


def _best_lines(index: Index, query: Query, symbol: Hit) -> list[tuple[int, float]]:
    """Lines of a definition with the share that each has of the weight of all the query's words in it."""
    try:
        document = index.tree.read(symbol.path)
    except SourceError:  # it went away since it was indexed
        return []
    weights: dict[int, float] = {}
    for line in range(symbol.line, symbol.end_line + 1):
        words = set(terms_of(document.line_text(line - 1)))
        weights[line] = sum(query.words.get(word, 0.0) for word in words)
    best = sorted((line for line in weights if weights[line]), key=lambda line: (-weights[line], line))
    total = sum(weights.values())
    return [(line, weights[line] / total) for line in best[:_OF_DEFINITION]]
