import json
from datetime import timedelta

import pytest

from recurring import Calendar, Event, parse_instant, parse_rule

LOW, HIGH = parse_instant("2024-01-01T00:00Z"), parse_instant("2024-01-08T00:00Z")


@pytest.fixture
def calendar():
    calendar = Calendar()
    calendar.add(
        Event("a", "Standup", parse_instant("2024-01-01T09:00Z"), rule=parse_rule("FREQ=DAILY"), tags={"work"})
    )
    calendar.add(Event("b", "Dentist", parse_instant("2024-01-03T09:30Z"), timedelta(minutes=45)))
    return calendar


def test_between_in_order(calendar):
    titles = [one.title for one in calendar.between(LOW + timedelta(days=2), LOW + timedelta(days=4))]
    assert titles == ["Standup", "Dentist", "Standup"]


def test_tag(calendar):
    assert {one.uid for one in calendar.between(LOW, HIGH, "work")} == {"a"}


def test_duplicate_uid(calendar):
    with pytest.raises(ValueError):
        calendar.add(Event("a", "again", LOW))


def test_next_after(calendar):
    assert calendar.next_after(parse_instant("2024-01-03T09:00Z")).title == "Dentist"


def test_conflicts(calendar):
    assert [(a.title, b.title) for a, b in calendar.conflicts(LOW, HIGH)] == [("Standup", "Dentist")]


def test_merge_copies(calendar):
    other = Calendar()
    other.merge(calendar)
    other["a"].skip(parse_instant("2024-01-02T09:00Z"))
    assert len(calendar.between(LOW, HIGH)) == 8
    assert len(other.between(LOW, HIGH)) == 7


def test_round_trip(calendar):
    calendar["a"].skip(parse_instant("2024-01-02T09:00Z"))
    calendar["a"].move(
        parse_instant("2024-01-04T09:00Z"), parse_instant("2024-01-04T11:00Z"), timedelta(minutes=15)
    )
    again = Calendar.from_dict(json.loads(json.dumps(calendar.to_dict())))
    assert again.between(LOW, HIGH) == calendar.between(LOW, HIGH)
    assert again.to_dict() == calendar.to_dict()
