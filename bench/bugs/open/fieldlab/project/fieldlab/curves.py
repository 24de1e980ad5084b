"""Curves through measurements: least squares."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Tuple

from .matrix import product, solved, transposed

Point = Tuple[float, float]


@dataclass(frozen=True)
class Polynomial:
    """Factors of x**0, x**1, …"""

    factors: Tuple[float, ...]

    def __call__(self, x: float) -> float:
        value = 0.0
        for factor in reversed(self.factors):
            value = value * x + factor
        return value

    @property
    def degree(self) -> int:
        return len(self.factors) - 1

    def derivative(self) -> "Polynomial":
        return Polynomial(tuple(n * factor for n, factor in enumerate(self.factors))[1:] or (0.0,))

    def __str__(self) -> str:
        parts = []
        for power, factor in reversed(list(enumerate(self.factors))):
            if not factor:
                continue
            size = f"{abs(factor):g}"
            if power:
                size = ("" if size == "1" else size + " ") + ("x" if power == 1 else f"x^{power}")
            parts.append(("- " if factor < 0 else "+ ") + size)
        text = " ".join(parts) or "0"
        return text[2:] if text.startswith("+ ") else text.replace("- ", "-", 1) if text.startswith("- ") else text


def fitted(points: Sequence[Point], degree: int = 1, weights: Optional[Sequence[float]] = None) -> Polynomial:
    """The polynomial with the least sum of squared distances. Raises ValueError for too few different x."""
    if degree < 0:
        raise ValueError("a degree is not negative")
    if len({x for x, _ in points}) <= degree:
        raise ValueError(f"{degree + 1} different x are needed")
    if weights is None:
        weights = [1.0] * len(points)
    if len(weights) != len(points):
        raise ValueError("as many weights as points are needed")
    # x is moved and scaled into -1…1: powers of large x would swallow the digits
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    middle, half = (low + high) / 2, (high - low) / 2 or 1.0
    rows = [[((x - middle) / half) ** power for power in range(degree + 1)] for x, _ in points]
    weighted = [[value * weight for value in row] for row, weight in zip(rows, weights)]
    left = product(transposed(weighted), rows)
    right = [sum(value * y for value, (_, y) in zip(column, points)) for column in transposed(weighted)]
    return _unscaled(solved(left, right), middle, half)


def _unscaled(factors: Sequence[float], middle: float, half: float) -> Polynomial:
    """The polynomial in x of one in (x - middle) / half."""
    found = [0.0] * len(factors)
    for power, factor in enumerate(factors):
        for n in range(power + 1):
            found[n] += factor / half**power * math.comb(power, n) * (-middle) ** (power - n)
    return Polynomial(tuple(found))


def explained(points: Sequence[Point], curve: Callable[[float], float]) -> float:
    """Share of the variance that a curve explains (R²); 1.0 where there is none and all points are met, else 0.0."""
    mean = sum(y for _, y in points) / len(points)
    whole = sum((y - mean) ** 2 for _, y in points)
    left = sum((y - curve(x)) ** 2 for x, y in points)
    if whole == 0:
        return 1.0 if left < 1e-12 else 0.0
    return 1 - left / whole


def root(function: Callable[[float], float], low: float, high: float, near: float = 1e-9) -> float:
    """Where a function goes through zero between two places at which its signs differ (halving)."""
    start, end = function(low), function(high)
    if start == 0:
        return low
    if end == 0:
        return high
    if (start < 0) == (end < 0):
        raise ValueError("the signs do not differ")
    while high - low > near:
        middle = (low + high) / 2
        value = function(middle)
        if value == 0:
            return middle
        if (value < 0) == (start < 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def area(points: Sequence[Point]) -> float:
    """The area under a line through points (trapezoids), wherever the points begin."""
    ordered = sorted(points)
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(ordered, ordered[1:]))


def outliers(points: Sequence[Point], curve: Callable[[float], float], factor: float = 3.0) -> List[Point]:
    """Points that are further from a curve than so many times the median distance."""
    distances = sorted(abs(y - curve(x)) for x, y in points)
    if not distances:
        return []
    at = len(distances) // 2
    middle = distances[at] if len(distances) % 2 else (distances[at - 1] + distances[at]) / 2
    return [(x, y) for x, y in points if abs(y - curve(x)) > factor * middle]
