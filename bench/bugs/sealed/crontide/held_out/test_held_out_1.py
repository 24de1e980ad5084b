import random
from datetime import datetime, timedelta
import pytest
from crontide import Schedule, TableError, Worker, read_table
from crontide.agenda import Agenda
from crontide.fields import FIELDS, FieldError
from crontide.history import History
from crontide.table import parse_span


T = datetime(2024, 3, 1)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("minute", "*", set(range(60))),
        ("minute", "59", {59}),
        ("minute", "50/5", {50, 55}),
        ("minute", " 1 , 2 ", {1, 2}),
        ("hour", "*/7", {0, 7, 14, 21}),
        ("hour", "22-23", {22, 23}),
        ("day", "*/10", {1, 11, 21, 31}),
        ("day", "31", {31}),
        ("month", "december", {12}),
        ("month", "jan-mar,12", {1, 2, 3, 12}),
        ("month", "*/3", {1, 4, 7, 10}),
        ("weekday", "7", {0}),
        ("weekday", "fri-7", {5, 6, 0}),
        ("weekday", "sun", {0}),
        ("weekday", "0-6", set(range(7))),
        ("weekday", "*", set(range(7))),
        ("weekday", "SAT,sunday", {6, 0}),
        ("weekday", "*/2", {0, 2, 4, 6}),
    ],
)
def test_fields(name, text, values):
    assert FIELDS[name].parse(text) == values


@pytest.mark.parametrize(
    ("name", "text"),
    [("minute", "-1"), ("minute", ""), ("minute", "1-"), ("minute", "1/x"), ("minute", "1/"), ("minute", "mon"), ("hour", "24"), ("day", "0"), ("month", "13"), ("month", "0"), ("weekday", "8"), ("weekday", "sat-mon"), ("day", "1,,2"), ("hour", "1/-2")],
)
def test_bad_fields(name, text):
    with pytest.raises(FieldError):
        FIELDS[name].parse(text)


@pytest.mark.parametrize("text", ["", "* * * *", "* * * * * *", "@never"])
def test_bad_schedules(text):
    with pytest.raises(FieldError):
        Schedule.parse(text)


@pytest.mark.parametrize(
    ("text", "moment", "result"),
    [
        ("* * * * *", (2024, 3, 1, 0, 0), (2024, 3, 1, 0, 1)),
        ("* * * * *", (2024, 12, 31, 23, 59, 30), (2025, 1, 1, 0, 0)),
        ("0 0 * * 0", (2024, 3, 1), (2024, 3, 3)),
        ("0 0 * * 7", (2024, 3, 3), (2024, 3, 10)),
        ("@weekly", (2024, 3, 2, 23, 59), (2024, 3, 3)),
        ("@YEARLY", (2024, 1, 1), (2025, 1, 1)),
        ("@monthly", (2024, 1, 31), (2024, 2, 1)),
        ("@daily", (2024, 2, 28), (2024, 2, 29)),
        ("15 10 31 * *", (2024, 3, 31, 10, 15), (2024, 5, 31, 10, 15)),
        ("59 23 * * *", (2024, 3, 1, 23, 59), (2024, 3, 2, 23, 59)),
        ("0 8-10 * * *", (2024, 3, 1, 10, 0), (2024, 3, 2, 8, 0)),
        ("5 * * * *", (2024, 3, 1, 4, 5, 0, 1), (2024, 3, 1, 5, 5)),
        ("*/10 6 1 6 *", (2024, 3, 1), (2024, 6, 1, 6, 0)),
        ("0 0 */10 * mon", (2024, 3, 2), (2024, 3, 11)),
        ("0 0 15 * */2", (2024, 3, 2), (2024, 6, 15)),
        ("0 0 29 2 *", (2096, 3, 1), (2104, 2, 29)),
    ],
)
def test_after(text, moment, result):
    assert Schedule.parse(text).after(datetime(*moment)) == datetime(*result)


def test_after_by_trying_every_minute():
    rnd = random.Random(8)
    for _ in range(25):
        text = f"{rnd.choice(['*/7', '0', '5-20/5', '59'])} {rnd.choice(['*', '3', '*/5', '22-23'])} {rnd.choice(['*', '3', '1-4'])} {rnd.choice(['*', '3'])} {rnd.choice(['*', 'sun', '1-5', '6'])}"
        schedule = Schedule.parse(text)
        moment = T + timedelta(minutes=rnd.randrange(2000))
        step, found = moment + timedelta(minutes=1), None
        while step < moment + timedelta(days=4):
            if schedule.matches(step):
                found = step
                break
            step += timedelta(minutes=1)
        if found is not None:
            assert schedule.after(moment) == found, text


def test_day_and_weekday():
    both, day, week = (Schedule.parse(t) for t in ("0 0 13 * fri", "0 0 13 * *", "0 0 * * fri"))
    for n in range(60):
        moment = T + timedelta(days=n)
        assert both.on_day(moment) == (day.on_day(moment) or week.on_day(moment))
        assert day.on_day(moment) == (moment.day == 13)
        assert week.on_day(moment) == (moment.weekday() == 4)


def test_between_edges():
    hourly = Schedule.parse("0 * * * *")
    def hours(first, last):
        return [m.hour for m in hourly.between(first, last)]
    assert hours(T, T) == [0]
    assert hours(T + timedelta(seconds=1), T + timedelta(hours=2)) == [1, 2]
    assert hours(T, T + timedelta(minutes=119)) == [0, 1]
    assert hours(T + timedelta(hours=1), T) == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("10s", 10), ("2d", 172800), ("1d2h3m4s", 93784), ("10m5m", 900), ("1h1h", 7200)]
)
def test_span(text, seconds):
    assert parse_span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "1w", "h", "1h 2m", "1h30", "-5", "1.5h"])
def test_bad_span(text):
    with pytest.raises(ValueError):
        parse_span(text)


def test_settings_hold_from_where_they_stand():
    a, b, c = read_table("@daily a\nretries = 3\nwait = 2h\n@daily b\nretries=1\n@daily c wait=5s")
    assert [(e.retries, e.wait) for e in (a, b, c)] == [
        (0, timedelta(minutes=1)),
        (3, timedelta(hours=2)),
        (1, timedelta(seconds=5)),
    ]


def test_options_do_not_leak():
    a, b = read_table("zone = utc\n@daily a path=/tmp/x=y tags=q\n* * * * * b")
    assert a.options == {"zone": "utc", "path": "/tmp/x=y"}
    assert b.options == {"zone": "utc"}
    assert b.tags == []
    a.tags.append("z")
    a.options["n"] = "1"
    assert b.tags == [] and b.options == {"zone": "utc"}


def entries(*names):
    return {e.name: e for e in read_table("\n".join("@daily " + n for n in names))}


def fails(times):
    calls = []

    def action(entry):
        calls.append(entry.name)
        if len(calls) <= times:
            raise RuntimeError(str(len(calls)))
        return len(calls)

    return action


def history(states, keep=1000):
    made = History(keep)
    for n, state in enumerate(states):
        made.add("x", T + timedelta(hours=n), {"d": "done", "f": "failed", "s": "skipped", "u": "unknown"}[state])
    return made
