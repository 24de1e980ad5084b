"""Running jobs: a worker looks up the handler of a job's kind and tells the queue how it went."""

from __future__ import annotations

import copy
from typing import Any, Callable, Dict, Optional

from .jobs import Discard, Job, RetryLater, describe
from .queue import JobQueue

Handler = Callable[[Any], Any]


class Worker:
    def __init__(self, queue: JobQueue, handlers: Optional[Dict[str, Handler]] = None) -> None:
        self.queue = queue
        self._handlers: Dict[str, Handler] = dict(handlers or {})

    def handler(self, kind: str) -> Callable[[Handler], Handler]:
        """Decorator: this function handles jobs of ``kind``."""

        def register(function: Handler) -> Handler:
            if kind in self._handlers:
                raise ValueError("kind %r has a handler" % kind)
            self._handlers[kind] = function
            return function

        return register

    def run_one(self) -> Optional[Job]:
        """Run the job that is next, if one is due, and return it."""
        job = self.queue.claim()
        if job is None:
            return None
        function = self._handlers.get(job.kind)
        if function is None:
            self.queue.discard(job, "no handler for %r" % job.kind)
            return job
        try:
            # A try that fails half-way must not change what the next one gets.
            result = function(copy.deepcopy(job.payload))
        except Discard as error:
            self.queue.discard(job, describe(error))
        except RetryLater as error:
            self.queue.fail(job, describe(error), retry_in=error.delay)
        except Exception as error:
            self.queue.fail(job, describe(error))
        except BaseException:
            # The process is stopping; the job did nothing wrong and must not be lost.
            self.queue.release(job)
            raise
        else:
            self.queue.complete(job, result)
        return job

    def run_due(self, limit: Optional[int] = None) -> int:
        """Run what is due, at most ``limit`` jobs, without waiting. Returns how many were run."""
        count = 0
        while limit is None or count < limit:
            if self.run_one() is None:
                break
            count += 1
        return count

    def drain(self) -> int:
        """Run until nothing waits any more, sleeping on the queue's clock in between."""
        count = 0
        while True:
            count += self.run_due()
            wait = self.queue.next_due()
            if wait is None:
                return count
            self.queue.clock.sleep(wait)
