"""BM25 over definitions and over files at once: how well their terms answer those of several queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from fixbot_analysis.postings import K1, MOST, B, rarity
from fixbot_analysis.retrieval.lexicon import Lexicon

_BEST_OF_FILE = 3  # a file is as good as its best few definitions together

Key = TypeVar("Key", int, str)
Scores = dict[int, float]


@dataclass(slots=True)
class Ranking:
    """Scores for one query: of definitions by number, of files by path, and of files by their best definitions."""

    definitions: Scores = field(default_factory=dict)
    files: dict[str, float] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)


class Collection:
    """The definitions searched: all living ones of a lexicon but those of the files `left_out`."""

    def __init__(self, lexicon: Lexicon, left_out: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._alive = lexicon.living(left_out)
        self._paths = [path for path in lexicon.paths if path not in left_out]
        lengths = lexicon.tables.lengths
        ranges = [lexicon.numbers(path) for path in self._paths]
        self._file_lengths = {p: sum(lengths[r.start : r.stop]) for p, r in zip(self._paths, ranges, strict=True)}
        self._size, self._total = sum(map(len, ranges)), sum(self._file_lengths.values())

    def rank(self, queries: Sequence[Mapping[str, float]]) -> list[Ranking]:
        """One ranking a query (term -> weight). Terms are looked up once for all."""
        rankings = [Ranking() for _ in queries]
        for term in dict.fromkeys(term for query in queries for term in query):
            definitions, files = self._parts(term)
            for query, ranking in zip(queries, rankings, strict=True):
                if weight := query.get(term, 0.0):
                    _add(ranking.definitions, definitions, weight)
                    _add(ranking.files, files, weight)
        for ranking in rankings:
            ranking.best = self._best(ranking.definitions)
        return rankings

    def parts(
        self, query: Mapping[str, float], definitions: Iterable[int], files: Iterable[str]
    ) -> tuple[dict[int, dict[str, float]], dict[str, dict[str, float]]]:
        """What each term of `query` gives to these definitions and files; an entry for each of them."""
        own: dict[int, dict[str, float]] = {number: {} for number in definitions}
        whole: dict[str, dict[str, float]] = {path: {} for path in files}
        for term, weight in query.items():
            scored, in_files = self._parts(term)
            for number in own.keys() & scored.keys():
                own[number][term] = weight * scored[number]
            for path in whole.keys() & in_files.keys():
                whole[path][term] = weight * in_files[path]
        return own, whole

    def _parts(self, term: str) -> tuple[Scores, dict[str, float]]:
        """What a term of weight 1 gives to definitions and to files."""
        tables, alive = self._lexicon.tables, self._alive
        counts = [(packed >> 8, packed & MOST) for packed in tables.terms.of(term) if alive[packed >> 8]]
        if not counts:
            return {}, {}
        definitions, lengths = tables.definitions, tables.lengths
        in_files: dict[str, int] = {}
        for number, count in counts:
            path = definitions[number][0]
            in_files[path] = in_files.get(path, 0) + count
        rare, mean = rarity(self._size, len(counts)), self._total / max(self._size, 1)
        flat, slope = K1 * (1 - B), K1 * B / max(mean, 1e-9)
        scored = {n: rare * c * (K1 + 1) / (c + flat + slope * lengths[n]) for n, c in counts}
        rare, slope = rarity(len(self._paths), len(in_files)), slope * len(self._paths) / max(self._size, 1)
        sizes = self._file_lengths
        return scored, {p: rare * c * (K1 + 1) / (c + flat + slope * sizes[p]) for p, c in in_files.items()}

    def _best(self, scores: Scores) -> dict[str, float]:
        definitions = self._lexicon.tables.definitions
        found: dict[str, list[float]] = {}
        for number, score in scores.items():
            found.setdefault(definitions[number][0], []).append(score)
        return {path: sum(sorted(each, reverse=True)[:_BEST_OF_FILE]) for path, each in found.items()}


def _add(scores: dict[Key, float], parts: Mapping[Key, float], weight: float) -> None:
    for key, part in parts.items():
        scores[key] = scores.get(key, 0.0) + weight * part
