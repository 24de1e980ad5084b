"""Counts of every n-gram in a stretch of tokens without storing any: a suffix array over the text read backwards.

Dictionaries of the 2- to 6-grams of a project of a million tokens take about 250 MB. The same counts can be read from the
positions of each token sorted by what comes *before* them: the places after which a context ended are one
range, found by bisection, and each longer context is a range inside the last. That costs four bytes a token for
the tokens and four for the positions. Positions are grouped by token at once and each group is sorted when it is
first asked for, so a cold start pays only for what it uses.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Union

ORDER = 6  # Hellendoorn & Devanbu 2017 found no gain above six tokens

BOUNDARY = 0  # the id that stands between files; no context contains it

SAMPLE = 8  # places that are looked at to see whether the same token always follows

_WIDE = 4096  # occurrences from which a count is kept
# Contexts with so many followers are cut to the commonest: what follows "." is half the vocabulary.
_COMMONEST = 400
BRIEF, FEW = (
    192,
    32,
)  # places that are looked at where only the likelier followers are asked for, and how many of those are told
_KEPT = 512  # such answers: two kilobytes each

# Steps of a walk along a group that finding one token more, or sorting one place more, takes: measured.
_SEARCHED, _SORTED = 0.17, 20

_ID = 4  # bytes a token id takes in a sort key
_WIDTH = _ID * (ORDER - 1)

Numbers = Union["array[int]", "memoryview[int]"]  # unsigned, of four bytes

Range = tuple[int, int, int]  # token id of the group, first and past-the-last index in it
Drawn = tuple[tuple[int, ...], Mapping[int, int]]  # what followed some places, and how often about what follows often


class Segment:
    """The tokens of some files, each file's read backwards with a boundary before it, and the sorted places of each token.

    `tokens` are the ids in that order; `order` the positions grouped by token and sorted, and `starts` where in it each token's
    begin, where both are known from before. `keys` are their bytes, compared as bytes in the machine's own order, which is as good an order as any.
    """

    def __init__(self, tokens: Numbers, order: Numbers | None = None, starts: Numbers | None = None) -> None:
        self.tokens = tokens
        self.keys = memoryview(tokens).cast("B")
        self.starts = _starts(tokens) if starts is None else starts
        self.order = _grouped(tokens, self.starts) if order is None else order
        self._is_sorted = bytearray(b"\0" if order is None else b"\1") * len(self.starts)
        self._common: dict[Range, Counter[int]] = {}
        self._samples: dict[Range, Drawn] = {}

    @classmethod
    def of(cls, files: Iterable[Sequence[int]]) -> "Segment":
        """The segment of whole files, of which the first comes last."""
        backwards = array("I", [BOUNDARY])
        for tokens in files:
            backwards.extend(reversed(tokens))
            backwards.append(BOUNDARY)
        return cls(backwards)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def arrays(self) -> tuple[Numbers, Numbers, Numbers]:
        """What a segment is made of, for keeping it."""
        return self.tokens, self.order, self.starts

    def settle(self) -> None:
        """Sort every group now instead of on first use."""
        for token in range(1, len(self.starts) - 1):
            self.group(token)

    def occurrences(self, token: int) -> int:
        """How often the token occurs."""
        return self.starts[token + 1] - self.starts[token] if 0 < token < len(self.starts) - 1 else 0

    def group(self, token: int) -> Sequence[int]:
        """Positions of the token, sorted by what stands before them in the text."""
        low, high = self.starts[token], self.starts[token + 1]
        if not self._is_sorted[token]:
            self.order[low:high] = array("I", sorted(self.order[low:high], key=self._key))
            self._is_sorted[token] = 1
        return memoryview(self.order)[low:high]

    def ranges(self, context: Sequence[int]) -> list[Range]:
        """Ranges of the places where the last 1, 2, … tokens of `context` occur; ends before the first empty one."""
        if not context or not (high := self.occurrences(context[-1])):
            return []
        token = context[-1]
        group = self.group(token)
        low, found, key = 0, [(token, 0, high)], b""
        for earlier in reversed(context[-ORDER:-1]):
            key += array("I", [earlier]).tobytes()
            low, high = self._narrow(group, key, low, high)
            if low == high:
                break
            found.append((token, low, high))
        return found

    def followers(self, place: Range) -> Counter[int]:
        """How often each token follows the places of a range (the boundary included); of very many, the commonest."""
        token, low, high = place
        if place in self._common:
            return self._common[place]
        tokens = self.tokens
        if high - low < _WIDE:
            return Counter([tokens[at - 1] for at in self.group(token)[low:high]])
        found = Counter([tokens[at - 1] for at in self._in_text(place)])
        found = self._common[place] = Counter(dict(found.most_common(_COMMONEST)))
        return found

    def likely(self, place: Range) -> Mapping[int, int]:
        """About how often each token follows the places of a range; of many places, only the commonest, by a sample."""
        if place[2] - place[1] < BRIEF:
            token, low, high = place
            return Counter([self.tokens[at - 1] for at in self.group(token)[low:high]])
        return self._drawn(place)[1]

    def kinds(self, place: Range) -> set[int]:
        """Some of what follows the places of a range (see :func:`sampled`)."""
        token, low, high = place
        tokens, times = self.tokens, high - low
        if times <= SAMPLE:
            return {tokens[at - 1] for at in self.group(token)[low:high]}
        if times >= BRIEF:
            return set(self._drawn(place)[0])
        places = self._in_text(place)
        return {tokens[places[n] - 1] for n in sampled(0, times)}

    def totals(self, context: Sequence[int]) -> list[int]:
        """How often the last 1, 2, … tokens of `context` occur."""
        return [high - low for _, low, high in self.ranges(context)]

    def seen(self, context: Sequence[int]) -> list[tuple[int, set[int]]]:
        """How often the last 1, 2, … tokens of `context` occur, and some of what follows them (see :func:`sampled`)."""
        return [(place[2] - place[1], self.kinds(place)) for place in self.ranges(context)]

    def width(self, place: Range) -> int:
        """How many places a range has."""
        return place[2] - place[1]

    def after(self, context: Sequence[int], lengths: Collection[int]) -> dict[int, Counter[int]]:
        """What follows the last so many tokens of `context`, per length that occurs."""
        found = self.ranges(context) if lengths else []
        return {length: self.followers(found[length - 1]) for length in lengths if length <= len(found)}

    def _drawn(self, place: Range) -> Drawn:
        """Samples of what follows the many places of a range."""
        found = self._samples.get(place)
        if found is None:
            if len(self._samples) >= _KEPT:
                self._samples.clear()
            tokens, places, step = self.tokens, self._in_text(place), (place[2] - place[1]) // BRIEF
            kinds = tuple([tokens[places[n] - 1] for n in sampled(0, len(places))])
            counts = Counter([tokens[at - 1] for at in places[::step]])
            few = {token: step * times for token, times in counts.most_common(FEW)}
            found = self._samples[place] = kinds, few
        return found

    def _in_text(self, place: Range) -> list[int]:
        """The places of a range as they stand in the text: drawn from in the order of what stands before them, which is that of numbers,
        a sample would depend on which word was met first.
        """
        token, low, high = place
        return sorted(self.group(token)[low:high])

    def _key(self, at: int) -> bytes:
        return bytes(self.keys[_ID * at + _ID : _ID * at + _ID + _WIDTH])

    def _narrow(self, group: Sequence[int], key: bytes, low: int, high: int) -> tuple[int, int]:
        keys, width = self.keys, len(key)

        def before(at: int) -> bytes:
            return bytes(keys[_ID * at + _ID : _ID * at + _ID + width])

        low = bisect_left(group, key, low, high, key=before)
        return low, bisect_right(group, key, low, high, key=before)


def sampled(low: int, high: int) -> Sequence[int]:
    """At most :data:`SAMPLE` numbers from `low` to before `high`, evenly apart."""
    count = high - low
    return range(low, high) if count <= SAMPLE else [low + count * at // SAMPLE for at in range(SAMPLE)]


class View(Segment):
    """The part of a `whole` segment between two positions; groups are picked out of the whole's where they are asked for."""

    def __init__(self, whole: Segment, first: int, last: int) -> None:
        self.tokens, self.keys = whole.tokens, whole.keys
        self._whole, self._first, self._last = whole, first, last
        self._groups: dict[int, array[int]] = {}
        self._common, self._samples = {}, {}

    def __len__(self) -> int:
        return self._last - self._first

    def occurrences(self, token: int) -> int:
        """How often the token occurs."""
        return len(self.group(token)) if self._whole.occurrences(token) else 0

    def group(self, token: int) -> Sequence[int]:
        """Positions of the token in the part, sorted as in the whole."""
        found = self._groups.get(token)
        if found is None:
            found = self._groups[token] = array("I", self._picked(token))
        return found

    def _picked(self, token: int) -> Iterable[int]:
        """By a walk along the whole's group, or by a search of the part and sorting what it finds: what takes fewer steps."""
        first, last, times = self._first, self._last, self._whole.occurrences(token)
        if times <= len(self) * (_SEARCHED + _SORTED * times / len(self._whole)):
            return [at for at in self._whole.group(token) if first <= at < last]
        here = bytes(self.keys[_ID * first : _ID * last + _ID + _WIDTH])
        after = _ID * (1 - first)
        return sorted(self._places(token), key=lambda at: here[_ID * at + after : _ID * at + after + _WIDTH])

    def _places(self, token: int) -> Iterator[int]:
        """Positions of the token in the part, rising."""
        here, wanted = bytes(self.keys[_ID * self._first : _ID * self._last]), array("I", [token]).tobytes()
        at = here.find(wanted)
        while at >= 0:
            whole, rest = divmod(at, _ID)
            if not rest:
                yield self._first + whole
            at = here.find(wanted, at + (1 if rest else _ID))


def _starts(tokens: Sequence[int]) -> "array[int]":
    """Index of the first position of every token in the grouped order; one more at the end."""
    counts = Counter(tokens)
    starts, total = array("I"), 0
    for token in range(max(counts) + 1):
        starts.append(total)
        total += counts.get(token, 0)
    starts.append(total)
    return starts


def _grouped(tokens: Sequence[int], starts: Sequence[int]) -> "array[int]":
    order, free = array("I", bytes(_ID * len(tokens))), array("I", starts)
    for at, token in enumerate(tokens):
        order[free[token]] = at
        free[token] += 1
    return order
