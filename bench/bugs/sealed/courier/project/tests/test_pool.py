import asyncio

import pytest

from courier.bus import Bus, fits
from courier.clock import FakeClock
from courier.pool import Shared, Tally, gather


def run(clock, job):
    return asyncio.run(clock.run(job))


def test_order_and_width():
    clock, busy, most = FakeClock(), [], []

    async def action(key):
        busy.append(key)
        most.append(len(busy))
        await clock.sleep(10 - key)
        busy.remove(key)
        return key * key

    outcomes = run(clock, gather(range(6), action, workers=3))
    assert [outcome.value for outcome in outcomes] == [0, 1, 4, 9, 16, 25]
    assert max(most) == 3


def test_failures_are_outcomes():
    async def action(key):
        return 10 // key

    tally = Tally()
    outcomes = asyncio.run(gather([1, 0, 5], action, tally=tally))
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert (tally.done, tally.failed, tally.by_error) == (2, 1, {"ZeroDivisionError": 1})


def test_shared_calls():
    clock, calls = FakeClock(), []
    shared = Shared(clock, keep=60)

    async def action(key):
        calls.append(key)
        await clock.sleep(1)
        return key.upper()

    async def story():
        assert await asyncio.gather(*(shared.get(key, action) for key in "aab")) == ["A", "A", "B"]
        assert await shared.get("a", action) == "A"
        await clock.sleep(60)
        assert await shared.get("a", action) == "A"

    run(clock, story())
    assert calls == ["a", "b", "a"]


def test_bus():
    bus, heard = Bus(), []

    async def later(topic, data):
        heard.append(("later", data))

    off = bus.on("order.*", lambda topic, data: heard.append((topic, data)))
    bus.on("#", later)
    assert asyncio.run(bus.tell("order.paid", 7)) == 2
    off()
    assert asyncio.run(bus.tell("order.paid", 8)) == 1
    assert heard == [("order.paid", 7), ("later", 7), ("later", 8)]


@pytest.mark.parametrize(("pattern", "fit"), [("a.b", True), ("a.*", True), ("a", False), ("a.b.c", False), ("a.#", True), ("*", False)])
def test_fits(pattern, fit):
    assert fits(pattern, "a.b") is fit


def test_wait_for():
    bus = Bus()

    async def story():
        waiting = asyncio.ensure_future(bus.wait_for("job.*"))
        await asyncio.sleep(0)
        await bus.tell("other", 1)
        await bus.tell("job.done", 2)
        return await waiting

    assert asyncio.run(story()) == ("job.done", 2)
