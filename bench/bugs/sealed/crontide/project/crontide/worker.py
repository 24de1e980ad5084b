"""Runs what is due. Time is handed in, so that tests and replays need not wait."""

from datetime import datetime, timedelta
from typing import Callable, Dict, Iterable, List, Optional

from .agenda import Agenda, Due
from .history import History
from .table import Entry

Action = Callable[[Entry], object]


class Worker:
    def __init__(
        self,
        entries: Iterable[Entry],
        actions: Dict[str, Action],
        start: datetime,
        longest_wait: timedelta = timedelta(hours=1),
    ) -> None:
        self.entries = list(entries)
        self.actions = actions
        self.longest_wait = longest_wait
        self.agenda = Agenda()
        self.history = History()
        self.paused: set = set()
        for entry in self.entries:
            self._plan(entry, start)

    def _plan(self, entry: Entry, now: datetime) -> None:
        when = entry.schedule.after(now)
        if when is not None:
            self.agenda.add(entry, when)

    def tick(self, now: datetime) -> List[str]:
        """Run all that is due; names of the jobs that were run, in order. A job that was missed several times runs once."""
        ran = []
        for due in self.agenda.pop_until(now):
            if due.attempt == 1:
                self._plan(due.entry, now)
            if due.entry.name in self.paused:
                self.history.add(due.entry.name, due.when, "skipped")
                continue
            ran.append(due.entry.name)
            self._run(due, now)
        return ran

    def _run(self, due: Due, now: datetime) -> None:
        entry = due.entry
        action = self.actions.get(entry.name) or self.actions.get("*")
        if action is None:
            self.history.add(entry.name, due.when, "unknown")
            return
        try:
            result = action(entry)
        except Exception as error:
            self.history.add(entry.name, due.when, "failed", f"{type(error).__name__}: {error}")
            if due.attempt <= entry.retries:
                self.agenda.add(entry, now + self.delay(entry, due.attempt), due.attempt + 1)
            return
        self.history.add(entry.name, due.when, "done", "" if result is None else str(result))

    def delay(self, entry: Entry, attempt: int) -> timedelta:
        """How long to wait after an attempt that failed: doubled each time, up to a limit."""
        return min(entry.wait * 2 ** (attempt - 1), self.longest_wait)

    def run_until(self, end: datetime) -> List[str]:
        """Go from one due time to the next until the end, as if time had passed."""
        ran: List[str] = []
        due: Optional[Due] = self.agenda.peek()
        while due is not None and due.when <= end:
            ran.extend(self.tick(due.when))
            due = self.agenda.peek()
        return ran
