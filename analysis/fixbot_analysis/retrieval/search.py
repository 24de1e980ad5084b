"""BM25 over definitions and over files."""

from dataclasses import dataclass

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.bm25 import Counted, bm25
from fixbot_analysis.retrieval.lexicon import Collection, Definition, Lexicon
from fixbot_analysis.retrieval.query import Query


@dataclass(frozen=True, slots=True)
class Hit:
    """A definition found, `name` its qualified name ("" for what stands outside definitions); lines from 1, both ends in."""

    path: str
    name: str
    line: int
    end_line: int
    score: float
    why: tuple[str, ...] = ()


def search(index: Index, query: Query, limit: int = 20) -> list[Hit]:
    """Effect: reads facts through the index. The definitions that answer `query` best by their words, best first."""
    found = Lexicon.of(index).collect(query.words, frozenset(index.paths))
    ranked = sorted(rank_definitions(found, query).items(), key=lambda item: (-item[1], item[0]))
    return [hit(index, definition, score, ("words",)) for definition, score in ranked[:limit]]


def hit(index: Index, definition: Definition, score: float, why: tuple[str, ...]) -> Hit:
    """Effect: reads facts through the index. A definition with its lines."""
    path, name = definition
    symbol = next(s for s in index.facts(path).symbols if s.qualname == name)
    return Hit(path, name, symbol.line, symbol.end_line, score, why)


def rank_definitions(found: Collection, query: Query) -> dict[Definition, float]:
    """BM25 scores of the definitions found."""
    return bm25(found.documents, query.words, found.size, found.mean)


def rank_files(
    lexicon: Lexicon, found: Collection, query: Query, left_out: frozenset[str] = frozenset()
) -> dict[str, float]:
    """BM25 scores of the files of the definitions found, among all files but those `left_out`."""
    counts: dict[str, dict[str, float]] = {}
    for document in found.documents:
        own = counts.setdefault(document.key[0], {})
        for word, count in document.counts.items():
            own[word] = own.get(word, 0.0) + count
    lengths = {path: lexicon.length(path) for path in lexicon.paths if path not in left_out}
    documents = [Counted(path, own, lengths[path]) for path, own in counts.items()]
    return bm25(documents, query.words, len(lengths), sum(lengths.values()) / max(len(lengths), 1))
