"""An in-process job queue: priorities, retries with back-off, deadlines and dead letters."""

from .backoff import Backoff, Constant, Exponential  # noqa: F401
from .codec import decode, dump_queue, encode, load_queue  # noqa: F401
from .jobs import Discard, Job, JobState, RetryLater, UnknownJobError  # noqa: F401
from .queue import JobQueue  # noqa: F401
from .timing import Clock, ManualClock, SystemClock, parse_duration  # noqa: F401
from .worker import Worker  # noqa: F401
