"""A question to the index: its terms with their weights, and what it mentions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_analysis.postings import saturated
from fixbot_analysis.retrieval.mentions import Mentions, Where, mentions
from fixbot_analysis.retrieval.passages import Passages
from fixbot_analysis.retrieval.terms import terms_of

# How often a term counts that a part of the text says once. Tracebacks and code say much that is beside the point.
TITLE_WEIGHT, PROSE_WEIGHT, BLOCK_WEIGHT, TRACE_WEIGHT = 3.0, 1.0, 1.0, 0.5

_LONGEST = 200_000  # characters of a text that are read: a log may be any size


@dataclass(frozen=True, slots=True)
class Query:
    """`words` maps terms (see :func:`terms_of`) to their weights; `mentions` are the things pointed at.

    `title_words` are those of the title alone, `named_words` those of names in title and running text.
    """

    text: str
    title: str
    words: Mapping[str, float]
    title_words: Mapping[str, float]
    named_words: Mapping[str, float]
    passages: Passages
    mentions: Mentions

    @classmethod
    def from_text(cls, text: str) -> "Query":
        """Read an issue, a log or a plain question; its first line that says something is the title."""
        text = text.replace("\r\n", "\n")
        if len(text) > _LONGEST:
            text = text[: _LONGEST // 2] + "\n" + text[-_LONGEST // 2 :]
        parts = Passages.of(text)
        words: dict[str, float] = {}
        for part, weight in (
            (parts.title, TITLE_WEIGHT),
            (parts.prose, PROSE_WEIGHT),
            ("\n".join(parts.blocks), BLOCK_WEIGHT),
            ("\n".join(parts.traces), TRACE_WEIGHT),
        ):
            for term, count in Counter(terms_of(part)).items():
                words[term] = words.get(term, 0.0) + weight * count
        found = mentions(text, parts)
        names = " ".join(mention.name for mention in found.names if mention.where is not Where.BLOCK)
        return cls(
            text, parts.title, {t: saturated(n) for t, n in words.items()}, _counted(parts.title), _counted(names), parts, found
        )  # fmt: skip


def _counted(text: str) -> Mapping[str, float]:
    return {term: saturated(count) for term, count in Counter(terms_of(text)).items()}
