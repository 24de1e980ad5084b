"""Peaks of a row of values, and where it crosses a level."""
from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple


class Peak(NamedTuple):
    at: int
    height: float
    rise: float  # above the higher of the two valleys that part it from higher ground, or from the ends


def _tops(values: Sequence[float]) -> List[int]:
    """Middles of places that are higher than both sides; ends do not count."""
    found, at = [], 1
    while at < len(values) - 1:
        if values[at] > values[at - 1]:
            end = at
            while end + 1 < len(values) and values[end + 1] == values[at]:
                end += 1
            if end + 1 < len(values) and values[end + 1] < values[at]:
                found.append((at + end) // 2)
            at = end
        at += 1
    return found


def _valley(values: Sequence[float], at: int, step: int) -> float:
    """The lowest value on the way to the first higher one, or to the end."""
    lowest, place = values[at], at
    while 0 <= place < len(values) and values[place] <= values[at]:
        lowest = min(lowest, values[place])
        place += step
    return lowest


def peaks(values: Sequence[float], rise: float = 0.0, apart: int = 1) -> List[Peak]:
    """Peaks that rise at least so much, in order; of two that are closer than `apart` the higher one stays."""
    found = []
    for at in _tops(values):
        own = values[at] - max(_valley(values, at, -1), _valley(values, at, 1))
        if own >= rise:
            found.append(Peak(at, values[at], own))
    kept: List[Peak] = []
    for peak in sorted(found, key=lambda each: (-each.height, each.at)):
        if all(abs(peak.at - other.at) >= apart for other in kept):
            kept.append(peak)
    return sorted(kept)


def crossings(values: Sequence[float], level: float = 0.0) -> List[Tuple[float, str]]:
    """(place, "up" or "down") where a line through the values crosses a level; touching it is no crossing."""
    found, before, since = [], None, 0.0
    for at, value in enumerate(values):
        side = (value > level) - (value < level)
        if side == 0:
            continue
        if before is not None and side != before:
            last = values[at - 1]
            place = at - 1 + (level - last) / (value - last) if last != level else (since + at) / 2
            found.append((place, "up" if side > 0 else "down"))
        before, since = side, float(at)
    return found


def histogram(values: Sequence[float], bins: int = 10) -> List[Tuple[float, float, int]]:
    """(from, to, how many) of even parts of the range; the last part has its end too."""
    if bins < 1:
        raise ValueError("at least one part")
    if not values:
        return []
    low, high = min(values), max(values)
    width = (high - low) / bins
    counts = [0] * bins
    for value in values:
        at = int((value - low) / width) if width else 0
        counts[min(at, bins - 1)] += 1
    return [(low + n * width, low + (n + 1) * width, count) for n, count in enumerate(counts)]
