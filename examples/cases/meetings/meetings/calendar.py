"""A person's day."""

from typing import List

from meetings.spans import Span, merge, overlap


class Calendar:
    """What a person has planned for one day, and when they work."""

    def __init__(self, name: str, work: Span = Span(540, 1020)) -> None:
        self.name = name
        self.work = work
        self._busy: List[Span] = []

    def plan(self, span: Span) -> None:
        if span.minutes <= 0:
            raise ValueError("a meeting ends after it starts")
        self._busy.append(span)

    @property
    def busy(self) -> List[Span]:
        return merge(self._busy)

    def conflict(self, span: Span) -> int:
        """Minutes of `span` that are planned already."""
        return sum(overlap(busy, span) for busy in self.busy)

    def free(self) -> List[Span]:
        """What is left of the working day."""
        free, at = [], self.work.start
        for busy in self.busy:
            if busy.start > at:
                free.append(Span(at, min(busy.start, self.work.end)))
            at = max(at, busy.end)
        if at < self.work.end:
            free.append(Span(at, self.work.end))
        return free
