import asyncio

import pytest

from retryq import Constant, Discard, JobQueue, JobState, ManualClock, RetryLater, Worker


class Box:
    def __init__(self, items):
        self.items = items


def make(retries=2):
    clock = ManualClock()
    return clock, Worker(JobQueue(clock=clock, backoff=Constant(10), retries=retries))


def test_payload_is_the_same_for_every_try():
    def spoil_list(payload):
        payload.append(1)

    def spoil_nested(payload):
        payload["a"]["b"].append(9)
        payload["a"]["c"] = 1

    def spoil_in_tuple(payload):
        payload[0].clear()

    def spoil_object(payload):
        payload.items.append("x")

    def spoil_set_in_list(payload):
        payload[0].add(4)

    cases = [
        (lambda: [], spoil_list),
        (lambda: {"a": {"b": []}}, spoil_nested),
        (lambda: ([1, 2], 3), spoil_in_tuple),
        (lambda: Box([1]), spoil_object),
        (lambda: [{1, 2}], spoil_set_in_list),
    ]

    def show(payload):
        return repr(payload.items if isinstance(payload, Box) else payload)

    for build, spoil in cases:
        clock, worker = make()
        seen = []

        def handle(payload):
            seen.append(show(payload))
            spoil(payload)
            raise ValueError("again")

        worker.handler("k")(handle)
        job = worker.queue.submit("k", build())
        worker.drain()
        assert seen == [show(build())] * 3
        assert show(job.payload) == show(build())
        assert len(job.errors) == 3


def test_payload_after_success_is_untouched():
    clock, worker = make()
    worker.handler("k")(lambda payload: payload["x"].pop())
    payload = {"x": [1, 2]}
    job = worker.queue.submit("k", payload)
    worker.drain()
    assert job.result == 2
    assert payload == {"x": [1, 2]}


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("failures", [0, 1, 2])
def test_stopping_gives_the_job_back(stop, failures):
    clock, worker = make()
    plan = ["fail"] * failures + ["stop", "ok"]

    @worker.handler("k")
    def handle(payload):
        step = plan.pop(0)
        if step == "fail":
            raise ValueError("e")
        if step == "stop":
            raise stop
        return "fine"

    job = worker.queue.submit("k", {"a": 1}, key="one")
    other = worker.queue.submit("nobody", delay=1000)
    for _ in range(failures):
        worker.run_one()
        clock.advance(10)
    with pytest.raises(stop):
        worker.run_one()
    assert job.state is JobState.WAITING
    assert job.attempts == failures
    assert len(job.errors) == failures
    assert worker.queue.dead == []
    assert len(worker.queue) == 2
    assert worker.queue.next_due() == 0
    assert worker.queue.submit("k", key="one") is job
    assert worker.run_one() is job
    assert job.state is JobState.DONE
    assert job.result == "fine"
    assert job.attempts == failures + 1
    assert other.state is JobState.WAITING


def test_stop_on_the_last_try_does_not_kill():
    clock, worker = make(retries=0)
    calls = []

    @worker.handler("k")
    def handle(payload):
        calls.append(1)
        if len(calls) == 1:
            raise SystemExit(3)

    job = worker.queue.submit("k")
    with pytest.raises(SystemExit) as caught:
        worker.run_one()
    assert caught.value.code == 3
    assert worker.run_one() is job
    assert job.state is JobState.DONE


@pytest.mark.parametrize(
    "error, line",
    [
        (ValueError("bad"), "ValueError: bad"),
        (KeyError("k"), "KeyError: 'k'"),
        (RuntimeError(), "RuntimeError"),
        (asyncio.TimeoutError("slow"), type(asyncio.TimeoutError()).__name__ + ": slow"),
        (StopIteration(), "StopIteration"),
    ],
)
def test_ordinary_errors_count_as_tries(error, line):
    clock, worker = make(retries=0)

    @worker.handler("k")
    def handle(payload):
        raise error

    job = worker.queue.submit("k")
    assert worker.run_one() is job
    assert job.state is JobState.DEAD
    assert job.errors == [line]
    assert job.attempts == 1


def test_discard_and_retry_later():
    clock, worker = make(retries=5)

    @worker.handler("d")
    def discard(payload):
        raise Discard("never")

    @worker.handler("r")
    def later(payload):
        raise RetryLater("soon", delay=payload)

    dropped = worker.queue.submit("d")
    now = worker.queue.submit("r", 0)
    minute = worker.queue.submit("r", "1m")
    usual = worker.queue.submit("r", None)
    worker.run_due(limit=2)
    assert dropped.state is JobState.DEAD
    assert now.due == 0 and now.state is JobState.WAITING
    while worker.queue.next_due() == 0:
        worker.run_one()
    assert minute.due == 60
    assert usual.due == 10
    assert now.attempts == 6


def test_drain_sleeps_no_longer_than_needed():
    clock, worker = make()
    ran = []
    worker.handler("k")(lambda payload: ran.append((payload, clock.now())))
    gone = worker.queue.submit("k", "gone", delay=500)
    worker.queue.submit("k", "a", delay=20)
    worker.queue.submit("k", "b")
    worker.queue.cancel(gone.id)
    assert worker.drain() == 2
    assert ran == [("b", 0), ("a", 20)]
    assert clock.now() == 20


def test_drain_does_not_wake_for_a_cancelled_job():
    slept = []

    class Watching(ManualClock):
        def sleep(self, seconds):
            slept.append(seconds)
            super().sleep(seconds)

    queue = JobQueue(clock=Watching())
    worker = Worker(queue, {"k": lambda payload: None})
    first = queue.submit("k", delay=5)
    queue.submit("k", delay=30)
    queue.cancel(first.id)
    assert worker.drain() == 1
    assert slept == [30]
