"""A calendar: many events, questions about them, and their stored form."""
from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .events import Change, Event, Occurrence
from .rules import format_rule, parse_rule
from .zones import format_instant, parse_instant


def _order(one: Occurrence) -> Tuple[datetime, bool, str]:
    return (one.start, not one.all_day, one.title)


def _minutes(length: Optional[timedelta]) -> Optional[int]:
    return None if length is None else int(length.total_seconds()) // 60


def _length(minutes: Optional[int]) -> Optional[timedelta]:
    return None if minutes is None else timedelta(minutes=minutes)


class Calendar:
    """Events by their uid."""

    def __init__(self) -> None:
        self._events: Dict[str, Event] = {}

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events.values())

    def __contains__(self, uid: object) -> bool:
        return uid in self._events

    def __getitem__(self, uid: str) -> Event:
        return self._events[uid]

    def add(self, event: Event) -> None:
        if event.uid in self._events:
            raise ValueError("uid already used: %r" % event.uid)
        self._events[event.uid] = event

    def remove(self, uid: str) -> Event:
        return self._events.pop(uid)

    def merge(self, other: "Calendar") -> None:
        """Take over copies of the events of another calendar; they win over one's own."""
        for event in other:
            self._events[event.uid] = deepcopy(event)

    def between(self, low: datetime, high: datetime, tag: Optional[str] = None) -> List[Occurrence]:
        """What takes place in [low, high), in order."""
        found: List[Occurrence] = []
        for event in self:
            if tag is None or tag in event.tags:
                found.extend(event.between(low, high))
        return sorted(found, key=_order)

    def next_after(self, moment: datetime) -> Optional[Occurrence]:
        found = [event.next_after(moment) for event in self]
        return min((one for one in found if one is not None), key=_order, default=None)

    def conflicts(self, low: datetime, high: datetime) -> List[Tuple[Occurrence, Occurrence]]:
        """Pairs that take place at the same time; whole days conflict with nothing."""
        found = []
        timed = [one for one in self.between(low, high) if not one.all_day]
        for index, first in enumerate(timed):
            for second in timed[index + 1:]:
                if second.start >= first.end:
                    break
                found.append((first, second))
        return found

    def to_dict(self) -> Dict[str, Any]:
        """A form that JSON can hold."""
        return {"version": 1, "events": [self._event_to_dict(event) for event in self]}

    @staticmethod
    def _event_to_dict(event: Event) -> Dict[str, Any]:
        return {
            "uid": event.uid,
            "title": event.title,
            "start": format_instant(event.start),
            "minutes": _minutes(event.duration),
            "rule": None if event.rule is None else format_rule(event.rule),
            "all_day": event.all_day,
            "tags": sorted(event.tags),
            "extra": [format_instant(when) for when in sorted(event.extra)],
            "skipped": [format_instant(when) for when in sorted(event.skipped)],
            "changes": [
                {
                    "planned": format_instant(when),
                    "start": format_instant(change.start),
                    "minutes": _minutes(change.duration),
                    "title": change.title,
                }
                for when, change in sorted(event.changes.items(), key=lambda item: item[0])
            ],
        }

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> "Calendar":
        if data.get("version") != 1:
            raise ValueError("unknown version: %r" % data.get("version"))
        calendar = cls()
        for item in data["events"]:
            start = parse_instant(item["start"])
            event = Event(
                uid=item["uid"],
                title=item["title"],
                start=start,
                duration=timedelta(minutes=item["minutes"]),
                rule=parse_rule(item["rule"], start.tzinfo) if item.get("rule") else None,
                all_day=item.get("all_day", False),
                tags=set(item.get("tags", ())),
                extra={parse_instant(text) for text in item.get("extra", ())},
                skipped={parse_instant(text) for text in item.get("skipped", ())},
            )
            for change in item.get("changes", ()):
                event.changes[parse_instant(change["planned"])] = Change(
                    parse_instant(change["start"]), _length(change["minutes"]), change["title"]
                )
            calendar.add(event)
        return calendar
