import random

import pytest

from retryq import Constant, JobQueue, JobState, ManualClock, UnknownJobError


def make(start=0.0, **options):
    clock = ManualClock(start)
    options.setdefault("backoff", Constant(10))
    return clock, JobQueue(clock=clock, **options)


@pytest.mark.parametrize("default", [0, 1, 3])
@pytest.mark.parametrize("given", [None, 0, 1, 2, 5])
def test_number_of_tries(default, given):
    clock, queue = make(retries=default)
    job = queue.submit("a", retries=given)
    expected = default if given is None else given
    assert job.retries == expected
    tries = 0
    while True:
        claimed = queue.claim()
        if claimed is None:
            break
        tries += 1
        queue.fail(claimed, "no", retry_in=0)
    assert tries == expected + 1
    assert job.state is JobState.DEAD
    assert len(job.errors) == tries


def test_retries_none_at_all_waits_for_nothing():
    clock, queue = make(retries=3)
    job = queue.submit("a", retries=0)
    queue.fail(queue.claim(), "x")
    assert queue.next_due() is None
    assert queue.dead == [job]


def test_zero_delay_and_zero_ttl_and_priority():
    clock, queue = make(100, retries=3)
    job = queue.submit("a", delay=0, ttl=0)
    assert (job.due, job.deadline, job.priority) == (100, 100, 0)
    assert queue.claim() is job
    late = queue.submit("b", ttl=0)
    clock.advance(0.001)
    assert queue.claim() is None
    assert late.state is JobState.DEAD
    negative = queue.submit("c", priority=-4)
    plain = queue.submit("d")
    assert queue.claim() is plain
    assert queue.claim() is negative


@pytest.mark.parametrize("seed", range(25))
def test_next_due_is_the_least_of_what_waits(seed):
    rng = random.Random(seed)
    clock, queue = make(start=rng.choice([0, 1000]))
    jobs = []
    for step in range(60):
        what = rng.random()
        if what < 0.45:
            jobs.append(queue.submit("k", delay=rng.choice([0, 0, 1, 2, 5, 30]), priority=rng.randint(-2, 2)))
        elif what < 0.65 and jobs:
            job = rng.choice(jobs)
            if job.state is JobState.WAITING:
                assert queue.cancel(job.id)
        elif what < 0.8:
            job = queue.claim()
            if job is not None:
                assert job.due <= clock.now()
                rng.choice([queue.complete, queue.release, lambda j: queue.fail(j, "e")])(job)
        else:
            clock.advance(rng.choice([0, 0.5, 1, 7]))
        waiting = [job.due for job in jobs if job.state is JobState.WAITING]
        expected = max(0.0, min(waiting) - clock.now()) if waiting else None
        assert queue.next_due() == expected
        assert len(queue) == len(waiting)


def test_next_due_with_everything_cancelled_or_running():
    clock, queue = make()
    now = queue.submit("a")
    later = queue.submit("b", delay=9)
    queue.cancel(now.id)
    assert queue.next_due() == 9
    queue.cancel(later.id)
    assert queue.next_due() is None
    running = queue.submit("c")
    assert queue.next_due() == 0
    assert queue.claim() is running
    assert queue.next_due() is None
    queue.release(running)
    assert queue.next_due() == 0


def test_next_due_does_not_change_the_order():
    clock, queue = make()
    first = queue.submit("a", delay=3)
    cancelled = queue.submit("b")
    second = queue.submit("c", delay=3, priority=1)
    queue.cancel(cancelled.id)
    for _ in range(3):
        assert queue.next_due() == 3
    clock.advance(3)
    assert queue.next_due() == 0
    assert queue.claim() is second
    assert queue.claim() is first


def test_next_due_when_a_delayed_job_has_become_due():
    clock, queue = make()
    queue.submit("a", delay=3)
    clock.advance(4)
    assert queue.next_due() == 0


@pytest.mark.parametrize("ttl, wait, dead", [(15, 10, False), (9, 10, True), (10, 10, False), (9.999, 10, True), (None, 10, False)])
def test_no_retry_past_the_deadline(ttl, wait, dead):
    clock, queue = make(backoff=Constant(wait))
    job = queue.submit("a", ttl=ttl)
    queue.fail(queue.claim(), "e")
    assert (job.state is JobState.DEAD) == dead
    assert ("no time left for another try" in job.errors) == dead
    if not dead:
        clock.advance(wait)
        assert queue.claim() is job


@pytest.mark.parametrize("key", ["users", "", "0", "k" * 300])
def test_keys(key):
    clock, queue = make(retries=1)
    first = queue.submit("s", key=key)
    assert first.key == key
    assert queue.submit("s", key=key) is first
    assert queue.claim() is first
    assert queue.submit("s", key=key) is first
    queue.fail(first, "e")
    assert queue.submit("s", key=key) is first
    clock.advance(10)
    queue.claim()
    queue.fail(first, "e")
    assert first.state is JobState.DEAD
    second = queue.submit("s", key=key)
    assert second is not first
    with pytest.raises(ValueError):
        queue.requeue(first.id)
    assert queue.dead == [first]
    queue.cancel(second.id)
    assert queue.requeue(first.id) is first
    assert queue.submit("s", key=key) is first
    assert len(queue) == 1


def test_jobs_without_key_are_never_joined():
    clock, queue = make()
    assert len({queue.submit("s").id for _ in range(5)}) == 5


def test_restore_refuses_what_it_has():
    clock, queue = make()
    job = queue.submit("a", key="k")
    with pytest.raises(ValueError):
        queue.restore(job)
    assert len(queue) == 1


def test_release_and_wrong_state():
    clock, queue = make()
    job = queue.submit("a")
    with pytest.raises(UnknownJobError):
        queue.release(job)
    queue.claim()
    queue.release(job)
    with pytest.raises(UnknownJobError):
        queue.fail(job, "x")
    assert job.errors == []
