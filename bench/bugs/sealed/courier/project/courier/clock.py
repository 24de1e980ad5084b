"""Time as it is handed to everything here, so that nobody has to wait in tests."""
import asyncio
import heapq
import itertools
import time
from typing import List, Tuple


class Clock:
    """The real one; seconds."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FakeClock(Clock):
    """Time that passes only in `run`: whoever sleeps is woken in order."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: List[Tuple[float, int, "asyncio.Future[None]"]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), future))
        await future

    async def run(self, job):
        """Await a job, moving the time on whenever nothing else can happen."""
        task = asyncio.ensure_future(job)
        while not task.done():
            for _ in range(20):
                await asyncio.sleep(0)
            if task.done():
                break
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if not self._sleepers:
                task.cancel()
                raise RuntimeError("nothing is left that could go on")
            moment, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, moment)
            future.set_result(None)
        return task.result()
