"""Which words of a question the project has: those it is at home with, and those that stand nowhere in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.asking.answer import listed
from fixbot_analysis.documents import Library
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.terms import terms_of

_WORD = re.compile(r"\w{3,}")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u2e80-\ud7ff\uf900-\ufaff]")
# With those that no search counts (see terms_of), what asks in English and tells nothing of what is asked.
_ASKING = frozenset(["why", "who", "whom", "whose", "where", "did", "may", "might", "could", "about", "please", "tell"])
_MANY = 2  # words that stand nowhere, for each that does, from which on nearly all are strange
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of a question as they are written, each once: `known` stand in the project, `at_home` of these outside of tests at least as often as in them."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    at_home: tuple[str, ...]

    @property
    def is_strange(self) -> bool:
        """Whether there is nothing to answer from: nearly all words stand nowhere, and what stands does so as tests' data.

        A word that is at home is enough, however many stand nowhere: these may be words of any language.
        """
        return bool(self.unknown) and not self.at_home and len(self.unknown) >= _MANY * len(self.known)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said where no fewer words stand nowhere than stand."""
        if not self.unknown or len(self.unknown) < len(self.known):
            return ()
        more = len(self.unknown) - _LISTED
        rest = (f"{more} more words of the question",) if more > 1 else ()
        words = listed((*self.unknown[: _LISTED if rest else None], *rest))
        only = (
            f"; of its words only {listed(self.known)} {'does' if len(self.known) == 1 else 'do'}" if self.known else ""
        )
        return (f"{words} {'stands' if len(self.unknown) == 1 else 'stand'} nowhere in the project{only}",)


def wording(index: Index, text: str, cache: Path | None) -> Wording:
    """Effect: reads files and documents through the index. Of the words of `text`; none where they cannot be told apart, in writing without spaces."""
    if _UNSPACED.search(text):
        return Wording((), (), ())
    lexicon, library = Lexicon.of(index, cache), Library.open(index.tree, cache)
    known, unknown, at_home = list[str](), list[str](), list[str]()
    for word in {word.casefold(): word for word in _WORD.findall(text)}.values():
        if not (terms := terms_of(word)) or word.casefold() in _ASKING:
            continue
        files = {path for term in terms for path in _files(lexicon, term)}
        written = {found.section.path for found in library.retrieve(word, len(files) + 1)}
        in_tests = len(files & lexicon.tests)
        (known if files or written else unknown).append(word)
        if len(files) - in_tests + len(written) >= max(in_tests, 1):
            at_home.append(word)
    return Wording(tuple(known), tuple(unknown), tuple(at_home))


def _files(lexicon: Lexicon, term: str) -> Iterator[str]:
    """The files with a term, of code and of tests."""
    alive = lexicon.living()
    yield from (lexicon.definition(row >> 8)[0] for row in lexicon.tables.terms.of(term) if alive[row >> 8])
