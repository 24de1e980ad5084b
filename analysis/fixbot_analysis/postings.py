"""Which of many numbered texts have a word, compactly, and how well each answers a query (BM25)."""

import math
from array import array
from collections.abc import Mapping

# Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.2.1.
K1 = 1.2
B = 0.75

_MOST = 255  # counts are cut there; BM25 hardly tells 50 from 500

Stored = tuple[tuple[str, ...], bytes, bytes, bytes]


class Postings:
    """Words of texts that are numbered from 0. One array a word, of ``number << 8 | count``: 4 bytes a posting."""

    def __init__(self) -> None:
        self._words: dict[str, array[int]] = {}
        self._lengths = array("I")

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, number: int, counts: Mapping[str, int]) -> None:
        """Give the text `number` these words, beside those it may have already. Numbers may be left out."""
        if number >= len(self._lengths):
            self._lengths.extend([0] * (number + 1 - len(self._lengths)))
        self._lengths[number] += sum(counts.values())
        for word, count in counts.items():
            posting = number << 8 | min(count, _MOST)
            try:
                self._words[word].append(posting)
            except KeyError:
                self._words[word] = array("I", (posting,))

    def scores(self, query: Mapping[str, float], alive: bytearray | None = None) -> dict[int, float]:
        """BM25 of the texts that have a word of `query` (word -> weight); only of those that are `alive` (1 at their number)."""
        size, mean = self._extent(alive)
        found: dict[int, float] = {}
        for word, weight in query.items():
            postings = self._living(word, alive)
            if not postings:
                continue
            worth = weight * math.log1p((size - len(postings) + 0.5) / (len(postings) + 0.5)) * (K1 + 1)
            for number, count in postings.items():
                damping = K1 * (1 - B + B * self._lengths[number] / mean)
                found[number] = found.get(number, 0.0) + worth * count / (count + damping)
        return found

    def _living(self, word: str, alive: bytearray | None) -> dict[int, int]:
        found: dict[int, int] = {}
        for posting in self._words.get(word, ()):
            number = posting >> 8
            if alive is None or alive[number]:
                found[number] = found.get(number, 0) + (posting & _MOST)
        return found

    def _extent(self, alive: bytearray | None) -> tuple[int, float]:
        """How many texts have words at all, and how many each on average."""
        lengths = [n for at, n in enumerate(self._lengths) if n and (alive is None or alive[at])]
        return len(lengths), sum(lengths) / max(len(lengths), 1)

    def stored(self) -> Stored:
        """All of it, as values that marshal takes; :meth:`load` reads it back."""
        sizes = array("I", map(len, self._words.values()))
        return (
            tuple(self._words),
            sizes.tobytes(),
            b"".join(each.tobytes() for each in self._words.values()),
            self._lengths.tobytes(),
        )

    @classmethod
    def load(cls, stored: Stored) -> "Postings":
        """What :meth:`stored` gave, on the same machine."""
        words, sizes, packed, lengths = stored
        made, at, every = cls(), 0, array("I", packed)
        for word, size in zip(words, array("I", sizes), strict=True):
            made._words[word] = every[at : at + size]
            at += size
        made._lengths = array("I", lengths)
        return made
