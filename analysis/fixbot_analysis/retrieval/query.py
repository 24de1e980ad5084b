"""A question to the index: its words with their weights, and what it mentions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_analysis.retrieval.mentions import Mentions, mentions, title_of
from fixbot_analysis.symbols.words import split_words

TITLE_WEIGHT = 2.0  # a word of the title counts as if the text said it this many times more

_K3 = 8.0  # saturation of repeated words of a query, as in Okapi at TREC-3 (Robertson et al. 1994)
_LONGEST = 200_000  # characters of a text that are read: a log may be any size


@dataclass(frozen=True, slots=True)
class Query:
    """`words` maps split, lower-case words to their weights; `mentions` are the things pointed at."""

    text: str
    title: str
    words: Mapping[str, float]
    mentions: Mentions

    @classmethod
    def from_text(cls, text: str) -> "Query":
        """Read an issue, a log or a plain question; its first line that says something is the title."""
        if len(text) > _LONGEST:
            text = text[: _LONGEST // 2] + "\n" + text[-_LONGEST // 2 :]
        title = title_of(text)
        counts = {word: float(count) for word, count in Counter(split_words(text)).items()}
        for word, count in Counter(split_words(title)).items():
            counts[word] = counts.get(word, 0.0) + TITLE_WEIGHT * count
        return cls(text, title, {w: saturated(n) for w, n in counts.items()}, mentions(text))


def saturated(count: float) -> float:
    """The weight of a word that a query says `count` times."""
    return (_K3 + 1) * count / (_K3 + count)
