"""Spans of time within a day, in minutes since midnight."""

from typing import Iterable, List, NamedTuple


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


def overlap(first: Span, second: Span) -> int:
    """Minutes that two spans have in common."""
    return max(0, min(first.end, second.end) - min(first.start, second.start))


def merge(spans: Iterable[Span]) -> List[Span]:
    """Spans joined where they touch or overlap, by start."""
    merged: List[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def clock(text: str) -> int:
    """`9:05` as 545."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes or 0)
