"""Averages on the go: nothing is kept but a few numbers (Welford's method), and two such can be put together."""
from __future__ import annotations

import math
from typing import Iterable, Optional


class Running:
    def __init__(self, values: Iterable[float] = ()) -> None:
        self.count = 0
        self.mean = 0.0
        self._squares = 0.0  # sum of squared distances from the mean
        self.least: Optional[float] = None
        self.most: Optional[float] = None
        for value in values:
            self.add(value)

    def add(self, value: float) -> None:
        """Values that are no numbers (NaN) do not count."""
        if math.isnan(value):
            return
        self.count += 1
        away = value - self.mean
        self.mean += away / self.count
        self._squares += away * (value - self.mean)
        self.least = value if self.least is None else min(self.least, value)
        self.most = value if self.most is None else max(self.most, value)

    def variance(self, sample: bool = True) -> float:
        """Of a sample (divided by n - 1) or of all there is (by n); 0.0 for too few values."""
        divisor = self.count - 1 if sample else self.count
        return self._squares / divisor if divisor > 0 else 0.0

    def deviation(self, sample: bool = True) -> float:
        return math.sqrt(self.variance(sample))

    def merged(self, other: "Running") -> "Running":
        """What both together come to; neither is changed."""
        both = Running()
        both.count = self.count + other.count
        if not both.count:
            return both
        away = other.mean - self.mean
        both.mean = self.mean + away * other.count / both.count
        both._squares = self._squares + other._squares + away * away * self.count * other.count / both.count
        both.least = min(x for x in (self.least, other.least) if x is not None)
        both.most = max(x for x in (self.most, other.most) if x is not None)
        return both

    def score(self, value: float) -> float:
        """How many standard deviations a value is from the mean; 0.0 where there is no deviation."""
        deviation = self.deviation()
        return (value - self.mean) / deviation if deviation else 0.0
