"""The nest of counts around a file: packages, the project, the folder, the file; asked for all levels and orders at once."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fixbot_analysis.codemodel.mixing import LEVELS, ORDERS, Counts, Steps

WORTH = 0.01  # a step that is believed less is not asked what follows
_NOTHING = 1e-9  # what rounding leaves of counts that were taken away


class Part(Protocol):
    """Some text whose n-grams are counted."""

    def __len__(self) -> int: ...

    def occurrences(self, token: int) -> int:
        """How often the token occurs."""
        ...

    def totals(self, context: Sequence[int]) -> list[int]:
        """How often the last 1, 2, … tokens of `context` occur; ends before the first that do not."""
        ...

    def seen(self, context: Sequence[int]) -> list[tuple[int, set[int]]]:
        """The same numbers, each with some of what follows."""
        ...

    def after(self, context: Sequence[int], lengths: Collection[int]) -> dict[int, Counter[int]]:
        """What follows the last so many tokens of `context`, per length that occurs."""
        ...


class Vocabulary(Protocol):
    """Numbered words."""

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Numbers of `words`; -1 for those never seen."""
        ...

    def word(self, number: int) -> str:
        """The word of a number."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """A text that is counted: `levels` are the indices in LEVELS that it belongs to; its `sign` is -1 where it is no longer so."""

    levels: tuple[int, ...]
    sign: int
    part: Part
    vocabulary: Vocabulary


class Nest:
    """All voices as they are heard in one file."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = voices

    def counts(self, before: Sequence[str]) -> Counts:
        """How often the last 0, 1, 2, … tokens of `before` occur on each level; ends before the first that occur on none."""
        table = [[0.0] * len(LEVELS) for _ in range(ORDERS)]
        kinds: list[list[set[int]]] = [[set() for _ in LEVELS] for _ in range(ORDERS)]
        for voice, context in self._contexts(before):
            seen = voice.part.seen(context) if context else []
            _add(table, voice, [len(voice.part), *(count for count, _ in seen)])
            if voice.sign > 0:
                for row, (_, followers) in zip(kinds[1:], seen, strict=False):
                    for level in voice.levels:
                        row[level] |= followers
        orders = next((order for order in range(ORDERS) if max(table[order]) <= 0), ORDERS)
        return Counts(table[:orders], [[len(some) for some in row] for row in kinds[:orders]])

    def hits(self, before: Sequence[str], token: str) -> list[list[float]]:
        """How often those ends of `before` are followed by `token`; orders that never are may be left out."""
        table = [[0.0] * len(LEVELS) for _ in range(ORDERS)]
        for voice, context in self._contexts([*before, token]):
            if context:
                _add(table, voice, voice.part.totals(context))
        return table

    def following(self, before: Sequence[str], shares: Steps, totals: Steps) -> dict[str, float]:
        """Probabilities of words after `before`, of the steps with some context; layout included, ends of files left out."""
        shares = [[share if share >= WORTH else 0.0 for share in row] for row in shares]
        heard: list[tuple[Vocabulary, dict[int, float]]] = []
        for voice, context in self._contexts(before):
            if not heard or heard[-1][0] is not voice.vocabulary:
                heard.append((voice.vocabulary, {}))
            own = heard[-1][1]
            lengths = [n for n in range(1, len(totals)) if any(shares[n][level] for level in voice.levels)]
            for order, counts in voice.part.after(context, lengths).items():
                each = voice.sign * sum(
                    shares[order][level] / totals[order][level] for level in voice.levels if shares[order][level]
                )
                for token, count in counts.items():
                    own[token] = own.get(token, 0.0) + each * count
        chances: dict[str, float] = {}
        for vocabulary, own in heard:
            own.pop(0, None)
            for token, chance in own.items():
                text = vocabulary.word(token)
                chances[text] = chances.get(text, 0.0) + chance
        return {text: chance for text, chance in chances.items() if chance > _NOTHING}

    def _contexts(self, before: Sequence[str]) -> Iterator[tuple[Voice, list[int]]]:
        """Each voice with what it knows of the end of `before`, in its own numbers."""
        vocabulary, context = None, list[int]()
        for voice in self._voices:
            if voice.vocabulary is not vocabulary:
                vocabulary = voice.vocabulary
                context = _unbroken(vocabulary.numbers(before[-ORDERS:]))
            yield voice, context


def _add(table: list[list[float]], voice: Voice, counts: Sequence[int]) -> None:
    for row, count in zip(table, counts, strict=False):
        for level in voice.levels:
            row[level] += voice.sign * count


def _unbroken(context: list[int]) -> list[int]:
    """What of the context follows its last unknown token (-1)."""
    return context[max((i + 1 for i, t in enumerate(context) if t < 0), default=0) :]
