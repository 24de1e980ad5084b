from datetime import datetime, timedelta

from crontide import Worker, read_table
from crontide.agenda import Agenda
from crontide.history import History

START = datetime(2024, 3, 1)


def worker(text, **actions):
    return Worker(read_table(text), actions, START)


def test_a_day():
    done = []
    runner = worker("0 */6 * * * sweep\n30 12 * * * lunch", sweep=lambda e: done.append(e.name), lunch=lambda e: "soup")
    names = runner.run_until(datetime(2024, 3, 2))
    assert names == ["sweep", "sweep", "lunch", "sweep", "sweep"]
    assert runner.history.last("lunch").note == "soup"


def test_retries():
    def broken(entry):
        raise OSError("no disk")

    runner = worker("0 0 * * * backup retries=2 wait=10m", backup=broken)
    runner.run_until(datetime(2024, 3, 2, 12))
    times = [event.when for event in runner.history.of("backup")]
    midnight = datetime(2024, 3, 2)
    assert times == [midnight, midnight + timedelta(minutes=10), midnight + timedelta(minutes=30)]
    assert runner.history.failing_since("backup") == midnight
    assert runner.history.last("backup").note == "OSError: no disk"


def test_missed_runs_are_made_up_once():
    runner = worker("@hourly poll", poll=lambda e: None)
    assert runner.tick(datetime(2024, 3, 1, 5, 30)) == ["poll"]
    assert runner.agenda.peek().when == datetime(2024, 3, 1, 6)


def test_paused():
    runner = worker("@hourly poll", poll=lambda e: None)
    runner.paused.add("poll")
    assert runner.run_until(datetime(2024, 3, 1, 2)) == []
    assert runner.history.summary() == {"poll": {"skipped": 2}}


def test_agenda():
    agenda = Agenda()
    entry, other = read_table("@daily a\n@daily b")
    for hours in (3, 1, 2):
        agenda.add(entry, START + timedelta(hours=hours))
    agenda.add(other, START)
    assert agenda.by_name() == {"a": START + timedelta(hours=1), "b": START}
    assert [due.entry.name for due in agenda.pop_until(START + timedelta(hours=1))] == ["b", "a"]
    assert agenda.remove("a") == 2
    assert agenda.peek() is None


def test_rate():
    history = History()
    for hour, state in enumerate(["failed", "done", "done", "skipped", "done"]):
        history.add("x", START + timedelta(hours=hour), state)
    assert history.rate("x", START + timedelta(hours=5)) == 0.75
    assert history.rate("y", START) is None
