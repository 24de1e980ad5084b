import random
from datetime import datetime, timedelta
import pytest
from crontide import Schedule, TableError, Worker, read_table
from crontide.agenda import Agenda
from crontide.fields import FIELDS, FieldError
from crontide.history import History
from crontide.table import parse_span


T = datetime(2024, 3, 1)


def test_settings_with_equals_and_empty_values():
    (entry,) = read_table("url = a=b\nempty =\n@daily x tags=,a,")
    assert entry.options == {"url": "a=b", "empty": ""}
    assert entry.tags == ["a"]


@pytest.mark.parametrize("text", ["@daily x retries=many", "@daily 'x", "a b", "@daily", "* * * * mo x"])
def test_bad_tables(text):
    with pytest.raises(TableError) as caught:
        read_table("\n\n# c\n" + text)
    assert caught.value.line == 4
    assert str(caught.value).startswith("line 4: ")


def test_same_name_twice():
    with pytest.raises(TableError, match="called a"):
        read_table("@daily a\n@hourly a")
    assert read_table("") == []


def entries(*names):
    return {e.name: e for e in read_table("\n".join("@daily " + n for n in names))}


def test_agenda_keeps_order():
    e = entries("a", "b", "c")
    agenda = Agenda()
    for name in "cab":
        agenda.add(e[name], T)
    assert [d.entry.name for d in agenda.upcoming(2)] == ["c", "a"]
    assert len(agenda) == 3
    assert [d.entry.name for d in agenda.pop_until(T)] == ["c", "a", "b"]
    assert agenda.pop_until(T) == [] and agenda.by_name() == {} and agenda.remove("a") == 0


def test_agenda_after_removal():
    rnd, e = random.Random(1), entries("a", "b")
    for _ in range(20):
        agenda = Agenda()
        times = [rnd.randrange(100) for _ in range(15)]
        for n, minutes in enumerate(times):
            agenda.add(e["ab"[n % 2]], T + timedelta(minutes=minutes))
        assert agenda.by_name() == {"a": T + timedelta(minutes=min(times[::2])), "b": T + timedelta(minutes=min(times[1::2]))}
        assert agenda.remove("a") == 8
        left = [(d.when - T).seconds // 60 for d in agenda.pop_until(T + timedelta(days=1))]
        assert left == sorted(times[1::2])


def fails(times):
    calls = []

    def action(entry):
        calls.append(entry.name)
        if len(calls) <= times:
            raise RuntimeError(str(len(calls)))
        return len(calls)

    return action


@pytest.mark.parametrize(
    ("broken", "retries", "states"),
    [(0, 0, "d"), (1, 0, "f"), (1, 1, "fd"), (2, 1, "ff"), (2, 5, "ffd"), (9, 3, "ffff")],
)
def test_attempts(broken, retries, states):
    worker = Worker(read_table(f"0 0 2 3 * x retries={retries}"), {"x": fails(broken)}, T)
    worker.run_until(T + timedelta(days=3))
    assert "".join(e.state[0] for e in worker.history.of("x")) == states


def test_delays_double_up_to_a_limit():
    (entry,) = read_table("@daily x wait=10m")
    worker = Worker([entry], {}, T)
    assert [worker.delay(entry, n) for n in (1, 2, 3, 4, 9)] == [timedelta(minutes=m) for m in (10, 20, 40, 60, 60)]
    short = Worker([entry], {}, T, longest_wait=timedelta(minutes=15))
    assert [short.delay(entry, n) for n in (1, 2)] == [timedelta(minutes=m) for m in (10, 15)]


def test_retries_do_not_plan_the_job_again():
    worker = Worker(read_table("0 * * * * x retries=2 wait=1m"), {"x": fails(99)}, T)
    worker.run_until(T + timedelta(hours=1, minutes=30))
    assert len(worker.history.events) == 3
    assert len(worker.agenda) == 1
    assert worker.agenda.peek().when == T + timedelta(hours=2)


def test_unknown_and_catch_all():
    seen = []
    worker = Worker(read_table("@hourly x"), {}, T)
    assert worker.run_until(T + timedelta(hours=1)) == ["x"]
    assert worker.history.last("x").state == "unknown"
    worker = Worker(read_table("@hourly x\n@hourly y"), {"*": lambda e: seen.append(e.name), "y": lambda e: 0}, T)
    worker.run_until(T + timedelta(hours=2))
    assert seen == ["x", "x"]
    assert [e.note for e in worker.history.events] == ["", "0", "", "0"]


def test_a_job_that_is_never_due():
    worker = Worker(read_table("0 0 31 2 * x"), {"x": lambda e: None}, T)
    assert len(worker.agenda) == 0
    assert worker.run_until(T + timedelta(days=1)) == []


def test_pause_and_go_on():
    worker = Worker(read_table("@hourly x"), {"x": lambda e: None}, T)
    worker.paused.add("x")
    worker.run_until(T + timedelta(hours=2))
    worker.paused.clear()
    assert worker.run_until(T + timedelta(hours=4)) == ["x", "x"]
    assert worker.history.summary() == {"x": {"skipped": 2, "done": 2}}


def history(states, keep=1000):
    made = History(keep)
    for n, state in enumerate(states):
        made.add("x", T + timedelta(hours=n), {"d": "done", "f": "failed", "s": "skipped", "u": "unknown"}[state])
    return made


@pytest.mark.parametrize(
    ("states", "since"), [("", None), ("d", None), ("f", 0), ("dff", 1), ("fdf", 2), ("ffd", None), ("fsf", 0), ("fs", 0), ("dss", None), ("dsfsf", 2), ("ffds", None)]
)
def test_failing_since(states, since):
    assert history(states).failing_since("x") == (None if since is None else T + timedelta(hours=since))


def test_last():
    made = history("dfs")
    made.add("y", T, "done")
    assert made.last("x").state == "skipped"
    assert made.last("x", "done").when == T
    assert made.last("x", "unknown") is None
    assert made.last("z") is None


@pytest.mark.parametrize(("now", "hours", "rate"), [(3, 24, 0.5), (3, 2, 0.0), (3, 3, 1 / 3), (0, 24, 1.0), (30, 1, None), (1, 1, 1.0)])
def test_rate(now, hours, rate):
    assert history("ddff").rate("x", T + timedelta(hours=now), timedelta(hours=hours)) == rate


def test_rate_default_is_a_day():
    assert history("f" + "d" * 24).rate("x", T + timedelta(hours=24)) == 1.0
    assert history("f" + "d" * 23).rate("x", T + timedelta(hours=23)) == pytest.approx(23 / 24)


def test_kept():
    made = history("dfsdf", keep=3)
    assert [e.state[0] for e in made.events] == ["s", "d", "f"]
    assert len(history("d" * 1005).events) == 1000
