"""Which of many numbered texts have a word, compactly, and how well each answers a query (BM25)."""

import math
from array import array
from collections.abc import Mapping
from itertools import compress

# Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.2.1, gives
# 1.2 < k1 < 2 and 0.5 < b < 0.8 as good in most circumstances.
K1 = 1.2  # how soon repetition stops counting
B = 0.75  # how much a long text is held back

_K3 = 8.0  # how soon a query's own repetition stops counting (Robertson et al., Okapi at TREC-3, 1994)

MOST = 255  # counts are cut there; BM25 hardly tells 50 from 500

Stored = tuple[tuple[str, ...], bytes, bytes]
StoredPostings = tuple[tuple[str, ...], bytes, bytes, bytes]


def rarity(size: int, having: int) -> float:
    """What a word is worth that `having` of `size` texts have."""
    return math.log1p((size - having + 0.5) / (having + 0.5))


def saturated(count: float) -> float:
    """The weight of a word that a query says `count` times."""
    return (_K3 + 1) * count / (_K3 + count)


class Rows:
    """Word -> numbers (0 to 2**32 - 1), in the order in which they came: 4 bytes a number.

    What was loaded stays in one array (`_packed`, of word n from ``_ends[n - 1]`` to ``_ends[n]``); what was added since lies beside it.
    """

    __slots__ = ("_added", "_ends", "_loaded", "_packed")

    def __init__(self) -> None:
        self._added: dict[str, array[int]] = {}
        self._loaded: dict[str, int] = {}
        self._ends = array("I")
        self._packed = array("I")

    def __len__(self) -> int:
        return len(self.words())

    def words(self) -> tuple[str, ...]:
        """All words, in the order in which they came."""
        return tuple(dict.fromkeys([*self._loaded, *self._added]))

    def add(self, word: str, number: int) -> None:
        """Put `number` behind those that `word` has."""
        try:
            self._added[word].append(number)
        except KeyError:
            self._added[word] = array("I", (number,))

    def of(self, word: str) -> "array[int]":
        """Numbers of `word`; not to be changed."""
        added = self._added.get(word, _NONE)
        at = self._loaded.get(word)
        if at is None:
            return added
        loaded = self._packed[self._ends[at - 1] if at else 0 : self._ends[at]]
        return loaded + added if added else loaded

    def stored(self) -> Stored:
        """All of it, as values that marshal takes; :meth:`load` reads it back."""
        words = self.words()
        packed, ends = array("I"), array("I")
        for word in words:
            packed.extend(self.of(word))
            ends.append(len(packed))
        return words, ends.tobytes(), packed.tobytes()

    @classmethod
    def load(cls, stored: Stored) -> "Rows":
        """What :meth:`stored` gave, on the same machine."""
        words, ends, packed = stored
        made = cls()
        made._loaded = dict(zip(words, range(len(words)), strict=True))
        made._ends, made._packed = array("I", ends), array("I", packed)
        return made


_NONE = array("I")


class Postings:
    """Words of texts that are numbered from 0, as rows of ``number << 8 | count``."""

    def __init__(self) -> None:
        self._lengths = array("I")
        self._rows = Rows()

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        """Give the text `number` these words, beside those it may have already. Numbers may be left out."""
        if number >= len(self._lengths):
            self._lengths.extend([0] * (number + 1 - len(self._lengths)))
        self._lengths[number] += sum(counts.values())
        for word, count in counts.items():
            self._rows.add(word, number << 8 | min(count, MOST))

    def scores(self, query: Mapping[str, float], alive: bytearray | None = None) -> dict[int, float]:
        """BM25 of the texts that have a word of `query` (word -> weight); only of those that are `alive` (1 at their number)."""
        size, mean = self._extent(alive)
        found: dict[int, float] = {}
        for word, weight in query.items():
            postings = self._living(word, alive)
            if not postings:
                continue
            worth = weight * rarity(size, len(postings)) * (K1 + 1)
            for number, count in postings.items():
                damping = K1 * (1 - B + B * self._lengths[number] / mean)
                found[number] = found.get(number, 0.0) + worth * count / (count + damping)
        return found

    def _living(self, word: str, alive: bytearray | None) -> dict[int, int]:
        found: dict[int, int] = {}
        for posting in self._rows.of(word):
            number = posting >> 8
            if alive is None or alive[number]:
                found[number] = found.get(number, 0) + (posting & MOST)
        return found

    def _extent(self, alive: bytearray | None) -> tuple[int, float]:
        """How many texts have words at all, and how many each on average."""
        lengths = self._lengths if alive is None else compress(self._lengths, alive)
        counted = [n for n in lengths if n]
        return len(counted), sum(counted) / max(len(counted), 1)

    def stored(self) -> StoredPostings:
        """All of it, as values that marshal takes; :meth:`load` reads it back."""
        return *self._rows.stored(), self._lengths.tobytes()

    @classmethod
    def load(cls, stored: StoredPostings) -> "Postings":
        """What :meth:`stored` gave, on the same machine."""
        words, ends, packed, lengths = stored
        made = cls()
        made._rows, made._lengths = Rows.load((words, ends, packed)), array("I", lengths)
        return made
