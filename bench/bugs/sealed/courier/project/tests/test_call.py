import asyncio

import pytest

from courier.backoff import Backoff, retry_after
from courier.breaker import Breaker, Refused
from courier.call import Caller, Exhausted, ServiceError
from courier.clock import FakeClock
from courier.limiter import Limiter


class Service:
    """Fails as told, then answers; remembers when it was called."""

    def __init__(self, clock, *failures):
        self.clock = clock
        self.failures = list(failures)
        self.calls = []

    async def __call__(self):
        self.calls.append(self.clock.now())
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def run(clock, job):
    return asyncio.run(clock.run(job))


def test_retries():
    clock = FakeClock()
    service = Service(clock, ConnectionError(), ServiceError(503))
    assert run(clock, Caller(clock).call(service)) == "answer"
    assert service.calls == [0, 0.5, 1.5]


def test_no_retry_of_what_stays_wrong():
    clock = FakeClock()
    service = Service(clock, ServiceError(404))
    with pytest.raises(ServiceError):
        run(clock, Caller(clock).call(service))
    assert len(service.calls) == 1


def test_exhausted():
    clock = FakeClock()
    service = Service(clock, *[ConnectionError()] * 9)
    with pytest.raises(Exhausted) as caught:
        run(clock, Caller(clock, Backoff(attempts=3)).call(service))
    assert caught.value.attempts == len(service.calls) == 3
    assert isinstance(caught.value.__cause__, ConnectionError)


def test_the_service_says_when():
    clock = FakeClock()
    service = Service(clock, ServiceError(429, {"Retry-After": "7"}))
    run(clock, Caller(clock).call(service))
    assert service.calls == [0, 7]


def test_retry_after():
    assert retry_after({"X-Reset": "105.5"}, now=100.0) == 5.5
    assert retry_after({}) is None


def test_backoff():
    assert list(Backoff(first=1, longest=5, attempts=5).waits()) == [1, 2, 4, 5]


def test_breaker():
    clock = FakeClock()
    breaker = Breaker("mail", clock, limit=2, rest=10)
    caller = Caller(clock, Backoff(attempts=1), breaker=breaker)
    service = Service(clock, *[ConnectionError()] * 2)

    async def story():
        for _ in range(2):
            with pytest.raises(Exhausted):
                await caller.call(service)
        assert breaker.state == "open"
        with pytest.raises(Refused):
            await caller.call(service)
        await clock.sleep(10)
        assert breaker.state == "half open"
        assert await caller.call(service) == "answer"
        assert breaker.state == "closed"

    run(clock, story())
    assert len(service.calls) == 3


def test_limiter():
    clock = FakeClock()
    service = Service(clock)
    caller = Caller(clock, limiter=Limiter(clock, rate=2, burst=2))

    async def story():
        await asyncio.gather(*(caller.call(service) for _ in range(5)))

    run(clock, story())
    assert service.calls == [0, 0, 0.5, 1.0, 1.5]
