"""Series of (seconds, value): gaps, values between measurements, even steps, smoothing."""
from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import deque
from typing import Callable, Deque, Iterable, Iterator, List, Optional, Sequence, Tuple

Sample = Tuple[float, float]


class Series:
    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        """Samples in any order; of several at one time the last one counts."""
        self._values = dict(samples)
        self._times = sorted(self._values)

    def __len__(self) -> int:
        return len(self._times)

    def __iter__(self) -> Iterator[Sample]:
        return ((time, self._values[time]) for time in self._times)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Series) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def values(self) -> List[float]:
        return [self._values[time] for time in self._times]

    def between(self, first: float, last: float) -> "Series":
        """Samples of the time from first to last, both included."""
        times = self._times[bisect_left(self._times, first) : bisect_right(self._times, last)]
        return Series((time, self._values[time]) for time in times)

    def at(self, time: float, reach: float = math.inf) -> Optional[float]:
        """The value at a time, on a line between its neighbours; None outside, or where these are further apart than `reach`."""
        place = bisect_left(self._times, time)
        if place == len(self._times):
            return None
        later = self._times[place]
        if later == time:
            return self._values[time]
        if place == 0:
            return None
        earlier = self._times[place - 1]
        if later - earlier > reach:
            return None
        share = (time - earlier) / (later - earlier)
        return self._values[earlier] + share * (self._values[later] - self._values[earlier])

    def gaps(self, longest: float) -> List[Tuple[float, float]]:
        """(from, to) where two neighbours are further apart than that."""
        return [(a, b) for a, b in zip(self._times, self._times[1:]) if b - a > longest]

    def even(self, step: float, reach: float = math.inf) -> "Series":
        """Values at even steps from the first time on; where none can be told, none is given."""
        if step <= 0:
            raise ValueError("a step is more than nothing")
        if not self._times:
            return Series()
        count = int((self._times[-1] - self._times[0]) / step + 1e-9)
        times = [self._times[0] + n * step for n in range(count + 1)]
        found = ((time, self.at(min(time, self._times[-1]), reach)) for time in times)
        return Series((time, value) for time, value in found if value is not None)

    def joined(self, other: "Series", function: Callable[[float, float], float]) -> "Series":
        """A function of both at the times of this one, where the other has a value."""
        pairs = ((time, value, other.at(time)) for time, value in self)
        return Series((time, function(value, theirs)) for time, value, theirs in pairs if theirs is not None)


def moving(values: Iterable[float], width: int, function: Callable[[Sequence[float]], float]) -> Iterator[float]:
    """A function of each `width` neighbours; the first ones have fewer."""
    if width < 1:
        raise ValueError("at least one value")
    window: Deque[float] = deque(maxlen=width)
    for value in values:
        window.append(value)
        yield function(list(window))


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    at = len(ordered) // 2
    return ordered[at] if len(ordered) % 2 else (ordered[at - 1] + ordered[at]) / 2


def smoothed(values: Iterable[float], share: float = 0.3) -> Iterator[float]:
    """Exponential smoothing: `share` of the new value, the rest of what was before."""
    if not 0 < share <= 1:
        raise ValueError("a share is between 0 and 1")
    held: Optional[float] = None
    for value in values:
        held = value if held is None else share * value + (1 - share) * held
        yield held
