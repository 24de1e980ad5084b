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
