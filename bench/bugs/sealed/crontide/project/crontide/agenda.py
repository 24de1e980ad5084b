"""What is to be run next: a heap of (time, order of arrival, entry)."""

import heapq
from datetime import datetime
from itertools import count
from typing import Dict, List, NamedTuple, Optional

from .table import Entry


class Due(NamedTuple):
    when: datetime
    order: int
    entry: Entry
    attempt: int = 1


class Agenda:
    def __init__(self) -> None:
        self._heap: List[Due] = []
        self._order = count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, entry: Entry, when: datetime, attempt: int = 1) -> None:
        heapq.heappush(self._heap, Due(when, next(self._order), entry, attempt))

    def peek(self) -> Optional[Due]:
        return self._heap[0] if self._heap else None

    def pop_until(self, now: datetime) -> List[Due]:
        """Take out all that is due by now, earliest first."""
        due = []
        while self._heap and self._heap[0].when <= now:
            due.append(heapq.heappop(self._heap))
        return due

    def remove(self, name: str) -> int:
        """Drop everything of a job; how many there were."""
        kept = [due for due in self._heap if due.entry.name != name]
        dropped = len(self._heap) - len(kept)
        self._heap = kept
        heapq.heapify(self._heap)
        return dropped

    def upcoming(self, limit: int = 10) -> List[Due]:
        return heapq.nsmallest(limit, self._heap)

    def by_name(self) -> Dict[str, datetime]:
        """The next time of each job."""
        times: Dict[str, datetime] = {}
        for due in self._heap:
            if due.entry.name not in times or due.when < times[due.entry.name]:
                times[due.entry.name] = due.when
        return times
