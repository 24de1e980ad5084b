"""Messages that a text quotes and the code contains: the longest agreement between the text and string literals.

Words are compared three at a time, so that what a placeholder stands for, or what was left out, breaks a message
into parts that still agree.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from fixbot_analysis.retrieval.texts import message_words

_RUN = 3  # words

Run = tuple[str, ...]


@dataclass(slots=True)
class Agreement:
    """By number of a definition: how much its best literal shares with a text, and how much of that literal it is."""

    shared: dict[int, float] = field(default_factory=dict)
    whole: dict[int, float] = field(default_factory=dict)


def agreement(text: str, literals: Iterable[tuple[int, str]]) -> Agreement:
    """Compare `text` with the `literals` (number of a definition, words); runs that few literals have weigh more."""
    said = _runs(message_words(text))
    having: Counter[Run] = Counter()
    agreeing: list[tuple[int, set[Run], int]] = []
    total = 0
    for number, words in literals:
        total += 1
        runs = _runs(words)
        if common := runs & said:
            having.update(common)
            agreeing.append((number, common, len(runs)))
    found = Agreement()
    for number, common, size in agreeing:
        rarity = [math.log(total / having[run]) for run in common]
        found.shared[number] = max(found.shared.get(number, 0.0), sum(rarity))
        found.whole[number] = max(found.whole.get(number, 0.0), len(common) / size * max(rarity))
    return found


def _runs(words: str) -> set[Run]:
    each = words.split(" ")
    return set(zip(*(each[at:] for at in range(_RUN)), strict=False))
