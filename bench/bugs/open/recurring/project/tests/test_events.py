from datetime import datetime, timedelta

import pytest

from recurring import Event, parse_instant, parse_rule


def make(rule="FREQ=DAILY;COUNT=5", start="2024-01-01T09:00+01:00", **more):
    return Event("e", "Standup", parse_instant(start), rule=parse_rule(rule), **more)


def starts(event, low="2024-01-01T00:00Z", high="2024-02-01T00:00Z"):
    found = event.between(parse_instant(low), parse_instant(high))
    return [one.start.strftime("%d %H:%M") for one in found]


def test_between():
    assert starts(make(), "2024-01-02T00:00Z", "2024-01-04T00:00Z") == ["02 09:00", "03 09:00"]


def test_between_includes_what_has_begun():
    event = make(duration=timedelta(hours=2))
    assert starts(event, "2024-01-02T09:30Z", "2024-01-02T12:00Z") == ["02 09:00"]
    assert starts(event, "2024-01-02T10:00Z", "2024-01-02T12:00Z") == []


def test_skip():
    event = make()
    event.skip(parse_instant("2024-01-02T08:00Z"))
    assert starts(event) == ["01 09:00", "03 09:00", "04 09:00", "05 09:00"]


def test_skip_in_own_zone():
    event = make()
    event.skip(datetime(2024, 1, 4, 9))
    assert starts(event) == ["01 09:00", "02 09:00", "03 09:00", "05 09:00"]


def test_move():
    event = make()
    event.move(parse_instant("2024-01-02T08:00Z"), datetime(2024, 1, 2, 14), title="Late")
    assert starts(event) == ["01 09:00", "02 14:00", "03 09:00", "04 09:00", "05 09:00"]


def test_move_in_own_zone():
    event = make("FREQ=DAILY;COUNT=2")
    event.move(datetime(2024, 1, 1, 9), datetime(2024, 1, 1, 8, 30))
    assert starts(event) == ["01 08:30", "02 09:00"]


def test_moved_and_then_skipped():
    event = make("FREQ=DAILY;COUNT=2")
    event.move(parse_instant("2024-01-01T08:00Z"), datetime(2024, 1, 1, 14))
    event.skip(parse_instant("2024-01-01T08:00Z"))
    assert starts(event) == ["02 09:00"]


def test_extra_dates():
    event = make("FREQ=DAILY;COUNT=2")
    event.add_date(datetime(2024, 1, 1, 18))
    event.add_date(datetime(2024, 1, 2, 9))
    assert starts(event) == ["01 09:00", "01 18:00", "02 09:00"]


def test_next_after():
    event = make("FREQ=WEEKLY")
    assert event.next_after(event.start).start == event.start + timedelta(days=7)
    assert make().next_after(parse_instant("2024-01-05T08:00Z")) is None


def test_start_needs_a_zone():
    with pytest.raises(ValueError):
        Event("e", "x", datetime(2024, 1, 1))
