"""Jobs, and what a handler may raise to say how its job goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, List, Optional

from .timing import Duration, parse_duration


class UnknownJobError(LookupError):
    """There is no such job, or nobody handles jobs of its kind."""


class RetryLater(Exception):
    """Raised by a handler: try again, after ``delay`` if given, else after the usual back-off."""

    def __init__(self, reason: str = "", delay: Optional[Duration] = None) -> None:
        super().__init__(reason)
        self.delay = None if delay is None else parse_duration(delay)


class Discard(Exception):
    """Raised by a handler: do not try again, whatever is left of the retries."""


class JobState(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass
class Job:
    """One unit of work. Times are in the seconds of the queue's clock."""

    id: int
    kind: str
    payload: Any = None
    priority: int = 0
    retries: int = 3
    due: float = 0.0
    deadline: Optional[float] = None
    key: Optional[str] = None
    attempts: int = 0
    state: JobState = JobState.WAITING
    errors: List[str] = field(default_factory=list)
    result: Any = None

    def expired(self, now: float) -> bool:
        """Whether it is too late to start this job. At the deadline itself it is not."""
        return self.deadline is not None and now > self.deadline

    @property
    def finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.DEAD, JobState.CANCELLED)


def describe(error: BaseException) -> str:
    """One line for the list of errors of a job."""
    text = str(error).strip()
    name = type(error).__name__
    return "%s: %s" % (name, text.splitlines()[0]) if text else name
