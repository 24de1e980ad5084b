import asyncio
import functools
import random
import pytest
from courier.backoff import Backoff, retry_after
from courier.breaker import Breaker, Refused
from courier.bus import Bus, fits
from courier.call import Caller, Exhausted, ServiceError
from courier.clock import FakeClock
from courier.limiter import Limiter
from courier.pool import Outcome, Shared, Tally, gather


def run(clock, job):
    return asyncio.run(clock.run(job))


def service(clock, *failures):
    calls, left = [], list(failures)

    async def action():
        calls.append(clock.now())
        if left:
            failure = left.pop(0)
            if failure is not None:
                raise failure
        return len(calls)

    action.calls = calls
    return action


def breaker_story(limit=2, rest=10.0):
    clock = FakeClock()
    return clock, Breaker("x", clock, limit, rest)


def test_a_trial_that_is_cancelled_leaves_room_for_another():
    clock, breaker = breaker_story()
    caller = Caller(clock, Backoff(attempts=1), breaker=breaker)

    async def hang():
        await clock.sleep(1000)

    async def story():
        breaker.failed(), breaker.failed()
        await clock.sleep(10)
        task = asyncio.ensure_future(caller.call(hang))
        await clock.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await caller.call(service(clock)) == 1
        assert breaker.state == "closed"

    run(clock, story())


def test_refused_while_retrying():
    clock, breaker = breaker_story(limit=2, rest=100)
    action = service(clock, *[ConnectionError()] * 9)
    with pytest.raises(Refused):
        run(clock, Caller(clock, breaker=breaker).call(action))
    assert action.calls == [0, 0.5]


@pytest.mark.parametrize(
    ("rate", "burst", "calls", "times"),
    [(1, 1, 4, [0, 1, 2, 3]), (4, 2, 5, [0, 0, 0.25, 0.5, 0.75]), (0.5, 1, 3, [0, 2, 4]), (10, 3, 3, [0, 0, 0])],
)
def test_limiter(rate, burst, calls, times):
    clock, taken = FakeClock(), []
    limiter = Limiter(clock, rate, burst)

    async def one():
        await limiter.take()
        taken.append(clock.now())

    async def story():
        await asyncio.gather(*(one() for _ in range(calls)))

    run(clock, story())
    assert taken == pytest.approx(times)


def test_the_bucket_does_not_overflow():
    clock = FakeClock()
    limiter = Limiter(clock, 1, 3)

    async def story():
        await clock.sleep(100)
        assert [limiter.try_take() for _ in range(4)] == [True, True, True, False]
        await clock.sleep(1.5)
        assert [limiter.try_take() for _ in range(2)] == [True, False]
        await clock.sleep(0.5)
        assert limiter.try_take()
        assert not limiter.try_take(2)
        assert await limiter.take(3) == pytest.approx(3)
        assert await limiter.take() == pytest.approx(1)
        with pytest.raises(ValueError):
            await limiter.take(4)

    run(clock, story())
    for bad in ((0, 1), (-1, 1), (1, 0)):
        with pytest.raises(ValueError):
            Limiter(clock, *bad)


@pytest.mark.parametrize("workers", [1, 2, 5, 50])
@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_gather(workers, count):
    clock, busy, most = FakeClock(), set(), [0]

    async def action(key):
        busy.add(key)
        most.append(len(busy))
        await clock.sleep((key * 7) % 5 + 1)
        busy.remove(key)
        return -key

    outcomes = run(clock, gather(range(count), action, workers))
    assert [(o.key, o.value, o.ok) for o in outcomes] == [(k, -k, True) for k in range(count)]
    assert max(most) == min(workers, count)


def test_gather_defaults_and_generators():
    clock, busy, most = FakeClock(), [0], []

    async def action(key):
        busy[0] += 1
        most.append(busy[0])
        await clock.sleep(1)
        busy[0] -= 1

    outcomes = run(clock, gather((k for k in range(9)), action))
    assert max(most) == 4 and len(outcomes) == 9
    with pytest.raises(ValueError):
        run(clock, gather([1], action, workers=0))


@pytest.mark.parametrize(("stop_after", "called"), [(1, 2), (2, 4), (3, 6), (None, 10)])
def test_stopping(stop_after, called):
    calls = []

    async def action(key):
        calls.append(key)
        if key % 2:
            raise ValueError(key)
        return key

    tally = Tally()
    outcomes = asyncio.run(gather(range(10), action, 1, stop_after, tally))
    assert len(outcomes) == 10
    assert len(calls) == called
    assert tally.done + tally.failed == called
    assert outcomes[-1] == Outcome(9) or stop_after is None
    assert all(o.value is None and o.error is None for o in outcomes[called:])


def test_tallies_are_apart():
    async def action(key):
        raise KeyError(key)

    one, other = Tally(), Tally()
    asyncio.run(gather([1, 2], action, tally=one))
    assert one.by_error == {"KeyError": 2}
    assert other.by_error == {} and other.failed == 0


def test_shared_failures_are_not_kept():
    clock, calls = FakeClock(), []
    shared = Shared(clock, keep=100)

    async def action(key):
        calls.append(key)
        await clock.sleep(1)
        if len(calls) == 1:
            raise OSError("first")
        return len(calls)

    async def story():
        found = await asyncio.gather(shared.get("k", action), shared.get("k", action), return_exceptions=True)
        assert [type(each) for each in found] == [OSError, OSError]
        assert await shared.get("k", action) == 2
        assert await shared.get("k", action) == 2
        shared.forget("k")
        shared.forget("k")
        assert await shared.get("k", action) == 3
        await clock.sleep(99)
        assert await shared.get("k", action) == 3
        await clock.sleep(1)
        assert await shared.get("k", action) == 4

    run(clock, story())


class Recorder:
    def __init__(self):
        self.heard = []

    async def __call__(self, topic, data):
        await asyncio.sleep(0)
        self.heard.append(data)

    async def keep(self, topic, data):
        self.heard.append((topic, data))
