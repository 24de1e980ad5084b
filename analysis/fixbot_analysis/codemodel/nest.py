"""The nest of counts around a file: packages, the project, the folder, the file; asked for all levels and orders at once."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from fixbot_analysis.codemodel.mixing import LEVELS, ORDERS, Counts, Mixing, Steps

Place = TypeVar("Place")

WORTH = 0.01  # a step that is believed less is not asked what follows
_TELLING, _LEAST = 0.03, 0.002  # the same, and a chance that is not told, where only the likelier words are asked for
_NONE = frozenset[int]()
_NOTHING = 1e-9  # what rounding leaves of counts that were taken away


class Part(Protocol[Place]):
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

    def ranges(self, context: Sequence[int]) -> list[Place]:
        """The places where the last 1, 2, … tokens of `context` occur; ends before the first that do not."""
        ...

    def width(self, place: Place) -> int:
        """How many places those are."""
        ...

    def kinds(self, place: Place) -> set[int]:
        """Some of what follows them."""
        ...

    def likely(self, place: Place) -> Mapping[int, int]:
        """How often each token follows them; of many places, only the commonest."""
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
    part: Part[Any]
    vocabulary: Vocabulary


Heard = Sequence[tuple[Voice, Sequence[Any]]]  # each voice with its places of the last 1, 2, … tokens


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

    def next(self, before: Sequence[str], mixing: Mixing, words: int) -> tuple[dict[str, float], int]:
        """Probabilities of the likelier words after `before`, and how many of its tokens were seen together; `words` are known in all.

        The same as :meth:`counts` and :meth:`following` say, in a third of the time.
        """
        table = [[0.0] * len(LEVELS) for _ in range(ORDERS)]
        kinds: list[list[set[int]]] = [[set() for _ in LEVELS] for _ in range(ORDERS)]
        heard = []
        for voice, context in self._contexts(before):
            part = voice.part
            places = part.ranges(context)[: ORDERS - 1] if context else []
            heard.append((voice, places))
            for order, place in enumerate(places, 1):
                width, some = voice.sign * part.width(place), part.kinds(place) if voice.sign > 0 else _NONE
                for level in voice.levels:
                    table[order][level] += width
                    kinds[order][level] |= some
        for voice, _ in heard:
            for level in voice.levels:
                table[0][level] += voice.sign * len(voice.part)
        orders = next((order for order in range(ORDERS) if max(table[order]) <= 0), ORDERS)
        counts = Counts(table[:orders], [[len(some) for some in row] for row in kinds[:orders]])
        return self._likely(heard, mixing.shares(counts, words), table), orders - 1

    def _likely(self, heard: Heard, shares: Steps, totals: Steps) -> dict[str, float]:
        chances: dict[str, float] = {}
        said: dict[Vocabulary, dict[int, float]] = {}
        for voice, places in heard:
            own = said.setdefault(voice.vocabulary, {})
            for order, place in enumerate(places[: len(shares) - 1], 1):
                believed = sum(
                    shares[order][level] / totals[order][level]
                    for level in voice.levels
                    if shares[order][level] >= _TELLING
                )
                if believed:
                    each = voice.sign * believed
                    for token, count in voice.part.likely(place).items():
                        own[token] = own.get(token, 0.0) + each * count
        for vocabulary, own in said.items():
            own.pop(0, None)
            for token, chance in own.items():
                if chance > _LEAST:
                    text = vocabulary.word(token)
                    chances[text] = chances.get(text, 0.0) + chance
        return chances

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
