"""Counts of every n-gram in a stretch of tokens without storing any: a suffix array, sorted where it is asked.

Dictionaries of the 2- to 6-grams of a project of a million tokens take about 250 MB. The same counts can be read from the
positions of each token sorted by what comes *before* them: the places after which a context ended are one
range, found by bisection, and each longer context is a range inside the last. That costs four bytes a token for
the tokens and four for the positions. Positions are grouped by token at once and each group is sorted when it is
first asked for, so a cold start pays only for what it uses.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

ORDER = 6  # Hellendoorn & Devanbu 2017 found no gain above six tokens

_ID = 4  # bytes a token id takes in a sort key
_BOUNDARY = 0  # the id that stands between files; no context contains it

Range = tuple[int, int, int]  # token id of the group, first and past-the-last index in it


class Segment:
    """The tokens of some files, joined with a boundary between them, and the sorted places of each token."""

    def __init__(self, files: Sequence["array[int]"]) -> None:
        backwards = array("I", [_BOUNDARY])
        for tokens in reversed(files):
            backwards.extend(reversed(tokens))
            backwards.append(_BOUNDARY)
        self._tokens = backwards
        swapped = array("I", backwards)
        if sys.byteorder == "little":
            swapped.byteswap()  # big-endian bytes compare as the ids do
        self._keys = swapped.tobytes()
        self._groups: dict[int, array[int]] = {}
        self._sorted: set[int] = set()
        for at, token in enumerate(backwards):
            group = self._groups.get(token)
            if group is None:
                group = self._groups[token] = array("I")
            group.append(at)
        self._groups.pop(_BOUNDARY, None)

    def __len__(self) -> int:
        return len(self._tokens)

    def settle(self) -> None:
        """Sort every group now instead of on first use."""
        for token in self._groups:
            self._group(token)

    def occurrences(self, token: int) -> int:
        """How often the token occurs."""
        return len(self._groups.get(token, ()))

    def ranges(self, context: Sequence[int]) -> list[Range]:
        """Ranges of the places where the last 1, 2, … tokens of `context` occur; ends before the first empty one."""
        if not context or context[-1] not in self._groups:
            return []
        token = context[-1]
        group = self._group(token)
        low, high, found, key = 0, len(group), [(token, 0, len(group))], b""
        for earlier in reversed(context[-ORDER:-1]):
            key += earlier.to_bytes(_ID, "big")
            low, high = self._narrow(group, key, low, high)
            if low == high:
                break
            found.append((token, low, high))
        return found

    def followers(self, place: Range) -> Counter[int]:
        """How often each token follows the places of a range (the boundary included)."""
        token, low, high = place
        tokens = self._tokens
        return Counter([tokens[at - 1] for at in self._groups[token][low:high]])

    def _group(self, token: int) -> "array[int]":
        group = self._groups[token]
        if token not in self._sorted:
            keys, width = self._keys, _ID * (ORDER - 1)
            group = array("I", sorted(group, key=lambda at: keys[_ID * at + _ID : _ID * at + _ID + width]))
            self._groups[token] = group
            self._sorted.add(token)
        return group

    def _narrow(self, group: "array[int]", key: bytes, low: int, high: int) -> tuple[int, int]:
        keys, width = self._keys, len(key)

        def before(at: int) -> bytes:
            return keys[_ID * at + _ID : _ID * at + _ID + width]

        low = bisect_left(group, key, low, high, key=before)
        return low, bisect_right(group, key, low, high, key=before)
