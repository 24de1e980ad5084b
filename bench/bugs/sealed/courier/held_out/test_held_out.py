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


def test_shared_keeps_nothing_unless_told():
    clock, calls = FakeClock(), []
    shared = Shared(clock)

    async def action(key):
        calls.append(key)
        return None

    async def story():
        for _ in range(3):
            assert await shared.get("k", action) is None

    run(clock, story())
    assert len(calls) == 3


def test_shared_none_is_kept_too():
    clock, calls = FakeClock(), []
    shared = Shared(clock, keep=5)

    async def action(key):
        calls.append(key)

    async def story():
        for _ in range(3):
            assert await shared.get("k", action) is None

    run(clock, story())
    assert len(calls) == 1


def test_one_who_gives_up_does_not_spoil_it_for_others():
    clock, calls = FakeClock(), []
    shared = Shared(clock)

    async def action(key):
        calls.append(key)
        await clock.sleep(5)
        return "v"

    async def story():
        one = asyncio.ensure_future(shared.get("k", action))
        other = asyncio.ensure_future(shared.get("k", action))
        await clock.sleep(1)
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        assert await other == "v"

    run(clock, story())
    assert calls == ["k"]


@pytest.mark.parametrize(
    ("pattern", "topic", "fit"),
    [
        ("a", "a", True), ("a", "b", False), ("*", "a", True), ("#", "a.b.c", True), ("a.#", "a.b.c", True),
        ("a.*", "a.b.c", False), ("a.*.c", "a.b.c", True), ("*.b", "a.b", True), ("*.c", "a.b", False),
        ("a.b.#", "a.b", True), ("a.b.#", "a.c", False), ("a.b.*", "a.b", False), ("b.#", "a.b", False),
    ],
)
def test_fits(pattern, topic, fit):
    assert fits(pattern, topic) is fit


def test_bus_survives_listeners():
    bus, heard = Bus(), []

    def bad(topic, data):
        raise ValueError(data)

    async def worse(topic, data):
        raise KeyError(data)

    def once(topic, data):
        heard.append(data)
        off()

    bus.on("a", bad)
    bus.on("a", worse)
    off = bus.on("a", once)
    bus.on("a", lambda t, d: heard.append((t, d)))
    assert asyncio.run(bus.tell("a", 1)) == 4
    assert asyncio.run(bus.tell("a", 2)) == 3
    assert asyncio.run(bus.tell("b", 3)) == 0
    assert heard == [1, ("a", 1), ("a", 2)]
    assert [(t, type(e).__name__) for t, e in bus.errors] == [("a", "ValueError"), ("a", "KeyError")] * 2


def test_off_takes_away_only_one():
    bus, heard = Bus(), []
    listener = lambda t, d: heard.append(d)
    one, other = bus.on("a", listener), bus.on("a", listener)
    one()
    one()
    assert asyncio.run(bus.tell("a", 1)) == 1
    other()
    assert asyncio.run(bus.tell("a", 1)) == 0
    assert heard == [1]


def test_wait_for_takes_its_listener_away():
    bus = Bus()

    async def story():
        waiting = asyncio.ensure_future(bus.wait_for("a.#"))
        await asyncio.sleep(0)
        assert await bus.tell("a.b", 1) == 1
        assert await bus.tell("a.c", 2) == 1
        assert await waiting == ("a.b", 1)
        assert await bus.tell("a.b", 3) == 0
        waiting = asyncio.ensure_future(bus.wait_for("a.#"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await bus.tell("a.b", 3) == 0

    asyncio.run(story())
    assert bus.errors == []


class Recorder:
    def __init__(self):
        self.heard = []

    async def __call__(self, topic, data):
        await asyncio.sleep(0)
        self.heard.append(data)

    async def keep(self, topic, data):
        self.heard.append((topic, data))


@pytest.mark.parametrize("kind", ["object", "method", "partial", "lambda", "future", "plain"])
def test_whatever_can_be_awaited_is(kind):
    bus, recorder = Bus(), Recorder()

    def future(topic, data):
        return asyncio.ensure_future(recorder(topic, data))

    listeners = {
        "object": recorder,
        "method": recorder.keep,
        "partial": functools.partial(recorder.keep, data=5),
        "lambda": lambda topic, data: recorder(topic, data),
        "future": future,
        "plain": lambda topic, data: recorder.heard.append(data),
    }
    if kind == "partial":
        bus.on("a", lambda topic, data: listeners["partial"](topic))
    else:
        bus.on("a", listeners[kind])

    async def story():
        assert await bus.tell("a", 5) == 1
        return list(recorder.heard)

    assert asyncio.run(story()) == ([("a", 5)] if kind in ("method", "partial") else [5])
    assert bus.errors == []
