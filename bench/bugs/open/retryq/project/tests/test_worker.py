import pytest

from retryq import Constant, Discard, JobQueue, JobState, ManualClock, RetryLater, Worker


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def worker(clock):
    return Worker(JobQueue(clock=clock, backoff=Constant(10), retries=2))


def test_result_is_kept(worker):
    worker.handler("add")(sum)
    job = worker.queue.submit("add", [1, 2, 3])
    assert worker.run_one() is job
    assert (job.state, job.result) == (JobState.DONE, 6)
    assert worker.run_one() is None


def test_failing_jobs_are_tried_again(worker, clock):
    seen = []

    @worker.handler("flaky")
    def flaky(payload):
        seen.append(clock.now())
        if len(seen) < 3:
            raise ConnectionError("refused\nsecond line")
        return "ok"

    job = worker.queue.submit("flaky")
    assert worker.drain() == 3
    assert seen == [0, 10, 20]
    assert job.result == "ok"
    assert job.errors == ["ConnectionError: refused"] * 2


def test_retry_later_names_its_own_delay(worker, clock):
    seen = []

    @worker.handler("limited")
    def limited(payload):
        seen.append(clock.now())
        raise RetryLater("quota", delay="1m")

    worker.queue.submit("limited")
    worker.drain()
    assert seen == [0, 60, 120]


def test_discard_and_unknown_kinds(worker):
    @worker.handler("bad")
    def bad(payload):
        raise Discard("not json")

    worker.queue.submit("bad")
    worker.queue.submit("nobody")
    assert worker.drain() == 2
    assert [job.errors for job in worker.queue.dead] == [["Discard: not json"], ["no handler for 'nobody'"]]


def test_every_try_gets_the_same_payload(worker):
    seen = []

    @worker.handler("import")
    def run(payload):
        seen.append(sorted(payload["rows"]))
        payload["rows"].pop()
        payload["done"] = True
        raise ValueError("bad row")

    job = worker.queue.submit("import", {"rows": [1, 2, 3]})
    worker.drain()
    assert seen == [[1, 2, 3]] * 3
    assert job.payload == {"rows": [1, 2, 3]}


def test_stopping_does_not_lose_the_job(worker):
    @worker.handler("slow")
    def slow(payload):
        raise KeyboardInterrupt

    job = worker.queue.submit("slow")
    with pytest.raises(KeyboardInterrupt):
        worker.run_one()
    assert job.state is JobState.WAITING
    assert job.attempts == 0
    assert job.errors == []


def test_run_due_stops_at_its_limit(worker):
    worker.handler("n")(lambda payload: payload)
    for number in range(5):
        worker.queue.submit("n", number)
    assert worker.run_due(limit=2) == 2
    assert len(worker.queue) == 3
    assert worker.run_due() == 3


def test_two_handlers_for_one_kind(worker):
    worker.handler("a")(print)
    with pytest.raises(ValueError):
        worker.handler("a")(print)
