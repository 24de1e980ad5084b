"""One call to a service, with everything around it."""
import asyncio
import random
from typing import Awaitable, Callable, Optional, Tuple, Type

from .backoff import Backoff, retry_after
from .breaker import Breaker
from .clock import Clock
from .limiter import Limiter


class ServiceError(Exception):
    def __init__(self, status: int, headers=None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.headers = dict(headers or {})

    @property
    def passing(self) -> bool:
        """Whether another attempt may go better."""
        return self.status in (408, 425, 429) or self.status >= 500


class Exhausted(Exception):
    """All attempts failed; the last failure is the cause."""

    def __init__(self, attempts: int) -> None:
        super().__init__(f"failed {attempts} times")
        self.attempts = attempts


class Caller:
    def __init__(
        self,
        clock: Clock,
        backoff: Backoff = Backoff(),
        limiter: Optional[Limiter] = None,
        breaker: Optional[Breaker] = None,
        retried: Tuple[Type[BaseException], ...] = (ConnectionError, TimeoutError),
        dice: Optional[random.Random] = None,
    ) -> None:
        self.clock = clock
        self.backoff = backoff
        self.limiter = limiter
        self.breaker = breaker
        self.retried = retried
        self.dice = dice

    async def call(self, action: Callable[[], Awaitable]):
        """Call until it works; raises Exhausted, Refused, or at once what no further attempt would mend."""
        waits = self.backoff.waits(self.dice)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(action)
            except ServiceError as error:
                if not error.passing:
                    raise
                failure, asked = error, retry_after(error.headers, self.clock.now())
            except self.retried as error:
                failure, asked = error, None
            wait = next(waits, None)
            if wait is None:
                raise Exhausted(attempt) from failure
            await self.clock.sleep(wait if asked is None else max(wait, asked))

    async def _once(self, action: Callable[[], Awaitable]):
        if self.breaker is not None:
            self.breaker.check()
        try:
            if self.limiter is not None:
                await self.limiter.take()
            result = await action()
        except asyncio.CancelledError:
            if self.breaker is not None:
                self.breaker.gave_up()
            raise
        except Exception as error:
            if self.breaker is not None:
                healthy = isinstance(error, ServiceError) and not error.passing
                self.breaker.succeeded() if healthy else self.breaker.failed()
            raise
        if self.breaker is not None:
            self.breaker.succeeded()
        return result
