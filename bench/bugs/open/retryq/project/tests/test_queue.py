import pytest

from retryq import Constant, JobQueue, JobState, ManualClock, UnknownJobError


@pytest.fixture
def clock():
    return ManualClock(1000)


@pytest.fixture
def queue(clock):
    return JobQueue(clock=clock, backoff=Constant(10), retries=2)


def claim_all(queue):
    kinds = []
    job = queue.claim()
    while job is not None:
        kinds.append(job.kind)
        job = queue.claim()
    return kinds


def test_highest_priority_first_then_first_come(queue):
    queue.submit("a")
    queue.submit("b", priority=5)
    queue.submit("c")
    queue.submit("d", priority=5)
    assert claim_all(queue) == ["b", "d", "a", "c"]


def test_delayed_jobs_wait(queue, clock):
    queue.submit("late", delay="1m", priority=9)
    queue.submit("now")
    assert claim_all(queue) == ["now"]
    clock.advance(60)
    assert claim_all(queue) == ["late"]


def test_failed_job_comes_back_after_the_backoff(queue, clock):
    job = queue.submit("mail")
    queue.fail(queue.claim(), "no route")
    assert queue.claim() is None
    clock.advance(10)
    assert queue.claim() is job
    assert job.attempts == 2
    assert job.errors == ["no route"]


def test_out_of_retries(queue, clock):
    job = queue.submit("mail")
    for _ in range(3):
        queue.fail(queue.claim(), "no route")
        clock.advance(10)
    assert job.state is JobState.DEAD
    assert queue.dead == [job]
    assert queue.claim() is None


def test_retries_of_one_job(queue):
    job = queue.submit("mail", retries=1)
    queue.fail(queue.claim(), "no route", retry_in=0)
    assert queue.claim() is job
    queue.fail(job, "no route", retry_in=0)
    assert job.state is JobState.DEAD


def test_deadline_passes_while_waiting(queue, clock):
    job = queue.submit("report", ttl=30)
    other = queue.submit("report", ttl=31)
    clock.advance(31)
    assert queue.claim() is other
    assert job.state is JobState.DEAD
    assert job.errors == ["deadline passed"]


def test_no_retry_after_the_deadline(queue, clock):
    job = queue.submit("report", ttl=15)
    queue.fail(queue.claim(), "busy")
    clock.advance(10)
    queue.fail(queue.claim(), "busy")
    assert job.state is JobState.DEAD
    assert job.errors == ["busy", "busy", "no time left for another try"]


def test_release_does_not_count_as_a_try(queue):
    job = queue.submit("mail")
    queue.release(queue.claim())
    assert job.attempts == 0
    assert queue.claim() is job


def test_cancel(queue):
    job = queue.submit("mail")
    assert queue.cancel(job.id)
    assert queue.claim() is None
    with pytest.raises(UnknownJobError):
        queue.cancel(job.id)
    running = queue.submit("mail")
    queue.claim()
    assert not queue.cancel(running.id)


def test_next_due(queue, clock):
    assert queue.next_due() is None
    queue.submit("b", delay=50)
    assert queue.next_due() == 50
    queue.submit("a", delay=20)
    clock.advance(5)
    assert queue.next_due() == 15
    clock.advance(100)
    assert queue.next_due() == 0


def test_next_due_after_cancel(queue):
    soon = queue.submit("a", delay=5)
    queue.submit("b", delay=60)
    queue.cancel(soon.id)
    assert queue.next_due() == 60


def test_keys_keep_jobs_from_being_queued_twice(queue):
    first = queue.submit("sync", key="users")
    assert queue.submit("sync", key="users") is first
    assert queue.submit("sync", key="groups") is not first
    queue.complete(queue.claim())
    assert queue.submit("sync", key="users") is not first


def test_requeue(queue):
    job = queue.submit("mail", ttl=100, key="welcome")
    queue.discard(queue.claim(), "bad address")
    assert queue.dead == [job]
    assert queue.requeue(job.id) is job
    assert queue.dead == []
    assert (job.attempts, job.deadline) == (0, None)
    assert queue.claim() is job
    with pytest.raises(UnknownJobError):
        queue.requeue(job.id)


def test_only_running_jobs_can_be_completed(queue):
    job = queue.submit("a")
    with pytest.raises(UnknownJobError):
        queue.complete(job)
    queue.claim()
    queue.complete(job, 5)
    assert (job.state, job.result) == (JobState.DONE, 5)
    with pytest.raises(UnknownJobError):
        queue.get(job.id)
