"""What processes know together of models: real files, real processes, clocks of our own."""

import json
import os
import stat
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_agent.completing.predicting.paying import Gate
from fixbot_agent.errors import BudgetSpent
from fixbot_agent.models.keeping import Breaker, DayLimits, Keeping, Ledger, Limits, SharedFile, Slots
from fixbot_agent.models.keeping.bucket import Bucket
from fixbot_agent.models.keeping.limits import rest
from fixbot_agent.models.messages import Usage
from fixbot_agent.models.prices import Estimate
from fixbot_agent.models.retrying import Crowded
from fixbot_agent.settings import ModelSettings

NOON = datetime(2026, 3, 14, 12).astimezone().timestamp()
HEAD = """
import os, sys, time
from pathlib import Path
from fixbot_agent.models.keeping import *
at = Path(sys.argv[1])
(at / f"ready{os.getpid()}").touch()
while not (at / "go").exists():
    time.sleep(0.001)
"""


class Clock:
    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def processes(number: int, code: str, at: Path) -> list[str]:
    """What `number` processes print that run `code` at the same time."""
    command = [sys.executable, "-c", HEAD + code, str(at)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(number)]
    while len(list(at.glob("ready*"))) < number:
        time.sleep(0.01)
    (at / "go").touch()
    return [p.communicate(timeout=60)[0].strip() for p in started]


steps = st.lists(st.tuples(st.floats(0, 20), st.integers(1, 50)), max_size=80)


@given(rate=st.integers(1, 200), steps=steps)
def test_no_minute_lets_more_through_than_the_rate_its_burst_and_one_taking(
    rate: int, steps: list[tuple[float, int]]
) -> None:
    bucket, now, taken = Bucket.full(rate, 0.0), 0.0, []
    for pause, amount in steps:
        now += pause
        if not bucket.wait(amount, now):
            bucket = bucket.less(amount, now)
            taken.append((now, amount))
    for start, _ in taken:
        within = [amount for at, amount in taken if start <= at < start + 60]
        assert sum(within) <= rate + max(rate * 0.1, 1) + max(within) + 1e-6


@given(rate=st.integers(1, 200), steps=steps, amount=st.integers(1, 500))
def test_who_waits_as_long_as_is_said_may_take(rate: int, steps: list[tuple[float, int]], amount: int) -> None:
    bucket, now = Bucket.full(rate, 0.0), 0.0
    for pause, more in steps:
        now += pause
        bucket = bucket.less(more, now)
    wait = bucket.wait(amount, now)
    assert bucket.wait(amount, now + wait) == 0
    assert wait == 0 or bucket.wait(amount, now + wait * 0.5) > 0
    assert bucket.filled(now - 100).level == bucket.level, "a clock that is set back gives nothing"


def test_two_processes_share_one_bucket(tmp_path: Path) -> None:
    code = (
        "limits = Limits(SharedFile(at / 'limits.json'), 'k', requests=2000, clock=lambda: 1e9)\n"
        "print(sum(limits.take(1) == 0 for _ in range(300)))"
    )
    assert sum(map(int, processes(2, code, tmp_path))) == 200, "a tenth of a minute's worth at once"


def test_tokens_are_settled_by_what_an_answer_took(tmp_path: Path) -> None:
    clock = Clock()
    limits = Limits(SharedFile(tmp_path / "l.json"), "k", tokens=600, clock=clock)
    assert limits.take(60) == 0
    assert limits.take(60) == pytest.approx(6)
    limits.settle(-60)
    assert limits.take(60) == 0, "what was not used was given back"
    limits.settle(120)
    assert limits.take(60) == pytest.approx(18)
    clock.now += 18
    assert limits.take(1000) == 0, "larger than the bucket: when it is full"
    assert limits.take(1) > 90


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1s"}, 0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms"}, 0.12),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1h2m3.5s"}, 3600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON) + 30)}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON + 30) * 1000)}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "-7"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "inf"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"x-ratelimit-remaining": "none", "x-ratelimit-reset": "5"}, 0),
    ],
)
def test_what_headers_say_is_left(headers: dict[str, str], seconds: float) -> None:
    assert rest(headers, NOON) == pytest.approx(seconds, abs=1)


def test_what_an_endpoint_says_is_obeyed_by_all(tmp_path: Path) -> None:
    clock = Clock()
    first, second = (Limits(SharedFile(tmp_path / "l.json"), "k", clock=clock) for _ in range(2))
    assert first.take(1) == 0
    first.heard({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s"})
    assert second.take(1) == pytest.approx(20)
    assert Limits(SharedFile(tmp_path / "l.json"), "another", clock=clock).take(1) == 0
    clock.now += 21
    assert second.take(1) == 0


def test_a_breaker_is_shared_by_processes_and_one_tries_again(tmp_path: Path) -> None:
    fails = "b = Breaker(SharedFile(at / 'r.json'), 'k')\nfor _ in range(3): b.failed('it broke')\n"
    processes(1, fails, tmp_path)
    clock = Clock(time.time())
    here, there = (Breaker(SharedFile(tmp_path / "r.json"), "k", clock) for _ in range(2))
    assert here.is_open
    assert here.error == "it broke"
    assert not here.admits()
    assert Breaker(SharedFile(tmp_path / "r.json"), "other", clock).admits()
    clock.now += 6
    assert here.admits(), "after a rest one tries"
    assert not there.admits(), "and the others wait for how that goes"
    here.failed("again")
    clock.now += 6
    assert there.is_open, "it rests longer each time"
    clock.now += 10
    assert there.admits()
    there.succeeded()
    assert here.admits()
    assert not here.is_open
    here.failed("a key of ours", for_good=True)
    assert here.is_open
    assert not there.is_open, "another process may have another key"


def test_few_failures_long_ago_are_none_in_a_row(tmp_path: Path) -> None:
    clock = Clock()
    breaker = Breaker(SharedFile(tmp_path / "r.json"), "k", clock)
    for _ in range(5):
        breaker.failed("now and then")
        assert breaker.admits()
        clock.now += 700
    breaker.failed("one", wait=40)
    assert breaker.rest == pytest.approx(40)
    clock.now -= 100_000
    assert breaker.admits(), "of a clock that was set back nothing counts"


def test_a_breaker_of_this_process_alone() -> None:
    breaker = Breaker()
    breaker.failed("one")
    breaker.failed("two")
    assert breaker.admits()
    breaker.failed("three")
    assert not breaker.admits()
    assert breaker.is_open
    breaker.succeeded()
    assert breaker.admits()
    breaker.failed("key", for_good=True)
    assert not breaker.admits()
    for _ in range(2000):
        breaker.failed("again")
    assert breaker.is_open


GARBAGE = [b"", b"\xff\x00", b"[1, 2]", b'{"version": 1, "kept": {"k": 7}}', b"[" * 5000, b'{"version": 9, "kept": {}}',
    b'{"version": 1, "kept": {"k": {"failures": 1e999, "until": NaN}, "held": 3, "days": {"x": []}}}',
    b'{"version": 1, "kept": {"k": {"failures": "many", "until": 1e300, "error": 7, "requests": {"level": "x"}}, "held": {"a": 1}, "days": 4}}',
    *(
        '{"version": 1, "kept": {"k": {"failures": N, "until": N, "at": N, "requests": {"level": N, "at": N}}, "o": {"at": N, "until": N},'
        ' "held": {"a": {"until": N, "tokens": N}}, "days": {"2026-03-14": {"m": {"calls": N}}}}}'.replace("N", n).encode()
        for n in ("1" + "0" * 400, "9" * 5000, "1e999", "-1e999", "NaN", "1e300")
    ),
]  # fmt: skip


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_counts_for_nothing(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "f.json"
    for use in (
        lambda file: Breaker(file, "k").admits(),
        lambda file: Breaker(file, "k").failed("x"),
        lambda file: Limits(file, "k", 60, 1000).take(1),
        lambda file: Ledger(file).settle(
            Ledger(file).hold("m", Estimate(5), DayLimits(tokens=9), 1), "m", Usage(1, 0, 1)
        ),
    ):
        path.write_bytes(garbage)
        use(SharedFile(path))
    assert Ledger(SharedFile(path)).today().tokens == 2


def test_an_entry_that_cannot_be_spoils_no_other(tmp_path: Path) -> None:
    path, huge = tmp_path / "f.json", "1" + "0" * 400
    path.write_text(
        f'{{"version": 1, "kept": {{"bad": {{"at": {huge}, "until": 1e999}}, '
        f'"k": {{"failures": 3, "until": {time.time() + 60}, "error": "busy", "at": {time.time()}}}}}}}'
    )
    Breaker(SharedFile(path), "other").failed("x")
    assert "bad" not in SharedFile(path).read()
    assert Breaker(SharedFile(path), "k").error == "busy"


def test_what_cannot_be_altered_begins_anew_and_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "f.json").write_text('{"version": 1, "kept": {"n": "many"}}')
    file = SharedFile(tmp_path / "f.json")

    def counted(kept: dict[str, object]) -> None:
        kept["n"] = 1 + kept.get("n", 0)  # type: ignore[operator]

    file.change(counted)
    file.change(counted)
    (tmp_path / "f.json").write_text('{"version": 1, "kept": {"n": "many"}}')
    file.change(counted)
    assert file.read() == {"n": 1}
    assert [r.message for r in caplog.records if "begins anew" in r.message] == [caplog.records[0].message]


def test_files_are_private_and_where_none_can_be_written_memory_does(tmp_path: Path) -> None:
    file = SharedFile(tmp_path / "new" / "f.json")
    file.change(lambda kept: kept.update(a=1))
    for path in (tmp_path / "new").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    (tmp_path / "plain").write_text("")
    lost = SharedFile(tmp_path / "plain" / "f.json")
    lost.change(lambda kept: kept.update(a=1))
    assert lost.read() == {"a": 1}
    (tmp_path / "aim").write_text('{"version": 1, "kept": {"theirs": 1}}')
    (tmp_path / "link.json").symlink_to(tmp_path / "aim")
    linked = SharedFile(tmp_path / "link.json")
    assert linked.read() == {}, "a link is not followed"
    os.mkfifo(tmp_path / "pipe.json")
    assert SharedFile(tmp_path / "pipe.json").read() == {}, "and a pipe not waited for"


def test_what_is_killed_or_stopped_holding_a_lock_stops_nobody(tmp_path: Path) -> None:
    code = (
        "import fixbot_agent.models.keeping.file as f\n"
        "with f._held(at / 'f.json'), Slots(at, 'k', 1).taken(0) as ours:\n    print(ours, flush=True)\n    time.sleep(60)"
    )
    (tmp_path / "go").touch()
    command = [sys.executable, "-c", HEAD + code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "True"
        file = SharedFile(tmp_path / "f.json")
        file.change(lambda kept: kept.update(a=1))
        assert file.read() == {"a": 1}, "it was waited for a while, not for ever"
        with Slots(tmp_path, "k", 1).taken(time.monotonic() + 0.1) as is_ours:
            assert not is_ours
        with Slots(tmp_path, "k", 2).taken(0) as is_ours:
            assert is_ours
        other.kill()
    with Slots(tmp_path, "k", 1).taken(time.monotonic() + 10) as is_ours:
        assert is_ours, "the kernel freed it"
        with Slots(tmp_path, "k", 1).taken(0) as another:
            assert not another, "threads of one process share it too"


def test_two_processes_share_one_account_and_pass_no_limit(tmp_path: Path) -> None:
    code = (
        "from fixbot_agent.errors import BudgetSpent; from fixbot_agent.models.prices import Estimate\n"
        "from fixbot_agent.models.messages import Usage\n"
        "ledger, made = Ledger(SharedFile(at / 's.json')), 0\n"
        "for _ in range(150):\n"
        "    try: mark = ledger.hold('m', Estimate(10, 1.0), DayLimits(cost=100), 60)\n"
        "    except BudgetSpent: continue\n"
        "    ledger.settle(mark, 'm', Usage(5, 0, 5, 1.0)); made += 1\n"
        "print(made)"
    )
    assert sum(map(int, processes(2, code, tmp_path))) == 100
    day = Ledger(SharedFile(tmp_path / "s.json")).today()
    assert (day.spent[0].calls, day.tokens, day.cost, day.held_cost) == (100, 1000, 100, 0)


calls = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.booleans()), max_size=12)


@settings(max_examples=30)
@given(calls=calls, limit=st.integers(1, 1000))
def test_a_days_limit_is_never_passed_by_more_than_one_answer(
    calls: list[tuple[int, int, bool]], limit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Some calls are under way while others begin; none takes more than was thought."""
    ledger = Ledger(SharedFile(tmp_path_factory.getbasetemp() / f"{os.urandom(8).hex()}.json"), Clock())
    under_way: list[tuple[str, int]] = []
    booked = 0
    for upper, took, waits in calls:
        with suppress(BudgetSpent):
            under_way.append((ledger.hold("m", Estimate(upper), DayLimits(tokens=limit), 60), min(took, upper)))
        if not waits and under_way:
            mark, tokens = under_way.pop(0)
            ledger.settle(mark, "m", Usage(tokens))
            booked += tokens
        day = ledger.today()
        assert day.tokens == booked
        assert day.tokens + day.held_tokens <= limit
    for mark, tokens in under_way:
        ledger.settle(mark, "m", Usage(tokens))
    assert ledger.today().held_tokens == 0


def test_a_day_ends_at_local_midnight_and_a_call_that_nobody_ended_is_charged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        clock = Clock(datetime(2026, 3, 14, 23, 50).astimezone().timestamp())
        ledger = Ledger(SharedFile(tmp_path / "s.json"), clock)
        limits = DayLimits(cost=1.0)
        ledger.settle(ledger.hold("m", Estimate(0, 0.9), limits, 60), "m", Usage(cost=0.9), 2)
        assert ledger.today().date == "2026-03-14"
        with pytest.raises(BudgetSpent, match=r"0\.9 of today's 1 is spent") as caught:
            ledger.hold("m", Estimate(0, 0.2), limits, 60)
        assert "max_cost_day" in caught.value.hint
        ledger.hold("free", Estimate(7, 0.0), limits, 60)
        clock.now += 20 * 60
        assert ledger.today().date == "2026-03-15"
        ledger.hold("m", Estimate(0, 0.2), limits, 60)
        assert [(s.name, s.calls, s.tokens_in) for s in ledger.today().spent] == [("free", 1, 7)]
        kept = json.loads((tmp_path / "s.json").read_text())["kept"]
        assert kept["days"]["2026-03-14"]["m"]["calls"] == 2
    finally:
        monkeypatch.undo()
        time.tzset()


def test_completions_pass_the_same_limits_and_are_on_the_same_account(tmp_path: Path) -> None:
    endpoint = ModelSettings("near", "http://127.0.0.1:1/v1", "m", price_in=1e6, price_out=1e6, requests_per_minute=20)
    keeping = Keeping(tmp_path)
    gate = Gate(endpoint, keeping, DayLimits(cost=100))
    with gate.passed(40, 20, 5) as bill:
        bill.usage = Usage(40, 0, 7)
    with pytest.raises(Crowded, match=r"47 of today's 100 is spent"), gate.passed(40, 20, 5):
        pytest.fail("it may not be asked")
    assert "47 of today" in gate.closed
    (spent,) = keeping.ledger.today().spent
    assert (spent.calls, spent.tokens_in, spent.tokens_out, spent.cost) == (1, 40, 7, 47)
    with pytest.raises(Crowded, match="limits of model 'near' are used up"), gate.passed(1, 1, 5):
        pytest.fail("two requests at once are a minute's burst")
    one = Gate(replace(endpoint, requests_per_minute=0, parallel=1), keeping, DayLimits())
    with one.passed(1, 1, 5), pytest.raises(Crowded, match="at once"), one.passed(1, 1, 5):
        pytest.fail("its place is taken")
