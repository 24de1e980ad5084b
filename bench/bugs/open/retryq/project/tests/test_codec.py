import json
from datetime import date, datetime, timezone

import pytest

from retryq import JobQueue, JobState, ManualClock, decode, dump_queue, encode, load_queue


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, 2.5, "x", True],
        {"a": {"b": [None]}},
        {1: "one", (2, 3): "pair"},
        (1, (2, 3)),
        {"x", "y"},
        frozenset([1, 2]),
        b"\x00\xff",
        date(2024, 2, 29),
        datetime(2024, 2, 29, 12, 30, 1, 5, tzinfo=timezone.utc),
    ],
)
def test_round_trip(value):
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value
    assert type(back) is type(value)


def test_what_cannot_be_encoded():
    with pytest.raises(TypeError):
        encode(object())


def test_queue_comes_back():
    clock = ManualClock(50)
    queue = JobQueue(clock=clock, retries=1)
    queue.submit("a", {"n": 1}, priority=2, ttl=60)
    queue.submit("b", delay=30)
    queue.discard(queue.claim(), "no good")
    queue.submit("c", (1, 2))
    queue.claim()

    again = load_queue(dump_queue(queue), clock=clock)
    assert again.retries == 1
    assert [(job.kind, job.state, job.attempts) for job in again] == [
        ("b", JobState.WAITING, 0),
        ("c", JobState.WAITING, 0),
    ]
    assert [(job.kind, job.errors, job.deadline) for job in again.dead] == [("a", ["no good"], 110)]
    assert again.claim().payload == (1, 2)
    assert again.claim() is None
    assert again.next_due() == 30


def test_ids_are_not_used_again():
    clock = ManualClock()
    queue = JobQueue(clock=clock)
    queue.submit("a")
    last = queue.submit("b")
    queue.cancel(last.id)
    again = load_queue(dump_queue(queue), clock=clock)
    assert again.submit("c").id == 3


def test_keys_hold_after_loading():
    clock = ManualClock()
    queue = JobQueue(clock=clock)
    queue.submit("sync", key="users")
    again = load_queue(dump_queue(queue), clock=clock)
    again.submit("sync", key="users")
    assert len(again) == 1


def test_other_versions_are_refused():
    with pytest.raises(ValueError):
        load_queue('{"version": 1, "jobs": []}')
