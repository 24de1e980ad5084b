"""A text as the words by which fixes are found: a title counts more, a word said again counts less and less."""

from collections import Counter
from collections.abc import Mapping

from fixbot_analysis.postings import saturated
from fixbot_analysis.symbols.words import split_words

_LONGEST = 50_000  # characters: an issue may carry a log of any size, whose ends say what it is about
_TITLE = 300
_TITLE_WEIGHT = 2.0


def query_words(text: str) -> Mapping[str, float]:
    """Words of `text` with their weights; its first line that says something is the title."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 2] + "\n" + text[-_LONGEST // 2 :]
    title = next((line for line in text.splitlines() if line.strip("# \t=-")), "")[:_TITLE]
    counts: dict[str, float] = {word: float(count) for word, count in Counter(split_words(text)).items()}
    for word in split_words(title):
        counts[word] += _TITLE_WEIGHT
    return {word: saturated(count) for word, count in counts.items()}
