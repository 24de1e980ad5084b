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


@pytest.mark.parametrize(
    ("settings", "waits"),
    [
        ({}, [0.5, 1, 2, 4]),
        ({"attempts": 1}, []),
        ({"attempts": 9}, [0.5, 1, 2, 4, 8, 16, 30, 30]),
        ({"first": 3, "factor": 1, "attempts": 4}, [3, 3, 3]),
        ({"first": 100, "attempts": 3}, [30, 30]),
        ({"first": 100, "longest": 150, "attempts": 4}, [100, 150, 150]),
    ],
)
def test_waits(settings, waits):
    assert list(Backoff(**settings).waits()) == waits


def test_jitter():
    plain = list(Backoff(attempts=50, longest=4).waits())
    shorter = list(Backoff(attempts=50, longest=4, jitter=0.25).waits(random.Random(3)))
    assert all(0.75 * p <= s <= p for p, s in zip(plain, shorter))
    assert min(s / p for p, s in zip(plain, shorter)) < 0.85
    assert shorter == list(Backoff(attempts=50, longest=4, jitter=0.25).waits(random.Random(3)))
    for bad in ({"attempts": 0}, {"jitter": 1.5}, {"jitter": -0.1}):
        with pytest.raises(ValueError):
            Backoff(**bad)


@pytest.mark.parametrize(
    ("headers", "now", "seconds"),
    [
        ({"retry-after": "3"}, 50, 3.0),
        ({"RETRY-AFTER": "0.5"}, 0, 0.5),
        ({"Retry-After": 4}, 0, 4.0),
        ({"Retry-After": "0"}, 0, 0.0),
        ({"Retry-After": "-3"}, 0, 0.0),
        ({"X-Reset": "40"}, 50, 0.0),
        ({"X-Reset": "55"}, 50, 5.0),
        ({"X-Reset": "55", "Retry-After": "2"}, 50, 2.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "X-Reset": "51"}, 50, 1.0),
        ({"Retry-After": "soon"}, 0, None),
        ({"Other": "5"}, 0, None),
    ],
)
def test_retry_after(headers, now, seconds):
    assert retry_after(headers, now) == seconds


@pytest.mark.parametrize("status", [400, 401, 404, 408, 409, 425, 429, 499, 500, 502, 599])
def test_which_statuses_pass(status):
    passing = status in (408, 425, 429) or status >= 500
    assert ServiceError(status).passing is passing
    clock = FakeClock()
    action = service(clock, ServiceError(status))
    if passing:
        assert run(clock, Caller(clock).call(action)) == 2
    else:
        with pytest.raises(ServiceError):
            run(clock, Caller(clock).call(action))
        assert len(action.calls) == 1


@pytest.mark.parametrize(("asked", "second"), [("0", 0.5), ("0.2", 0.5), ("0.7", 0.7), ("90", 90), ("x", 0.5)])
def test_never_sooner_than_asked(asked, second):
    clock = FakeClock()
    action = service(clock, ServiceError(503, {"Retry-After": asked}))
    run(clock, Caller(clock).call(action))
    assert action.calls == [0, second]


def test_reset_is_a_moment():
    clock = FakeClock(1000.0)
    action = service(clock, ServiceError(429, {"X-Reset": "1012"}), ServiceError(429, {"X-Reset": "900"}))
    run(clock, Caller(clock).call(action))
    assert action.calls == [1000, 1012, 1013]


def test_what_is_not_retried():
    clock = FakeClock()
    action = service(clock, KeyError("x"))
    with pytest.raises(KeyError):
        run(clock, Caller(clock).call(action))
    action = service(clock, KeyError("x"), TimeoutError())
    with pytest.raises(TimeoutError):
        run(clock, Caller(clock, retried=(KeyError,)).call(action))
    assert len(action.calls) == 2
    action = service(clock, TimeoutError(), ConnectionResetError())
    assert run(clock, Caller(clock).call(action)) == 3


def test_the_last_failure_is_the_cause():
    clock = FakeClock()
    action = service(clock, ConnectionError("a"), ServiceError(500), TimeoutError("z"))
    with pytest.raises(Exhausted) as caught:
        run(clock, Caller(clock, Backoff(attempts=3)).call(action))
    assert str(caught.value) == "failed 3 times"
    assert str(caught.value.__cause__) == "z"


def breaker_story(limit=2, rest=10.0):
    clock = FakeClock()
    return clock, Breaker("x", clock, limit, rest)


def test_failures_in_a_row_only():
    clock, breaker = breaker_story(3)
    for _ in range(5):
        breaker.check(), breaker.failed()
        breaker.check(), breaker.failed()
        breaker.check(), breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.failures == 0


def test_one_trial_at_a_time():
    clock, breaker = breaker_story()

    async def story():
        breaker.failed()
        breaker.failed()
        await clock.sleep(4)
        with pytest.raises(Refused) as caught:
            breaker.check()
        assert caught.value.seconds == 6
        await clock.sleep(6)
        breaker.check()
        with pytest.raises(Refused) as caught:
            breaker.check()
        assert caught.value.seconds == 0
        breaker.failed()
        assert breaker.state == "open"
        await clock.sleep(9.5)
        assert breaker.state == "open"
        await clock.sleep(0.5)
        breaker.check()
        breaker.gave_up()
        assert breaker.state == "half open"
        breaker.check()
        breaker.succeeded()
        breaker.check()
        breaker.failed()
        assert breaker.state == "closed"

    run(clock, story())


def test_breaker_defaults():
    clock = FakeClock()
    breaker = Breaker("x", clock)

    async def story():
        breaker.failed(), breaker.failed()
        assert breaker.state == "closed"
        breaker.failed()
        await clock.sleep(59)
        assert breaker.state == "open"
        await clock.sleep(1)
        assert breaker.state == "half open"

    run(clock, story())


def test_a_client_error_shows_that_the_service_is_up():
    clock, breaker = breaker_story()
    caller = Caller(clock, Backoff(attempts=1), breaker=breaker)

    async def story():
        for failure in (ConnectionError(), ServiceError(404), ConnectionError()):
            with pytest.raises((Exhausted, ServiceError)):
                await caller.call(service(clock, failure))
        assert (breaker.state, breaker.failures) == ("closed", 1)
        with pytest.raises(KeyError):
            await caller.call(service(clock, KeyError()))
        assert breaker.state == "open"

    run(clock, story())


class Recorder:
    def __init__(self):
        self.heard = []

    async def __call__(self, topic, data):
        await asyncio.sleep(0)
        self.heard.append(data)

    async def keep(self, topic, data):
        self.heard.append((topic, data))
