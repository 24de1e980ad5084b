"""Why a file or definition was found, in particulars: which words, which names, who calls it, which commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from fixbot_analysis.postings import Rows
from fixbot_analysis.retrieval.bm25 import Collection
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.search import FileHit, Hit
from fixbot_analysis.retrieval.signals import Evidence
from fixbot_analysis.retrieval.tables import Definition
from fixbot_analysis.retrieval.terms import spellings

_WORDS = 3  # and names, that are told of one hit
_NAMES = 300  # mentioned names that are looked up, the most telling first

Found = TypeVar("Found", FileHit, Hit)


def explained(
    lexicon: Lexicon, query: Query, found: Evidence, files: Sequence[FileHit], symbols: Sequence[Hit]
) -> tuple[tuple[FileHit, ...], tuple[Hit, ...]]:
    """`files` and `symbols` with their particulars: reason by reason, in the order of `why`."""
    numbers = _numbers(lexicon, symbols)
    of_definitions, of_files = Collection(lexicon, found.left_out).parts(
        query.words, [numbers[symbol.path, symbol.name] for symbol in symbols], [file.path for file in files]
    )
    teller = _Teller(lexicon, query, found, spellings(query.text))
    return (
        tuple(_told(file, teller.of_file(file.path, of_files[file.path])) for file in files),
        tuple(
            _told(symbol, teller.of(symbol, number, of_definitions[number]))
            for symbol in symbols
            for number in (numbers[symbol.path, symbol.name],)
        ),
    )


def _told(hit: Found, particulars: Mapping[str, str]) -> Found:
    because = (f"{name}: {particulars[name]}" if particulars.get(name) else name for name in hit.why)
    return replace(hit, because=tuple(because))


def _numbers(lexicon: Lexicon, symbols: Iterable[Hit]) -> dict[Definition, int]:
    paths = dict.fromkeys(symbol.path for symbol in symbols)
    return {lexicon.definition(number): number for path in paths for number in lexicon.numbers(path)}


@dataclass(frozen=True, slots=True)
class _Teller:
    """Particulars of single hits."""

    lexicon: Lexicon
    query: Query
    found: Evidence
    spelled: Mapping[str, str]

    def of(self, hit: Hit, number: int, words: Mapping[str, float]) -> dict[str, str]:
        """Reason -> what is told of it, of a definition."""
        key, tables, own = (hit.path, hit.name), self.lexicon.tables, range(number, number + 1)
        caller = self.found.callers.get(key)
        return {
            "words": self._words(words),
            "names": self._names(own, (tables.defined, tables.assigned)),
            "uses": self._names(own, (tables.referenced,)),
            "calls": f"called by {caller[1] or caller[0]}" if caller else "",
            "past fixes": self.found.commits.get(key, ""),
        }

    def of_file(self, path: str, words: Mapping[str, float]) -> dict[str, str]:
        """The same of a file."""
        tables, own = self.lexicon.tables, self.lexicon.numbers(path)
        return {
            "words": self._words(words),
            "names": self._names(own, (tables.defined, tables.assigned)),
            "uses": self._names(own, (tables.referenced,)),
            "past fixes": self.found.commits.get((path, ""), ""),
        }

    def _words(self, parts: Mapping[str, float]) -> str:
        heaviest = sorted(parts, key=lambda term: (-parts[term], term))
        return ", ".join(list(dict.fromkeys(self.spelled.get(term, term) for term in heaviest))[:_WORDS])

    def _names(self, own: range, tables: Sequence[Rows]) -> str:
        """The names of the text that the definitions `own` have in `tables`, the most telling first."""
        told: list[str] = []
        for mention in self.query.mentions.names[:_NAMES]:
            last = mention.name.rpartition(".")[2]
            if any(number in own for table in tables for number in table.of(last)):
                told.append(mention.name)
            if len(told) == _WORDS:
                break
        return ", ".join(told)
