"""What was run, when, and how it went."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Dict, List, NamedTuple, Optional


class Event(NamedTuple):
    name: str
    when: datetime
    state: str  # done, failed, skipped or unknown
    note: str = ""


class History:
    def __init__(self, keep: int = 1000) -> None:
        self.keep = keep
        self.events: List[Event] = []

    def add(self, name: str, when: datetime, state: str, note: str = "") -> None:
        self.events.append(Event(name, when, state, note))
        del self.events[: -self.keep]

    def of(self, name: str) -> List[Event]:
        return [event for event in self.events if event.name == name]

    def last(self, name: str, state: Optional[str] = None) -> Optional[Event]:
        for event in reversed(self.events):
            if event.name == name and state in (None, event.state):
                return event
        return None

    def failing_since(self, name: str) -> Optional[datetime]:
        """When the present row of failures began; None where the last run went well. What was skipped does not count."""
        since = None
        for event in reversed(self.of(name)):
            if event.state == "done":
                break
            if event.state == "failed":
                since = event.when
        return since

    def rate(self, name: str, now: datetime, window: timedelta = timedelta(days=1)) -> Optional[float]:
        """Share of the runs within the window that went well; None where there was none."""
        states = Counter(event.state for event in self.of(name) if now - window < event.when <= now)
        runs = states["done"] + states["failed"]
        return states["done"] / runs if runs else None

    def summary(self) -> Dict[str, Dict[str, int]]:
        table: Dict[str, Dict[str, int]] = {}
        for event in self.events:
            row = table.setdefault(event.name, {})
            row[event.state] = row.get(event.state, 0) + 1
        return table
