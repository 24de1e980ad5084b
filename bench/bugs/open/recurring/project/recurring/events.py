"""Events and their occurrences."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from typing import Dict, Iterator, List, Optional, Set

from .expand import instants
from .rules import Rule


@dataclass(frozen=True)
class Occurrence:
    """One instance of an event, as it takes place."""

    uid: str
    title: str
    start: datetime
    duration: timedelta
    all_day: bool = False

    @property
    def end(self) -> datetime:
        return self.start + self.duration

    def overlaps(self, low: datetime, high: datetime) -> bool:
        """Whether it takes place in [low, high); one without length counts by its start."""
        if not self.duration:
            return low <= self.start < high
        return self.start < high and self.end > low


@dataclass(frozen=True)
class Change:
    """What differs in one occurrence."""

    start: datetime
    duration: Optional[timedelta] = None
    title: Optional[str] = None


@dataclass
class Event:
    """An event, once or by a rule. Naive times given to its methods are in its own zone."""

    uid: str
    title: str
    start: datetime
    duration: timedelta = timedelta(hours=1)
    rule: Optional[Rule] = None
    all_day: bool = False
    tags: Set[str] = field(default_factory=set)
    extra: Set[datetime] = field(default_factory=set)
    skipped: Set[datetime] = field(default_factory=set)
    changes: Dict[datetime, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise ValueError("the start of an event needs a zone")
        if self.duration < timedelta(0):
            raise ValueError("negative duration")

    def _local(self, when: datetime) -> datetime:
        return when if when.tzinfo is not None else when.replace(tzinfo=self.start.tzinfo)

    def add_date(self, when: datetime) -> None:
        """Let it take place once more."""
        self.extra.add(self._local(when))

    def skip(self, when: datetime) -> None:
        """Leave out the occurrence that is planned for ``when``."""
        when = self._local(when)
        self.changes.pop(when, None)
        self.skipped.add(when)

    def move(
        self,
        when: datetime,
        start: datetime,
        duration: Optional[timedelta] = None,
        title: Optional[str] = None,
    ) -> None:
        """Let the occurrence planned for ``when`` begin at ``start``."""
        when = self._local(when)
        self.skipped.discard(when)
        self.changes[when] = Change(self._local(start), duration, title)

    def planned(self) -> Iterator[datetime]:
        """The planned instants in order, skipped ones left out; perhaps without end."""
        regular = iter([self.start]) if self.rule is None else instants(self.rule, self.start)
        last = None
        for when in merge(regular, sorted(self.extra)):
            if when != last and when not in self.skipped:
                yield when
            last = when

    def _occurrence(self, when: datetime) -> Occurrence:
        change = self.changes.get(when)
        if change is None:
            return Occurrence(self.uid, self.title, when, self.duration, self.all_day)
        duration = self.duration if change.duration is None else change.duration
        title = self.title if change.title is None else change.title
        return Occurrence(self.uid, title, change.start, duration, self.all_day)

    def between(self, low: datetime, high: datetime) -> List[Occurrence]:
        """The occurrences that take place in [low, high), by their start."""
        found = [self._occurrence(when) for when in self.changes]
        for when in self.planned():
            if when >= high:
                break
            if when not in self.changes:
                found.append(self._occurrence(when))
        return sorted(
            (one for one in found if one.overlaps(low, high)), key=lambda one: one.start
        )

    def next_after(self, moment: datetime) -> Optional[Occurrence]:
        """The first occurrence that begins after ``moment``."""
        found = [self._occurrence(when) for when in self.changes]
        for when in self.planned():
            if when > moment and when not in self.changes:
                found.append(self._occurrence(when))
                break
        later = [one for one in found if one.start > moment]
        return min(later, key=lambda one: one.start, default=None)
