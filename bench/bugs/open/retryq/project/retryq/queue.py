"""The queue itself. It runs nothing: a worker claims jobs and says how they went."""

from __future__ import annotations

import heapq
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .backoff import Backoff, Exponential
from .jobs import Job, JobState, UnknownJobError
from .timing import Clock, Duration, SystemClock, parse_duration


class JobQueue:
    """Jobs by priority, the highest first; among equals the one that came first.

    ``retries`` counts tries after the first one. A job that is out of retries, or late for its deadline, goes to the
    dead letters, from where ``requeue`` brings it back.
    """

    def __init__(
        self,
        clock: Optional[Clock] = None,
        backoff: Optional[Backoff] = None,
        retries: int = 3,
    ) -> None:
        self.clock = clock if clock is not None else SystemClock()
        self.backoff = backoff if backoff is not None else Exponential()
        self.retries = retries
        self.next_id = 1
        self._jobs: Dict[int, Job] = {}
        self._ready: List[Tuple[int, int]] = []
        self._delayed: List[Tuple[float, int]] = []
        self._keys: Dict[str, int] = {}
        self._dead: Dict[int, Job] = {}

    def submit(
        self,
        kind: str,
        payload: Any = None,
        *,
        priority: int = 0,
        delay: Duration = 0,
        retries: Optional[int] = None,
        ttl: Optional[Duration] = None,
        key: Optional[str] = None,
    ) -> Job:
        """Queue a job. With a ``key`` that a live job has, that job is returned and none is queued.

        ``ttl`` counts from now, not from the end of ``delay``.
        """
        if key is not None and key in self._keys:
            return self._jobs[self._keys[key]]
        now = self.clock.now()
        job = Job(
            id=self.next_id,
            kind=kind,
            payload=payload,
            priority=priority,
            retries=self.retries if retries is None else retries,
            due=now + parse_duration(delay),
            deadline=None if ttl is None else now + parse_duration(ttl),
            key=key,
        )
        self.next_id += 1
        self.restore(job)
        return job

    def restore(self, job: Job) -> None:
        """Take in a job that has its id already, in whatever state it is."""
        if job.id in self._jobs or job.id in self._dead:
            raise ValueError("job %d is in the queue already" % job.id)
        if job.state is JobState.DEAD:
            self._dead[job.id] = job
        elif not job.finished:
            self._jobs[job.id] = job
            if job.key is not None:
                self._keys[job.key] = job.id
            self._wait(job)
        self.next_id = max(self.next_id, job.id + 1)

    def _wait(self, job: Job) -> None:
        job.state = JobState.WAITING
        if job.due > self.clock.now():
            heapq.heappush(self._delayed, (job.due, job.id))
        else:
            heapq.heappush(self._ready, (-job.priority, job.id))

    def claim(self) -> Optional[Job]:
        """The job to run now, marked as running, or None if none is due."""
        now = self.clock.now()
        while self._delayed and self._delayed[0][0] <= now:
            _, job_id = heapq.heappop(self._delayed)
            job = self._jobs.get(job_id)
            if job is not None:
                heapq.heappush(self._ready, (-job.priority, job.id))
        while self._ready:
            _, job_id = heapq.heappop(self._ready)
            job = self._jobs.get(job_id)
            if job is None:
                continue
            if job.expired(now):
                self._bury(job, "deadline passed")
                continue
            job.state = JobState.RUNNING
            job.attempts += 1
            return job
        return None

    def complete(self, job: Job, result: Any = None) -> None:
        self._check_running(job)
        job.state = JobState.DONE
        job.result = result
        self._forget(job)

    def fail(self, job: Job, error: str, retry_in: Optional[float] = None) -> None:
        """A try has failed: wait for the next one, or go to the dead letters if there is none."""
        self._check_running(job)
        job.errors.append(error)
        if job.attempts > job.retries:
            self._bury(job, None)
            return
        wait = self.backoff.delay(job.attempts) if retry_in is None else retry_in
        job.due = self.clock.now() + wait
        if job.expired(job.due):
            self._bury(job, "no time left for another try")
            return
        self._wait(job)

    def discard(self, job: Job, error: str) -> None:
        """To the dead letters, whatever is left of the retries."""
        self._check_running(job)
        job.errors.append(error)
        self._bury(job, None)

    def release(self, job: Job) -> None:
        """Give a claimed job back as if it had not been claimed."""
        self._check_running(job)
        job.attempts -= 1
        self._wait(job)

    def cancel(self, job_id: int) -> bool:
        """Take a waiting job out. False if it runs already."""
        job = self.get(job_id)
        if job.state is not JobState.WAITING:
            return False
        job.state = JobState.CANCELLED
        self._forget(job)
        return True

    @property
    def dead(self) -> List[Job]:
        """The dead letters, the oldest burial first."""
        return list(self._dead.values())

    def requeue(self, job_id: int, ttl: Optional[Duration] = None) -> Job:
        """Bring a job back from the dead letters with all its retries. Its old deadline no longer holds."""
        job = self._dead.pop(job_id, None)
        if job is None:
            raise UnknownJobError("no dead job %r" % (job_id,))
        if job.key is not None and job.key in self._keys:
            self._dead[job_id] = job
            raise ValueError("a live job has the key %r" % (job.key,))
        now = self.clock.now()
        job.attempts = 0
        job.due = now
        job.deadline = None if ttl is None else now + parse_duration(ttl)
        job.state = JobState.WAITING
        self.restore(job)
        return job

    def _bury(self, job: Job, reason: Optional[str]) -> None:
        if reason is not None:
            job.errors.append(reason)
        job.state = JobState.DEAD
        self._forget(job)
        self._dead[job.id] = job

    def get(self, job_id: int) -> Job:
        """A live or dead job by its id."""
        job = self._jobs.get(job_id) or self._dead.get(job_id)
        if job is None:
            raise UnknownJobError("no job %r" % (job_id,))
        return job

    def next_due(self) -> Optional[float]:
        """Seconds until a waiting job is due, 0 if one is; None if nothing waits."""
        waiting = [job.due for job in self if job.state is JobState.WAITING]
        if not waiting:
            return None
        return max(0.0, min(waiting) - self.clock.now())

    def __iter__(self) -> Iterator[Job]:
        """Live jobs, waiting or running, in the order in which they came."""
        return iter([self._jobs[job_id] for job_id in sorted(self._jobs)])

    def __len__(self) -> int:
        """How many jobs wait."""
        return sum(1 for job in self._jobs.values() if job.state is JobState.WAITING)

    def _check_running(self, job: Job) -> None:
        if self._jobs.get(job.id) is not job or job.state is not JobState.RUNNING:
            raise UnknownJobError("job %d is not running" % job.id)

    def _forget(self, job: Job) -> None:
        self._jobs.pop(job.id, None)
        if job.key is not None and self._keys.get(job.key) == job.id:
            del self._keys[job.key]
