import json
from datetime import date, datetime, timedelta, timezone

import pytest

from retryq import JobQueue, JobState, ManualClock, decode, dump_queue, encode, load_queue

VALUES = [
    {"$type": "x"},
    {"$type": "tuple"},
    {"$type": "tuple", "value": [1, 2]},
    {"$type": "dict", "value": []},
    {"$type": None},
    {"$type": {"$type": "set", "value": [1]}},
    {"$type": "invoice", "total": 12.5, "tags": {"a", "b"}},
    {"schema": {"$type": "object", "properties": {"$type": {"$type": "string"}}}},
    [{"$type": 1}, {"$type": 2}],
    {"value": 3},
    {"$typed": 1, "type": 2},
    {},
    {"": ""},
    {1: "a", "1": "b"},
    {None: 1, True: 2, 2.5: 3},
    {(1, "$type"): b"x"},
    {b"k": {"$type": b"v"}},
    {date(2020, 1, 1): 5},
    {frozenset([1, (2, 3)]): 1},
    "$type",
    ["$type", "value"],
    ("$type",),
    {"$type", "value"},
    (),
    set(),
    b"",
    datetime(1999, 12, 31, 23, 59, 59, 999999),
    datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    date(1, 1, 1),
    -0.5,
    10**30,
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_round_trip(value):
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value
    assert type(back) is type(value)
    assert repr(back) == repr(value) or isinstance(value, (set, dict))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_round_trip_inside_a_queue(value):
    clock = ManualClock(7)
    queue = JobQueue(clock=clock)
    queue.submit("a", value)
    queue.submit("b", {"deep": [value, (value,)]})
    again = load_queue(dump_queue(queue), clock=clock)
    assert again.claim().payload == value
    assert again.claim().payload == {"deep": [value, (value,)]}


def test_plain_dicts_stay_plain_json():
    assert encode({"a": [1, {"b": None}]}) == {"a": [1, {"b": None}]}
    assert encode({"value": 1}) == {"value": 1}
    assert decode({"a": 1}) == {"a": 1}


def test_encode_leaves_its_argument_alone():
    value = {"$type": "x", "n": [1, {2: 3}]}
    encode(value)
    assert value == {"$type": "x", "n": [1, {2: 3}]}


def test_unknown_types_are_refused():
    with pytest.raises(ValueError):
        decode({"$type": "complex", "value": [1, 2]})
    with pytest.raises(TypeError):
        encode({"a": object()})


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("key", ["users", "a b", ""])
def test_keys_hold_after_loading(key, running):
    clock = ManualClock()
    queue = JobQueue(clock=clock)
    queue.submit("sync", 1, key=key)
    queue.submit("sync", 2)
    if running:
        queue.claim()
    again = load_queue(dump_queue(queue), clock=clock)
    jobs = list(again)
    assert [job.key for job in jobs] == [key, None]
    assert again.submit("sync", 3, key=key) is jobs[0]
    assert again.submit("sync", 4, key="other") is not jobs[0]
    assert len(again) == 3
    assert again.claim() is jobs[0]
    again.complete(jobs[0])
    assert again.submit("sync", 5, key=key) is not jobs[0]


def test_key_of_a_dead_job_after_loading():
    clock = ManualClock()
    queue = JobQueue(clock=clock)
    dead = queue.submit("sync", key="k")
    queue.discard(queue.claim(), "no")
    again = load_queue(dump_queue(queue), clock=clock)
    assert again.dead[0].key == "k"
    fresh = again.submit("sync", key="k")
    assert fresh.id == 2
    with pytest.raises(ValueError):
        again.requeue(dead.id)
    again.cancel(fresh.id)
    back = again.requeue(dead.id)
    assert again.submit("sync", key="k") is back


def test_twice_through_the_text():
    clock = ManualClock(50)
    queue = JobQueue(clock=clock, retries=0)
    queue.submit("a", {"$type": 1}, key="x", ttl=10, priority=3)
    queue.submit("b", delay=5, retries=4)
    queue.submit("c")
    queue.discard(queue.claim(), "no")
    once = dump_queue(queue)
    twice = dump_queue(load_queue(once, clock=clock))
    assert json.loads(once) == json.loads(twice)
    again = load_queue(twice, clock=clock)
    assert again.retries == 0
    assert [(j.kind, j.retries, j.state) for j in again] == [("b", 4, JobState.WAITING), ("c", 0, JobState.WAITING)]
